/** What waits to be sent, as rows and frames, and how it is brought in line with what has arrived (docs/protocol.md F6). */
import { parseFrame, type Frame } from '$lib/protocol/frame';
import type { BookId, CircleId, DeviceId, Hash } from '$lib/protocol/ids';
import { outboxOf, rowsOf, type HeadRow, type HemlinjeDatabase, type OutboxRow } from './database';
import { StorageAbort } from './errors';
import { toStored } from './record';

/** A waiting row with its frame. */
export interface Waiting {
	readonly row: OutboxRow;
	readonly frame: Frame;
}

/** A place in this device's chain of a book. */
export interface ChainPlace {
	readonly seq: number;
	readonly hash: Hash | null;
}

/** Waiting rows of a book with their frames, in order. Rejects when a frame is gone. Runs in any transaction over both tables. */
export async function waitingIn(database: HemlinjeDatabase, circle: CircleId, book: BookId): Promise<Waiting[]> {
	const rows = await outboxOf(database, circle, book).sortBy('seq');
	const frames = await database.frames.bulkGet(rows.map((row) => [circle, book, row.hash]));
	return rows.map((row, index) => {
		const frame = parseFrame(frames[index]?.bytes ?? new Uint8Array());
		if (!frame.ok) throw new StorageAbort({ type: 'wiped' });
		return { row, frame: frame.value };
	});
}

/** What a device has said in a book that the relay was not seen to have, in order. */
export interface Unarrived {
	readonly waiting: readonly Waiting[];
	/** Acknowledged, and not shown where the book was read. */
	readonly unshown: readonly Frame[];
}

/** The same of one book. Runs in any transaction over frames and outbox. */
export async function unarrivedIn(
	database: HemlinjeDatabase,
	{ circle, book, pos }: HeadRow,
	device: DeviceId
): Promise<Unarrived> {
	const waiting = await waitingIn(database, circle, book);
	const sealings = new Set(waiting.flatMap(({ row }) => [row.hash, ...row.sent]));
	const rows = await rowsOf(database, circle, book)
		.filter(
			(row) => row.device === device && row.verified && (row.pos === 0 || row.pos > pos) && !sealings.has(row.hash)
		)
		.sortBy('seq');
	return { waiting, unshown: rows.flatMap((row) => toStored(row)?.frame ?? []) };
}

/**
 * Notes under which hash each row is about to be sent. Only rows that still hold the frame that was read: the sealing of one
 * sealed anew meanwhile is gone from this device, and the relay must not be the only one that has it.
 */
export async function markUnchanged(database: HemlinjeDatabase, waiting: readonly Waiting[]): Promise<Waiting[]> {
	const marked: Waiting[] = [];
	for (const each of waiting) {
		const { circle, book, seq, hash } = each.row;
		const now = await database.outbox.get([circle, book, seq]);
		if (now?.hash !== hash) continue;
		await database.outbox.put({ ...now, sent: [...new Set([...now.sent, hash])] });
		marked.push(each);
	}
	return marked;
}

/** Takes one acknowledged row out of the outbox. False for a place that is known to be another frame's: it is no such thing. */
export async function acknowledgeOne(database: HemlinjeDatabase, row: OutboxRow, pos: number): Promise<boolean> {
	const { circle, book, seq, hash } = row;
	const [now, head, frame] = await Promise.all([
		database.outbox.get([circle, book, seq]),
		database.heads.get([circle, book]),
		database.frames.get([circle, book, hash])
	]);
	if (pos <= (head?.pos ?? 0) && frame?.pos !== pos) return false;
	if (now?.hash === hash) {
		// The relay keeps one frame in a place: other sealings of it can never arrive.
		const others = now.sent.filter((each) => each !== hash);
		await database.frames.bulkDelete(others.map((each) => [circle, book, each]));
		if (head && others.length > 0) await database.heads.put({ ...head, rewrites: head.rewrites + 1 });
		await database.outbox.delete([circle, book, seq]);
	}
	await database.frames.update([circle, book, hash], { pos });
	return true;
}

/** Takes arrived rows out of the outbox, and with them sealings that lost to the one that arrived. */
export async function settle(database: HemlinjeDatabase, done: readonly Waiting[], arrived: ChainPlace): Promise<void> {
	let hash = arrived.hash;
	for (const { row } of [...done].reverse()) {
		const kept = hash === null ? undefined : await database.frames.get([row.circle, row.book, hash]);
		for (const other of new Set([row.hash, ...row.sent])) {
			if (kept && other !== hash) await database.frames.delete([row.circle, row.book, other]);
		}
		await database.outbox.delete([row.circle, row.book, row.seq]);
		const frame = kept && parseFrame(kept.bytes);
		hash = frame?.ok ? frame.value.header.prev : null;
	}
}
