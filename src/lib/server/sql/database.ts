/** What the shared queries need from a database: reading, one-transaction writing, row locks, and word of what changed. */
import type { Kysely, Transaction } from 'kysely';
import { err, ok, type Result } from '$lib/domain/result';
import type { Change } from '../store';
import type { Schema } from './schema';

export interface Database {
	readonly db: Kysely<Schema>;
	/** True where rows must be locked by name; SQLite's writer already has the whole database. */
	readonly locksRows: boolean;
	/** Runs a read, again after a broken connection. Rejects with `StoreUnavailable`. */
	read<T>(query: (db: Kysely<Schema>) => Promise<T>): Promise<T>;
	/** Runs one write transaction, again after a broken connection, deadlock or serialisation failure. */
	transact<T>(work: (tx: Transaction<Schema>) => Promise<T>): Promise<T>;
	/** Tells watchers, here and in other processes. Called after the commit. */
	announce(changes: readonly Change[]): void;
}

/** Carries an expected failure out of a transaction, so that it is rolled back. */
class Rollback extends Error {
	constructor(readonly reason: unknown) {
		super('rolled back');
	}
}

/** Commits when `work` answers ok, leaves nothing behind when it answers an error. */
export async function writeOrRollBack<T, E>(
	database: Database,
	work: (tx: Transaction<Schema>) => Promise<Result<T, E>>
): Promise<Result<T, E>> {
	try {
		const value = await database.transact(async (tx) => {
			const result = await work(tx);
			if (!result.ok) throw new Rollback(result.error);
			return result.value;
		});
		return ok(value);
	} catch (error) {
		if (error instanceof Rollback) return err(error.reason as E);
		throw error;
	}
}

/** The bytes of a column without the driver's own class. */
export const plainBytes = (bytes: Uint8Array): Uint8Array =>
	new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
