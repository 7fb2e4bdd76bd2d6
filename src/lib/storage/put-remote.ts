/** The transaction that takes in what was pulled of a book. */
import { equalBytes } from '$lib/crypto/bytes';
import type { BookId, CircleId, DeviceId, Hash } from '$lib/protocol/ids';
import { arrivalsInBlocks, toBlocks } from './blocks';
import { emptyHead, rowsOf, toRow, type FrameRow, type HeadRow, type HemlinjeDatabase } from './database';
import type { StoredFrame } from './record';
import { newestAcknowledged } from './relay-places';

export interface RemoteFrames {
	readonly circle: CircleId;
	readonly book: BookId;
	/** This device, whose own frames lie by themselves. */
	readonly own?: DeviceId;
	readonly frames: readonly Omit<StoredFrame, 'arrival'>[];
	/** The position they follow. */
	readonly after: number;
	/** Position and running hash after these frames. */
	readonly pos: number;
	readonly run: Uint8Array;
	/** The places of the last of them, with the running hash as others write it. */
	readonly trail?: NonNullable<HeadRow['trail']>;
	/** Highest Lamport time among them, as far as they could be opened. */
	readonly lamport: number;
}

/** Places kept to hold heartbeats against: one that is older says nothing that a newer one will not. */
const TRAIL = 32;

/** A book after frames were taken in. */
export interface TakenIn {
	readonly head: HeadRow;
	/** What this brought, in order; empty where the book had moved on meanwhile. */
	readonly frames: readonly StoredFrame[];
}

/** Where a book stands, and which of the frames it has already. */
interface Before {
	readonly head: HeadRow;
	/** Those that lie by themselves, in the frames' order. */
	readonly known: readonly (FrameRow | undefined)[];
	/** `arrival` of those that lie in blocks. */
	readonly inBlocks: ReadonlyMap<Hash, number>;
}

/** What must be known of the books, all asked for together: every answer waited for costs a journey to the storage. */
export const readBefore = (database: HemlinjeDatabase, remotes: readonly RemoteFrames[]): Promise<Before[]> =>
	Promise.all(
		remotes.map(async ({ circle, book, frames }) => {
			const [row, first] = await Promise.all([
				database.heads.get([circle, book]),
				rowsOf(database, circle, book).limit(1).count()
			]);
			const head = row ?? emptyHead(circle, book);
			const keys = frames.map(({ frame }): [CircleId, BookId, Hash] => [circle, book, frame.hash]);
			const isBehind = frames.some(({ frame: { header } }) => header.seq <= (head.inBlocks?.[header.device] ?? 0));
			// Where none lies by itself, or all go on from the blocks, none is known: asking for each costs as much as putting it.
			const [known, inBlocks] = await Promise.all([
				first > 0 ? database.frames.bulkGet(keys) : [],
				isBehind ? arrivalsInBlocks(database, circle, book) : new Map<Hash, number>()
			]);
			return { head, known, inBlocks };
		})
	);

/** Stores the frames and moves the book's head. Runs in a transaction over heads, frames, blocks and outbox. */
export async function putRemote(
	database: HemlinjeDatabase,
	remote: RemoteFrames,
	{ head, known, inBlocks }: Before
): Promise<TakenIn> {
	const { circle, book } = remote;
	if (head.pos !== remote.after) return { head, frames: [] };
	let { arrivals, rewrites } = head;
	const frames = remote.frames.map((each, index) => ({
		...each,
		arrival: inBlocks.get(each.frame.hash) ?? known[index]?.arrival ?? (arrivals += 1)
	}));
	const isNew = inBlocks.size === 0 && known.every((row) => row === undefined);
	// What looks for a frame of its own looks among those that lie by themselves: one that was lost here comes back there.
	const isOthers = frames.every(({ frame }) => frame.header.device !== remote.own);
	const blocks = isNew && isOthers ? toBlocks(circle, book, frames) : null;
	const puts: PromiseLike<unknown>[] = [];
	if (blocks) puts.push(database.blocks.bulkPut(blocks));
	else {
		const rows = frames.flatMap(({ frame, pos, verified, arrival }, index) => {
			if (inBlocks.has(frame.hash)) return [];
			const row = known[index];
			// The signature is no part of a frame's name: bytes that were checked by it stay.
			if (row?.verified) return [{ ...row, pos }];
			// A copy with another signature takes the place of one that was never checked.
			if (row && !equalBytes(row.bytes, frame.bytes)) rewrites += 1;
			return [toRow(frame, pos, verified, row ? row.arrival : arrival)];
		});
		puts.push(database.frames.bulkPut(rows));
	}
	const own = await newestAcknowledged(database, head);
	const isShown = new Set(own ? frames.map(({ frame }) => frame.hash) : []);
	const isMissing = ({ pos, hash }: FrameRow): boolean => pos > remote.after && pos <= remote.pos && !isShown.has(hash);
	// The relay has acknowledged a frame of this device for one of these places, and shows another there: nothing it said of
	// them is believed.
	if (own && isMissing(own)) await rowsOf(database, circle, book).filter(isMissing).modify({ pos: 0 });
	const next = {
		...head,
		...(blocks && { inBlocks: highestSeqs(head.inBlocks, frames) }),
		arrivals,
		rewrites,
		pos: remote.pos,
		run: remote.run,
		trail: [...(head.trail ?? []), ...(remote.trail ?? [])].slice(-TRAIL),
		lamport: Math.max(head.lamport, remote.lamport)
	};
	await Promise.all([...puts, database.heads.put(next)]);
	return { head: next, frames };
}

function highestSeqs(before: HeadRow['inBlocks'], frames: readonly Pick<StoredFrame, 'frame'>[]): HeadRow['inBlocks'] {
	const seqs: Record<DeviceId, number> = { ...before };
	for (const { frame } of frames) {
		const { device, seq } = frame.header;
		seqs[device] = Math.max(seq, seqs[device] ?? 0);
	}
	return seqs;
}
