/** Frames in and out, and the vector of heads (docs/protocol.md R1-R3). */
import type * as z from 'zod/mini';
import { toBase64url } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { ok, type Result } from '$lib/domain/result';
import { encodePull, pullRequestSchema, splitFrames, type PullHeader, type PullRange } from '$lib/protocol/api/frames';
import { encodeHeads } from '$lib/protocol/api/heads';
import { MAX_PULL_BYTES, MAX_PUSH_BYTES } from '$lib/protocol/api/limits';
import { parseFrame, verifyFrame, type Frame } from '$lib/protocol/frame';
import { json, refuse, type Answer, type Refusal } from '../http';
import { deviceBytesRoute, deviceJsonRoute, deviceRoute, type Call, type Route, type Session } from '../route';
import type { AuthoredFrame, FrameStore, PushRefusal, RelayStore } from '../store';
import { quotaOf } from './circles';

export const frameRoutes: readonly Route[] = [
	deviceBytesRoute({ method: 'POST', path: 'push' }, MAX_PUSH_BYTES, push),
	deviceBytesRoute({ method: 'POST', path: 'return' }, MAX_PUSH_BYTES, bringBack),
	deviceJsonRoute({ method: 'POST', path: 'pull' }, pullRequestSchema, pull),
	deviceRoute({ method: 'GET', path: 'heads' }, heads)
];

function push(call: Call<Uint8Array>, session: Session): Promise<Answer> {
	return store(call, session, false);
}

/** What a relay restored from a backup has lost: frames that were there before, also of epochs and devices that are past. */
function bringBack(call: Call<Uint8Array>, session: Session): Promise<Answer> {
	return store(call, session, true);
}

async function store({ relay, body }: Call<Uint8Array>, session: Session, isReturn: boolean): Promise<Answer> {
	const wait = await relay.rates.count('push', session.device);
	if (wait !== null) return refuse('too-many', { retryAfterS: wait });
	const frames = parseFrames(body);
	if (!frames.ok) return frames;
	const authored = await withAuthors(relay.store, frames.value, isReturn);
	if (!authored.ok) return authored;
	const quotas = { real: quotaOf(relay.limits, 'real'), demo: quotaOf(relay.limits, 'demo') };
	const pushed = await relay.store.push({ caller: session, frames: authored.value, quotas, isReturn });
	return pushed.ok ? json({ results: pushed.value }) : { ok: false, error: toRefusal(pushed.error) };
}

function parseFrames(body: Uint8Array): Result<Frame[], Refusal> {
	const parts = splitFrames(body);
	if (!parts || parts.length === 0) return refuse('malformed');
	const frames: Frame[] = [];
	for (const part of parts) {
		const frame = parseFrame(part);
		if (!frame.ok) return refuse(frame.error.type === 'too-large' ? 'too-large' : 'malformed');
		frames.push(frame.value);
	}
	return ok(frames);
}

/** Signatures checked in one go before others get their turn; half a millisecond each. */
const VERIFY_BATCH = 8;

/**
 * Each frame with the member who signed it. Usually the caller; after a restore from backup anyone who holds a frame may
 * bring it back (docs/protocol.md 11), then also one of a device or member that is out by now. A device the circle does not
 * know is not found, a signature that fails is malformed.
 */
async function withAuthors(
	store: RelayStore,
	frames: readonly Frame[],
	isReturn: boolean
): Promise<Result<AuthoredFrame[], Refusal>> {
	const known = new Map<string, Awaited<ReturnType<FrameStore['authorsOf']>>>();
	const authored: AuthoredFrame[] = [];
	for (const [index, frame] of frames.entries()) {
		const { circle, device } = frame.header;
		const key = `${circle} ${device}`;
		const authors = known.get(key) ?? (await (isReturn ? store.holdersOf(device) : store.authorsOf(circle, device)));
		known.set(key, authors);
		if (authors.length === 0) return refuse('not-found');
		if (index % VERIFY_BATCH === VERIFY_BATCH - 1) await new Promise((resolve) => setImmediate(resolve));
		const author = authors.find((each) => verifyFrame(frame, each.sign));
		if (!author) return refuse('malformed');
		authored.push({ frame, author: author.identity });
	}
	return ok(authored);
}

function toRefusal(refusal: PushRefusal): Refusal {
	if (refusal.type === 'not-found' || refusal.type === 'full') return { code: refusal.type };
	const { type, at, hash, head } = refusal;
	return { code: type, at, head, ...(hash === null ? {} : { hash }) };
}

/** Ranges of books the caller cannot read are left out, as if they did not exist. A frame is far below the limit, so every answer moves on. */
async function pull({ relay, body }: Call<z.infer<typeof pullRequestSchema>>, session: Session): Promise<Answer> {
	const circles = [...new Set(body.ranges.map((range) => range.circle))];
	const readable = new Set(
		(await relay.store.readableBooks(session.identity, circles)).map(({ circle, book }) => `${circle} ${book}`)
	);
	const ranges: PullHeader['ranges'] = [];
	const frames: Uint8Array[] = [];
	let room = MAX_PULL_BYTES;
	let more = false;
	for (const range of body.ranges.filter(({ circle, book }) => readable.has(`${circle} ${book}`))) {
		const read = await readRange(relay.store, range, room);
		ranges.push({ ...range, count: read.frames.length });
		frames.push(...read.frames);
		room -= read.bytes;
		more = read.isCut;
		if (more) break;
	}
	return ok({ type: 'bytes', body: encodePull({ more, ranges }, frames) });
}

/** Rows fetched at a time: a range that is cut wastes at most this many. */
const CHUNK = 100;

/** Frames of one range, with their length prefixes within `maxBytes`; `isCut` when there are more. */
async function readRange(store: RelayStore, range: PullRange, maxBytes: number) {
	const frames: Uint8Array[] = [];
	let bytes = 0;
	for (;;) {
		const chunk = await store.framesAfter({ ...range, after: range.after + frames.length }, CHUNK);
		for (const frame of chunk) {
			if (bytes + frame.length + 4 > maxBytes) return { frames, bytes, isCut: true };
			frames.push(frame);
			bytes += frame.length + 4;
		}
		if (chunk.length < CHUNK) return { frames, bytes, isCut: false };
	}
}

async function heads({ relay, headers }: Call<null>, session: Session): Promise<Answer> {
	const [incarnation, circles] = await Promise.all([relay.store.incarnation(), relay.store.headsOf(session.identity)]);
	const body = encodeHeads({ incarnation, circles });
	const etag = `"${toBase64url(sha256(body).subarray(0, 16))}"`;
	if (headers.get('if-none-match') === etag) return ok({ type: 'unchanged', etag });
	return ok({ type: 'bytes', body, etag });
}
