/** Frames of a circle's books from the relay to this device: asked for, verified, stored; what is not right is never taken. */
import { err, ok, type Result } from '$lib/domain/result';
import type { PullRange } from '$lib/protocol/api/frames';
import { EMPTY_RUN, nextRun, shortRun, type CircleHead } from '$lib/protocol/api/heads';
import type { BookId } from '$lib/protocol/ids';
import { accessOf, bookOf } from '$lib/protocol/manifest';
import type { LocalStore } from '$lib/storage/local-store';
import type { CircleAccess } from './circle-access';
import { Evidence } from './evidence';
import type { SyncError } from './engine';
import { openBatch } from './open-book';
import { advanced, isOfStranger, readPulled, type Pulled, type PulledRange } from './pulled';
import type { RelayClient } from './relay-client';

interface PullDeps {
	readonly store: LocalStore;
	readonly relay: RelayClient;
	/**
	 * The circle with the newest logs of everyone in it: asked for once, when a frame is of a device no log names. A member's
	 * new device is in no manifest. Nothing is stored before it is answered, so that the frame is looked at again if not.
	 */
	readonly learn: () => Promise<Result<CircleAccess, SyncError>>;
}

/**
 * Pulls every book of a circle that has moved: the books in which something arrived, and what others' frames say of what the
 * relay has shown them. A book that went back holds up no other.
 */
export async function pullBooks(
	{ store, relay, learn }: PullDeps,
	head: CircleHead,
	opened: CircleAccess,
	onStored: (count: number) => void
): Promise<{ books: BookId[]; evidence: Evidence; result: Result<void, SyncError> }> {
	const evidence = new Evidence();
	const wentBack = err<SyncError>({ type: 'relay-went-back', circle: head.circle });
	let result: Result<void, SyncError> = ok(undefined);
	let access = opened;
	const ranges: PullRange[] = [];
	for (const { book, pos, run } of head.books) {
		const local = await store.head(head.circle, book);
		if (pos < local.pos || (pos === local.pos && shortRun(local.run) !== run)) result = wentBack;
		else if (pos > local.pos && accessOf(access.member, book) && bookOf(access.chain.head.body, book)) {
			ranges.push({ circle: head.circle, book, after: local.pos });
		}
	}
	const changed = new Set<BookId>();
	const answered = new Set<BookId>();
	for (let wanted = ranges; wanted.length > 0;) {
		const pulled = await relay.pull(wanted);
		if (!pulled.ok) return { books: [...changed], evidence, result: pulled };
		const { header, frames } = pulled.value;
		if (access === opened && frames.some((bytes) => isOfStranger(bytes, access))) {
			const learnt = await learn();
			if (!learnt.ok) return { books: [...changed], evidence, result: learnt };
			access = learnt.value;
		}
		const stored = await storePulled({ store, evidence }, header.ranges, frames, wanted, access, (range) => {
			changed.add(range.book);
			onStored(range.count);
		});
		if (!stored.ok) return { books: [...changed], evidence, result: stored };
		// "More" without anything new would go on for ever.
		if (header.more && frames.length === 0) return { books: [...changed], evidence, result: wentBack };
		wanted = header.more ? wanted.flatMap((range) => advanced(range, header.ranges)) : [];
		for (const { book } of header.ranges) answered.add(book);
	}
	if (result.ok && !(await hasAllOf(store, head, answered))) result = wentBack;
	return { books: [...changed], evidence, result };
}

/** MR1: books that were asked for are now as the relay said they are, or further; one with a frame left out is not. */
async function hasAllOf(store: LocalStore, head: CircleHead, answered: ReadonlySet<BookId>): Promise<boolean> {
	for (const { book, pos, run } of head.books.filter((shown) => answered.has(shown.book))) {
		const local = await store.head(head.circle, book);
		if (local.pos < pos || (local.pos === pos && shortRun(local.run) !== run)) return false;
	}
	return true;
}

interface Taking {
	readonly store: LocalStore;
	readonly evidence: Evidence;
}

async function storePulled(
	taking: Taking,
	ranges: readonly PulledRange[],
	frames: readonly Uint8Array[],
	wanted: readonly PullRange[],
	access: CircleAccess,
	onStored: (range: PulledRange) => void
): Promise<Result<void, SyncError>> {
	let at = 0;
	for (const range of ranges) {
		const isAsked = wanted.some(
			(each) => each.circle === range.circle && each.book === range.book && each.after === range.after
		);
		const pulled = isAsked ? readPulled(frames.slice(at, at + range.count), range, access) : null;
		at += range.count;
		// Frames nobody asked for, of another place, unreadable or with a signature that fails: not this relay's to give.
		if (!pulled) return err({ type: 'relay-went-back', circle: access.chain.circle });
		if (range.count === 0) continue;
		const written = await storeRange(taking, range, pulled, access);
		if (!written.ok) return written;
		onStored(range);
	}
	return ok(undefined);
}

async function storeRange(
	{ store, evidence }: Taking,
	range: PulledRange,
	pulled: readonly Pulled[],
	access: CircleAccess
): Promise<Result<void, SyncError>> {
	const local = await store.head(range.circle, range.book);
	let run: Uint8Array = local.pos === 0 ? EMPTY_RUN : local.run;
	const trail = pulled.map(({ frame }, index) => {
		run = nextRun(run, frame.hash);
		return { pos: range.after + index + 1, run: shortRun(run) };
	});
	const read = [...(local.trail ?? []), ...trail];
	let lamport = 0;
	for (const { frame } of pulled) {
		const batch = openBatch(access, frame);
		lamport = Math.max(lamport, batch?.lamport ?? 0);
		if (batch)
			await evidence.weigh(range.book, batch, async (book) =>
				book === range.book ? read : ((await store.head(range.circle, book)).trail ?? [])
			);
	}
	return store.putRemote({
		circle: range.circle,
		book: range.book,
		frames: pulled.map(({ frame, verified }, index) => ({ frame, pos: range.after + index + 1, verified })),
		after: range.after,
		pos: range.after + range.count,
		run,
		trail,
		lamport: Math.max(lamport, await snapshotLamport(access, pulled))
	});
}

/** The highest Lamport time snapshots speak of, as far as they can be opened: what is written here counts on from it. */
async function snapshotLamport(access: CircleAccess, pulled: readonly Pulled[]): Promise<number> {
	const snapshots = pulled.filter(({ frame }) => frame.type === 'snapshot');
	if (snapshots.length === 0) return 0;
	const { grantKeysOf } = await import('./grant-keys');
	const parts = snapshots.map(({ frame }) => grantKeysOf(access, frame.header.book).openPart(frame));
	return Math.max(0, ...parts.map((part) => part?.lamport ?? 0));
}
