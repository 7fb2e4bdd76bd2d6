/** Waiting frames brought in line with the relay and sealed again, in one transaction over heads, frames and outbox (F6). */
import type { Frame } from '$lib/protocol/frame';
import type { BookId, CircleId } from '$lib/protocol/ids';
import { emptyHead, toRow, type HeadRow, type HemlinjeDatabase } from './database';
import { StorageAbort } from './errors';
import { after, type FrameContent } from './record';
import { settle, waitingIn, type ChainPlace } from './waiting';

/** Rows up to `arrived` leave the outbox; the rest is sealed again in order, each frame's content as it stands. */
export async function resealIn(
	database: HemlinjeDatabase,
	{ circle, book }: { readonly circle: CircleId; readonly book: BookId },
	arrived: ChainPlace | null,
	contentOf: (frame: Frame) => FrameContent | null,
	sealNext: (head: HeadRow, content: FrameContent) => Frame
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
		const content = contentOf(old);
		if (!content) throw new StorageAbort({ type: 'wiped' });
		const frame = sealNext(at, content);
		if (!row.sent.includes(row.hash)) await database.frames.delete([circle, book, row.hash]);
		at = after(at, frame);
		await database.frames.put(toRow(frame, 0, true, at.arrivals));
		await database.outbox.put({ ...row, hash: frame.hash });
	}
	await database.heads.put(at);
}
