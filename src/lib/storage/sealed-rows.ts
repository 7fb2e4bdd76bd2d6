/** Rows of the keyring, each sealed under the local master key and bound to its id. */
import type * as z from 'zod/mini';
import type { RandomBytes } from '$lib/crypto/bytes';
import type { Result } from '$lib/domain/result';
import type { Connection } from './connection';
import type { KeyRow } from './database';
import { StorageAbort, type StorageError } from './errors';
import { openValue, sealValue } from './keyring';
import type { MasterKey } from './master-key';

export class SealedRows {
	readonly #connection: Connection;
	readonly #masterKey: MasterKey;
	readonly #random: RandomBytes;

	constructor(connection: Connection, masterKey: MasterKey, random: RandomBytes) {
		this.#connection = connection;
		this.#masterKey = masterKey;
		this.#random = random;
	}

	/** Null when there is none, or none that opens. */
	async read<T>(id: string, schema: z.ZodMiniType<T>): Promise<T | null> {
		const row = await this.#connection.read((database) => database.keys.get(id));
		const opened = row ? this.open(row, schema) : null;
		if (row && !opened) await this.#connection.checkKey();
		return opened;
	}

	/** Every row whose id begins so and that opens. */
	async readAll<T>(begin: string, schema: z.ZodMiniType<T>): Promise<T[]> {
		const rows = await this.#connection.read((database) => database.keys.where('id').startsWith(begin).toArray());
		const opened = rows.flatMap((row) => this.open(row, schema) ?? []);
		if (opened.length < rows.length) await this.#connection.checkKey();
		return opened;
	}

	open<T>(row: KeyRow, schema: z.ZodMiniType<T>): T | null {
		return openValue(this.#masterKey.bytes, row.id, row.bytes, schema);
	}

	seal(id: string, value: unknown): KeyRow {
		return { id, bytes: sealValue(this.#masterKey.bytes, id, value, this.#random) };
	}

	/** Reads, changes and writes one row in one transaction; `change` is synchronous. One that does not open is `wiped`. */
	update<T>(
		id: string,
		schema: z.ZodMiniType<T>,
		change: (before: T | null) => T
	): Promise<Result<void, StorageError>> {
		return this.#connection.write(['keys'], async (database) => {
			const row = await database.keys.get(id);
			const before = row ? this.open(row, schema) : null;
			if (row && !before) throw new StorageAbort({ type: 'wiped' });
			await database.keys.put(this.seal(id, change(before)));
		});
	}
}
