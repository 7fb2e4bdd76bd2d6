/**
 * Setting, changing and taking off the app lock of an open store (docs/protocol.md 15, D7). Whatever changes who can open the
 * device makes a NEW master key: keyring and drafts are sealed anew, caches dropped and the old key deleted in one strict
 * transaction. A device that dies in the middle of it has the old state, whole.
 */
import { toBase64url, type RandomBytes } from '$lib/crypto/bytes';
import { NONCE_LENGTH, openBox, sealBox } from '$lib/crypto/sealing';
import { assert } from '$lib/domain/assert';
import { ok, type Result } from '$lib/domain/result';
import type { Connection } from './connection';
import { WRITER_VERSION, type HemlinjeDatabase, type KeyRow, type SealedRow, type Space } from './database';
import { StorageAbort, type StorageError } from './errors';
import {
	aadOf,
	draftAad,
	LOCK_CHOICES_ROW,
	LOCK_ROW,
	MASTER_KEY_ROW,
	lockChoicesSchema,
	type LockChoices
} from './keyring';
import { isOfWay, lockToRow, parseLock, wayOf, wrapFor, type Lock, type LockWay, type OpenWay } from './lock-row';
import type { Markers } from './markers';
import { SEALING_ROW, type MasterKey } from './master-key';
import type { SealedRows } from './sealed-rows';

export interface StoreLockDeps {
	readonly connection: Connection;
	readonly rows: SealedRows;
	readonly masterKey: MasterKey;
	readonly random: RandomBytes;
	readonly markers: Markers;
	readonly space: Space;
}

/** Rows that are not sealed under the master key but hold it. */
const HOLDERS = [MASTER_KEY_ROW, LOCK_ROW];
const MASTER_KEY_LENGTH = 32;
const LOCK_ID_LENGTH = 16;

export class StoreLock {
	readonly #deps: StoreLockDeps;

	constructor(deps: StoreLockDeps) {
		this.#deps = deps;
	}

	/** The ways that open this device; none when it has no lock. */
	async ways(): Promise<readonly LockWay[]> {
		const row = await this.#deps.connection.read((database) => database.keys.get(LOCK_ROW));
		return (row && parseLock(row))?.wraps.map(wayOf) ?? [];
	}

	/** Sets the lock, or changes it: from now on these ways alone open the device. */
	set(ways: readonly OpenWay[]): Promise<Result<void, StorageError>> {
		assert(ways.length > 0, 'a lock has a way that opens it');
		return this.#rekey(true, (id, masterKey) =>
			lockToRow({ id, wraps: ways.map((way) => wrapFor(id, way, masterKey, this.#deps.random)) })
		);
	}

	/** Takes the lock off: the new master key lies beside the data. Only by the person's own choice. */
	takeOff(): Promise<Result<void, StorageError>> {
		return this.#rekey(false, (_, masterKey) => ({ id: MASTER_KEY_ROW, bytes: masterKey }));
	}

	/** One more way in; it takes the place of the same passkey's. The ways that are there stay. */
	async add(way: OpenWay): Promise<Result<void, StorageError>> {
		const added = await this.#change((lock) => {
			const others = lock.wraps.filter((wrap) => !isOfWay(wrap, way));
			return { ...lock, wraps: [...others, wrapFor(lock.id, way, this.#deps.masterKey.bytes, this.#deps.random)] };
		});
		return added.ok ? ok(undefined) : added;
	}

	/** Takes a way out. False when it is the last: the lock itself is taken off by `takeOff` alone. */
	remove(way: LockWay): Promise<Result<boolean, StorageError>> {
		return this.#change((lock) => {
			const wraps = lock.wraps.filter((wrap) => !isOfWay(wrap, way));
			return wraps.length > 0 ? { ...lock, wraps } : null;
		});
	}

	/** When it locks by itself, and what is shown meanwhile. */
	choose(choices: LockChoices): Promise<Result<void, StorageError>> {
		return this.#deps.rows.update(LOCK_CHOICES_ROW, lockChoicesSchema, () => choices);
	}

	/** Reads, changes and writes the lock's row in one transaction; `change` is synchronous, null changes nothing. */
	#change(change: (lock: Lock) => Lock | null): Promise<Result<boolean, StorageError>> {
		return this.#deps.connection.write(['keys'], async (database) => {
			const row = await database.keys.get(LOCK_ROW);
			const lock = row && parseLock(row);
			if (!lock) throw new StorageAbort({ type: 'wiped' });
			const changed = change(lock);
			if (changed) await database.keys.put(lockToRow(changed));
			return changed !== null;
		});
	}

	async #rekey(
		isLocked: boolean,
		holderOf: (id: string, masterKey: Uint8Array) => KeyRow
	): Promise<Result<void, StorageError>> {
		const { connection, masterKey, random, markers, space } = this.#deps;
		const next = random(MASTER_KEY_LENGTH);
		const id = toBase64url(random(LOCK_ID_LENGTH));
		const holder = holderOf(id, next);
		const reseal = sealedAnew(masterKey, next, random);
		const done = await connection.write(['keys', 'drafts', 'cache'], (database) =>
			rewrite(database, reseal, holder, id)
		);
		if (!done.ok) return done;
		masterKey.replace(next, id, isLocked);
		markers.markLocked(space, isLocked);
		return ok(undefined);
	}
}

/** `id`: what the row is bound to. */
type Reseal = <Row extends SealedRow>(row: Row, id: string) => Row;

/** What did not open under the old key does not open under the new one either, and stays as it is. */
const sealedAnew =
	(from: MasterKey, to: Uint8Array, random: RandomBytes): Reseal =>
	(row, id) => {
		const aad = aadOf(id);
		const opened = openBox(from.bytes, aad, row.bytes);
		return opened ? { ...row, bytes: sealBox(to, random(NONCE_LENGTH), aad, opened) } : row;
	};

/** Everything the old key sealed, and the key itself. Runs in a transaction over `meta`, keyring, drafts and caches. */
async function rewrite(database: HemlinjeDatabase, reseal: Reseal, holder: KeyRow, id: string): Promise<void> {
	const [keys, drafts] = await Promise.all([database.keys.toArray(), database.drafts.toArray()]);
	const sealed = keys.filter((row) => !HOLDERS.includes(row.id)).map((row) => reseal(row, row.id));
	await Promise.all([
		database.keys.bulkPut(sealed),
		database.drafts.bulkPut(drafts.map((row) => reseal(row, draftAad(row.id)))),
		// Made anew from the frames: what they hold is not worth a transaction as long as they are large.
		database.cache.clear(),
		database.keys.bulkDelete(HOLDERS.filter((row) => row !== holder.id)),
		database.keys.put(holder),
		// Older code would take a locked store for an emptied one: it is stopped (D3).
		database.meta.bulkPut([
			{ id: 'minWriter', value: WRITER_VERSION },
			{ id: SEALING_ROW, value: id }
		])
	]);
}
