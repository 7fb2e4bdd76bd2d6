/**
 * Sends what waits in the outbox, book by book, so that a book the relay refuses holds up no other. Nothing leaves the outbox
 * before the relay is known to have it; what cannot be sent now stays (docs/protocol.md F6).
 */
import { err, ok, type Result } from '$lib/domain/result';
import { MAX_PUSH_BYTES } from '$lib/protocol/api/limits';
import { MAX_FRAME_BYTES } from '$lib/protocol/frame';
import type { PushResult } from '$lib/protocol/api/frames';
import type { BookId, DeviceId } from '$lib/protocol/ids';
import { bookOf } from '$lib/protocol/manifest';
import type { LocalStore } from '$lib/storage/local-store';
import type { WriteContext } from '$lib/storage/record';
import type { ChainPlace, Waiting } from '$lib/storage/waiting';
import { writingEpoch, type CircleAccess } from './circle-access';
import type { SyncError } from './engine';
import { frameContent } from './frame-content';
import type { RelayClient, RelayError } from './relay-client';

export interface OutboxDeps {
	readonly store: LocalStore;
	readonly relay: RelayClient;
}

/** Sends what waits in a circle; the books in which something arrived. One book's failure is told when all have been tried. */
export async function flushCircle(
	deps: OutboxDeps,
	access: CircleAccess,
	context: WriteContext
): Promise<{ readonly sent: readonly BookId[]; readonly result: Result<void, SyncError> }> {
	const rows = await deps.store.outbox(context.circle);
	const sent: BookId[] = [];
	let result: Result<void, SyncError> = ok(undefined);
	for (const book of new Set(rows.map((row) => row.book))) {
		const flushed = await flushBook(deps, access, context, book);
		if (flushed.arrived) sent.push(book);
		if (!flushed.result.ok && result.ok) result = flushed.result;
		if (!flushed.result.ok && concernsAll(flushed.result.error)) break;
	}
	return { sent, result };
}

/** True for a failure that would meet every other push as well. */
export const concernsAll = (error: SyncError): boolean =>
	error.type !== 'relay-went-back' &&
	error.type !== 'cloned' &&
	(error.type !== 'refused' || ['unauthorized', 'too-many', 'unavailable'].includes(error.code));

export const MOST_IN_ONE_PUSH = Math.floor(MAX_PUSH_BYTES / (MAX_FRAME_BYTES + 4));

interface Flushed {
	/** Something arrived, also when a later part did not. */
	readonly arrived: boolean;
	readonly result: Result<void, SyncError>;
}

/** Every round sends, settles or seals anew; a round that changes nothing ends it. */
async function flushBook(
	{ store, relay }: OutboxDeps,
	access: CircleAccess,
	context: WriteContext,
	book: BookId
): Promise<Flushed> {
	const contentOf = (frame: Waiting['frame']) => frameContent(access, frame);
	let arrived = false;
	let hasAsked = false;
	const ended = (result: Result<void, SyncError>): Flushed => ({ arrived, result });
	for (;;) {
		const waiting = await store.waiting(context.circle, book);
		const present = bookOf(access.chain.head.body, book)?.epoch;
		// Without the right or the present key it waits: the key may come, and the person decides about the rest.
		if (waiting.length === 0 || present === undefined || writingEpoch(access, book)?.epoch !== present)
			return ended(ok(undefined));
		const part = waiting.slice(0, MOST_IN_ONE_PUSH);
		const isStale = part.some(({ frame }) => frame.header.epoch !== present);
		if (isStale && (hasAsked || part.every(({ row }) => row.sent.length === 0))) {
			const resealed = await store.reseal(context, book, null, contentOf);
			if (!resealed.ok) return ended(resealed);
			continue;
		}
		const marked = await store.markSent(part);
		if (!marked.ok) return ended(marked);
		// Another tab has sent them or sealed them anew: what waits now is read again.
		if (marked.value.length < part.length) continue;
		const pushed = await relay.push(part.map(({ frame }) => frame.bytes));
		if (pushed.ok) {
			const done = keptOf(part, pushed.value, context.device);
			// An answer that names none of them is no acknowledgement.
			if (done.length === 0) return ended(err({ type: 'unreachable' }));
			const acknowledged = await store.acknowledge(done);
			if (!acknowledged.ok) return ended(acknowledged);
			// Places that are taken: it says it has what it cannot have.
			if (acknowledged.value === 0) return ended(err({ type: 'relay-went-back', circle: context.circle }));
			arrived = true;
			continue;
		}
		const place = placeAtRelay(waiting, pushed.error, access);
		const named = pushed.error.type === 'refused' ? pushed.error.head?.hash : null;
		const isNews = place.ok ? place.value !== null : place.error.type === 'cloned';
		// What a refusal names is believed once it was shown: the next pass looks.
		if (isNews && named && !(await store.places.isShown(context.circle, book, named)))
			return ended(err({ type: 'unreachable' }));
		if (!place.ok) return ended(place);
		if (place.value) {
			const settled = await store.reseal(context, book, place.value, contentOf);
			if (!settled.ok) return ended(settled);
			arrived = true;
		} else if (isStale && !hasAsked) hasAsked = true;
		else return ended(err(pushed.error));
	}
}

/** Rows the relay says it keeps, from the first on: it takes a device's frames in order, so that none comes after a gap. */
function keptOf(part: readonly Waiting[], results: readonly PushResult[], device: DeviceId) {
	const places = part.map(
		({ row }) =>
			results.find((each) => each.book === row.book && each.device === device && each.seq === row.seq)?.pos ?? 0
	);
	const gap = places.findIndex((pos) => pos <= 0);
	return part.slice(0, gap < 0 ? part.length : gap).map(({ row }, n) => ({ row, pos: places[n] ?? 0 }));
}

/**
 * What a refused push says about this device's chain: the newest own frame the relay has, when it is one of the waiting
 * ones; null when nothing more has arrived than was known.
 */
function placeAtRelay(
	waiting: readonly Waiting[],
	error: RelayError,
	access: CircleAccess
): Result<ChainPlace | null, SyncError> {
	const first = waiting[0];
	const isOutOfStep = error.type === 'refused' && (error.code === 'conflict' || error.code === 'stale-epoch');
	if (!isOutOfStep || !first || error.head === undefined) return err(error);
	const before = first.row.seq - 1;
	const at = error.head ?? { seq: 0, hash: null };
	if (at.seq < before) return err({ type: 'relay-went-back', circle: access.chain.circle });
	if (at.seq === before) return at.hash === first.frame.header.prev ? ok(null) : err({ type: 'cloned' });
	const there = waiting.find(({ row }) => row.seq === at.seq);
	const isOurs = there && at.hash !== null && (there.row.hash === at.hash || there.row.sent.includes(at.hash));
	return isOurs ? ok(at) : err({ type: 'cloned' });
}
