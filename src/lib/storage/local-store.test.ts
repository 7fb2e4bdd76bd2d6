/**
 * The sealed log on the device. In one file beyond 400 lines: every part fails the same store at each of its puts, with the same
 * device, circle and planted words, and is read as one list of what can go wrong with a save.
 */
import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import {
	deviceOf,
	entryId,
	newPerson,
	seededRandom,
	TestCircle,
	TestWriter,
	weightEntry
} from '../../../tests/support/people';
import { toBase64url, utf8 } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import { EMPTY_RUN } from '$lib/protocol/api/heads';
import { parseBatch, rawEntries, type Entry } from '$lib/protocol/entries';
import { openFrame, parseFrame, verifyFrame, type Frame } from '$lib/protocol/frame';
import type { BookId, CircleId, Hash } from '$lib/protocol/ids';
import { databaseName, HemlinjeDatabase, WRITER_VERSION, type FrameRow, type Space } from './database';
import type { CircleKeys, DeviceKeys } from './keyring';
import { LocalStore } from './local-store';
import { localStorageMarkers, type Markers } from './markers';
import type { FrameContent, StoredFrame, WriteContext } from './record';

const random = seededRandom('store');
const person = newPerson(random);
const circle = new TestCircle(person, ['weight', 'log', 'profile'], random);
const device = deviceOf(person);
const weight = circle.book(0).id;
const log = circle.book(1).id;

const deviceKeys: DeviceKeys = {
	v: 1,
	identity: person.identity.id,
	device: device.id,
	sign: toBase64url(device.sign.secret),
	box: toBase64url(device.box.secret),
	log: person.log.map(toBase64url),
	boxes: [{ gen: 1, secret: toBase64url(person.box.secret) }],
	root: null,
	relayOn: false,
	relay: { registered: false, logSent: 0, recoverySent: 0 },
	recovery: null,
	unit: null
};
const circleKeys: CircleKeys = { v: 1, circle: circle.id, standing: 'mine', published: false, manifests: [], keys: [] };
const context: WriteContext = {
	circle: circle.id,
	device: device.id,
	signSecret: device.sign.secret,
	manifest: circle.head.hash,
	epochOf: (book) => {
		const found = circle.books.find((each) => each.id === book);
		return found ? { epoch: 1, key: must(found.keys[0], 'a key') } : null;
	}
};
const later: WriteContext = {
	...context,
	epochOf: (book) => (context.epochOf(book) ? { epoch: 2, key: LATER_KEY } : null)
};
const LATER_KEY = random(32);

function memoryMarkers(): Markers & { readonly kept: Map<string, string> } {
	const kept = new Map<string, string>();
	const storage = {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
		removeItem: (key: string) => void kept.delete(key)
	};
	return { ...localStorageMarkers(storage as unknown as Storage), kept };
}

let space: Space;
let markers: ReturnType<typeof memoryMarkers>;
let spaces = 0;
beforeEach(() => {
	space = `demo-${(spaces += 1)}`;
	markers = memoryMarkers();
});

const open = () => LocalStore.open(space, { random: systemRandom, markers });
async function opened(): Promise<LocalStore> {
	const store = await open();
	if (!store.ok) throw new Error(store.error.type);
	return store.value;
}
async function used(): Promise<LocalStore> {
	const store = await opened();
	await store.createDevice(deviceKeys, circleKeys);
	return store;
}
/** The raw database beside the store, as a thief, an older app or a fault would touch it. */
async function raw<T>(work: (database: HemlinjeDatabase) => Promise<T>): Promise<T> {
	const database = new HemlinjeDatabase(space);
	try {
		return await work(database);
	} finally {
		database.close();
	}
}
const counts = () =>
	raw(async (database) => [await database.frames.count(), await database.outbox.count(), await database.heads.count()]);
const obs = (note?: string): Entry => ({ ...weightEntry(entryId(systemRandom)), ...(note ? { note } : {}) });
const save = (store: LocalStore, book: BookId = weight, entries: readonly Entry[] = [obs()]) =>
	store.append(context, [{ book, entries }]);
