/**
 * Open event streams: who listens, and when each must end. A stream lives as long as its login; a circle joined while it
 * is open is heard of too, because changes name the identities that may know of them.
 */
import { utf8 } from '$lib/crypto/bytes';
import { encodeNudge } from '$lib/protocol/api/events';
import type { IdentityId } from '$lib/protocol/ids';
import type { Session } from './route';
import type { Change } from './store';

/** A reader this many messages behind is cut off; it asks for heads when it comes back. */
const MAX_BEHIND = 256;

export interface Streams {
	/** A new stream, or null when the device has as many as it may. */
	open(session: Session): ReadableStream<Uint8Array> | null;
	/** Identities with an open stream. */
	identities(): Iterable<IdentityId>;
	/** Sends nudges; ends streams whose login was touched and is over. */
	tell(change: Change): void;
	/** Sends keep-alive comments and ends every stream whose login is over. Resolves when all have been looked at. */
	tick(): Promise<void>;
	/** Ends all and opens no more. */
	close(): void;
}

interface OpenStream {
	readonly session: Session;
	send(text: string): void;
	end(): void;
}

export function createStreams(deps: {
	readonly clock: () => number;
	readonly perDevice: number;
	/** Whether the login still stands at the store. */
	readonly isLive: (session: Session) => Promise<boolean>;
}): Streams {
	const open = new Set<OpenStream>();
	let closed = false;

	const endIfOver = async (stream: OpenStream): Promise<void> => {
		if (stream.session.exp <= deps.clock() || !(await deps.isLive(stream.session))) stream.end();
	};
	const nudge = (stream: OpenStream, change: Extract<Change, { type: 'circle' }>): void => {
		if (!change.readers.includes(stream.session.identity)) return;
		if (stream.session.exp <= deps.clock()) stream.end();
		else stream.send(encodeNudge({ circle: change.circle }));
	};

	return {
		open(session) {
			const ofDevice = [...open].filter((stream) => stream.session.device === session.device);
			if (closed || ofDevice.length >= deps.perDevice) return null;
			return createStream(session, open);
		},
		identities: () => new Set([...open].map((stream) => stream.session.identity)),
		tell(change) {
			for (const stream of open) {
				if (change.type === 'circle') nudge(stream, change);
				else if (change.identity === stream.session.identity) endIfOver(stream).catch(() => stream.end());
			}
		},
		async tick() {
			for (const stream of [...open]) {
				stream.send(': \n\n');
				// A store out of reach says nothing about the login: the stream stays until its own time.
				await endIfOver(stream).catch(() => undefined);
			}
		},
		close() {
			closed = true;
			for (const stream of [...open]) stream.end();
		}
	};
}

function createStream(session: Session, open: Set<OpenStream>): ReadableStream<Uint8Array> {
	let stream: OpenStream;
	return new ReadableStream<Uint8Array>(
		{
			start(controller) {
				stream = {
					session,
					send(text) {
						if ((controller.desiredSize ?? 0) < -MAX_BEHIND) stream.end();
						else controller.enqueue(utf8(text));
					},
					end() {
						if (open.delete(stream)) controller.close();
					}
				};
				open.add(stream);
				// Something to read at once: the caller knows that it is heard from here on.
				stream.send(': \n\n');
			},
			cancel() {
				open.delete(stream);
			}
		},
		{ highWaterMark: 1 }
	);
}
