/** Frames of a circle's books from the relay to this device: asked for, verified, stored; what is not right is never taken. */
import { err, ok, type Result } from '$lib/domain/result';
import type { PullRange } from '$lib/protocol/api/frames';
import { EMPTY_RUN, nextRun, shortRun, standsAs, type CircleHead } from '$lib/protocol/api/heads';
import type { Batch } from '$lib/protocol/entries';
import type { Frame } from '$lib/protocol/frame';
import type { BookId, CircleId, DeviceId } from '$lib/protocol/ids';
import { accessOf, bookOf } from '$lib/protocol/manifest';
import { emptyHead, type HeadRow } from '$lib/storage/database';
import type { LocalStore } from '$lib/storage/local-store';
import type { RemoteFrames } from '$lib/storage/put-remote';
import type { CircleAccess } from './circle-access';
import { Evidence } from './evidence';
import type { SyncError } from './engine';
import { openBatch } from './open-book';
import { advanced, hasStranger, parsePulled, readPulled, type Pulled, type PulledRange } from './pulled';
import type { RelayClient } from './relay-client';

interface PullDeps {
	readonly store: LocalStore;
	readonly relay: RelayClient;
	/** This device. */
	readonly device: DeviceId;
	/**
	 * The circle with the newest logs of everyone in it: asked for once, when a frame is of a device no log names. A member's
	 * new device is in no manifest. Nothing is stored before it is answered, so that the frame is looked at again if not.
	 */
	readonly learn: () => Promise<Result<CircleAccess, SyncError>>;
}

export interface PulledBooks {
	/** In which something arrived. */
	readonly books: readonly BookId[];
	/** As they stand on this device now. */
	readonly heads: readonly HeadRow[];
	/** What others' frames say of what the relay has shown them. */
	readonly evidence: Evidence;
	readonly result: Result<void, SyncError>;
}

/**
 * Pulls every book of a circle that has moved. A book that went back holds up no other. `heads`: where its books stand on this
 * device.
 */
export async function pullBooks(
	{ store, relay, device, learn }: PullDeps,
	head: CircleHead,
	{ access: opened, heads }: { readonly access: CircleAccess; readonly heads: readonly HeadRow[] },
	onStored: (count: number) => void
): Promise<PulledBooks> {
	const evidence = new Evidence();
	const wentBack = err<SyncError>({ type: 'relay-went-back', circle: head.circle });
	let result: Result<void, SyncError> = ok(undefined);
	let access = opened;
	const ranges: PullRange[] = [];
	const here = new HeadsHere(head.circle, heads);
	const changed = new Set<BookId>();
	const ended = (ends: Result<void, SyncError>) => ({ books: [...changed], heads: here.all, evidence, result: ends });
	for (const shown of head.books) {
		const { book, pos } = shown;
		const local = here.of(book);
		if (pos < local.pos || (pos === local.pos && !standsAs(local, shown))) result = wentBack;
		else if (pos > local.pos && readsBook(access, book)) ranges.push({ circle: head.circle, book, after: local.pos });
	}
	const answered = new Set<BookId>();
	for (let wanted = ranges; wanted.length > 0;) {
		const pulled = await relay.pull(wanted);
		if (!pulled.ok) return ended(pulled);
		const { header } = pulled.value;
		const frames = parsePulled(pulled.value.frames);
		if (access === opened && hasStranger(frames, access)) {
			const learnt = await learn();
			if (!learnt.ok) return ended(learnt);
			access = learnt.value;
		}
		const taking = { store, device, evidence, here };
		const stored = await storePulled(taking, header.ranges, frames, wanted, access, (range) => {
			changed.add(range.book);
			onStored(range.count);
		});
		if (!stored.ok) return ended(stored);
		// "More" without anything new would go on for ever.
		if (header.more && frames.length === 0) return ended(wentBack);
		wanted = header.more ? wanted.flatMap((range) => advanced(range, header.ranges)) : [];
		for (const { book } of header.ranges) answered.add(book);
	}
	if (result.ok && !hasAllOf(here, head, answered)) result = wentBack;
	return ended(result);
}

/** Where the books of a circle stand on this device, while they move. */
class HeadsHere {
	readonly #circle: CircleId;
	readonly #heads: Map<BookId, HeadRow>;

	constructor(circle: CircleId, heads: readonly HeadRow[]) {
		this.#circle = circle;
		this.#heads = new Map(heads.map((head) => [head.book, head]));
	}

