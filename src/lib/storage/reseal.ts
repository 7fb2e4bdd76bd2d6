/** Sealing again what waits, in one transaction, once the relay is known to have some of it or a key has changed (F6). */
import type { Frame } from '$lib/protocol/frame';
import type { BookId, CircleId } from '$lib/protocol/ids';
import { emptyHead, toRow, type HeadRow, type HemlinjeDatabase } from './database';
import { StorageAbort } from './errors';
import { after } from './record';
import { settle, waitingIn, type ChainPlace } from './waiting';

interface Resealing {
	readonly circle: CircleId;
	readonly book: BookId;
	/** The newest own frame the relay was found to have; null when nothing new is known. */
	readonly arrived: ChainPlace | null;
	readonly entriesOf: (frame: Frame) => readonly unknown[] | null;
}

/** What has arrived leaves the outbox; the rest is sealed again, in order. Runs in a transaction over heads, frames and outbox. */
export async function resealWaiting(
	database: HemlinjeDatabase,
	{ circle, book, arrived, entriesOf }: Resealing,
	seal: (head: HeadRow, entries: readonly unknown[]) => Frame
): Promise<void> {
	const all = await waitingIn(database, circle, book);
	const done = arrived ? all.filter(({ row }) => row.seq <= arrived.seq) : [];
	if (arrived) await settle(database, done, arrived);
	const rest = all.slice(done.length);
	const first = rest[0];
	const before = (await database.heads.get([circle, book])) ?? emptyHead(circle, book);
	const head = { ...before, rewrites: before.rewrites + 1 };
	if (!first) {
		const last = done.at(-1);
		if (arrived && last) await database.heads.put({ ...head, seq: last.row.seq, hash: arrived.hash });
		return;
	}
	let at: HeadRow = {
		...head,
		seq: first.row.seq - 1,
		hash: done.length > 0 && arrived ? arrived.hash : first.frame.header.prev
	};
	for (const { row, frame: old } of rest) {
		const entries = entriesOf(old);
		if (!entries) throw new StorageAbort({ type: 'wiped' });
		const frame = seal(at, entries);
		if (!row.sent.includes(row.hash)) await database.frames.delete([circle, book, row.hash]);
		at = after(at, frame);
		await database.frames.put(toRow(frame, 0, true, at.arrivals));
		await database.outbox.put({ ...row, hash: frame.hash });
	}
	await database.heads.put(at);
}