const entriesOf = (frame: Frame) => {
	const key = frame.header.epoch === 2 ? LATER_KEY : context.epochOf(frame.header.book)?.key;
	const plaintext = key && openFrame(frame, key);
	return plaintext ? rawEntries(plaintext) : null;
};
const contentOf = (frame: Frame): FrameContent | null => {
	const entries = entriesOf(frame);
	return entries && { type: 'batch', entries };
};
const idsOf = (frames: readonly Frame[]) =>
	[...frames]
		.sort((a, b) => a.header.seq - b.header.seq)
		.flatMap((frame) => (entriesOf(frame) ?? []).map((entry) => (entry as Entry).id));

describe('F4: one strict transaction a save', () => {
	test('a frame, its outbox row and the head are there together, signed and chained', async () => {
		const store = await used();
		const [first, second] = [await save(store), await save(store)];
		if (!first.ok || !second.ok) throw new Error('saved');
		const [a, b] = [must(first.value[0], 'a frame').frame, must(second.value[0], 'a frame').frame];
		expect([a.header.seq, a.header.prev, b.header.seq, b.header.prev]).toEqual([1, null, 2, a.hash]);
		expect(verifyFrame(b, device.sign.pub)).toBe(true);
		expect(await counts()).toEqual([2, 2, 1]);
		expect((await store.head(circle.id, weight)).hash).toBe(b.hash);
	});

	test('a save that touches several books is one transaction', async () => {
		const store = await used();
		const transactions = vi.spyOn(Dexie.prototype, 'transaction');
		expect(
			(
				await store.append(context, [
					{ book: weight, entries: [obs()] },
					{ book: log, entries: [obs()] }
				])
			).ok
		).toBe(true);
		expect(transactions).toHaveBeenCalledTimes(1);
		expect(await counts()).toEqual([2, 2, 2]);
	});

	test.each(['frames', 'outbox', 'heads'] as const)(
		'when the put into %s fails, nothing of the save stays',
		async (table) => {
			const store = await used();
			await save(store);
			const before = await counts();
			const put = failingPut(table, new Error('fault'), 2);
			const saved = await store.append(context, [
				{ book: weight, entries: [obs()] },
				{ book: log, entries: [obs()] }
			]);
			put.mockRestore();
			expect(saved).toEqual({ ok: false, error: { type: 'storage-unavailable' } });
			expect(await counts()).toEqual(before);
			expect((await save(store)).ok).toBe(true);
		}
	);

	test('a full disk says so, as Chromium and as Dexie wrap it, and keeps nothing', async () => {
		const store = await used();
		const quota = new DOMException('full', 'QuotaExceededError');
		for (const error of [quota, Object.assign(new Error('aborted'), { name: 'AbortError', inner: quota })]) {
			const put = failingPut('outbox', error, 1);
			expect(await save(store)).toEqual({ ok: false, error: { type: 'storage-full' } });
			put.mockRestore();
		}
		expect(await counts()).toEqual([0, 0, 0]);
	});

	test('F13: a connection the browser closed is opened once more, for a save and for a read', async () => {
		const store = await used();
		await save(store);
		await closeUnder(store);
		expect((await save(store)).ok).toBe(true);
		await closeUnder(store);
		expect(await store.readDevice()).not.toBeNull();
		expect(await store.frames(circle.id, weight)).toHaveLength(2);
	});

	test('several saves that find the connection lost at once all come through', async () => {
		const store = await used();
		await closeUnder(store);
		const saved = await Promise.all(Array.from({ length: 8 }, () => save(store)));
		expect(saved.map((each) => each.ok)).toEqual(Array.from({ length: 8 }, () => true));
		expect((await store.frames(circle.id, weight)).map(({ frame }) => frame.header.seq).sort((a, b) => a - b)).toEqual([
			1, 2, 3, 4, 5, 6, 7, 8
		]);
	});

	test('a connection that stays lost is named, once closed for good', async () => {
		const store = await used();
		store.close();
		expect(await save(store)).toEqual({ ok: false, error: { type: 'storage-unavailable' } });
		await expect(store.readDevice()).rejects.toMatchObject({ reason: { type: 'storage-unavailable' } });
	});

	test('T1: two stores writing 50 each at once give 100 places without gap or repeat', async () => {
		const [one, two] = [await used(), await opened()];
		await Promise.all(Array.from({ length: 50 }, () => [save(one), save(two)]).flat());
		const frames = (await one.frames(circle.id, weight))
			.map(({ frame }) => frame)
			.sort((a, b) => a.header.seq - b.header.seq);
		expect(frames.map((frame) => frame.header.seq)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
		expect(frames.every((frame, i) => frame.header.prev === (frames[i - 1]?.hash ?? null))).toBe(true);
	});

	test('a save too large for one frame becomes several, in order and in one transaction', async () => {
		const store = await used();
		const entries = Array.from({ length: 30 }, () => obs('ö'.repeat(4000)));
		const saved = await save(store, weight, entries);
		if (!saved.ok) throw new Error('saved');
		expect(saved.value.length).toBeGreaterThan(1);
		expect(idsOf(saved.value.map(({ frame }) => frame))).toEqual(entries.map((entry) => entry.id));
		expect(await store.frames(circle.id, weight)).toHaveLength(saved.value.length);
	});

	test('what could not be read back is not saved, and a book without a right is refused', async () => {
		const store = await used();
		await expect(save(store, weight, [{ ...obs(), note: 'x'.repeat(5000) } as Entry])).rejects.toThrow(
			'what is recorded can be read back'
		);
		expect(await save(store, toBase64url(random(16)) as BookId)).toEqual({ ok: false, error: { type: 'not-allowed' } });
		expect(await counts()).toEqual([0, 0, 0]);
	});

	test('a Lamport time at the top is written again, and recording goes on', async () => {
		const store = await used();
		const remote = new TestWriter(circle, circle.book(), deviceOf(newPerson(random))).write([obs()]);
		await store.putRemote({
			circle: circle.id,
			book: weight,
			frames: [{ frame: remote, pos: 1, verified: true }],
			after: 0,
			pos: 1,
			run: EMPTY_RUN,
			lamport: 2 ** 48
		});
		const saved = await save(store);
		const frame = saved.ok ? must(saved.value[0], 'a frame').frame : null;
		const plaintext = frame && openFrame(frame, must(context.epochOf(weight), 'a key').key);
		expect(plaintext && parseBatch(plaintext)?.lamport).toBe(2 ** 48);
	});
});

/** Makes the nth put into a table fail as the browser would. */
function failingPut(table: 'frames' | 'outbox' | 'heads', error: Error, nth: number) {
	const original = Reflect.get<IDBObjectStore, 'put'>(IDBObjectStore.prototype, 'put');
	let calls = 0;
	return vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
		this: IDBObjectStore,
		...args: Parameters<IDBObjectStore['put']>
	) {
		if (this.name === table && (calls += 1) === nth) throw error;
		return original.apply(this, args);
	});
}

