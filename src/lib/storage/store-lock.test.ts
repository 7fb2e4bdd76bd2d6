/**
 * The app lock in the store. In one file beyond 400 lines: each act of the lock is cut off at every write, over the same filled
 * store, whose rows are searched for the same words.
 */
import 'fake-indexeddb/auto';
import { Dexie } from 'dexie';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { deviceOf, entryId, newPerson, seededRandom, TestCircle, weightEntry } from '../../../tests/support/people';
import { dumpOf, foundIn, raw as rawIn } from '../../../tests/support/raw-rows';
import { toBase64url, utf8, utf8ToString } from '$lib/crypto/bytes';
import { PASSPHRASE_COST } from '$lib/crypto/lock-keys';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import type { Entry } from '$lib/protocol/entries';
import { WRITER_VERSION, type HemlinjeDatabase, type Space } from './database';
import type { DeviceKeys } from './keyring';
import { bookRow } from './derived-rows';
import { LocalStore } from './local-store';
import type { LockWay, OpenWay } from './lock-row';
import { localStorageMarkers, type Markers } from './markers';
import type { WriteContext } from './record';
import { readLockFacts } from './unlocking';

const random = seededRandom('lock');
const person = newPerson(random);
const circle = new TestCircle(person, ['weight', 'log', 'profile'], random);
const device = deviceOf(person);
const weight = circle.book(0).id;
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
const draftSchema = z.object({ text: z.string() });
const PLANTED = 'ZEBRA-I-SNÅR';

const passphrase = (seed: string): OpenWay => ({
	kind: 'passphrase',
	salt: seededRandom(`salt ${seed}`)(16),
	...PASSPHRASE_COST,
	key: seededRandom(`key ${seed}`)(32)
});
const passkey = (seed: string): OpenWay => ({
	kind: 'passkey',
	credential: seededRandom(`credential ${seed}`)(20),
	salt: seededRandom(`prf ${seed}`)(32),
	at: 1,
	key: seededRandom(`key ${seed}`)(32)
});
const WORDS = passphrase('fyra ord som inte hör ihop');
const OTHER_WORDS = passphrase('fyra helt andra ord');
const KEY = passkey('telefonen');

let space: Space;
let markers: Markers;
/** Every key a store has made: none may lie on the disk of a locked device. */
let keysMade: Uint8Array[];
let spaces = 0;
beforeEach(() => {
	space = `demo-lock-${(spaces += 1)}`;
	const kept = new Map<string, string>();
	markers = localStorageMarkers({
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
		removeItem: (key: string) => void kept.delete(key)
	} as unknown as Storage);
	keysMade = [];
});

const deps = () => ({
	random: (length: number) => {
		const bytes = systemRandom(length);
		// A copy: a store that lets go of its key wipes it.
		if (length === 32) keysMade.push(bytes.slice());
		return bytes;
	},
	markers
});
const open = () => LocalStore.open(space, deps());
const unlock = (way: OpenWay) => LocalStore.unlock(space, deps(), way);
const raw = <T>(work: (database: HemlinjeDatabase) => Promise<T>) => rawIn(space, work);
async function opened(opening: Promise<Awaited<ReturnType<typeof open> | ReturnType<typeof unlock>>>) {
	const store = await opening;
	if (!store.ok) throw new Error(store.error.type);
	return store.value;
}
const obs = (note?: string): Entry => ({ ...weightEntry(entryId(systemRandom)), ...(note ? { note } : {}) });
const save = (store: LocalStore) => store.append(context, [{ book: weight, entries: [obs(PLANTED)] }]);
const how = async (opening: ReturnType<typeof open> | ReturnType<typeof unlock>) => {
	const store = await opening;
	if (store.ok) store.value.close();
	return store.ok ? 'open' : store.error.type;
};

/** A device somebody uses: keys, a circle, a reading, a draft, a cache. */
async function used(): Promise<LocalStore> {
	const store = await opened(open());
	await store.createDevice(deviceKeys, {
		v: 1,
		circle: circle.id,
		standing: 'mine',
		published: false,
		manifests: [],
		keys: []
	});
	await save(store);
	await store.saveDraft('record', { text: PLANTED });
	await store.updateCare((care) => ({ ...care, drilledAt: 7 }));
	await store.derived.keep([{ id: bookRow(circle.id, weight), plain: utf8(PLANTED) }]);
	return store;
}

