/**
 * The sealed log on the device. Every write is one strict transaction; nothing that is not IndexedDB is awaited inside one,
 * because Firefox would then keep half of it (threat model F26). Sealing and signing are synchronous for that reason.
 *
 * Beyond 400 lines with its comments: one class because one connection and one master key stand behind every row. What a
 * transaction does is in the files it calls (`record`, `put-remote`, `reseal`, `waiting`, `store-lock`, `work-store` …).
 */
import { Dexie } from 'dexie';
import type { RandomBytes } from '$lib/crypto/bytes';
import { assert, must } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import { inBatches, isEntry } from '$lib/protocol/entries';
import { MAX_PLAINTEXT_BYTES, type Frame } from '$lib/protocol/frame';
import type { BookId, CircleId, Hash, IdentityId } from '$lib/protocol/ids';
import type * as z from 'zod/mini';
import { Connection } from './connection';
import { emptyHead, HemlinjeDatabase, WRITER_VERSION, type HeadRow, type OutboxRow, type Space } from './database';
import { StorageAbort, toStorageError, type StorageError } from './errors';
import {
	CARE_ROW,
	careSchema,
	circleKeysSchema,
	circleRow,
	DEVICE_ROW,
	deviceKeysSchema,
	draftAad,
	FIRST_LOCK_CHOICES,
	identityRow,
	knownIdentitySchema,
	LOCK_CHOICES_ROW,
	lockChoicesSchema,
	NO_CARE,
	openValue,
	sealValue,
	summaryRow,
	type Care,
	workRow,
	type CircleKeys,
	type DeviceKeys,
	type KnownIdentity,
	type LockChoices
} from './keyring';
import { readCircleRows, type CircleRows } from './circle-rows';
import { DerivedRows } from './derived-rows';
import { EarlierStore } from './earlier-store';
import type { Markers } from './markers';
import { openMasterKey, type MasterKey } from './master-key';
import { checkParts } from './missing-parts';
import {
	putSealed,
	readHeads,
	sealAfter,
	type BookEntries,
	type FrameContent,
	type Part,
	type StoredFrame,
	type WriteContext
} from './record';
import { DeviceStore } from './device-store';
import type { PanelStore } from './panel-store';
import type { RemoteFrames, TakenIn } from './put-remote';
import type { RecentFrames } from './recent-frames';
import { framePages, framesAfter, type FramesAfter } from './read-frames';
import { RelayPlaces } from './relay-places';
import { SealedRows } from './sealed-rows';
import { inSlices } from './slices';
import type { StoreLock } from './store-lock';
import type { Unlock } from './unlocking';
import { WorkStore } from './work-store';
import type { ChainPlace, Waiting } from './waiting';

export interface StoreDeps {
	readonly random: RandomBytes;
	readonly markers: Markers;
}

/** A long transaction has brought IndexedDB down before (threat model F24). */
const MOST_FRAMES_AT_ONCE = 150;

export class LocalStore {
	readonly space: Space;
	readonly #connection: Connection;
	readonly #masterKey: MasterKey;
	readonly #rows: SealedRows;
	readonly #deps: StoreDeps;
	/** Invitations, answers and changes of members that wait for somebody. */
	readonly work: WorkStore;
	/** What is owed to the person's own identity. */
	readonly devices: DeviceStore;
	/** Books that have just begun here; kept where hundreds of circles come. */
	recent: RecentFrames | null = null;
	/** Where frames stand at the relay. */
	readonly places: RelayPlaces;
	/** Circles read in from an archive. */
	readonly earlier: EarlierStore;
	/** What was made of the frames, for the next start. */
	readonly derived: DerivedRows;