/** What iOS does in the background: the connection is gone, and the store has not been told. */
async function closeUnder(store: LocalStore): Promise<void> {
	await store.heads(circle.id);
	vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
		throw new DOMException('The database connection is closing.', 'InvalidStateError');
	});
}

describe('15: sealed at rest', () => {
	test('L1: planted words stand nowhere in the raw database', async () => {
		const store = await used();
		const planted = 'ZEBRA-I-SNÅR';
		await save(store, weight, [obs(planted)]);
		await store.saveDraft('record', { note: planted, systolic: planted });
		await store.updateDevice((now) => ({
			...now,
			unit: { name: planted, contact: planted, phone: '', hours: '', enrolment: null }
		}));
		const dump = await raw(async (database) => {
			const rows = await Promise.all(database.tables.map((table) => table.toArray() as Promise<unknown[]>));
			return Buffer.concat(rows.flat().map(bytesOf)).toString('latin1');
		});
		expect(dump.length).toBeGreaterThan(500);
		const forms = [
			planted,
			Buffer.from(planted).toString('latin1'),
			Buffer.from(planted).toString('base64').slice(0, 14),
			Buffer.from(planted).toString('hex'),
			Buffer.from(planted, 'utf16le').toString('latin1')
		];
		expect(forms.filter((form) => dump.includes(form))).toEqual([]);
		expect(dump).not.toContain(Buffer.from(device.sign.secret).toString('latin1'));
		expect(dump).not.toContain(toBase64url(device.sign.secret));
	});

	test('a row moved to another place does not open', async () => {
		const store = await used();
		const other = toBase64url(random(16)) as CircleId;
		await store.updateCircle(other, () => ({ ...circleKeys, circle: other, standing: 'joined' }));
		await raw(async (database) => {
			const row = must(await database.keys.get(`circle:${other}`), 'a row');
			await database.keys.put({ ...row, id: `circle:${circle.id}` });
		});
		expect(await store.readCircle(circle.id)).toBeNull();
		expect(await store.updateCircle(circle.id, (before) => before ?? circleKeys)).toEqual({
			ok: false,
			error: { type: 'wiped' }
		});
	});

	test('a draft opens under its own form only, and goes when it is cleared', async () => {
		const store = await used();
		await store.saveDraft('a', { text: 'kvar' });
		await raw(async (database) => database.drafts.put({ ...must(await database.drafts.get('a'), 'a draft'), id: 'b' }));
		expect(await store.readDraft('a', z.object({ text: z.string() }))).toEqual({ text: 'kvar' });
		expect(await store.readDraft('b', z.unknown())).toBeNull();
		await store.clearDraft('a');
		expect(await store.readDraft('a', z.unknown())).toBeNull();
	});
});