/** Everything that was there is there, under the key of this store. */
async function expectWhole(store: LocalStore, frames = 1): Promise<void> {
	expect((await store.readDevice())?.sign).toBe(deviceKeys.sign);
	expect((await store.readCircles()).map((each) => each.circle)).toEqual([circle.id]);
	expect((await store.readCare()).drilledAt).toBe(7);
	expect(await store.readDraft('record', draftSchema)).toEqual({ text: PLANTED });
	expect(await store.frames(circle.id, weight)).toHaveLength(frames);
}

describe('D7: a lock is a new master key that only its ways open', () => {
	test('setting it keeps everything, and the store that set it goes on', async () => {
		const store = await used();
		expect(await (await store.lock()).set([WORDS])).toEqual({ ok: true, value: undefined });
		expect(store.isLocked).toBe(true);
		await expectWhole(store);
		expect((await save(store)).ok).toBe(true);
		store.close();
		expect(await how(open())).toBe('locked');
		expect(markers.isLocked(space)).toBe(true);
		expect(await how(unlock(OTHER_WORDS))).toBe('wrong-key');
		await expectWhole(await opened(unlock(WORDS)), 2);
	});

	test('L1: no raw key and no planted word lies in any row', async () => {
		const store = await used();
		expect(foundIn(await dumpOf(space), keysMade)).toHaveLength(1);
		await (await store.lock()).set([WORDS, KEY]);
		await store.saveDraft('record', { text: PLANTED });
		store.close();
		const dump = await dumpOf(space);
		expect(dump.length).toBeGreaterThan(500);
		const words = [utf8(PLANTED), Buffer.from(PLANTED, 'latin1'), Buffer.from(PLANTED, 'utf16le')];
		expect(foundIn(dump, [...keysMade, ...words, device.sign.secret, WORDS.key, KEY.key])).toEqual([]);
		expect(await raw((database) => database.keys.get('lmk'))).toBeUndefined();
	});

	test('A10: passphrase and passkey stand side by side; without either the other opens', async () => {
		const store = await used();
		await (await store.lock()).set([WORDS]);
		await (await store.lock()).add(KEY);
		await expectWhole(await opened(unlock(KEY)));
		expect(await (await store.lock()).remove(KEY)).toEqual({ ok: true, value: true });
		expect(await how(unlock(KEY))).toBe('wrong-key');
		await (await store.lock()).add(KEY);
		expect(await (await store.lock()).remove(WORDS)).toEqual({ ok: true, value: true });
		expect(await how(unlock(WORDS))).toBe('wrong-key');
		await expectWhole(await opened(unlock(KEY)));
	});

	test('A10: the last way is never removed; the lock is taken off by name', async () => {
		const store = await used();
		await (await store.lock()).set([WORDS]);
		expect(await (await store.lock()).remove(WORDS)).toEqual({ ok: true, value: false });
		expect(await how(unlock(WORDS))).toBe('open');
		const before = keysMade.length;
		await (await store.lock()).takeOff();
		expect(store.isLocked).toBe(false);
		await expectWhole(store);
		store.close();
		await expectWhole(await opened(open()));
		expect(markers.isLocked(space)).toBe(false);
		// The key beside the data now is one the lock never kept.
		expect(foundIn(await dumpOf(space), keysMade.slice(0, before))).toEqual([]);
	});

	test('a new passphrase is a new key: the old one opens nothing, nor does the old lock put back', async () => {
		const store = await used();
		await (await store.lock()).set([WORDS]);
		const old = await raw((database) => database.keys.get('lock'));
		await (await store.lock()).set([OTHER_WORDS]);
		expect(await how(unlock(WORDS))).toBe('wrong-key');
		await expectWhole(await opened(unlock(OTHER_WORDS)));
		// A way of the old lock in the new one's row: it names another lock, and is bound to that.
		await raw(async (database) => {
			const now = must(await database.keys.get('lock'), 'a lock');
			const [oldLock, newLock] = [parsed(must(old, 'the old').bytes), parsed(now.bytes)];
			await database.keys.put({ ...now, bytes: utf8(JSON.stringify({ ...newLock, wraps: oldLock.wraps })) });
		});
		expect(await how(unlock(WORDS))).toBe('wrong-key');
	});

	test('a row that did not open before stands in nobody’s way', async () => {
		const store = await used();
		await raw((database) => database.drafts.put({ id: 'other', bytes: new Uint8Array(60) }));
		expect((await (await store.lock()).set([WORDS])).ok).toBe(true);
		await expectWhole(store);
		expect(await store.readDraft('other', z.unknown())).toBeNull();
	});

	test('what the person chose for it is kept, also over a new passphrase', async () => {
		const store = await used();
		expect(await store.readLockChoices()).toBeNull();
		await (await store.lock()).set([WORDS]);
		expect(await store.readLockChoices()).toMatchObject({ after: 5, blanks: true });
		await (await store.lock()).choose({ v: 1, after: 'hidden', blanks: false });
		await (await store.lock()).set([OTHER_WORDS]);
		expect(await (await opened(unlock(OTHER_WORDS))).readLockChoices()).toEqual({
			v: 1,
			after: 'hidden',
			blanks: false
		});
	});
});

