/**
 * The sealed log on the device. Every write is one strict transaction; nothing that is not IndexedDB is awaited inside one,
 * because Firefox would then keep half of it (SECURITY F26). Sealing and signing are synchronous for that reason.
 */
import { Dexie } from 'dexie';
import type { RandomBytes } from '$lib/crypto/bytes';
import { NONCE_LENGTH } from '$lib/crypto/sealing';
import { must } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import { EMPTY_RUN, shortRun } from '$lib/protocol/api/heads';
import { encodeBatch, type Entry } from '$lib/protocol/entries';
import { parseFrame, sealFrame, SUITE, type Frame, type FrameHeader } from '$lib/protocol/frame';
import type { BookId, CircleId, DeviceId, Hash, IdentityId } from '$lib/protocol/ids';
import type * as z from 'zod/mini';
import {
	HemlinjeDatabase,
	WRITER_VERSION,
	type FrameRow,
	type HeadRow,
	type OutboxRow,
	type Space
} from './database';
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
		this.#database.close();
	}

	/** Deletes the space on this device. Only after the person has said so by name. */
	static async erase(space: Space, markers: Markers): Promise<void> {
		await Dexie.delete(new HemlinjeDatabase(space).name);
		markers.clear(space);
	}

	async #isMissingParts(): Promise<boolean> {
		const device = await this.#database.keys.get(DEVICE_ROW);
		if (!device) return this.#deps.markers.isInstalled(this.space) || (await this.#database.frames.count()) > 0;
		if (!openValue(this.#masterKey, DEVICE_ROW, device.bytes, deviceKeysSchema)) return true;
		const written = await this.#database.heads.filter((head) => head.seq > 0).first();
		return written !== undefined && (await this.#database.frames.count()) === 0;
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
		const rows = await this.#database.keys.where('id').startsWith('circle:').toArray();
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
		return this.#update(DEVICE_ROW, deviceKeysSchema, (device) => change(must(device, 'a device row exists before it changes')));
	}

	/** Reads, changes and writes one circle's row in one transaction; `before` is null for a new circle. */
	updateCircle(circle: CircleId, change: (before: CircleKeys | null) => CircleKeys): Promise<Result<void, StorageError>> {
		return this.#update(circleRow(circle), circleKeysSchema, change);
	}

	saveIdentity(known: KnownIdentity): Promise<Result<void, StorageError>> {
		// A shorter log than the one seen is never an update (I1).
		return this.#update(identityRow(known.identity), knownIdentitySchema, (before) =>
			before && before.log.length > known.log.length ? before : known
		);
	}

	// The log

	/** Appends entries, one frame a book, in ONE strict transaction. Durable when it resolves `ok`. */
	async append(context: WriteContext, batches: readonly BookEntries[]): Promise<Result<Frame[], StorageError | { type: 'not-allowed' }>> {
		if (batches.some(({ book }) => !context.epochOf(book))) return err({ type: 'not-allowed' });
		return this.#write(['heads', 'frames', 'outbox'], async (database) => {
			const frames: Frame[] = [];
			for (const { book, entries } of batches) {
				const head = (await database.heads.get([context.circle, book])) ?? emptyHead(context.circle, book);
				const frame = this.#seal(context, head, entries);
				await database.frames.put(toRow(frame, 0, true));
				await database.outbox.put({ circle: context.circle, book, seq: head.seq + 1, hash: frame.hash, sent: [] });
				await database.heads.put({ ...head, seq: head.seq + 1, hash: frame.hash, lamport: head.lamport + 1 });
				frames.push(frame);
			}
			return frames;
		});
	}

	#seal(context: WriteContext, head: HeadRow, entries: readonly Entry[]): Frame {
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
		const plaintext = encodeBatch({ lamport: head.lamport + 1, seen, ...(context.skewMs ? { skewMs: context.skewMs } : {}), entries });
		const nonce = this.#deps.random(NONCE_LENGTH);
		return sealFrame({ type: 'batch', header, plaintext, epochKey: epoch.key, signSecret: context.signSecret, nonce });
	}

	/** All frames of a book, in no order. Rows that are no frames are left out and stay where they are. */
	async frames(circle: CircleId, book: BookId): Promise<StoredFrame[]> {
		const rows = await this.#database.frames.where('[circle+book]').equals([circle, book]).toArray();
		return rows.flatMap((row) => {
			const frame = parseFrame(row.bytes);
			return frame.ok ? [{ frame: frame.value, verified: row.verified, pos: row.pos }] : [];
		});
	}

	async head(circle: CircleId, book: BookId): Promise<HeadRow> {
		return (await this.#database.heads.get([circle, book])) ?? emptyHead(circle, book);
	}

	heads(circle: CircleId): Promise<HeadRow[]> {
		return this.#database.heads.where('circle').equals(circle).toArray();
	}

	/** Stores what was pulled of one book and moves its head, in one transaction. */
	putRemote(remote: RemoteFrames): Promise<Result<void, StorageError>> {
		const { circle, book } = remote;
		return this.#write(['heads', 'frames'], async (database) => {
			const head = (await database.heads.get([circle, book])) ?? emptyHead(circle, book);
			await database.frames.bulkPut(remote.frames.map(({ frame, pos, verified }) => toRow(frame, pos, verified)));
			await database.heads.put({ ...head, pos: remote.pos, run: remote.run, lamport: Math.max(head.lamport, remote.lamport) });
		});
	}

	// The outbox

	/** Rows waiting to be sent, in the order they must go. */
	async outbox(circle: CircleId): Promise<OutboxRow[]> {
		const rows = await this.#database.outbox.where('circle').equals(circle).toArray();
		return rows.sort((a, b) => (a.book < b.book ? -1 : a.book > b.book ? 1 : a.seq - b.seq));
	}

	/** Notes the hashes about to be sent, before they are: a lost answer must be recognised later (F6). */
	async frameBytesToSend(rows: readonly OutboxRow[]): Promise<Result<Uint8Array[], StorageError>> {
		return this.#write(['outbox', 'frames'], async (database) => {
			await database.outbox.bulkPut(rows.map((row) => ({ ...row, sent: [...new Set([...row.sent, row.hash])] })));
			const frames = await database.frames.bulkGet(rows.map((row) => [row.circle, row.book, row.hash]));
			return frames.map((row) => must(row, 'an outbox row has its frame').bytes);
		});
	}

	/** The relay has them durably: rows leave the outbox, frames get their position. */
	acknowledge(rows: readonly { readonly row: OutboxRow; readonly pos: number }[]): Promise<Result<void, StorageError>> {
		return this.#write(['outbox', 'frames'], async (database) => {
			for (const { row, pos } of rows) {
				await database.outbox.delete([row.circle, row.book, row.seq]);
				await database.frames.update([row.circle, row.book, row.hash], { pos });
			}
		});
	}

	/**
	 * Seals every waiting frame of a book again, in order, under the present epoch. Entry ids and payload stay; all in one
	 * transaction (F6). `acknowledged` is the newest own frame the relay has.
	 */
	reseal(
		context: WriteContext,
		book: BookId,
		entriesOf: (frame: Frame) => readonly Entry[] | null
	): Promise<Result<void, StorageError>> {
		return this.#write(['heads', 'frames', 'outbox'], async (database) => {
			const { circle } = context;
			const waiting = (await this.outboxOf(database, circle, book)).sort((a, b) => a.seq - b.seq);
			const first = waiting[0];
			if (!first) return;
			const before = first.seq === 1 ? null : await lastFrameBefore(database, circle, book, context.device, first.seq);
			const head = (await database.heads.get([circle, book])) ?? emptyHead(circle, book);
			let at: HeadRow = { ...head, seq: first.seq - 1, hash: before };
			for (const row of waiting) {
				const old = await database.frames.get([circle, book, row.hash]);
				const parsed = old && parseFrame(old.bytes);
				const entries = parsed?.ok ? entriesOf(parsed.value) : null;
				if (!entries) throw new StorageAbort({ type: 'wiped' });
				const frame = this.#seal(context, at, entries);
				await database.frames.delete([circle, book, row.hash]);
				await database.frames.put(toRow(frame, 0, true));
				await database.outbox.put({ ...row, hash: frame.hash });
				at = { ...at, seq: row.seq, hash: frame.hash, lamport: at.lamport + 1 };
			}
			await database.heads.put({ ...head, seq: at.seq, hash: at.hash, lamport: at.lamport });
		});
	}

	private outboxOf(database: HemlinjeDatabase, circle: CircleId, book: BookId): Promise<OutboxRow[]> {
		return database.outbox.where('[circle+book+seq]').between([circle, book, 0], [circle, book, Infinity]).toArray();
	}

	// Drafts

	/** A form's draft, unchecked: the form parses it. */
	async readDraft<T>(form: string, schema: z.ZodMiniType<T>): Promise<T | null> {
		const row = await this.#database.drafts.get(form);
		return row ? openValue(this.#masterKey, `draft:${form}`, row.bytes, schema) : null;
	}

	saveDraft(form: string, value: unknown): Promise<Result<void, StorageError>> {
		return this.#write(['drafts'], async (database) => {
			await database.drafts.put({ id: form, bytes: sealValue(this.#masterKey, `draft:${form}`, value, this.#deps.random) });
		});
	}

	clearDraft(form: string): Promise<Result<void, StorageError>> {
		return this.#write(['drafts'], (database) => database.drafts.delete(form));
	}

	// Transactions

	async #read<T>(rowId: string, schema: z.ZodMiniType<T>): Promise<T | null> {
		const row = await this.#database.keys.get(rowId);
		return row ? openValue(this.#masterKey, rowId, row.bytes, schema) : null;
	}

	#row(id: string, value: unknown): { id: string; bytes: Uint8Array } {
		return { id, bytes: sealValue(this.#masterKey, id, value, this.#deps.random) };
	}

	#update<T>(rowId: string, schema: z.ZodMiniType<T>, change: (before: T | null) => T): Promise<Result<void, StorageError>> {
		return this.#write(['keys'], async (database) => {
			const row = await database.keys.get(rowId);
			const before = row ? openValue(this.#masterKey, rowId, row.bytes, schema) : null;
			if (row && !before) throw new StorageAbort({ type: 'wiped' });
			await database.keys.put(this.#row(rowId, change(before)));
		});
	}

	/** One strict transaction over these tables. Code older than the database stops here; a lost connection is reopened once. */
	async #write<T>(tables: readonly WritableTable[], work: (database: HemlinjeDatabase) => PromiseLike<T>): Promise<Result<T, StorageError>> {
		try {
			return ok(await this.#transact(tables, work));
		} catch (error) {
			if (!isLostConnection(error)) return err(toStorageError(error));
		}
		try {
			this.#database.close();
			this.#database = new HemlinjeDatabase(this.space);
			await this.#database.open();
			// A reopened database may be an emptied one: writing into it would look like a fresh start.
			if (await this.#isMissingParts()) return err({ type: 'wiped' });
			return ok(await this.#transact(tables, work));
		} catch (error) {
			return err(toStorageError(error));
		}
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

/** The local master key; made with the database, never anywhere else. */
async function openMasterKey(database: HemlinjeDatabase, random: RandomBytes): Promise<Uint8Array> {
	const fresh = random(32);
	return database.transaction('rw', ['meta', 'keys'], async () => {
		const row = await database.keys.get(MASTER_KEY_ROW);
		if (row) return row.bytes;
		await database.keys.put({ id: MASTER_KEY_ROW, bytes: fresh });
		await database.meta.put({ id: 'minWriter', value: WRITER_VERSION });
		return fresh;
	});
}

async function lastFrameBefore(
	database: HemlinjeDatabase,
	circle: CircleId,
	book: BookId,
	device: DeviceId,
	seq: number
): Promise<Hash | null> {
	const rows = await database.frames.where('[circle+book+device+seq]').equals([circle, book, device, seq - 1]).toArray();
	// After a re-seal only one version of an own frame is kept, so there is at most one row.
	return rows[0]?.hash ?? null;
}

const toRow = (frame: Frame, pos: number, verified: boolean): FrameRow => ({
	circle: frame.header.circle,
	book: frame.header.book,
	hash: frame.hash,
	device: frame.header.device,
	seq: frame.header.seq,
	pos,
	verified,
	bytes: frame.bytes
});
