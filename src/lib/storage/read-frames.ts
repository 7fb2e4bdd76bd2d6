/** Frames of a book as they are read: those that lie in blocks and those that lie by themselves, some at a time. */
import { Dexie } from 'dexie';
import type { BookId, CircleId } from '$lib/protocol/ids';
import { blocksAfter, framesIn } from './blocks';
import type { Connection } from './connection';
import { emptyHead, type BlockRow, type HeadRow, type HemlinjeDatabase } from './database';
import { toStored, type StoredFrame } from './record';

/** Rows fetched at a time where all of a book is read. */
const PAGE = 200;

/** What came to a book after a place. */
export interface FramesAfter {
	/** Where the book stands. */
	readonly head: HeadRow;
	/** In the order they came. */
	readonly frames: readonly StoredFrame[];
	/** The place to read on from; there is no more when that is the head's. */
	readonly upTo: number;
}

/** All frames of a book, in no order. Bytes that are no frames are left out and stay where they are. */
export async function* framePages(
	connection: Connection,
	circle: CircleId,
	book: BookId
): AsyncGenerator<StoredFrame[]> {
	// Blocks first: what is taken out of one meanwhile is met again as a row, and never missed.
	for (let at: number | null = 0; at !== null;) {
		const after: number = at;
		const block: BlockRow | undefined = await connection.read((database) =>
			blocksAfter(database, circle, book, after).first()
		);
		if (block) yield framesIn(block);
		at = block?.last ?? null;
	}
	for (let last: unknown = Dexie.minKey; last !== null;) {
		const from = [circle, book, last];
		const rows = await connection.read((database) =>
			database.frames
				.where('[circle+book+hash]')
				.between(from, [circle, book, Dexie.maxKey], false, false)
				.limit(PAGE)
				.toArray()
		);
		yield rows.flatMap((row) => toStored(row) ?? []);
		last = rows.length < PAGE ? null : (rows.at(-1)?.hash ?? null);
	}
}

/** What came to a book after a place, some at a time, and where the book stands: read together. */
export function framesAfter(
	database: HemlinjeDatabase,
	circle: CircleId,
	book: BookId,
	arrival: number
): PromiseLike<FramesAfter> {
	return database.transaction('r', ['heads', 'frames', 'blocks'], async () => {
		const [known, rows, block] = await Promise.all([
			database.heads.get([circle, book]),
			database.frames
				.where('[circle+book+arrival]')
				.between([circle, book, arrival], [circle, book, Infinity], false, true)
				.limit(PAGE)
				.toArray(),
			blocksAfter(database, circle, book, arrival).first()
		]);
		const head = known ?? emptyHead(circle, book);
		const upTo = rows.length < PAGE ? head.arrivals : (rows.at(-1)?.arrival ?? head.arrivals);
		const stored = rows.flatMap((row) => toStored(row) ?? []);
		if (!block || block.last - block.count >= upTo) return { head, frames: stored, upTo };
		// The frames of a block follow one another: what lies by itself came before all of them or after.
		const before = stored.filter((each) => each.arrival <= block.last - block.count);
		const inBlock = framesIn(block).filter((each) => each.arrival > arrival);
		return { head, frames: [...before, ...inBlock], upTo: block.last };
	});
}