function bytesOf(row: unknown): Buffer {
	const parts: Buffer[] = [];
	JSON.stringify(row, (_, value: unknown) => {
		if (value instanceof Uint8Array) parts.push(Buffer.from(value));
		else if (typeof value === 'string') parts.push(Buffer.from(value));
		return value instanceof Uint8Array ? undefined : value;
	});
	return Buffer.concat(parts);
}

describe('Q4: an emptied device is recognised and never taken for a new one', () => {
	const wipe = {
		lmk: (database: HemlinjeDatabase) => database.keys.delete('lmk'),
		device: (database: HemlinjeDatabase) => database.keys.delete('device'),
		frames: (database: HemlinjeDatabase) => database.frames.clear(),
		marker: () => Promise.resolve(markers.clear(space))
	};
	const parts = Object.keys(wipe) as (keyof typeof wipe)[];
	const subsets = Array.from({ length: 16 }, (_, bits) => parts.filter((__, i) => bits & (1 << i)));

	test.each(subsets.map((subset) => [subset.join(' + ') || 'nothing', subset] as const))(
		'without %s',
		async (_, subset) => {
			const store = await used();
			await save(store);
			store.close();
			await raw(async (database) => {
				for (const part of subset) await wipe[part](database);
			});
			const again = await open();
			const isWhole = subset.every((part) => part === 'marker');
			expect(again.ok ? 'open' : again.error.type).toBe(isWhole ? 'open' : 'wiped');
			if (again.ok) {
				expect((await again.value.readDevice())?.identity).toBe(person.identity.id);
				expect(markers.isInstalled(space)).toBe(true);
			}
		}
	);

	test('the whole database gone, while the marker stands', async () => {
		(await used()).close();
		await Dexie.delete(databaseName(space));
		expect(await open()).toEqual({ ok: false, error: { type: 'wiped' } });
		expect(await open()).toEqual({ ok: false, error: { type: 'wiped' } });
	});

	test('heads gone beside frames, or the newest own frame alone', async () => {
		const store = await used();
		await save(store);
		const saved = await save(store);
		const last = saved.ok ? must(saved.value[0], 'a frame').frame.hash : ('' as Hash);
		store.close();
		const frame = await raw(async (database) => {
			const kept = await database.frames.get([circle.id, weight, last]);
			await database.frames.delete([circle.id, weight, last]);
			return kept;
		});
		expect(await open()).toEqual({ ok: false, error: { type: 'wiped' } });
		await raw(async (database) => {
			await database.frames.put(must(frame, 'a frame'));
			await database.heads.clear();
		});
		expect(await open()).toEqual({ ok: false, error: { type: 'wiped' } });
	});

	test('emptied under an open app: the next save stops and makes nothing anew', async () => {
		const store = await used();
		await raw(async (database) => {
			await database.keys.clear();
			await database.meta.clear();
		});
		expect(await save(store)).toEqual({ ok: false, error: { type: 'wiped' } });
		expect(await counts()).toEqual([0, 0, 0]);
	});

	test('a first start is a first start, and erasing by choice leads back to one', async () => {
		const first = await opened();
		expect(await first.readDevice()).toBeNull();
		first.close();
		(await used()).close();
		await LocalStore.erase(space, markers);
		expect(await (await opened()).readDevice()).toBeNull();
	});

	test('two tabs at a first start make one identity', async () => {
		const [one, two] = [await opened(), await opened()];
		const other = { ...deviceKeys, device: deviceOf(newPerson(random)).id };
		await Promise.all([one.createDevice(deviceKeys, circleKeys), two.createDevice(other, null)]);
		expect(await one.readDevice()).toEqual(await two.readDevice());
	});
});

