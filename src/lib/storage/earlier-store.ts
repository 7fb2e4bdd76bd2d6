/**
 * Circles that were read in from an archive. Their frames lie beside the others' under their own ids; a circle is there once
 * its row is, which is written last: what was interrupted before that shows nowhere and is put again by the next attempt.
 */
import { Dexie } from 'dexie';
import { ok, type Result } from '$lib/domain/result';
import type { Frame } from '$lib/protocol/frame';
import type { BookId, CircleId } from '$lib/protocol/ids';
import type { Connection } from './connection';
import { emptyHead, toRow } from './database';
import type { StorageError } from './errors';
import { earlierCircleSchema, earlierRow, EARLIER_ROWS, type EarlierCircle } from './keyring';
import type { SealedRows } from './sealed-rows';

/** Frames put in one transaction (threat model F24). */
const AT_A_TIME = 150;

export interface EarlierBook {
	readonly book: BookId;
	/** Their signatures were checked. */
	readonly frames: readonly Frame[];
}

export class EarlierStore {
	readonly #connection: Connection;
	readonly #rows: SealedRows;

	constructor(connection: Connection, rows: SealedRows) {
		this.#connection = connection;
		this.#rows = rows;
	}

	/** Cheap: asked whenever the own circle is opened. */
	async hasAny(): Promise<boolean> {
		return (await this.#connection.read((database) => database.keys.where('id').startsWith(EARLIER_ROWS).count())) > 0;
	}

	readAll(): Promise<EarlierCircle[]> {
		return this.#rows.readAll(EARLIER_ROWS, earlierCircleSchema);
	}

	/** Puts a circle, or what it lacks. `onPut` is told how many frames have been worked through; `signal` stops it. */
	async put(
		row: EarlierCircle,
		books: readonly EarlierBook[],
		onPut: (count: number) => void,
		signal: AbortSignal
	): Promise<Result<'put' | 'stopped', StorageError>> {
		for (const { book, frames } of books) {
			for (let at = 0; at < Math.max(frames.length, 1); at += AT_A_TIME) {
				if (signal.aborted) return ok('stopped');
				const part = frames.slice(at, at + AT_A_TIME);
				const put = await this.#putFrames(row.circle, book, part);
				if (!put.ok) return put;
				onPut(part.length);
			}
		}
		const written = await this.#rows.update(earlierRow(row.circle), earlierCircleSchema, () => row);
		return written.ok ? ok('put') : written;
	}

	#putFrames(circle: CircleId, book: BookId, frames: readonly Frame[]): Promise<Result<void, StorageError>> {
		return this.#connection.write(['heads', 'frames'], async (database) => {
			const head = (await database.heads.get([circle, book])) ?? emptyHead(circle, book);
			const known = await database.frames.bulkGet(frames.map(({ hash }) => [circle, book, hash]));
			let { arrivals } = head;
			const fresh = frames.filter((_, index) => known[index] === undefined);
			await database.frames.bulkPut(fresh.map((frame) => toRow(frame, 0, true, (arrivals += 1))));
			await database.heads.put({ ...head, arrivals });
		});
	}

	/** Takes what was put of a circle away again, unless its row stands: nothing of it was ever shown. */
	clear(circle: CircleId): Promise<Result<void, StorageError>> {
		return this.#connection.write(['keys', 'heads', 'frames'], async (database) => {
			if (await database.keys.get(earlierRow(circle))) return;
			await database.heads.where('circle').equals(circle).delete();
			await database.frames
				.where('[circle+book+hash]')
				.between([circle, Dexie.minKey], [circle, Dexie.maxKey])
				.delete();
		});
	}
}
