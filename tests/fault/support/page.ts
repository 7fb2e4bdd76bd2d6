/**
 * The page of the fault tests: the app's own session, store and engine, driven from outside so that the browser can be ended
 * in the middle of anything. It tells what has been saved; afterwards it says what is there, and whether all of it is whole.
 */
import { openAgeFile, sealAgeFile } from '$lib/crypto/age-file';
import { createBoxKey } from '$lib/crypto/boxes';
import { toBase64url } from '$lib/crypto/bytes';
import { PASSPHRASE_COST } from '$lib/crypto/lock-keys';
import { systemRandom } from '$lib/crypto/random';
import { createRecoveryCode, type RecoveryCode } from '$lib/crypto/recovery-code';
import { must } from '$lib/domain/assert';
import { DAY_MS, effectiveAt, localDate } from '$lib/domain/time';
import type { Result } from '$lib/domain/result';
import { rawEntries, type Entry, type ObsAdd } from '$lib/protocol/entries';
import { openFrame } from '$lib/protocol/frame';
import { idBytes, newId, type BookId, type EntryId } from '$lib/protocol/ids';
import { decide, linkOf, makeInvite } from '$lib/state/circle-members';
import { makeArchive } from '$lib/state/archive/making';
import { attachArchive, readArchive } from '$lib/state/archive/reading';
import { browserDeps, browserTab } from '$lib/state/browser-deps';
import { answerInvitation, openInvitation } from '$lib/state/joining';
import { beginRestore, bringBack, lookUp, type RestoreDeps } from '$lib/state/restoring';
import { Session } from '$lib/state/session';
import { setRecoveryCode } from '$lib/state/sharing';
import type { Space } from '$lib/storage/database';
import type { Unlock } from '$lib/storage/unlocking';
import type { StoredFrame } from '$lib/storage/record';
import { bookOfKind, epochKey, readableBooks, type CircleAccess } from '$lib/sync/circle-access';
import { OpenBook } from '$lib/sync/open-book';
import { writeContext } from '$lib/sync/write-context';
import { newKey } from '../../support/new-key';

/** What one call of `saved` tells: ids of entries that are durable, and with which durability the log was written since the last. */
export interface Saved {
	readonly ids: readonly string[];
	readonly durability: readonly string[];
}

export interface Found {
	/** `open`, `new` for a device nobody has used, or why the store does not open. */
	readonly state: string;
	/** Ids of the entries in the own circle that open. */
	readonly ids: readonly string[];
	/** Frames that wait to be sent. */
	readonly waiting: number;
	/** What is there only in part, in words; nothing where all is whole. */
	readonly torn: readonly string[];
}

export interface FaultPage {
	look(space: Space, key?: string): Promise<Found>;
	/** Saves for ever; each save is told before the next begins. */
	write(space: Space): Promise<void>;
	/** Saves until a save fails; the reason. */
	fill(space: Space): Promise<string>;
	/** Writes at least so many bytes to a database of its own; the name of the error, or `written`. */
	writeInVain(length: number): Promise<string>;
	/** Takes everything off the device. */
	erase(space: Space): Promise<void>;
	/** Saves so many readings, in two books in turn, and tells them. */
	writeMany(space: Space, count: number): Promise<void>;
	setLock(space: Space, key: string): Promise<void>;
	takeLockOff(space: Space, key: string): Promise<void>;
	/** Backup on; the code that is on the paper. */
	turnOn(space: Space): Promise<RecoveryCode>;
	/** Passes of the engine until everything has arrived. */
	sync(space: Space): Promise<void>;
	/** A new key for the weights at the relay, and passes until what waited under the old one has arrived under it. */
	renew(space: Space): Promise<void>;
	/** An archive of the own circle. */
	archive(space: Space): Promise<MadeArchive>;
	readIn(space: Space, archive: MadeArchive): Promise<void>;
	/** Frames of a circle that was read in; null while none shows. */
	earlier(space: Space): Promise<number | null>;
	/** Weights of 40 days ago and of today, so many of each, told as saved; and a reader asked in who is to see today's. */
	askIn(space: Space, reader: Space, count: number): Promise<void>;
	/** Lets the reader in, where that has not been said, and passes until what they are given is at the relay. */
	letIn(space: Space): Promise<void>;
	/** Weights a reader sees. */
	seen(space: Space): Promise<number>;
	/** Goes on where a restore was left; begins it first where nothing has begun. The readings that came back. */
	restore(space: Space, code: RecoveryCode): Promise<number>;
}