const parsed = (bytes: Uint8Array) =>
	JSON.parse(utf8ToString(bytes) ?? '') as { v: number; id: string; wraps: object[] };

describe('A10: killed in the middle, the device has the old state or the new one, whole', () => {
	type Act = (store: LocalStore) => Promise<{ readonly ok: boolean }>;
	const acts: Readonly<Record<string, { readonly before: readonly OpenWay[]; readonly act: Act }>> = {
		'setting the lock': { before: [], act: async (store) => (await store.lock()).set([WORDS]) },
		'changing the passphrase': { before: [WORDS], act: async (store) => (await store.lock()).set([OTHER_WORDS]) },
		'adding a passkey': { before: [WORDS], act: async (store) => (await store.lock()).add(KEY) },
		'removing a passkey': { before: [WORDS, KEY], act: async (store) => (await store.lock()).remove(KEY) },
		'taking the lock off': { before: [WORDS], act: async (store) => (await store.lock()).takeOff() }
	};

	test.each(Object.entries(acts))('%s', async (_, { before, act }) => {
		for (let nth = 1, failed = true; failed; nth += 1) {
			space = `demo-lock-${(spaces += 1)}`;
			const store = await used();
			if (before.length > 0) await (await store.lock()).set(before);
			const kill = failingWrite(nth);
			const done = await act(store);
			failed = kill.hasFailed();
			kill.mend();
			expect([nth, done.ok]).toEqual([nth, !failed]);
			await expectWhole(store);
			store.close();
			if (!failed) break;
			expect(await how(open())).toBe(before.length > 0 ? 'locked' : 'open');
			for (const way of before) await expectWhole(await opened(unlock(way)));
			if (before.length === 0) await expectWhole(await opened(open()));
			else expect(foundIn(await dumpOf(space), keysMade)).toEqual([]);
			expect(nth).toBeLessThan(50);
		}
	});
});

/** Makes the nth write of any kind fail, as a device that dies there. */
function failingWrite(nth: number) {
	let writes = 0;
	const methods = ['put', 'delete', 'clear', 'add'] as const;
	const spies = methods.map((method) => {
		const original = Reflect.get<IDBObjectStore, typeof method>(IDBObjectStore.prototype, method) as (
			...args: unknown[]
		) => IDBRequest;
		return vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(function (
			this: IDBObjectStore,
			...args: unknown[]
		) {
			writes += 1;
			if (writes === nth) throw new Error('killed');
			return original.apply(this, args);
		} as never);
	});
	return { hasFailed: () => writes >= nth, mend: () => spies.forEach((spy) => spy.mockRestore()) };
}

