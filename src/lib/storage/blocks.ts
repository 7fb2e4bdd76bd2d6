/**
 * Frames that came together lie together: what was pulled of a book in one answer is put as a few rows instead of one a frame,
 * which took most of a care unit's first hour and of every restore (docs/decisions/0022).
 *
 * Only frames that are settled lie in a block: verified, at a place the relay has shown, and not written here. One whose place
 * comes into doubt is taken out of its block and lies by itself, as do a device's own frames, which wait, are acknowledged and
 * are sealed anew one by one.
 */
import { Dexie } from 'dexie';
import { joinFrames, splitFrames } from '$lib/protocol/api/frames';
import type { BookId, CircleId, Hash } from '$lib/protocol/ids';
import { parseFrame } from '$lib/protocol/frame';
import { toRow, type BlockRow, type HemlinjeDatabase } from './database';
import type { StoredFrame } from './record';

/** One frame is a row. */
const FEWEST = 2;
/** As many as are taken apart in one transaction: a long one has brought IndexedDB down before (threat model F24). */
const MOST = 150;

/** Frames with consecutive arrivals and places as blocks; null where they are not for blocks. */
export function toBlocks(circle: CircleId, book: BookId, frames: readonly StoredFrame[]): BlockRow[] | null {
	const [first] = frames;
	const isRun = frames.every(
		({ verified, pos, arrival }, index) =>
			first !== undefined && verified && pos === first.pos + index && arrival === first.arrival + index
	);
	const isEachOnce = new Set(frames.map(({ frame }) => frame.hash)).size === frames.length;
	if (!isRun || !isEachOnce || frames.length < FEWEST) return null;
	const blocks: BlockRow[] = [];
	for (let at = 0; at < frames.length; at += MOST) {
		const some = frames.slice(at, at + MOST);
		const [{ pos, arrival }] = some as [StoredFrame];
		const bytes = joinFrames(some.map(({ frame }) => frame.bytes));
		blocks.push({ circle, book, last: arrival + some.length - 1, count: some.length, pos, bytes });
	}
	return blocks;
}

/** The frames in a block, in order. Bytes that are none are left out. */
export const framesIn = ({ last, count, pos, bytes }: BlockRow): StoredFrame[] =>
	(splitFrames(bytes) ?? []).flatMap((each, index) => {
		const frame = parseFrame(each);
		const arrival = last - count + 1 + index;
		return frame.ok ? [{ frame: frame.value, verified: true, pos: pos + index, arrival }] : [];
	});

/** Blocks of a book in which frames came after a place, in order. */
export const blocksAfter = (database: HemlinjeDatabase, circle: CircleId, book: BookId, arrival: number) =>
	database.blocks
		.where('[circle+book+last]')
		.between([circle, book, arrival], [circle, book, Dexie.maxKey], false, false);

/** `arrival` of every frame of a book that lies in a block. */
export async function arrivalsInBlocks(
	database: HemlinjeDatabase,
	circle: CircleId,
	book: BookId
): Promise<Map<Hash, number>> {
	const blocks = await blocksAfter(database, circle, book, 0).toArray();
	return new Map(blocks.flatMap(framesIn).map(({ frame, arrival }) => [frame.hash, arrival]));
}

/** Takes apart the last block of a book if it reaches beyond a place at the relay: its frames lie by themselves then. False when it does not. */
export async function takeApart(
	database: HemlinjeDatabase,
	circle: CircleId,
	book: BookId,
	afterPos: number
): Promise<boolean> {
	// Later blocks stand at later places: one is put where the book was read to, and what lay beyond that was taken apart before.
	const block = await blocksAfter(database, circle, book, 0).last();
	if (!block || block.pos + block.count - 1 <= afterPos) return false;
	await database.frames.bulkPut(framesIn(block).map(({ frame, pos, arrival }) => toRow(frame, pos, true, arrival)));
	await database.blocks.delete([circle, book, block.last]);
	return true;
}
