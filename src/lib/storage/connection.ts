/**
 * The open database: a write is one strict transaction that code older than the database cannot make, and a connection the
 * browser has closed is opened once more (docs/protocol.md 15, D3 and D4).
 */
import { err, ok, type Result } from '$lib/domain/result';
import { HemlinjeDatabase, WRITER_VERSION, type MetaRow, type SealedRow, type Space } from './database';
import { isLostConnection, StorageAbort, toStorageError, type StorageError } from './errors';
import { checkKey, SEALING_ROW, type MasterKey } from './master-key';

export type WritableTable = 'keys' | 'frames' | 'blocks' | 'outbox' | 'heads' | 'drafts' | 'cache';

export class Connection {
	readonly #space: Space;
	readonly #masterKey: MasterKey;
	readonly #check: (database: HemlinjeDatabase) => Promise<void>;
	#database: HemlinjeDatabase;
	#isClosed = false;

	/** `check` throws: a reopened database may be an emptied one, and writing into it would look like a fresh start. */
	constructor(
		database: HemlinjeDatabase,
		space: Space,
		masterKey: MasterKey,
		check: (database: HemlinjeDatabase) => Promise<void>
	) {
		this.#database = database;
		this.#space = space;
		this.#masterKey = masterKey;
		this.#check = check;
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
				const [, found] = await Promise.all([checkWriter(database, this.#masterKey), read(database)]);
				return work(database, found);
			});
		};
		try {
			return ok(await this.#onceMore(transact));
		} catch (error) {
			return err(toStorageError(error));
		}
	}

	/**
	 * Rows of a derived table, put without waiting for the disk, unless the key they were sealed under (`generation`) is out of
	 * use by now. Lost with the connection, they are not missed.
	 */
	async putDerived(table: 'cache', rows: readonly SealedRow[], generation: string | null): Promise<void> {
		await new Promise<void>((resolve) => {
			try {
				const write = this.#database.backendDB().transaction([table, 'meta'], 'readwrite', { durability: 'relaxed' });
				write.oncomplete = write.onabort = () => resolve();
				const sealing = write.objectStore('meta').get(SEALING_ROW) as IDBRequest<MetaRow | undefined>;
				sealing.onsuccess = () => {
					if ((sealing.result?.value ?? null) !== generation) return;
					for (const row of rows) write.objectStore(table).put(row);
				};
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

	/** Rejects with `locked` when another tab has put this store's key out of use: what does not open is then not lost. */
	checkKey(): Promise<void> {
		return this.read((database) => checkKey(database, this.#masterKey));
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
		await this.#check(this.#database);
	}
}

/** Code older than the database, a database without its mark, and a key that is out of use stop here. */
async function checkWriter(database: HemlinjeDatabase, masterKey: MasterKey): Promise<void> {
	const [minWriter] = await Promise.all([database.meta.get('minWriter'), checkKey(database, masterKey)]);
	if (typeof minWriter?.value !== 'number') throw new StorageAbort({ type: 'wiped' });
	if (minWriter.value > WRITER_VERSION) throw new StorageAbort({ type: 'newer-app' });
}