/** The file and the key that opens it, base64url. */
export interface MadeArchive {
	readonly file: string;
	readonly secret: string;
}

declare global {
	interface Window {
		fault: FaultPage;
		/** Put there by the test; resolves when it has noted what was saved. */
		saved: (saved: Saved) => Promise<void>;
	}
}

const nothing = () => undefined;
const events = { onChange: nothing, onDevice: nothing, onStatus: nothing, onErased: nothing, onLock: nothing };
const deps = { ...browserDeps(), persist: () => Promise.resolve(false) };
const quiet = { signal: new AbortController().signal, onProgress: nothing };
const work = { seal: sealAgeFile, open: openAgeFile };

const unlock = (key: string): Unlock => ({ kind: 'passphrase', key: idBytes(key) });

function opened(space: Space, key?: string) {
	return key === undefined ? Session.open(space, deps, events) : Session.unlock(space, deps, events, unlock(key));
}

/** Opens the space for as long as the work takes. */
async function using<T>(space: Space, work: (session: Session) => Promise<T>, key?: string): Promise<T> {
	const session = await opened(space, key);
	if (!session.ok) throw new Error(session.error.type);
	try {
		return await work(session.value);
	} finally {
		session.value.close();
	}
}

function done<T>(result: Result<T, { readonly type: string }>): T {
	if (!result.ok) throw new Error(result.error.type);
	return result.value;
}

async function own(session: Session): Promise<CircleAccess> {
	const circle = done(await session.ensureOwnCircle());
	return must(await session.openCircle(circle), 'the own circle opens');
}

/** With which durability transactions over the outbox are made. */
const durability = new Set<string>();
const transaction = Reflect.get<IDBDatabase, 'transaction'>(IDBDatabase.prototype, 'transaction');
IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<IDBDatabase['transaction']>) {
	const begun = transaction.apply(this, args);
	if (begun.mode === 'readwrite' && begun.objectStoreNames.contains('outbox')) durability.add(begun.durability);
	return begun;
};

function reading(measure: 'weight' | 'pulse', noteBytes = 0, daysAgo = 0): ObsAdd {
	return {
		kind: 'obs.add',
		v: 1,
		id: newId<EntryId>(systemRandom),
		measure,
		values: { [measure]: 71 },
		units: { [measure]: measure === 'weight' ? 'kg' : '/min' },
		effective: { utc: Date.now() - daysAgo * DAY_MS, offset: 60, zone: 'Europe/Stockholm' },
		source: { kind: 'manual' },
		...(noteBytes > 0 && { note: toBase64url(systemRandom(noteBytes)) })
	};
}

async function save(session: Session, batches: readonly (readonly ['weight' | 'pulse', readonly ObsAdd[]])[]) {
	const access = await own(session);
	const device = must(await session.device(), 'a device');
	const parts = batches.map(([kind, entries]) => ({ book: must(bookOfKind(access, kind), 'a book'), entries }));
	done(await session.store.append(writeContext(access, device, null), parts));
	const ids = batches.flatMap(([, entries]) => entries.map(({ id }) => id));
	await window.saved({ ids, durability: [...durability] });
	durability.clear();
}

/** A small save, one over two books, and one of many frames, in turn. */
const turns = [
	() => [['weight', [reading('weight')]]],
	() => [
		['weight', [reading('weight', 90)]],
		['pulse', [reading('pulse')]]
	],
	() => [['weight', Array.from({ length: 300 }, () => reading('weight', 300))]]
] as const satisfies readonly (() => readonly (readonly ['weight' | 'pulse', readonly ObsAdd[]])[])[];