describe('U3: a database a newer app has written', () => {
	test('minWriter stops an old app’s write in its own transaction, and its next start', async () => {
		const store = await used();
		await save(store);
		await raw((database) => database.meta.put({ id: 'minWriter', value: WRITER_VERSION + 1 }));
		expect(await save(store)).toEqual({ ok: false, error: { type: 'newer-app' } });
		expect(await store.updateDevice((now) => now)).toEqual({ ok: false, error: { type: 'newer-app' } });
		expect(await counts()).toEqual([1, 1, 1]);
		store.close();
		expect(await open()).toEqual({ ok: false, error: { type: 'newer-app' } });
	});

	test('a master key that is gone does not lower it', async () => {
		(await opened()).close();
		await raw(async (database) => {
			await database.keys.clear();
			await database.meta.put({ id: 'minWriter', value: 0 });
		});
		(await opened()).close();
		expect(await raw((database) => database.meta.get('minWriter'))).toEqual({ id: 'minWriter', value: 0 });
	});
});

describe('places in the order of coming', () => {
	const after = async (store: LocalStore, arrival: number) => {
		const found: StoredFrame[] = [];
		let at = await store.framesAfter(circle.id, weight, arrival);
		for (found.push(...at.frames); at.upTo < at.head.arrivals; found.push(...at.frames))
			at = await store.framesAfter(circle.id, weight, at.upTo);
		return [at.head.arrivals, at.head.rewrites, found.map((each) => [each.arrival, each.frame.header.seq])];
	};

	test('own and pulled frames are counted in one row, and read on from any place', async () => {
		const store = await used();
		await save(store);
		const writer = new TestWriter(circle, circle.book(), deviceOf(newPerson(random)));
		const frames = [writer.write([obs()]), writer.write([obs()])].map((frame, i) => ({
			frame,
			pos: i + 1,
			verified: true
		}));
		const pull = { circle: circle.id, book: weight, after: 0, pos: 2, run: EMPTY_RUN, lamport: 0 };
		await store.putRemote({ ...pull, frames });
		await save(store);
		expect(await after(store, 0)).toEqual([
			4,
			0,
			[
				[1, 1],
				[2, 1],
				[3, 2],
				[4, 2]
			]
		]);
		expect(await after(store, 3)).toEqual([4, 0, [[4, 2]]]);
		expect(await after(store, 4)).toEqual([4, 0, []]);
		// The same frames once more are nothing new.
		await store.putRemote({ ...pull, after: 2, frames });
		expect(await after(store, 4)).toEqual([4, 0, []]);
	});

	test('what is taken away or exchanged is counted too: it must be read again from the start', async () => {
		const store = await used();
		await save(store);
		await save(store);
		await store.markSent(await store.waiting(circle.id, weight));
		await store.reseal(later, weight, null, contentOf);
		const [arrivals, rewrites] = await after(store, 0);
		expect([arrivals, rewrites]).toEqual([4, 1]);
		for (const { row } of await store.waiting(circle.id, weight)) await store.acknowledge([{ row, pos: row.seq }]);
		expect((await store.head(circle.id, weight)).rewrites).toBe(3);
		const unchecked = new TestWriter(circle, circle.book(), deviceOf(newPerson(random))).write([obs()]);
		const bytes = unchecked.bytes.slice();
		bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
		const pull = { circle: circle.id, book: weight, run: EMPTY_RUN, lamport: 0 };
		const copy = must(parseFrame(bytes).ok ? { ...unchecked, bytes } : null, 'parses');
		await store.putRemote({ ...pull, after: 0, pos: 1, frames: [{ frame: copy, pos: 1, verified: false }] });
		await store.putRemote({ ...pull, after: 1, pos: 2, frames: [{ frame: unchecked, pos: 1, verified: false }] });
		expect((await store.head(circle.id, weight)).rewrites).toBe(4);
	});

	test('U3: what version 1 wrote stands before everything that has a place; older code is stopped', async () => {
		const store = await used();
		await save(store);
		await save(store);
		store.close();
		const rows = await raw(async (database) => ({
			frames: await database.frames.toArray(),
			heads: await database.heads.toArray(),
			keys: await database.keys.toArray()
		}));
		await Dexie.delete(databaseName(space));
		const old = new Dexie(databaseName(space));
		old.version(1).stores({
			meta: 'id',
			keys: 'id',
			frames: '[circle+book+hash], [circle+book]',
			outbox: '[circle+book+seq], circle',
			heads: '[circle+book], circle',
			cache: 'id',
			drafts: 'id',
			diag: '++id'
		});
		await old.table('meta').put({ id: 'minWriter', value: 1 });
		await old.table('keys').bulkPut(rows.keys);
		await old.table('frames').bulkPut(rows.frames.map(({ arrival: _, ...row }) => row));
		await old.table('heads').bulkPut(rows.heads.map(({ arrivals: _, rewrites: __, ...row }) => row));
		old.close();
		const again = await opened();
		expect(await again.frames(circle.id, weight)).toHaveLength(2);
		await save(again);
		expect(await after(again, 0)).toEqual([1, 0, [[1, 3]]]);
		expect((await again.frames(circle.id, weight)).map(({ arrival }) => arrival).sort()).toEqual([0, 0, 1]);
		expect(await raw((database) => database.meta.get('minWriter'))).toEqual({ id: 'minWriter', value: WRITER_VERSION });
	});

	test('F24: many frames are several transactions, none of them long, and all of them in order', async () => {
		const store = await used();
		const transactions = vi.spyOn(Dexie.prototype, 'transaction');
		const batches = Array.from({ length: 310 }, () => ({ book: weight, entries: [obs()] }));
		const saved = await store.append(context, batches);
		expect(transactions).toHaveBeenCalledTimes(3);
		if (!saved.ok) throw new Error(saved.error.type);
		expect(saved.value.map(({ arrival }) => arrival)).toEqual(Array.from({ length: 310 }, (_, i) => i + 1));
		expect(await store.frames(circle.id, weight)).toHaveLength(310);
	});
});

