/**
 * Rows of `cache`: never more than a shorter way to what the frames say. Sealed under the platform's cipher, for they are large,
 * and put without waiting for the disk. One that cannot be kept is made again, so nobody needs to know.
 */
import type { RandomBytes } from '$lib/crypto/bytes';
import type { BookId, CircleId } from '$lib/protocol/ids';
import type { Connection } from './connection';
import type { SealedRow } from './database';
import { aadOf } from './keyring';
import type { MasterKey } from './master-key';

/** Row of a packed book. */
export const bookRow = (circle: CircleId, book: BookId): string => `book:${circle}:${book}`;

export interface DerivedRow {
	readonly id: string;
	readonly plain: Uint8Array;
}

export class DerivedRows {
	readonly #connection: Connection;
	readonly #masterKey: MasterKey;
	readonly #random: RandomBytes;

	constructor(connection: Connection, masterKey: MasterKey, random: RandomBytes) {
		this.#connection = connection;
		this.#masterKey = masterKey;
		this.#random = random;
	}

	/** Null when there is none, or none that opens. Unchecked: its reader decides whether it still stands for the frames. */
	async read(id: string): Promise<Uint8Array | null> {
		const row = await this.#connection.read((database) => database.cache.get(id));
		return row ? this.#open(row) : null;
	}

	/** Every row whose id begins so and that opens. */
	async readAll(begin: string): Promise<DerivedRow[]> {
		const rows = await this.#connection.read((database) => database.cache.where('id').startsWith(begin).toArray());
		const opened = await Promise.all(rows.map(async (row) => ({ id: row.id, plain: await this.#open(row) })));
		return opened.flatMap(({ id, plain }) => (plain ? [{ id, plain }] : []));
	}

	/** Keeps all of them in one transaction. */
	async keep(rows: readonly DerivedRow[]): Promise<void> {
		const { generation, bulk } = this.#masterKey;
		const key = await bulk;
		if (!key) return;
		const sealed = rows.map(async ({ id, plain }) => ({ id, bytes: await key.seal(aadOf(id), plain, this.#random) }));
		await this.#connection.putDerived('cache', await Promise.all(sealed), generation);
	}

	async #open({ id, bytes }: SealedRow): Promise<Uint8Array | null> {
		return (await (await this.#masterKey.bulk)?.open(aadOf(id), bytes)) ?? null;
	}
}
