/**
 * Frames that came together lie together: what was pulled of a book in one answer is put as a few rows instead of one a frame,
 * which took most of a care unit's first hour and of every restore (docs/decisions/0022).
 *
 * Only frames that are settled lie in a block: verified, at a place the relay has shown, and not written here. One whose place
 * comes into doubt is taken out of its block and lies by itself, as do a device's own frames, which wait, are acknowledged and
 * are sealed anew one by one.
 */
import { Dexie } from 'dexie';
import { readU32 } from '$lib/crypto/bytes';
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
		blocks.push({ circle, book, last: arrival + some.length - 1, count: some.length, pos, bytes: joined(some) });
	}
	return blocks;
}

/** Each frame with its length before it. */
function joined(frames: readonly StoredFrame[]): Uint8Array {
	const bytes = new Uint8Array(frames.reduce((sum, { frame }) => sum + 4 + frame.bytes.length, 0));
	const view = new DataView(bytes.buffer);
	let at = 0;
	for (const { frame } of frames) {
		view.setUint32(at, frame.bytes.length);
		bytes.set(frame.bytes, at + 4);
		at += 4 + frame.bytes.length;
	}
	return bytes;
}

/** The frames in a block, in order. Bytes that are none are left out and stay where they are. */
export function framesIn({ last, count, pos, bytes }: BlockRow): StoredFrame[] {
	const found: StoredFrame[] = [];
	for (let at = 0, index = 0; at + 4 <= bytes.length; index += 1) {
		const end = at + 4 + readU32(bytes, at);
		const frame = parseFrame(bytes.subarray(at + 4, end));
		if (frame.ok)
			found.push({ frame: frame.value, verified: true, pos: pos + index, arrival: last - count + 1 + index });
		at = end;
	}
	return found;
}

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

/** Takes apart one block of a book that reaches beyond a place at the relay: its frames lie by themselves. False when there is none. */
export async function takeApart(
	database: HemlinjeDatabase,
	circle: CircleId,
	book: BookId,
	afterPos: number
): Promise<boolean> {
	const block = await blocksAfter(database, circle, book, 0)
		.filter(({ pos, count }) => pos + count - 1 > afterPos)
		.first();
	if (!block) return false;
	await database.frames.bulkPut(framesIn(block).map(({ frame, pos, arrival }) => toRow(frame, pos, true, arrival)));
	await database.blocks.delete([circle, book, block.last]);
	return true;
}