/** Whether the parts of what was saved are there together: frames in one chain, the head at its end, what waits to be sent. */
async function look(space: Space, key?: string): Promise<Found> {
	const session = await opened(space, key);
	if (!session.ok) return { state: session.error.type, ids: [], waiting: 0, torn: [] };
	try {
		const { store } = session.value;
		const device = await session.value.device();
		const circle = (await store.readCircles()).find(({ standing }) => standing === 'mine')?.circle;
		if (!device) return { state: 'new', ids: [], waiting: 0, torn: [] };
		if (!circle) return { state: 'open', ids: [], waiting: 0, torn: [] };
		const access = await session.value.openCircle(circle);
		if (!access) return { state: 'open', ids: [], waiting: 0, torn: ['the circle does not open'] };
		const outbox = await store.outbox(circle);
		const [ids, torn]: [string[][], string[]] = [[], []];
		for (const { book, kind } of readableBooks(access)) {
			const frames = await store.frames(circle, book);
			const head = await store.head(circle, book);
			const chain = frames.sort((a, b) => a.frame.header.seq - b.frame.header.seq);
			const waiting = chain.filter(({ pos }) => pos === 0).map(({ frame }) => `${frame.header.seq} ${frame.hash}`);
			const rows = outbox.filter((row) => row.book === book).map((row) => `${row.seq} ${row.hash}`);
			if (!isChain(chain)) torn.push(`${kind}: frames are missing in the chain`);
			if (head.seq !== chain.length) torn.push(`${kind}: ${chain.length} frames under a head at ${head.seq}`);
			if (head.hash !== (chain.at(-1)?.frame.hash ?? null)) torn.push(`${kind}: the head names another frame`);
			if (waiting.join() !== rows.join()) torn.push(`${kind}: ${waiting.length} frames wait in ${rows.length} rows`);
			ids.push(idsIn(access, book, chain, () => torn.push(`${kind}: a frame does not open`)));
		}
		return { state: 'open', ids: ids.flat(), waiting: outbox.length, torn };
	} finally {
		session.value.close();
	}
}

const isChain = (chain: readonly StoredFrame[]): boolean =>
	chain.every(
		({ frame }, index) => frame.header.seq === index + 1 && frame.header.prev === (chain[index - 1]?.frame.hash ?? null)
	);

function idsIn(access: CircleAccess, book: BookId, frames: readonly StoredFrame[], onClosed: () => void): string[] {
	return frames.flatMap(({ frame }) => {
		// What a reader is given is of entries that are here already.
		if (frame.type === 'snapshot') return [];
		const key = epochKey(access, book, frame.header.epoch);
		const plaintext = key && openFrame(frame, key);
		const entries = plaintext && rawEntries(plaintext);
		if (!entries) onClosed();
		return (entries ?? []).map((entry) => (entry as Entry).id);
	});
}

/** Passes of the engine until nothing waits. */
async function arrive(session: Session): Promise<void> {
	const { chain } = await own(session);
	do done(await session.sync());
	while ((await session.store.countOutbox(chain.circle)) > 0);
}

const restoreDeps = (space: Space): RestoreDeps => ({ ...deps, space, locks: browserTab().locks });