describe('other tabs, other code, other hands', () => {
	test('a tab whose key was put out of use is locked, not wiped, and writes nothing', async () => {
		const [store, stale] = [await used(), await opened(open())];
		await (await store.lock()).set([WORDS]);
		const locked = { ok: false, error: { type: 'locked' } };
		expect(await save(stale)).toEqual(locked);
		expect(await stale.saveDraft('record', { text: 'annat' })).toEqual(locked);
		expect(await stale.updateDevice((now) => now)).toEqual(locked);
		expect(await (await stale.lock()).set([OTHER_WORDS])).toEqual(locked);
		await expect(stale.readDevice()).rejects.toMatchObject({ reason: { type: 'locked' } });
		await expect(stale.readCircles()).rejects.toMatchObject({ reason: { type: 'locked' } });
		await stale.derived.keep([{ id: bookRow(circle.id, weight), plain: utf8('gammalt') }]);
		expect(await raw((database) => database.cache.count())).toBe(0);
		await expectWhole(store);
	});

	test('F13: a connection opened once more finds a lock that was set meanwhile', async () => {
		const [store, stale] = [await used(), await opened(open())];
		await stale.heads(circle.id);
		await (await store.lock()).set([WORDS]);
		vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
			throw new DOMException('The database connection is closing.', 'InvalidStateError');
		});
		expect(await save(stale)).toEqual({ ok: false, error: { type: 'locked' } });
	});

	test('what is under way when a store lets go of its key is stopped, not sealed under nothing', async () => {
		const store = await used();
		await (await store.lock()).set([WORDS]);
		const updating = store.updateDevice((now) => {
			store.close();
			return { ...now, relayOn: true };
		});
		expect((await updating).ok).toBe(false);
		await expectWhole(await opened(unlock(WORDS)));
	});

	test('U3: older code is stopped before it takes a locked store for an emptied one', async () => {
		const store = await used();
		await raw((database) => database.meta.put({ id: 'minWriter', value: 2 }));
		await (await store.lock()).set([WORDS]);
		expect(await raw((database) => database.meta.get('minWriter'))).toEqual({ id: 'minWriter', value: WRITER_VERSION });
		expect(WRITER_VERSION).toBeGreaterThan(2);
	});

	test('a newer app’s lock is a newer app’s', async () => {
		const store = await used();
		await (await store.lock()).set([WORDS]);
		store.close();
		await raw((database) => database.meta.put({ id: 'minWriter', value: WRITER_VERSION + 1 }));
		expect([await how(open()), await how(unlock(WORDS))]).toEqual(['newer-app', 'newer-app']);
	});

	test.each<[string, (database: HemlinjeDatabase) => Promise<unknown>, string]>([
		['the marker', () => Promise.resolve(markers.clear(space)), 'locked'],
		['the device', (database) => database.keys.delete('device'), 'wiped'],
		['the frames', (database) => database.frames.clear(), 'wiped'],
		['the lock', (database) => database.keys.delete('lock'), 'wiped'],
		['the keyring', (database) => database.keys.clear(), 'wiped'],
		['everything', (database) => database.delete(), 'wiped']
	])('Q4: a locked device without %s', async (_, wipe, expected) => {
		const store = await used();
		await (await store.lock()).set([WORDS]);
		store.close();
		await raw(wipe);
		expect(await how(open())).toBe(expected);
		if (expected === 'locked') await expectWhole(await opened(unlock(WORDS)));
	});

	test('erasing by choice takes the lock with it', async () => {
		const store = await used();
		await (await store.lock()).set([WORDS]);
		store.close();
		await LocalStore.erase(space, markers);
		expect(markers.isLocked(space)).toBe(false);
		expect(await how(open())).toBe('open');
	});
});

describe('a hostile row', () => {
	const rewritten = (change: (lock: ReturnType<typeof parsed>) => object) =>
		raw(async (database) => {
			const row = must(await database.keys.get('lock'), 'a lock');
			await database.keys.put({ ...row, bytes: utf8(JSON.stringify(change(parsed(row.bytes)))) });
		});
	const kinds = async () => (await readLockFacts(space))?.ways.map(({ kind }) => kind) ?? null;
	const withPassphrase = (change: object) =>
		rewritten((lock) => ({
			...lock,
			wraps: lock.wraps.map((wrap) => ('kdf' in wrap ? { ...wrap, ...change } : wrap))
		}));

	beforeEach(async () => {
		const store = await used();
		await (await store.lock()).set([WORDS, KEY]);
		store.close();
	});

	test.each([
		{ memoryKiB: 4 * 1024 * 1024 },
		{ memoryKiB: 64 * 1024 + 1 },
		{ memoryKiB: 8 },
		{ passes: 1_000_000 },
		{ lanes: 64 },
		{ kdf: 'scrypt' },
		{ salt: 'AA' },
		{ more: 1 }
	])('asks for what no way of ours asks: %j is no way in, and the other one stays', async (change) => {
		await withPassphrase(change);
		expect(await kinds()).toEqual(['passkey']);
		expect(await how(unlock(WORDS))).toBe('wrong-key');
		await expectWhole(await opened(unlock(KEY)));
	});

	test.each([
		['of another version', (lock: object) => ({ ...lock, v: 2 })],
		['without ways', (lock: object) => ({ ...lock, wraps: [] })],
		['of a hundred ways', (lock: ReturnType<typeof parsed>) => ({ ...lock, wraps: Array(100).fill(lock.wraps[0]) })],
		['as large as a book', (lock: object) => ({ ...lock, id: 'A'.repeat(100_000) })]
	])('%s holds nothing that can be tried, and the device stays locked', async (_, change) => {
		await rewritten(change);
		expect(await kinds()).toBeNull();
		expect([await how(open()), await how(unlock(WORDS))]).toEqual(['locked', 'wrong-key']);
	});
});

