/** Reads the relay's event stream: one value for each nudge. Ends when the stream does; a silent stream is given up. */
import { utf8 } from '$lib/crypto/bytes';
import { KEEP_ALIVE_S, nudgeSchema, type Nudge } from '$lib/protocol/api/events';
import { parseJson } from '$lib/protocol/json';

/** Longest event we accept, characters; a stream that never ends a line is not the relay's. */
const MAX_EVENT_LENGTH = 4096;

/** Yields nudges. Stops at the end of the stream, at garbage, or after three missed keep-alives. */
export async function* readNudges(stream: ReadableStream<Uint8Array>): AsyncGenerator<Nudge, void, void> {
	const reader = stream.getReader();
	const decoder = new TextDecoder();
	let pending = '';
	try {
		for (;;) {
			const chunk = await withinSilenceLimit(reader.read());
			if (!chunk || chunk.done) return;
			pending += decoder.decode(chunk.value, { stream: true });
			const events = pending.split('\n\n');
			pending = events.pop() ?? '';
			if (pending.length > MAX_EVENT_LENGTH) return;
			for (const event of events) {
				const nudge = parseNudge(event);
				if (nudge) yield nudge;
			}
		}
	} catch {
		// A broken connection ends the stream like any other end: the caller reconnects.
	} finally {
		await reader.cancel().catch(() => undefined);
	}
}

function parseNudge(event: string): Nudge | null {
	const lines = event.split('\n');
	const data = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length);
	return lines.includes('event: nudge') && data !== undefined ? parseJson(nudgeSchema, utf8(data)) : null;
}

async function withinSilenceLimit<T>(promise: Promise<T>): Promise<T | null> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const silence = new Promise<null>((resolve) => {
		timer = setTimeout(() => resolve(null), KEEP_ALIVE_S * 3 * 1000);
	});
	try {
		return await Promise.race([promise, silence]);
	} finally {
		clearTimeout(timer);
	}
}
