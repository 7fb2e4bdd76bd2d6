/** What waits to be sent, as rows and frames, and how it is brought in line with what has arrived (docs/protocol.md F6). */
import { parseFrame, type Frame } from '$lib/protocol/frame';
import type { BookId, CircleId, Hash } from '$lib/protocol/ids';
import type { HemlinjeDatabase, OutboxRow } from './database';
import { StorageAbort } from './errors';

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
	const rows = await database.outbox
		.where('[circle+book+seq]')
		.between([circle, book, 0], [circle, book, Infinity])
		.sortBy('seq');
	const frames = await database.frames.bulkGet(rows.map((row) => [circle, book, row.hash]));
	return rows.map((row, index) => {
		const frame = parseFrame(frames[index]?.bytes ?? new Uint8Array());
		if (!frame.ok) throw new StorageAbort({ type: 'wiped' });
		return { row, frame: frame.value };
	});
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