describe('F6: the outbox', () => {
	test('sealing again keeps every entry and their order, the newest key, one chain, in one transaction', async () => {
		const store = await used();
		const entries = [obs(), obs(), obs()];
		for (const entry of entries) await save(store, weight, [entry]);
		const transactions = vi.spyOn(Dexie.prototype, 'transaction');
		expect((await store.reseal(later, weight, null, contentOf)).ok).toBe(true);
		expect(transactions).toHaveBeenCalledTimes(1);
		const waiting = await store.waiting(circle.id, weight);
		expect(idsOf(waiting.map(({ frame }) => frame))).toEqual(entries.map((entry) => entry.id));
		expect(waiting.map(({ frame }) => [frame.header.epoch, frame.header.prev])).toEqual([
			[2, null],
			[2, waiting[0]?.row.hash],
			[2, waiting[1]?.row.hash]
		]);
		// Never sent, so no relay can have the old sealings: they are gone.
		expect(await store.frames(circle.id, weight)).toHaveLength(3);
		expect((await store.head(circle.id, weight)).hash).toBe(waiting[2]?.row.hash);
	});

	test('F10: entries of a newer app are sealed again as they stand', async () => {
		const store = await used();
		await save(store);
		const foreign = { kind: 'dream.add', v: 7, deep: [1, { a: 2 }] };
		await store.reseal(later, weight, null, (frame) => ({
			type: 'batch',
			entries: [...(entriesOf(frame) ?? []), foreign]
		}));
		const [first] = await store.waiting(circle.id, weight);
		expect(entriesOf(must(first, 'one waits').frame)?.at(-1)).toEqual(foreign);
	});

	test('a save whose key is gone is not sealed again and not lost', async () => {
		const store = await used();
		await save(store);
		expect(await store.reseal(later, weight, null, () => null)).toEqual({ ok: false, error: { type: 'wiped' } });
		expect(await store.waiting(circle.id, weight)).toHaveLength(1);
	});

	test('N4: a sent frame found at the relay is an acknowledgement; the rest is chained to it', async () => {
		const store = await used();
		const entries = [obs(), obs(), obs()];
		for (const entry of entries) await save(store, weight, [entry]);
		const sent = await store.waiting(circle.id, weight);
		await store.markSent(sent);
		await store.reseal(later, weight, null, contentOf);
		expect(await store.frames(circle.id, weight)).toHaveLength(6);
		const arrived = must(sent[1], 'the second');
		await store.reseal(later, weight, { seq: 2, hash: arrived.row.hash }, contentOf);
		const waiting = await store.waiting(circle.id, weight);
		expect(waiting.map(({ row, frame }) => [row.seq, frame.header.prev])).toEqual([[3, arrived.row.hash]]);
		const left = (await store.frames(circle.id, weight)).map(({ frame }) => frame);
		expect(new Set(idsOf(left))).toEqual(new Set(entries.map((entry) => entry.id)));
		expect(left.map((frame) => frame.hash)).toEqual(expect.arrayContaining([sent[0]?.row.hash, sent[1]?.row.hash]));
		await store.reseal(later, weight, { seq: 3, hash: must(waiting[0], 'one').row.hash }, contentOf);
		expect(await store.outbox(circle.id)).toEqual([]);
		const next = await save(store);
		expect(next.ok && next.value[0]?.frame.header).toMatchObject({ seq: 4, prev: waiting[0]?.row.hash });
	});

	test('an acknowledgement takes only the sealing it names', async () => {
		const store = await used();
		await save(store);
		const [old] = await store.waiting(circle.id, weight);
		await store.markSent([must(old, 'one')]);
		await store.reseal(later, weight, null, contentOf);
		await store.acknowledge([{ row: must(old, 'one').row, pos: 1 }]);
		expect(await store.outbox(circle.id)).toHaveLength(1);
		const [now] = await store.waiting(circle.id, weight);
		await store.acknowledge([{ row: must(now, 'one').row, pos: 1 }]);
		expect(await store.outbox(circle.id)).toEqual([]);
		expect((await store.frames(circle.id, weight)).find(({ frame }) => frame.hash === now?.row.hash)?.pos).toBe(1);
	});
});

