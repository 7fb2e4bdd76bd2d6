/**
 * Where frames stand at the relay, as far as this device knows, and what follows when the relay turns out to have lost some
 * of them (docs/protocol.md 11). Nothing here takes a frame away.
 */
import type { Result } from '$lib/domain/result';
import { EMPTY_RUN, nextRun } from '$lib/protocol/api/heads';
import type { Frame } from '$lib/protocol/frame';
import type { BookId, CircleId, Hash } from '$lib/protocol/ids';
import { arrivalsInBlocks, blocksAfter, framesIn, takeApart } from './blocks';
import type { Connection } from './connection';
import { emptyHead, outboxOf, rowsOf, type FrameRow, type HeadRow, type HemlinjeDatabase } from './database';
import type { StorageError } from './errors';
import { toStored } from './record';

/** A place in a book at the relay. */
export interface RelayPlace {
	readonly pos: number;
	readonly run: Uint8Array;
}

const START: RelayPlace = { pos: 0, run: EMPTY_RUN };
/** A long transaction has brought IndexedDB down before (threat model F24). */
const MOST_ROWS_AT_ONCE = 150;
const INCARNATION = 'incarnation';

export class RelayPlaces {
	readonly #connection: Connection;

	constructor(connection: Connection) {
		this.#connection = connection;
	}

	/** The relay's incarnation when it was last asked; null before that. It changes when its database comes from a backup. */
	async incarnation(): Promise<string | null> {
		const row = await this.#connection.read((database) => database.meta.get(INCARNATION));
		return typeof row?.value === 'string' ? row.value : null;
	}

	saveIncarnation(value: string): Promise<Result<void, StorageError>> {
		return this.#connection.write([], async (database) => {
			await database.meta.put({ id: INCARNATION, value });
		});
	}

	/** Notes when this device last wrote a heartbeat in a book. */
	noteHeartbeat(circle: CircleId, book: BookId, at: number): Promise<Result<void, StorageError>> {
		return this.#connection.write(['heads'], async (database) => {
			const head = (await database.heads.get([circle, book])) ?? emptyHead(circle, book);
			await database.heads.put({ ...head, beatAt: at });
		});
	}

	/**
	 * Books in which the relay did not show the newest of this device's frames that it has acknowledged, up to where the book
	 * was last read: with that frame. What was written since may still wait.
	 */
	async missingNewest(circle: CircleId): Promise<ReadonlyMap<BookId, Hash>> {
		const missing = await this.#connection.read((database) =>
			database.transaction('r', ['heads', 'frames', 'outbox'], async () => {
				const heads = await database.heads.where('circle').equals(circle).toArray();
				return Promise.all(heads.map((head) => missingIn(database, head)));
			})
		);
		return new Map(missing.flatMap((each) => (each ? [each] : [])));
	}

	/** Whether the relay has shown this frame where the book was read. */
	async isShown(circle: CircleId, book: BookId, hash: Hash): Promise<boolean> {
		return this.#connection.read((database) =>
			database.transaction('r', ['heads', 'frames', 'blocks'], async () => {
				const [head, row] = [await database.heads.get([circle, book]), await database.frames.get([circle, book, hash])];
				if (row) return row.pos > 0 && row.pos <= (head?.pos ?? 0);
				return (await arrivalsInBlocks(database, circle, book)).has(hash);
			})
		);
	}

	/** The place of a book's first `pos` frames as they were read here; its start when they are not all known. */
	async placeAt(circle: CircleId, book: BookId, pos: number): Promise<RelayPlace> {
		const hashes = new Map<number, Hash>();
		await this.#eachRow(circle, book, (row) => {
			if (row.pos > 0 && row.pos <= pos) hashes.set(row.pos, row.hash);
		});
		const blocks = await this.#connection.read((database) => blocksAfter(database, circle, book, 0).toArray());
		for (const block of blocks)
			for (const { frame, pos: at } of block.pos <= pos ? framesIn(block) : []) hashes.set(at, frame.hash);
		let run: Uint8Array = EMPTY_RUN;
		for (let at = 1; at <= pos; at += 1) {
			const hash = hashes.get(at);
			if (hash === undefined) return START;
			run = nextRun(run, hash);
		}
		return { pos, run };
	}

	/** Reads a book on from an earlier place. The frames after it count as not known to be at the relay; all stay. */
	async rewind(circle: CircleId, book: BookId, to: RelayPlace): Promise<Result<void, StorageError>> {
		for (;;) {
			const apart = await this.#connection.write(['frames', 'blocks'], (database) =>
				takeApart(database, circle, book, to.pos)
			);
			if (!apart.ok) return apart;
			if (!apart.value) break;
		}
		for (;;) {
			const cleared = await this.#connection.write(['frames'], (database) =>
				rowsOf(database, circle, book)
					.filter((row) => row.pos > to.pos)
					.limit(MOST_ROWS_AT_ONCE)
					.modify({ pos: 0 })
			);
			if (!cleared.ok) return cleared;
			if (cleared.value < MOST_ROWS_AT_ONCE) break;
		}
		// Last: cut off before this, the book still looks as if the relay had gone back, and all of it is done again.
		return this.#connection.write(['heads'], async (database) => {
			const head = (await database.heads.get([circle, book])) ?? emptyHead(circle, book);
			await database.heads.put({ ...head, pos: to.pos, run: to.run, trail: [] });
		});
	}

	/** Verified frames that are not known to be at the relay and do not wait to be sent: each device's in order. */
	async unplaced(circle: CircleId, book: BookId): Promise<Frame[]> {
		const rows = await this.#connection.read((database) => outboxOf(database, circle, book).toArray());
		const waiting = new Set(rows.flatMap((row) => [row.hash, ...row.sent]));
		const frames: Frame[] = [];
		await this.#eachRow(circle, book, (row) => {
			const stored = row.pos === 0 && row.verified && !waiting.has(row.hash) ? toStored(row) : null;
			if (stored) frames.push(stored.frame);
		});
		return frames.sort((a, b) => a.header.seq - b.header.seq);
	}

	async #eachRow(circle: CircleId, book: BookId, see: (row: FrameRow) => void): Promise<void> {
		await this.#connection.read((database) => rowsOf(database, circle, book).each(see));
	}
}

async function missingIn(database: HemlinjeDatabase, head: HeadRow): Promise<readonly [BookId, Hash] | null> {
	const row = await newestAcknowledged(database, head);
	return row && (row.pos === 0 || row.pos > head.pos) ? [head.book, row.hash] : null;
}

/**
 * The newest of this device's frames in a book that the relay has acknowledged: the one before the first that waits. Runs in
 * any transaction over frames and outbox.
 */
export async function newestAcknowledged(
	database: HemlinjeDatabase,
	{ circle, book, hash }: HeadRow
): Promise<FrameRow | undefined> {
	if (hash === null) return undefined;
	const waiting = await outboxOf(database, circle, book).first();
	const next = waiting && (await database.frames.get([circle, book, waiting.hash]));
	const newest = waiting ? next && toStored(next)?.frame.header.prev : hash;
	return newest ? database.frames.get([circle, book, newest]) : undefined;
}
