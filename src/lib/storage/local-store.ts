/**
 * The sealed log on the device. Every write is one strict transaction; nothing that is not IndexedDB is awaited inside one,
 * because Firefox would then keep half of it (threat model F26). Sealing and signing are synchronous for that reason.
 */
import { Dexie } from 'dexie';
import type { RandomBytes } from '$lib/crypto/bytes';
import { NONCE_LENGTH } from '$lib/crypto/sealing';
import { assert, must } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import { EMPTY_RUN, shortRun } from '$lib/protocol/api/heads';
import { encodeBatch, inBatches, isEntry, lamportAfter, type Entry } from '$lib/protocol/entries';
import { MAX_PLAINTEXT_BYTES, parseFrame, sealFrame, SUITE, type Frame, type FrameHeader } from '$lib/protocol/frame';
import type { BookId, CircleId, DeviceId, Hash, IdentityId } from '$lib/protocol/ids';
import type * as z from 'zod/mini';
import { HemlinjeDatabase, toRow, WRITER_VERSION, type HeadRow, type OutboxRow, type Space } from './database';
import { isLostConnection, StorageAbort, toStorageError, type StorageError } from './errors';
import {
	circleKeysSchema,
	circleRow,
	DEVICE_ROW,
	deviceKeysSchema,
	identityRow,
	knownIdentitySchema,
	MASTER_KEY_ROW,
	openValue,
	sealValue,
	type CircleKeys,
	type DeviceKeys,
	type KnownIdentity
} from './keyring';
import type { Markers } from './markers';
import { openMasterKey } from './master-key';
import { settle, waitingIn, type ChainPlace, type Waiting } from './waiting';

export interface StoreDeps {
	readonly random: RandomBytes;
	readonly markers: Markers;
}

/** What sealing a batch needs besides the log itself. */
export interface WriteContext {
	readonly circle: CircleId;
	readonly device: DeviceId;
	readonly signSecret: Uint8Array;
	/** Hash of the newest manifest known. */
	readonly manifest: Hash;
	readonly skewMs?: number | undefined;
	/** Current epoch and key of a book; null when this device may not write it. */
	readonly epochOf: (book: BookId) => { readonly epoch: number; readonly key: Uint8Array } | null;
}

export interface BookEntries {
	readonly book: BookId;
	readonly entries: readonly Entry[];
}

export interface StoredFrame {
	readonly frame: Frame;
	readonly verified: boolean;
	readonly pos: number;
}

export interface RemoteFrames {
	readonly circle: CircleId;
	readonly book: BookId;
	readonly frames: readonly { readonly frame: Frame; readonly pos: number; readonly verified: boolean }[];
	/** The position they follow. */
	readonly after: number;
	/** Position and running hash after these frames. */
	readonly pos: number;
	readonly run: Uint8Array;
	/** Highest Lamport time among them, as far as they could be opened. */
	readonly lamport: number;
}

const emptyHead = (circle: CircleId, book: BookId): HeadRow => ({
	circle,
	book,
	seq: 0,
	hash: null,
	lamport: 0,
	pos: 0,
	run: EMPTY_RUN
});

export class LocalStore {
	readonly space: Space;
	#database: HemlinjeDatabase;
	#masterKey: Uint8Array;
	#deps: StoreDeps;
	#isClosed = false;

	private constructor(space: Space, database: HemlinjeDatabase, masterKey: Uint8Array, deps: StoreDeps) {
		this.space = space;
		this.#database = database;
		this.#masterKey = masterKey;
		this.#deps = deps;
	}