const RUNS = process.env['NIGHTLY'] === '1' ? 500 : 25;

test(`A10: whatever is set, changed, added, removed, locked and opened, nothing is lost and no raw key stays (${RUNS} runs)`, async () => {
	const way = fc.constantFrom(0, 1, 2);
	const step = fc.oneof(
		fc.record({ do: fc.constant('set' as const), way }),
		fc.record({ do: fc.constant('add' as const), way }),
		fc.record({ do: fc.constant('remove' as const), way }),
		fc.record({ do: fc.constant('takeOff' as const) }),
		fc.record({ do: fc.constant('lock' as const), way }),
		fc.record({ do: fc.constant('wrong' as const), way }),
		fc.record({ do: fc.constant('save' as const) }),
		fc.record({ do: fc.constant('killed' as const), way, nth: fc.integer({ min: 1, max: 8 }) })
	);
	const words = ['a', 'b', 'c'].map(passphrase);
	const keys = ['a', 'b', 'c'].map(passkey);
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
			space = `demo-lock-${(spaces += 1)}`;
			keysMade = [];
			let store = await used();
			let frames = 1;
			/** The ways that must open the device now; none: no lock. */
			let ways: OpenWay[] = [];
			for (const each of steps) {
				if (each.do === 'set') {
					const [first, ...rest] = [must(words[each.way], 'words'), ...ways.filter(({ kind }) => kind === 'passkey')];
					await (await store.lock()).set([first, ...rest]);
					ways = [first, ...rest];
				}
				if (each.do === 'add' && ways.length > 0) {
					const added = must(keys[each.way], 'a key');
					await (await store.lock()).add(added);
					ways = [...ways.filter((one) => !isSame(one, added)), added];
				}
				if (each.do === 'remove' && ways.length > 0) {
					const gone = must(ways[each.way % ways.length], 'a way');
					const removed = await (await store.lock()).remove(gone);
					expect(removed).toEqual({ ok: true, value: ways.length > 1 });
					if (ways.length > 1) ways = ways.filter((one) => one !== gone);
				}
				if (each.do === 'takeOff' && ways.length > 0) {
					await (await store.lock()).takeOff();
					ways = [];
				}
				if (each.do === 'lock') {
					store.close();
					const one = ways[each.way % Math.max(1, ways.length)];
					store = await opened(one ? unlock(one) : open());
				}
				if (each.do === 'wrong' && ways.length > 0) {
					const wrong = must(words[each.way], 'words');
					const isRight = ways.some((one) => one === wrong);
					expect(await how(unlock(wrong))).toBe(isRight ? 'open' : 'wrong-key');
				}
				if (each.do === 'save') {
					expect((await save(store)).ok).toBe(true);
					frames += 1;
				}
				if (each.do === 'killed') {
					const kill = failingWrite(each.nth);
					const next = must(words[each.way], 'words');
					const set = await (await store.lock()).set([next]);
					kill.mend();
					if (set.ok) ways = [next];
				}
				if (ways.length > 0) expect(foundIn(await dumpOf(space), keysMade)).toEqual([]);
			}
			await expectWhole(store, frames);
			store.close();
			expect(await how(open())).toBe(ways.length > 0 ? 'locked' : 'open');
			for (const one of ways) {
				const again = await opened(unlock(one));
				await expectWhole(again, frames);
				again.close();
			}
			await Dexie.delete(`hemlinje-${space}`);
		}),
		{ numRuns: RUNS }
	);
});

const isSame = (a: LockWay, b: LockWay): boolean => a.kind === b.kind && toBase64url(a.salt) === toBase64url(b.salt);
