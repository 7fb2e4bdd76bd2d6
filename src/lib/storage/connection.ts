/**
 * The open database: a write is one strict transaction that code older than the database cannot make, and a connection the
 * browser has closed is opened once more (docs/protocol.md 15, D3 and D4).
 */
import { err, ok, type Result } from '$lib/domain/result';
import { HemlinjeDatabase, WRITER_VERSION, type SealedRow, type Space } from './database';
import { isLostConnection, StorageAbort, toStorageError, type StorageError } from './errors';

export type WritableTable = 'keys' | 'frames' | 'outbox' | 'heads' | 'drafts' | 'cache';

export class Connection {
	readonly #space: Space;
	readonly #isMissingParts: (database: HemlinjeDatabase) => Promise<boolean>;
	#database: HemlinjeDatabase;
	#isClosed = false;

	/** `isMissingParts`: a reopened database may be an emptied one, and writing into it would look like a fresh start. */
	constructor(
		database: HemlinjeDatabase,
		space: Space,
		isMissingParts: (database: HemlinjeDatabase) => Promise<boolean>
	) {
		this.#database = database;
		this.#space = space;
		this.#isMissingParts = isMissingParts;
	}

	close(): void {
		this.#isClosed = true;
		this.#database.close();
	}

	/** One strict transaction over these tables. */
	write<T>(
		tables: readonly WritableTable[],
		work: (database: HemlinjeDatabase) => PromiseLike<T>
	): Promise<Result<T, StorageError>> {
		return this.readThenWrite(tables, () => Promise.resolve(), work);
	}

	/** The same, for the one write that is waited for: what it must read is asked for together with the check. */
	async readThenWrite<R, T>(
		tables: readonly WritableTable[],
		read: (database: HemlinjeDatabase) => PromiseLike<R>,
		work: (database: HemlinjeDatabase, found: R) => PromiseLike<T>
	): Promise<Result<T, StorageError>> {
		const transact = () => {
			const database = this.#database;
			return database.transaction('rw', ['meta', ...tables], async () => {
				const [, found] = await Promise.all([checkWriter(database), read(database)]);
				return work(database, found);
			});
		};
		try {
			return ok(await this.#onceMore(transact));
		} catch (error) {
			return err(toStorageError(error));
		}
	}

	/** A row of a derived table, put without waiting for the disk. Lost with the connection, it is not missed. */
	async putDerived(table: 'cache', row: SealedRow): Promise<void> {
		await new Promise<void>((resolve) => {
			try {
				const write = this.#database.backendDB().transaction(table, 'readwrite', { durability: 'relaxed' });
				write.oncomplete = write.onabort = () => resolve();
				write.objectStore(table).put(row);
			} catch {
				resolve();
			}
		});
	}

	/** A read. Rejects with `StorageAbort` when the storage cannot be used. */
	async read<T>(work: (database: HemlinjeDatabase) => PromiseLike<T>): Promise<T> {
		try {
			return await this.#onceMore(() => work(this.#database));
		} catch (error) {
			throw new StorageAbort(toStorageError(error));
		}
	}

	async #onceMore<T>(attempt: () => PromiseLike<T>): Promise<T> {
		const used = this.#database;
		try {
			return await attempt();
		} catch (error) {
			if (!isLostConnection(error) || this.#isClosed) throw error;
		}
		await this.#reopen(used);
		return attempt();
	}

	/** Several callers can find the connection lost at once; the first one opens the new one for all. */
	async #reopen(lost: HemlinjeDatabase): Promise<void> {
		if (this.#database === lost) {
			lost.close();
			this.#database = new HemlinjeDatabase(this.#space);
		}
		await this.#database.open();
		if (await this.#isMissingParts(this.#database)) throw new StorageAbort({ type: 'wiped' });
	}
}

/** Code older than the database, or a database without its mark, stops here. */
async function checkWriter(database: HemlinjeDatabase): Promise<void> {
	const minWriter = (await database.meta.get('minWriter'))?.value;
	if (typeof minWriter !== 'number') throw new StorageAbort({ type: 'wiped' });
	if (minWriter > WRITER_VERSION) throw new StorageAbort({ type: 'newer-app' });
}