	/** Opens the space's database, or says why it cannot be used. Never creates an identity. */
	static async open(space: Space, deps: StoreDeps): Promise<Result<LocalStore, StorageError>> {
		const database = new HemlinjeDatabase(space);
		try {
			const minWriter = await database.meta.get('minWriter');
			// Not "wiped": a newer app's rows only look unreadable from here.
			if (typeof minWriter?.value === 'number' && minWriter.value > WRITER_VERSION)
				throw new StorageAbort({ type: 'newer-app' });
			const masterKey = await openMasterKey(database, deps.random);
			const store = new LocalStore(space, database, masterKey, deps);
			const missing = await store.#isMissingParts();
			if (!missing) return ok(store);
			database.close();
			return err({ type: 'wiped' });
		} catch (error) {
			database.close();
			return err(toStorageError(error));
		}
	}

	close(): void {
		this.#isClosed = true;
		this.#database.close();
	}

	/** Deletes the space on this device. Only after the person has said so by name. */
	static async erase(space: Space, markers: Markers): Promise<void> {
		await Dexie.delete(new HemlinjeDatabase(space).name);
		markers.clear(space);
	}

	/** Rows that can only be there together are not: something has emptied a part of the database, or all of it. */
	async #isMissingParts(): Promise<boolean> {
		const { keys, frames, heads, outbox } = this.#database;
		const device = await keys.get(DEVICE_ROW);
		if (!device) {
			const others = await Promise.all([
				keys.where('id').notEqual(MASTER_KEY_ROW).count(),
				frames.count(),
				heads.count(),
				outbox.count()
			]);
			return this.#deps.markers.isInstalled(this.space) || others.some((count) => count > 0);
		}
		if (!openValue(this.#masterKey, DEVICE_ROW, device.bytes, deviceKeysSchema)) return true;
		// Site data cleared without the database: the second witness is put back.
		this.#deps.markers.markInstalled(this.space);
		const known = await heads.toArray();
		if (known.length === 0) return (await frames.count()) > 0;
		const own = known.flatMap((head) =>
			head.hash === null ? [] : [[head.circle, head.book, head.hash] as [CircleId, BookId, Hash]]
		);
		return (await frames.bulkGet(own)).some((frame) => frame === undefined);
	}

	// Keys

	readDevice(): Promise<DeviceKeys | null> {
		return this.#read(DEVICE_ROW, deviceKeysSchema);
	}

	readCircle(circle: CircleId): Promise<CircleKeys | null> {
		return this.#read(circleRow(circle), circleKeysSchema);
	}

	readIdentity(identity: IdentityId): Promise<KnownIdentity | null> {
		return this.#read(identityRow(identity), knownIdentitySchema);
	}

	/** Every circle this device holds keys of. */
	async readCircles(): Promise<CircleKeys[]> {
		const rows = await this.#reading((database) => database.keys.where('id').startsWith('circle:').toArray());
		return rows.flatMap((row) => openValue(this.#masterKey, row.id, row.bytes, circleKeysSchema) ?? []);
	}

	/**
	 * Writes this device's first keys, unless another tab was faster: then nothing is written and the other's stand.
	 * `circle` is null on a staff device.
	 */
	async createDevice(device: DeviceKeys, circle: CircleKeys | null): Promise<Result<void, StorageError>> {
		const result = await this.#write(['keys'], async (database) => {
			if (await database.keys.get(DEVICE_ROW)) return;
			await database.keys.put(this.#row(DEVICE_ROW, device));
			if (circle) await database.keys.put(this.#row(circleRow(circle.circle), circle));
		});
		if (result.ok) this.#deps.markers.markInstalled(this.space);
		return result;
	}

	/** Reads, changes and writes the device row in one transaction; `change` is synchronous. */
	updateDevice(change: (device: DeviceKeys) => DeviceKeys): Promise<Result<void, StorageError>> {
		return this.#update(DEVICE_ROW, deviceKeysSchema, (device) =>
			change(must(device, 'a device row exists before it changes'))
		);
	}

	/** Reads, changes and writes one circle's row in one transaction; `before` is null for a new circle. */
	updateCircle(
		circle: CircleId,
		change: (before: CircleKeys | null) => CircleKeys
	): Promise<Result<void, StorageError>> {
		return this.#update(circleRow(circle), circleKeysSchema, change);
	}

	/** A shorter log than the one seen, or a different one, is never an update (I1): the one seen stays. */
	saveIdentity(known: KnownIdentity): Promise<Result<void, StorageError>> {
		return this.#update(identityRow(known.identity), knownIdentitySchema, (before) =>
			before && before.log.some((record, n) => known.log[n] !== record) ? before : known
		);
	}

	// The log

	/**
	 * Appends entries in ONE strict transaction, a frame a book, or several where they would not fit in one. Durable when it
	 * resolves `ok`. Throws for entries this app could not read back.
	 */
	async append(
		context: WriteContext,
		batches: readonly BookEntries[]
	): Promise<Result<Frame[], StorageError | { type: 'not-allowed' }>> {
		if (batches.some(({ book }) => !context.epochOf(book))) return err({ type: 'not-allowed' });
		assert(
			batches.every(({ entries }) => entries.every(isEntry)),
			'what is recorded can be read back'
		);
		const parts = batches.flatMap(({ book, entries }) =>
			inBatches(entries, MAX_PLAINTEXT_BYTES).map((part) => ({ book, entries: part }))
		);
		return this.#write(['heads', 'frames', 'outbox'], async (database) => {
			const frames: Frame[] = [];
			for (const { book, entries } of parts) {
				const head = (await database.heads.get([context.circle, book])) ?? emptyHead(context.circle, book);
				const frame = this.#seal(context, head, entries);
				await database.frames.put(toRow(frame, 0, true));
				await database.outbox.put({ circle: context.circle, book, seq: head.seq + 1, hash: frame.hash, sent: [] });
				await database.heads.put({ ...head, seq: head.seq + 1, hash: frame.hash, lamport: lamportAfter(head.lamport) });
				frames.push(frame);
			}
			return frames;
		});
	}

	#seal(context: WriteContext, head: HeadRow, entries: readonly unknown[]): Frame {
		const epoch = must(context.epochOf(head.book), 'the caller has checked that this device may write the book');
		const header: FrameHeader = {
			circle: head.circle,
			book: head.book,
			epoch: epoch.epoch,
			device: context.device,
			seq: head.seq + 1,
			prev: head.hash,
			manifest: context.manifest,
			suite: SUITE
		};
		const seen = head.pos > 0 ? { pos: head.pos, run: shortRun(head.run) } : null;
		const plaintext = encodeBatch({
			lamport: lamportAfter(head.lamport),
			seen,
			...(context.skewMs ? { skewMs: context.skewMs } : {}),
			entries
		});
		const nonce = this.#deps.random(NONCE_LENGTH);
		return sealFrame({ type: 'batch', header, plaintext, epochKey: epoch.key, signSecret: context.signSecret, nonce });
	}

	/** All frames of a book, in no order. Rows that are no frames are left out and stay where they are. */
	async frames(circle: CircleId, book: BookId): Promise<StoredFrame[]> {
		const rows = await this.#reading((database) =>
			database.frames.where('[circle+book]').equals([circle, book]).toArray()
		);
		return rows.flatMap((row) => {
			const frame = parseFrame(row.bytes);
			return frame.ok ? [{ frame: frame.value, verified: row.verified, pos: row.pos }] : [];
		});
	}

	async head(circle: CircleId, book: BookId): Promise<HeadRow> {
		return (await this.#reading((database) => database.heads.get([circle, book]))) ?? emptyHead(circle, book);
	}

	heads(circle: CircleId): Promise<HeadRow[]> {
		return this.#reading((database) => database.heads.where('circle').equals(circle).toArray());
	}

	/**
	 * Stores what was pulled of one book and moves its head, in one transaction. Nothing happens when the head has moved
	 * since. A frame whose signature was checked is never replaced by a copy with another.
	 */
	putRemote(remote: RemoteFrames): Promise<Result<void, StorageError>> {
		const { circle, book } = remote;
		return this.#write(['heads', 'frames'], async (database) => {
			const head = (await database.heads.get([circle, book])) ?? emptyHead(circle, book);
			if (head.pos !== remote.after) return;
			const known = await database.frames.bulkGet(remote.frames.map(({ frame }) => [circle, book, frame.hash]));
			await database.frames.bulkPut(
				remote.frames.map(({ frame, pos, verified }, index) => {
					const row = known[index];
					return row?.verified && !verified ? { ...row, pos } : toRow(frame, pos, verified);
				})
			);
			await database.heads.put({
				...head,
				pos: remote.pos,
				run: remote.run,
				lamport: Math.max(head.lamport, remote.lamport)
			});
		});
	}

	// The outbox

	/** Rows waiting to be sent, in the order they must go. */
	async outbox(circle: CircleId): Promise<OutboxRow[]> {
		const rows = await this.#reading((database) => database.outbox.where('circle').equals(circle).toArray());
		return rows.sort((a, b) => (a.book < b.book ? -1 : a.book > b.book ? 1 : a.seq - b.seq));
	}

	/** What waits in one book, with its frames, in order. */
	waiting(circle: CircleId, book: BookId): Promise<Waiting[]> {
		return this.#reading((database) => waitingIn(database, circle, book));
	}

	/** Notes the hashes about to be sent, before they are: a lost answer must be recognised later (F6). */
	markSent(waiting: readonly Waiting[]): Promise<Result<void, StorageError>> {
		return this.#write(['outbox'], async (database) => {
			for (const { row } of waiting) {
				const now = await database.outbox.get([row.circle, row.book, row.seq]);
				if (now) await database.outbox.put({ ...now, sent: [...new Set([...now.sent, row.hash])] });
			}
		});
	}

	/** The relay has these frames durably: their rows leave the outbox, frames get their position. A row sealed anew meanwhile stays. */
	acknowledge(
		arrived: readonly { readonly row: OutboxRow; readonly pos: number }[]
	): Promise<Result<void, StorageError>> {
		return this.#write(['outbox', 'frames'], async (database) => {
			for (const { row, pos } of arrived) {
				const now = await database.outbox.get([row.circle, row.book, row.seq]);
				if (now?.hash === row.hash) {
					// The relay keeps one frame in a place: other sealings of it can never arrive.
					await database.frames.bulkDelete(
						now.sent.filter((hash) => hash !== row.hash).map((hash) => [row.circle, row.book, hash])
					);
					await database.outbox.delete([row.circle, row.book, row.seq]);
				}
				await database.frames.update([row.circle, row.book, row.hash], { pos });
			}
		});
	}

	/**
	 * Brings the waiting frames of a book in line with the relay, in one transaction (F6). `arrived`: the newest own frame
	 * the relay was found to have, null when nothing new is known. Rows up to it leave the outbox; the rest is sealed again
	 * under the present epoch, in order, with every entry as it stands. Sealings that may have been sent are kept until
	 * another one is known to have arrived.
	 */
	reseal(
		context: WriteContext,
		book: BookId,
		arrived: ChainPlace | null,
		entriesOf: (frame: Frame) => readonly unknown[] | null
	): Promise<Result<void, StorageError>> {
		return this.#write(['heads', 'frames', 'outbox'], async (database) => {
			const { circle } = context;
			const all = await waitingIn(database, circle, book);
			const done = arrived ? all.filter(({ row }) => row.seq <= arrived.seq) : [];
			if (arrived) await settle(database, done, arrived);
			const rest = all.slice(done.length);
			const first = rest[0];
			const head = (await database.heads.get([circle, book])) ?? emptyHead(circle, book);
			if (!first) {
				const last = done.at(-1);
				if (arrived && last) await database.heads.put({ ...head, seq: last.row.seq, hash: arrived.hash });
				return;
			}
			let at: HeadRow = {
				...head,
				seq: first.row.seq - 1,
				hash: done.length > 0 && arrived ? arrived.hash : first.frame.header.prev
			};
			for (const { row, frame: old } of rest) {
				const entries = entriesOf(old);
				if (!entries) throw new StorageAbort({ type: 'wiped' });
				const frame = this.#seal(context, at, entries);
				if (!row.sent.includes(row.hash)) await database.frames.delete([circle, book, row.hash]);
				await database.frames.put(toRow(frame, 0, true));
				await database.outbox.put({ ...row, hash: frame.hash });
				at = { ...at, seq: row.seq, hash: frame.hash, lamport: lamportAfter(at.lamport) };
			}
			await database.heads.put({ ...head, seq: at.seq, hash: at.hash, lamport: at.lamport });
		});
	}

	// Drafts

	/** A form's draft, unchecked: the form parses it. */
	async readDraft<T>(form: string, schema: z.ZodMiniType<T>): Promise<T | null> {
		const row = await this.#reading((database) => database.drafts.get(form));
		return row ? openValue(this.#masterKey, `draft:${form}`, row.bytes, schema) : null;
	}

	saveDraft(form: string, value: unknown): Promise<Result<void, StorageError>> {
		return this.#write(['drafts'], async (database) => {
			await database.drafts.put({
				id: form,
				bytes: sealValue(this.#masterKey, `draft:${form}`, value, this.#deps.random)
			});
		});
	}

	clearDraft(form: string): Promise<Result<void, StorageError>> {
		return this.#write(['drafts'], (database) => database.drafts.delete(form));
	}

	// Transactions

	async #read<T>(rowId: string, schema: z.ZodMiniType<T>): Promise<T | null> {
		const row = await this.#reading((database) => database.keys.get(rowId));
		return row ? openValue(this.#masterKey, rowId, row.bytes, schema) : null;
	}

	#row(id: string, value: unknown): { id: string; bytes: Uint8Array } {
		return { id, bytes: sealValue(this.#masterKey, id, value, this.#deps.random) };
	}

	#update<T>(
		rowId: string,
		schema: z.ZodMiniType<T>,
		change: (before: T | null) => T
	): Promise<Result<void, StorageError>> {
		return this.#write(['keys'], async (database) => {
			const row = await database.keys.get(rowId);
			const before = row ? openValue(this.#masterKey, rowId, row.bytes, schema) : null;
			if (row && !before) throw new StorageAbort({ type: 'wiped' });
			await database.keys.put(this.#row(rowId, change(before)));
		});
	}

	/** One strict transaction over these tables. Code older than the database stops here; a lost connection is reopened once. */
	async #write<T>(
		tables: readonly WritableTable[],
		work: (database: HemlinjeDatabase) => PromiseLike<T>
	): Promise<Result<T, StorageError>> {
		try {
			return ok(await this.#onceMore(() => this.#transact(tables, work)));
		} catch (error) {
			return err(toStorageError(error));
		}
	}

	/** A read; a lost connection is reopened once. Rejects with `StorageAbort` when the storage cannot be used. */
	async #reading<T>(work: (database: HemlinjeDatabase) => PromiseLike<T>): Promise<T> {
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
			this.#database = new HemlinjeDatabase(this.space);
		}
		await this.#database.open();
		// A reopened database may be an emptied one: writing into it would look like a fresh start.
		if (await this.#isMissingParts()) throw new StorageAbort({ type: 'wiped' });
	}

	#transact<T>(tables: readonly WritableTable[], work: (database: HemlinjeDatabase) => PromiseLike<T>): PromiseLike<T> {
		const database = this.#database;
		return database.transaction('rw', ['meta', ...tables], async () => {
			const minWriter = await database.meta.get('minWriter');
			if (typeof minWriter?.value !== 'number' || minWriter.value > WRITER_VERSION) {
				throw new StorageAbort({ type: typeof minWriter?.value === 'number' ? 'newer-app' : 'wiped' });
			}
			return work(database);
		});
	}
}

type WritableTable = 'keys' | 'frames' | 'outbox' | 'heads' | 'drafts';
