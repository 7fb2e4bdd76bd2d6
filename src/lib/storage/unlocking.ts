/** A locked space, before and at its opening. Loaded only where there is a lock. */
import { HemlinjeDatabase, type Space } from './database';
import { LOCK_ROW } from './keyring';
import { parseLock, unwrap, wayOf, type LockWay } from './lock-row';
import { MasterKey, readGeneration } from './master-key';

/** What the locked screen may know. */
export interface LockFacts {
	readonly ways: readonly LockWay[];
	/** Saves that wait on this device: nobody else has them. */
	readonly waiting: number;
}

/** Null when nothing can be tried: there is no lock any more, or none of its ways is whole. Rejects as IndexedDB does. */
export async function readLockFacts(space: Space): Promise<LockFacts | null> {
	const database = new HemlinjeDatabase(space);
	try {
		const row = await database.keys.get(LOCK_ROW);
		const lock = row && parseLock(row);
		return lock ? { ways: lock.wraps.map(wayOf), waiting: await database.outbox.count() } : null;
	} finally {
		database.close();
	}
}

/** The key of one way, to open the space with. */
export interface Unlock {
	readonly kind: LockWay['kind'];
	readonly key: Uint8Array;
}

/** The master key; null when the key opens nothing. */
export function unlockMasterKey(database: HemlinjeDatabase, { kind, key }: Unlock): Promise<MasterKey | null> {
	return database.transaction('r', ['meta', 'keys'], async () => {
		const [row, generation] = await Promise.all([database.keys.get(LOCK_ROW), readGeneration(database)]);
		const lock = row && parseLock(row);
		const bytes = lock && unwrap(lock, kind, key);
		return bytes ? new MasterKey(bytes, generation, true) : null;
	});
}