	private constructor(space: Space, database: HemlinjeDatabase, masterKey: MasterKey, deps: StoreDeps) {
		this.space = space;
		this.#connection = new Connection(database, space, masterKey, (reopened) =>
			checkParts(reopened, masterKey, deps.markers, space)
		);
		this.#masterKey = masterKey;
		this.#deps = deps;
		this.#rows = new SealedRows(this.#connection, masterKey, deps.random);
		this.work = new WorkStore(this.#connection, this.#rows);
		this.devices = new DeviceStore(this.#connection, this.#rows, deps.random);
		this.places = new RelayPlaces(this.#connection);
		this.earlier = new EarlierStore(this.#connection, this.#rows);
		this.derived = new DerivedRows(this.#connection, masterKey, deps.random);
	}

	/** Opens the space's database, or says why it cannot be used: also that it is locked. Never creates an identity. */
	static open(space: Space, deps: StoreDeps): Promise<Result<LocalStore, StorageError>> {
		return LocalStore.#open(space, deps, (database) => openMasterKey(database, deps.random));
	}

	/** Opens a locked space. With a key that opens no way of its lock nothing changes: `wrong-key`. */
	static async unlock(
		space: Space,
		deps: StoreDeps,
		unlock: Unlock
	): Promise<Result<LocalStore, StorageError | { readonly type: 'wrong-key' }>> {
		const { unlockMasterKey } = await import('./unlocking');
		const opened = await LocalStore.#open(space, deps, (database) => unlockMasterKey(database, unlock));
		return opened.ok || opened.error.type !== 'locked' ? opened : err({ type: 'wrong-key' });
	}

	static async #open(
		space: Space,
		deps: StoreDeps,
		keyOf: (database: HemlinjeDatabase) => Promise<MasterKey | null>
	): Promise<Result<LocalStore, StorageError>> {
		const database = new HemlinjeDatabase(space);
		try {
			const minWriter = await database.meta.get('minWriter');
			// Not "wiped": a newer app's rows only look unreadable from here.
			if (typeof minWriter?.value === 'number' && minWriter.value > WRITER_VERSION)
				throw new StorageAbort({ type: 'newer-app' });
			const masterKey = await keyOf(database);
			await checkParts(database, masterKey, deps.markers, space);
			deps.markers.markLocked(space, masterKey?.isLocked ?? true);
			if (!masterKey) throw new StorageAbort({ type: 'locked' });
			return ok(new LocalStore(space, database, masterKey, deps));
		} catch (error) {
			database.close();
			return err(toStorageError(error));
		}
	}

	/** Lets go of the database and of the key: whatever is under way stops, whole or not at all. */
	close(): void {
		this.recent = null;
		this.#connection.close();
		this.#masterKey.drop();
	}

	/** Whether an app lock keeps the key of this device. */
	get isLocked(): boolean {
		return this.#masterKey.isLocked;
	}

	/** What the person chose for their lock; null where there is none. */
	async readLockChoices(): Promise<LockChoices | null> {
		if (!this.isLocked) return null;
		return (await this.#rows.read(LOCK_CHOICES_ROW, lockChoicesSchema)) ?? FIRST_LOCK_CHOICES;
	}

	/** Setting and changing the lock; loaded when somebody does. */
	async lock(): Promise<StoreLock> {
		const { StoreLock } = await import('./store-lock');
		const { space } = this;
		return new StoreLock({
			...this.#deps,
			space,
			connection: this.#connection,
			rows: this.#rows,
			masterKey: this.#masterKey
		});
	}

	/** What concerns all circles at once, however many; loaded by who asks. */
	async panel(): Promise<PanelStore> {
		const { PanelStore } = await import('./panel-store');
		return new PanelStore(this.#connection, this.derived);
	}

	/** Deletes the space on this device. Only after the person has said so by name. */
	static async erase(space: Space, markers: Markers): Promise<void> {
		await Dexie.delete(new HemlinjeDatabase(space).name);
		markers.clear(space);
	}

	// Keys

	readDevice(): Promise<DeviceKeys | null> {
		return this.#rows.read(DEVICE_ROW, deviceKeysSchema);
	}

	readCircle(circle: CircleId): Promise<CircleKeys | null> {
		return this.#rows.read(circleRow(circle), circleKeysSchema);
	}

	readIdentity(identity: IdentityId): Promise<KnownIdentity | null> {
		return this.#rows.read(identityRow(identity), knownIdentitySchema);
	}

	/** All that a circle is opened from but its books, as they stand together. */
	async readCircleRows(circle: CircleId): Promise<CircleRows> {
		const { isWhole, ...rows } = await this.#connection.read((database) =>
			readCircleRows(database, this.#rows, circle)
		);
		if (!isWhole) await this.#connection.checkKey();
		return rows;
	}

	async readCare(): Promise<Care> {
		return (await this.#rows.read(CARE_ROW, careSchema)) ?? NO_CARE;
	}

	/** Reads, changes and writes the row in one transaction. */
	updateCare(change: (care: Care) => Care): Promise<Result<void, StorageError>> {
		return this.#rows.update(CARE_ROW, careSchema, (care) => change(care ?? NO_CARE));
	}

	/** Every circle this device holds keys of. */
	readCircles(): Promise<CircleKeys[]> {
		return this.#rows.readAll('circle:', circleKeysSchema);
	}

	/**
	 * Writes this device's first keys, unless another tab was faster: then nothing is written and the other's stand.
	 * `circle` is null on a staff device.
	 */
	async createDevice(device: DeviceKeys, circle: CircleKeys | null): Promise<Result<void, StorageError>> {
		const result = await this.#connection.write(['keys'], async (database) => {
			if (await database.keys.get(DEVICE_ROW)) return;
			await database.keys.put(this.#rows.seal(DEVICE_ROW, device));
			if (circle) await database.keys.put(this.#rows.seal(circleRow(circle.circle), circle));
		});
		if (result.ok) this.#deps.markers.markInstalled(this.space);
		return result;
	}

	/** Gives this device's identity a circle of its own, unless it has one: two tabs at once end up with the same. */
	createOwnCircle(circle: CircleKeys): Promise<Result<void, StorageError>> {
		return this.#connection.write(['keys'], async (database) => {
			const rows = await database.keys.where('id').startsWith('circle:').toArray();
			const known = rows.map((row) => this.#rows.open(row, circleKeysSchema));
			if (!known.some((each) => each?.standing === 'mine'))
				await database.keys.put(this.#rows.seal(circleRow(circle.circle), circle));
		});
	}

	/** Reads, changes and writes the device row in one transaction; `change` is synchronous. */
	updateDevice(change: (device: DeviceKeys) => DeviceKeys): Promise<Result<void, StorageError>> {
		return this.#rows.update(DEVICE_ROW, deviceKeysSchema, (device) =>
			change(must(device, 'a device row exists before it changes'))
		);
	}

	/** Reads, changes and writes one circle's row in one transaction; `before` is null for a new circle. */
	updateCircle(
		circle: CircleId,
		change: (before: CircleKeys | null) => CircleKeys
	): Promise<Result<void, StorageError>> {
		return this.#rows.update(circleRow(circle), circleKeysSchema, change);
	}

	/**
	 * Takes what a circle holds off this device: keys, frames, what was made of them. Its chain stays, so that nothing the
	 * relay says of it later has to be believed.
	 */
	forgetCircle(circle: CircleId): Promise<Result<void, StorageError>> {
		return this.#connection.write(['keys', 'frames', 'blocks', 'heads', 'outbox', 'cache'], async (database) => {
			const id = circleRow(circle);
			const row = await database.keys.get(id);
			const keys = row && this.#rows.open(row, circleKeysSchema);
			if (!keys) return;
			await database.keys.put(this.#rows.seal(id, { ...keys, standing: 'declined', keys: [] }));
			await database.keys.delete(workRow(circle));
			await database.frames
				.where('[circle+book+hash]')
				.between([circle, Dexie.minKey], [circle, Dexie.maxKey])
				.delete();
			await database.blocks
				.where('[circle+book+last]')
				.between([circle, Dexie.minKey], [circle, Dexie.maxKey])
				.delete();
			await database.heads.where('circle').equals(circle).delete();
			await database.outbox.where('circle').equals(circle).delete();
			await database.cache.where('id').startsWith(`book:${circle}:`).or('id').equals(summaryRow(circle)).delete();
		});
	}

	/** A shorter log than the one seen, or a different one, is never an update (I1): the one seen stays. */
	saveIdentity(known: KnownIdentity): Promise<Result<void, StorageError>> {
		return this.#rows.update(identityRow(known.identity), knownIdentitySchema, (before) =>
			before && before.log.some((record, n) => known.log[n] !== record) ? before : known
		);
	}

	// The log

	/**
	 * Appends entries: a frame a book, or several where they would not fit in one. Durable when it resolves `ok`. A save is
	 * ONE strict transaction; only what takes more frames than one should hold (an import) is several, and a failure then
	 * keeps those before it. Throws for entries this app could not read back.
	 */
	async append(
		context: WriteContext,
		batches: readonly BookEntries[]
	): Promise<Result<StoredFrame[], StorageError | { type: 'not-allowed' }>> {
		if (batches.some(({ book }) => !context.epochOf(book))) return err({ type: 'not-allowed' });
		const parts: Part[] = [];
		for (const { book, entries } of batches) {
			await inSlices(entries, (some) => assert(some.every(isEntry), 'what is recorded can be read back'));
			for (const part of inBatches(entries, MAX_PLAINTEXT_BYTES))
				parts.push({ book, content: { type: 'batch', entries: part } });
		}
		const stored: StoredFrame[] = [];
		for (let at = 0; at < parts.length; at += MOST_FRAMES_AT_ONCE) {
			const written = await this.#appendParts(context, parts.slice(at, at + MOST_FRAMES_AT_ONCE));
			if (!written.ok) return written;
			stored.push(...written.value);
		}
		return ok(stored);
	}

	/**
	 * Appends a snapshot's slices in one transaction, directly after this device's frame `after`: what it covers reaches to
	 * there. `false`: the device has written meanwhile, and nothing was appended.
	 */
	async appendSnapshot(
		context: WriteContext,
		book: BookId,
		after: Hash | null,
		slices: readonly Uint8Array[]
	): Promise<Result<boolean, StorageError>> {
		const parts = slices.map((plaintext) => ({ book, content: { type: 'snapshot' as const, plaintext } }));
		const put = await this.#connection.readThenWrite(
			['keys', 'heads', 'frames', 'outbox'],
			(database) => readHeads(database, context, [book]),
			(database, heads) =>
				heads.get(book)?.hash === after
					? putSealed(database, heads, parts, (head, content) => this.#seal(context, head, content))
					: Promise.resolve([])
		);
		return put.ok ? ok(put.value.length > 0) : put;
	}

	#appendParts(context: WriteContext, parts: readonly Part[]): Promise<Result<StoredFrame[], StorageError>> {
		const books = [...new Set(parts.map(({ book }) => book))];
		return this.#connection.readThenWrite(
			['keys', 'heads', 'frames', 'outbox'],
			(database) => readHeads(database, context, books),
			(database, heads) => putSealed(database, heads, parts, (head, content) => this.#seal(context, head, content))
		);
	}

	#seal(context: WriteContext, head: HeadRow, content: FrameContent): Frame {
		return sealAfter(context, head, content, this.#deps.random);
	}

	/** All frames of a book, in no order. */
	async frames(circle: CircleId, book: BookId): Promise<StoredFrame[]> {
		const found: StoredFrame[] = [];
		for await (const page of this.framePages(circle, book)) found.push(...page);
		return found;
	}

	/** The same, some at a time: a long book must not hold up the screen. */
	framePages(circle: CircleId, book: BookId): AsyncGenerator<StoredFrame[]> {
		return framePages(this.#connection, circle, book);
	}

	/** What came to a book after a place, some at a time, and where the book stands: read together. */
	framesAfter(circle: CircleId, book: BookId, arrival: number): Promise<FramesAfter> {
		return this.#connection.read((database) => framesAfter(database, circle, book, arrival));
	}

	async head(circle: CircleId, book: BookId): Promise<HeadRow> {
		return (await this.#connection.read((database) => database.heads.get([circle, book]))) ?? emptyHead(circle, book);
	}

	heads(circle: CircleId): Promise<HeadRow[]> {
		return this.#connection.read((database) => database.heads.where('circle').equals(circle).toArray());
	}

	/**
	 * Stores what was pulled of one or more books and moves their heads, in one transaction. Nothing happens to a book whose
	 * head has moved since. A frame whose signature was checked is never replaced by a copy with another.
	 */
	async putRemote(...remotes: readonly RemoteFrames[]): Promise<Result<TakenIn[], StorageError>> {
		// Needed once something is first fetched: a first visit does without.
		const { putRemote, readBefore } = await import('./put-remote');
		assert(new Set(remotes.map(({ book }) => book)).size === remotes.length, 'each book is there once');
		return this.#connection.readThenWrite(
			['heads', 'frames', 'blocks', 'outbox'],
			(database) => readBefore(database, remotes),
			(database, before) => {
				const putOne = (remote: RemoteFrames, at: number) =>
					putRemote(database, remote, must(before[at], 'every book was looked up'));
				return Promise.all(remotes.map(putOne));
			}
		);
	}

	// The outbox

	/** How many frames wait to be sent. */
	countOutbox(circle: CircleId): Promise<number> {
		return this.#connection.read((database) => database.outbox.where('circle').equals(circle).count());
	}

	/** Rows waiting to be sent, in the order they must go. */
	async outbox(circle: CircleId): Promise<OutboxRow[]> {
		const rows = await this.#connection.read((database) => database.outbox.where('circle').equals(circle).toArray());
		return rows.sort((a, b) => (a.book < b.book ? -1 : a.book > b.book ? 1 : a.seq - b.seq));
	}

	/** What waits in one book, with its frames, in order. */
	async waiting(circle: CircleId, book: BookId): Promise<Waiting[]> {
		const { waitingIn } = await import('./waiting');
		return this.#connection.read((database) => waitingIn(database, circle, book));
	}

	/**
	 * Notes the hashes about to be sent, before they are: a lost answer must be recognised later (F6). Those that still wait
	 * as they were read; one that was sealed anew meanwhile, or has arrived, must not be sent.
	 */
	async markSent(waiting: readonly Waiting[]): Promise<Result<Waiting[], StorageError>> {
		const { markUnchanged } = await import('./waiting');
		return this.#connection.write(['outbox'], (database) => markUnchanged(database, waiting));
	}

	/**
	 * The relay says it has these frames of a book, in order, durably: their rows leave the outbox, frames get their position. A
	 * row sealed anew meanwhile stays, and so does one whose place is known to be another frame's, with all that come after it.
	 * How many were believed.
	 */
	async acknowledge(
		arrived: readonly { readonly row: OutboxRow; readonly pos: number }[]
	): Promise<Result<number, StorageError>> {
		const { acknowledgeOne } = await import('./waiting');
		return this.#connection.write(['outbox', 'frames', 'heads'], async (database) => {
			for (const [n, { row, pos }] of arrived.entries()) if (!(await acknowledgeOne(database, row, pos))) return n;
			return arrived.length;
		});
	}

	/**
	 * Brings the waiting frames of a book in line with the relay, in one transaction (F6). `arrived`: the newest own frame
	 * the relay was found to have, null when nothing new is known. Rows up to it leave the outbox; the rest is sealed again
	 * under the present epoch, in order, with every entry as it stands. Sealings that may have been sent are kept until
	 * another one is known to have arrived.
	 */
	async reseal(
		context: WriteContext,
		book: BookId,
		arrived: ChainPlace | null,
		contentOf: (frame: Frame) => FrameContent | null
	): Promise<Result<void, StorageError>> {
		const { resealIn } = await import('./reseal');
		return this.#connection.write(['heads', 'frames', 'outbox'], (database) =>
			resealIn(database, { circle: context.circle, book }, arrived, contentOf, (head, content) =>
				this.#seal(context, head, content)
			)
		);
	}

	// Drafts

	/** A form's draft, unchecked: the form parses it. */
	async readDraft<T>(form: string, schema: z.ZodMiniType<T>): Promise<T | null> {
		const row = await this.#connection.read((database) => database.drafts.get(form));
		return row ? openValue(this.#masterKey.bytes, draftAad(form), row.bytes, schema) : null;
	}

	saveDraft(form: string, value: unknown): Promise<Result<void, StorageError>> {
		return this.#connection.write(['drafts'], async (database) => {
			await database.drafts.put({
				id: form,
				bytes: sealValue(this.#masterKey.bytes, draftAad(form), value, this.#deps.random)
			});
		});
	}

	clearDraft(form: string): Promise<Result<void, StorageError>> {
		return this.#connection.write(['drafts'], (database) => database.drafts.delete(form));
	}
}