describe('what comes from the relay', () => {
	const pulled = (frame: Frame, verified: boolean, after: number) => ({
		circle: circle.id,
		book: weight,
		frames: [{ frame, pos: after + 1, verified }],
		after,
		pos: after + 1,
		run: EMPTY_RUN,
		lamport: 0
	});

	test('a copy with a broken signature never replaces a verified frame', async () => {
		const store = await used();
		const saved = await save(store);
		const own = must(saved.ok ? saved.value[0] : null, 'a frame').frame;
		const bytes = own.bytes.slice();
		bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
		const parsed = parseFrame(bytes);
		await store.putRemote(pulled(must(parsed.ok ? parsed.value : null, 'parses'), false, 0));
		const [kept] = await store.frames(circle.id, weight);
		expect(kept && verifyFrame(kept.frame, device.sign.pub)).toBe(true);
		expect([kept?.verified, kept?.pos]).toEqual([true, 1]);
	});

	test('a pull that another tab has overtaken changes nothing', async () => {
		const store = await used();
		const writer = new TestWriter(circle, circle.book(), deviceOf(newPerson(random)));
		const [one, two] = [writer.write([obs()]), writer.write([obs()])];
		await store.putRemote(pulled(one, true, 0));
		await store.putRemote(pulled(two, true, 1));
		await store.putRemote(pulled(one, true, 0));
		expect((await store.head(circle.id, weight)).pos).toBe(2);
	});

	test('I1: a shorter or different log never replaces the one seen', async () => {
		const store = await used();
		const identity = person.identity.id;
		await store.saveIdentity({ v: 1, identity, log: ['a', 'b'] });
		for (const logOf of [['a'], ['a', 'c'], ['x', 'b', 'c'], []])
			await store.saveIdentity({ v: 1, identity, log: logOf });
		expect((await store.readIdentity(identity))?.log).toEqual(['a', 'b']);
		await store.saveIdentity({ v: 1, identity, log: ['a', 'b', 'c'] });
		expect((await store.readIdentity(identity))?.log).toEqual(['a', 'b', 'c']);
	});
});

test('a store of bytes that are no frames leaves them out and keeps them', async () => {
	const store = await used();
	await save(store);
	await raw(async (database) => {
		const row = must<FrameRow>(await database.frames.toCollection().first(), 'a row');
		await database.frames.put({ ...row, hash: 'skräp' as Hash, bytes: utf8('skräp') });
	});
	expect(await store.frames(circle.id, weight)).toHaveLength(1);
	expect((await counts())[0]).toBe(2);
});
