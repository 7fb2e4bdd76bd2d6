/**
 * Sends what waits in the outbox, book by book, so that a book the relay refuses holds up no other. Nothing leaves the outbox
 * before the relay is known to have it; what cannot be sent now stays (docs/protocol.md F6).
 */
import { err, ok, type Result } from '$lib/domain/result';
import { MAX_PUSH_BYTES } from '$lib/protocol/api/limits';
import { MAX_FRAME_BYTES } from '$lib/protocol/frame';
import type { BookId } from '$lib/protocol/ids';
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
		if (flushed.ok && flushed.value) sent.push(book);
		if (!flushed.ok && result.ok) result = flushed;
		if (!flushed.ok && concernsAll(flushed.error)) break;
	}
	return { sent, result };
}

/** True for a failure that would meet every other push as well. */
export const concernsAll = (error: SyncError): boolean =>
	error.type !== 'relay-went-back' &&
	error.type !== 'cloned' &&
	(error.type !== 'refused' || ['unauthorized', 'too-many', 'unavailable'].includes(error.code));

export const MOST_IN_ONE_PUSH = Math.floor(MAX_PUSH_BYTES / (MAX_FRAME_BYTES + 4));

/** True when something arrived. Every round sends, settles or seals anew; a round that changes nothing ends it. */
async function flushBook(
	{ store, relay }: OutboxDeps,
	access: CircleAccess,
	context: WriteContext,
	book: BookId
): Promise<Result<boolean, SyncError>> {
	const contentOf = (frame: Waiting['frame']) => frameContent(access, frame);
	let arrived = false;
	let hasAsked = false;
	for (;;) {
		const waiting = await store.waiting(context.circle, book);
		const present = bookOf(access.chain.head.body, book)?.epoch;
		// Without the right or the present key it waits: the key may come, and the person decides about the rest.
		if (waiting.length === 0 || present === undefined || writingEpoch(access, book)?.epoch !== present)
			return ok(arrived);
		const part = waiting.slice(0, MOST_IN_ONE_PUSH);
		const isStale = part.some(({ frame }) => frame.header.epoch !== present);
		if (isStale && (hasAsked || part.every(({ row }) => row.sent.length === 0))) {
			const resealed = await store.reseal(context, book, null, contentOf);
			if (!resealed.ok) return resealed;
			continue;
		}
		const marked = await store.markSent(part);
		if (!marked.ok) return marked;
		const pushed = await relay.push(part.map(({ frame }) => frame.bytes));
		if (pushed.ok) {
			const done = part.flatMap(({ row }) => {
				const result = pushed.value.find(
					(each) => each.book === book && each.device === context.device && each.seq === row.seq
				);
				return result && result.pos > 0 ? [{ row, pos: result.pos }] : [];
			});
			// An answer that names none of them is no acknowledgement.
			if (done.length === 0) return err({ type: 'unreachable' });
			const acknowledged = await store.acknowledge(done);
			if (!acknowledged.ok) return acknowledged;
			// Places that are taken: it says it has what it cannot have.
			if (acknowledged.value === 0) return err({ type: 'relay-went-back', circle: context.circle });
			arrived = true;
			continue;
		}
		const place = placeAtRelay(waiting, pushed.error, access);
		if (!place.ok) return place;
		if (place.value) {
			const settled = await store.reseal(context, book, place.value, contentOf);
			if (!settled.ok) return settled;
			arrived = true;
		} else if (isStale && !hasAsked) hasAsked = true;
		else return err(pushed.error);
	}
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
