/**
 * The key that seals everything on this device. Without an app lock it lies beside the data; with one, only sealed under
 * what opens the lock (docs/protocol.md 15, docs/threat-model.md).
 */
import { BulkKey } from '$lib/crypto/bulk-sealing';
import type { RandomBytes } from '$lib/crypto/bytes';
import { WRITER_VERSION, type HemlinjeDatabase } from './database';
import { StorageAbort } from './errors';
import { LOCK_ROW, MASTER_KEY_ROW } from './keyring';

/** Row of `meta`: which master key the rows are sealed under. Absent while it is the first. */
export const SEALING_ROW = 'sealing';

/** The master key as long as the store is open. */
export class MasterKey {
	#bytes: Uint8Array | null;
	#bulk: Promise<BulkKey | null> | null = null;
	#generation: string | null;
	#isLocked: boolean;

	constructor(bytes: Uint8Array, generation: string | null, isLocked: boolean) {
		[this.#bytes, this.#generation, this.#isLocked] = [bytes, generation, isLocked];
	}

	/** Once it was dropped, whatever is still under way stops here instead of being sealed under nothing. */
	get bytes(): Uint8Array {
		if (!this.#bytes) throw new StorageAbort({ type: 'locked' });
		return this.#bytes;
	}

	/** Seals caches, which are large and never part of a transaction. Null where the platform cannot, and once it was dropped. */
	get bulk(): Promise<BulkKey | null> {
		this.#bulk ??= this.#bytes ? BulkKey.from(this.#bytes) : Promise.resolve(null);
		return this.#bulk;
	}

	/** Names the key; null for the first. */
	get generation(): string | null {
		return this.#generation;
	}

	/** Whether only a lock's ways open it. */
	get isLocked(): boolean {
		return this.#isLocked;
	}

	/** Another key seals the rows from now on. */
	replace(bytes: Uint8Array, generation: string, isLocked: boolean): void {
		this.drop();
		[this.#bytes, this.#generation, this.#isLocked] = [bytes, generation, isLocked];
	}

	drop(): void {
		this.#bytes?.fill(0);
		this.#bytes = this.#bulk = null;
	}
}

/** The local master key, made with the database and never anywhere else; null while a lock keeps it. */
export async function openMasterKey(database: HemlinjeDatabase, random: RandomBytes): Promise<MasterKey | null> {
	const fresh = random(32);
	return database.transaction('rw', ['meta', 'keys'], async () => {
		const [raw, lock, generation] = await Promise.all([
			database.keys.get(MASTER_KEY_ROW),
			database.keys.get(LOCK_ROW),
			readGeneration(database)
		]);
		if (lock) return null;
		if (raw) return new MasterKey(raw.bytes, generation, false);
		await database.keys.put({ id: MASTER_KEY_ROW, bytes: fresh });
		if (!(await database.meta.get('minWriter'))) await database.meta.put({ id: 'minWriter', value: WRITER_VERSION });
		return new MasterKey(fresh, generation, false);
	});
}

/** Which key the rows are sealed under now. Runs in any transaction over `meta`. */
export async function readGeneration(database: HemlinjeDatabase): Promise<string | null> {
	const value = (await database.meta.get(SEALING_ROW))?.value;
	return typeof value === 'string' ? value : null;
}

/** Stops whoever still has a key that another tab has put out of use. */
export async function checkKey(database: HemlinjeDatabase, masterKey: MasterKey): Promise<void> {
	if ((await readGeneration(database)) !== masterKey.generation) throw new StorageAbort({ type: 'locked' });
}