window.fault = {
	look,
	write: (space) =>
		using(space, async (session) => {
			for (let n = 0; ; n += 1) {
				const turn = must(turns[n % turns.length], 'a turn');
				await save(session, turn());
				// What is typed meanwhile is written beside it.
				void session.store.saveDraft(`form-${n % 20}`, { note: toBase64url(systemRandom(600)) });
			}
		}),
	async fill(space) {
		try {
			await window.fault.write(space);
		} catch (error) {
			return error instanceof Error ? error.message : '';
		}
		return '';
	},
	writeInVain: (length) =>
		new Promise((resolve) => {
			const opening = indexedDB.open('something-else');
			opening.onupgradeneeded = () => opening.result.createObjectStore('rows');
			opening.onerror = () => resolve(opening.error?.name ?? '');
			opening.onsuccess = () => {
				const write = opening.result.transaction('rows', 'readwrite');
				// Chromium compresses what it stores; nothing repeats within what it looks back on.
				write.objectStore('rows').put(toBase64url(systemRandom(65_536)).repeat(length / 65_536), 1);
				write.onabort = () => resolve(write.error?.name ?? '');
				write.oncomplete = () => resolve('written');
			};
		}),
	async erase(space) {
		const session = await opened(space);
		await done(session).erase();
	},
	writeMany: (space, count) =>
		using(space, async (session) => {
			for (let n = 0; n < count; n += 1) {
				const measure = n % 2 === 0 ? 'weight' : 'pulse';
				await save(session, [[measure, [reading(measure, 90)]]]);
			}
		}),
	setLock: (space, key) =>
		using(space, async (session) => {
			const way = { kind: 'passphrase', salt: systemRandom(16), ...PASSPHRASE_COST, key: idBytes(key) } as const;
			done(await (await session.store.lock()).set([way]));
		}),
	takeLockOff: (space, key) => using(space, async (session) => done(await (await session.store.lock()).takeOff()), key),
	turnOn: (space) =>
		using(space, async (session) => {
			const code = createRecoveryCode(systemRandom);
			done(await setRecoveryCode(session, code));
			return code;
		}),
	sync: (space) => using(space, arrive),
	renew: (space) =>
		using(space, async (session) => {
			const access = await own(session);
			const book = must(bookOfKind(access, 'weight'), 'a book');
			const { manifest, envelopes } = await newKey(
				access,
				must(await session.device(), 'a device'),
				book,
				systemRandom
			);
			done(await session.relay.extendCircle(access.chain.circle, manifest, envelopes));
			await arrive(session);
		}),
	archive: (space) =>
		using(space, async (session) => {
			const { pub, secret } = createBoxKey(systemRandom);
			const readable = (entries: Uint8Array) => new Map([['entries.ndjson', entries]]);
			const made = done(await makeArchive(session, work, { kind: 'recipient', pub }, readable));
			return { file: toBase64url(made.file), secret: toBase64url(secret) };
		}),
	readIn: (space, { file, secret }) =>
		using(space, async (session) => {
			const key = { kind: 'secret', secret: idBytes(secret) } as const;
			const read = done(await readArchive(session, work, key, idBytes(file), quiet));
			done(await attachArchive(session, read, quiet));
		}),
	earlier: (space) =>
		using(space, async ({ store }) => {
			const [row] = await store.earlier.readAll();
			if (!row) return null;
			const books = [...new Set(row.keys.map(({ book }) => book))];
			return (await Promise.all(books.map((book) => store.frames(row.circle, book)))).flat().length;
		}),
	askIn: (space, reader, count) =>
		using(space, async (session) => {
			done(await setRecoveryCode(session, createRecoveryCode(systemRandom)));
			for (const daysAgo of [40, 0])
				await save(session, [['weight', Array.from({ length: count }, () => reading('weight', 300, daysAgo))]]);
			await arrive(session);
			const made = await makeInvite(session, await own(session), {
				name: 'Sara',
				relation: '',
				role: 'relative',
				rights: new Map([['weight', 'r']]),
				ownName: 'Märta',
				from: localDate(effectiveAt(Date.now(), 'Europe/Stockholm'))
			});
			const pub = done(made);
			const { invites } = await session.store.work.read((await own(session)).chain.circle);
			const link = linkOf(
				session,
				must(
					invites.find((each) => each.pub === pub),
					'it is kept'
				)
			);
			await using(reader, async (theirs) => {
				done(await setRecoveryCode(theirs, createRecoveryCode(systemRandom)));
				const opened = done(await openInvitation(theirs, link));
				done(await answerInvitation(theirs, opened, 'Sara Lindqvist'));
			});
			await arrive(session);
		}),
	letIn: (space) =>
		using(space, async (session) => {
			await arrive(session);
			const { circle } = (await own(session)).chain;
			const { invites } = await session.store.work.read(circle);
			for (const { pub } of invites) done(await decide(session, circle, { do: 'admit', pub }));
			await arrive(session);
		}),
	seen: (space) =>
		using(space, async (session) => {
			done(await session.sync());
			const others = (await session.store.readCircles()).find(({ standing }) => standing !== 'mine');
			const access = await session.openCircle(must(others, 'a circle of somebody else').circle);
			const book = must(access && bookOfKind(access, 'weight'), 'a book');
			return (await OpenBook.open(session.store, must(access, 'it opens'), book, 'weight')).stated.length;
		}),
	async restore(space, code) {
		const session = await opened(space);
		const begun = session.ok && (await session.value.isRestoring()) !== null;
		const isHere = session.ok && !begun && (await session.value.store.readCircles()).length > 0;
		if (session.ok) session.value.close();
		if (!begun && !isHere) {
			const found = done(await lookUp(restoreDeps(space), code, quiet.signal));
			done(await beginRestore(restoreDeps(space), found));
		}
		return done(await bringBack(restoreDeps(space), quiet.signal, nothing)).readings;
	}
};