	get all(): readonly HeadRow[] {
		return [...this.#heads.values()];
	}

	of(book: BookId): HeadRow {
		return this.#heads.get(book) ?? emptyHead(this.#circle, book);
	}

	note(head: HeadRow): void {
		this.#heads.set(head.book, head);
	}
}

/** MR1: books that were asked for are now as the relay said they are, or further; one with a frame left out is not. */
const hasAllOf = (here: HeadsHere, head: CircleHead, answered: ReadonlySet<BookId>): boolean =>
	head.books.every((shown) => {
		const local = here.of(shown.book);
		return !answered.has(shown.book) || local.pos > shown.pos || standsAs(local, shown);
	});

/** Every book this member reads stands on this device where the relay showed it: nothing more, and nothing less. */
export function isAsShown(head: CircleHead, heads: readonly HeadRow[], access: CircleAccess): boolean {
	const here = new HeadsHere(head.circle, heads);
	return head.books.every((shown) => !readsBook(access, shown.book) || standsAs(here.of(shown.book), shown));
}

const readsBook = ({ member, chain }: CircleAccess, book: BookId): boolean =>
	accessOf(member, book) !== null && bookOf(chain.head.body, book) !== undefined;

interface Taking {
	readonly store: LocalStore;
	readonly device: DeviceId;
	readonly evidence: Evidence;
	readonly here: HeadsHere;
}

async function storePulled(
	taking: Taking,
	ranges: readonly PulledRange[],
	frames: readonly (Frame | null)[],
	wanted: readonly PullRange[],
	access: CircleAccess,
	onStored: (range: PulledRange) => void
): Promise<Result<void, SyncError>> {
	let at = 0;
	let problem: Result<void, SyncError> = ok(undefined);
	const read: Read[] = [];
	for (const range of ranges) {
		const isAsked = wanted.some(
			(each) => each.circle === range.circle && each.book === range.book && each.after === range.after
		);
		const isFirst = !read.some((each) => each.range.book === range.book);
		const pulled = isAsked && isFirst ? readPulled(frames.slice(at, at + range.count), range, access) : null;
		at += range.count;
		// Frames nobody asked for, twice, of another place, unreadable or with a signature that fails: not this relay's to give.
		if (!pulled) {
			problem = err({ type: 'relay-went-back', circle: access.chain.circle });
			break;
		}
		if (range.count > 0) read.push(await readRange(taking, range, pulled, access));
	}
	if (read.length === 0) return problem;
	// What came in one answer is one transaction: waiting for the disk book by book took longer than all the rest.
	const written = await taking.store.putRemote(...read.map(({ remote }) => remote));
	if (!written.ok) return written;
	for (const [index, taken] of written.value.entries()) {
		taking.here.note(taken.head);
		taking.store.recent?.note(taken, read[index]?.opened ?? []);
	}
	for (const each of read) {
		weigh(taking, each);
		onStored(each.range);
	}
	return problem;
}

/** A range as it will be stored, and what stood in it. */
interface Read {
	readonly range: PulledRange;
	readonly remote: RemoteFrames;
	/** What stands in its frames; null where it does not open. */
	readonly opened: readonly (Batch | null)[];
	/** The last places read in the book, with those of this range. */
	readonly trail: NonNullable<HeadRow['trail']>;
}

async function readRange(
	{ here, device }: Taking,
	range: PulledRange,
	pulled: readonly Pulled[],
	access: CircleAccess
): Promise<Read> {
	const local = here.of(range.book);
	let run: Uint8Array = local.pos === 0 ? EMPTY_RUN : local.run;
	const trail = pulled.map(({ frame }, index) => {
		run = nextRun(run, frame.hash);
		return { pos: range.after + index + 1, run: shortRun(run) };
	});
	const opened = pulled.map(({ frame }) => openBatch(access, frame));
	const lamport = opened.reduce((highest, batch) => Math.max(highest, batch?.lamport ?? 0), 0);
	return {
		range,
		opened,
		trail: [...(local.trail ?? []), ...trail],
		remote: {
			circle: range.circle,
			book: range.book,
			own: device,
			frames: pulled.map(({ frame, verified }, index) => ({ frame, pos: range.after + index + 1, verified })),
			after: range.after,
			pos: range.after + range.count,
			run,
			trail,
			lamport: Math.max(lamport, await snapshotLamport(access, pulled))
		}
	};
}

/** Holds what was said in a range against what this device has read. */
function weigh({ here, evidence }: Taking, { range, opened, trail }: Read): void {
	for (const batch of opened)
		if (batch) evidence.weigh(range.book, batch, (book) => (book === range.book ? trail : (here.of(book).trail ?? [])));
}

/** The highest Lamport time snapshots speak of, as far as they can be opened: what is written here counts on from it. */
async function snapshotLamport(access: CircleAccess, pulled: readonly Pulled[]): Promise<number> {
	const snapshots = pulled.filter(({ frame }) => frame.type === 'snapshot');
	if (snapshots.length === 0) return 0;
	const { grantKeysOf } = await import('./grant-keys');
	const parts = snapshots.map(({ frame }) => grantKeysOf(access, frame.header.book).openPart(frame));
	return Math.max(0, ...parts.map((part) => part?.lamport ?? 0));
}
