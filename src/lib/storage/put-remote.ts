/** The transaction that takes in what was pulled of a book. */
import { Dexie } from 'dexie';
import { equalBytes } from '$lib/crypto/bytes';
import type { BookId, CircleId, Hash } from '$lib/protocol/ids';
import { emptyHead, toRow, type FrameRow, type HeadRow, type HemlinjeDatabase } from './database';
import type { RecentFrames } from './recent-frames';
import type { StoredFrame } from './record';

export interface RemoteFrames {
	readonly circle: CircleId;
	readonly book: BookId;
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

/**
 * Stores the frames and moves the book's head. Runs in a transaction over heads and frames. `recent` is told of a book that
 * begins here with them.
 */
export async function putRemote(
	database: HemlinjeDatabase,
	remote: RemoteFrames,
	recent: RecentFrames | null
): Promise<void> {
	const { circle, book } = remote;
	const head = (await database.heads.get([circle, book])) ?? emptyHead(circle, book);
	if (head.pos !== remote.after) return;
	// Of a book in which nothing has ever come here, none is known: asking for each costs as much as putting it.
	const isBeginning = (await rowsOf(database, circle, book).limit(1).count()) === 0;
	if (isBeginning) recent?.noteBeginning(book);
	const keys = remote.frames.map(({ frame }): [CircleId, BookId, Hash] => [circle, book, frame.hash]);
	const known = isBeginning ? [] : await database.frames.bulkGet(keys);
	let { arrivals, rewrites } = head;
	const rows = remote.frames.map(({ frame, pos, verified }, index) => {
		const row = known[index];
		if (!row) return toRow(frame, pos, verified, (arrivals += 1));
		if (row.verified && !verified) return { ...row, pos };
		// A copy with another signature takes the place of one that was never checked.
		if (!equalBytes(row.bytes, frame.bytes)) rewrites += 1;
		return toRow(frame, pos, verified, row.arrival);
	});
	await database.frames.bulkPut(rows);
	const own = head.hash === null ? undefined : await database.frames.get([circle, book, head.hash]);
	const isShown = new Set(rows.map(({ hash }) => hash));
	const isMissing = ({ pos, hash }: FrameRow): boolean => pos > remote.after && pos <= remote.pos && !isShown.has(hash);
	// The relay said it has this device's newest frame in one of these places, and shows another there: nothing it said of
	// them is believed.
	if (own && isMissing(own)) await rowsOf(database, circle, book).filter(isMissing).modify({ pos: 0 });
	await database.heads.put({
		...head,
		arrivals,
		rewrites,
		pos: remote.pos,
		run: remote.run,
		trail: [...(head.trail ?? []), ...(remote.trail ?? [])].slice(-TRAIL),
		lamport: Math.max(head.lamport, remote.lamport)
	});
}

const rowsOf = (database: HemlinjeDatabase, circle: CircleId, book: BookId) =>
	database.frames.where('[circle+book+hash]').between([circle, book, Dexie.minKey], [circle, book, Dexie.maxKey]);
