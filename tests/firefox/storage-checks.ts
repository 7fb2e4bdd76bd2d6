/**
 * The sealed log in a real browser: what IndexedDB stand-ins cannot prove. Firefox commits at other moments than Chromium,
 * and keeps earlier writes of a transaction that something foreign was awaited in (threat model F26).
 */
import { Dexie } from 'dexie';
import * as z from 'zod/mini';
import { toBase64url } from '$lib/crypto/bytes';
import { PASSPHRASE_COST } from '$lib/crypto/lock-keys';
import { systemRandom } from '$lib/crypto/random';
import { type Entry, rawEntries } from '$lib/protocol/entries';
import { openFrame } from '$lib/protocol/frame';
import { type BookId, type CircleId, type EntryId, type Hash, newId } from '$lib/protocol/ids';
import { createSigningKey, deviceIdOf } from '$lib/crypto/signing';
import { databaseName, HemlinjeDatabase, type Space } from '$lib/storage/database';
import { LocalStore } from '$lib/storage/local-store';
import type { OpenWay } from '$lib/storage/lock-row';
import type { WriteContext } from '$lib/storage/record';
import { localStorageMarkers } from '$lib/storage/markers';
import { createCircle, createDevice } from '$lib/sync/create';
import { type Check, expectEqual } from './check';

const markers = localStorageMarkers(localStorage);
const open = async (space: Space): Promise<LocalStore> => {
	const store = await LocalStore.open(space, { random: systemRandom, markers });
	if (!store.ok) throw new Error(`the store did not open: ${store.error.type}`);
	return store.value;
};

interface World {
	readonly space: Space;
	readonly store: LocalStore;
	readonly context: WriteContext;
	readonly book: BookId;
	readonly other: BookId;
	readonly key: Uint8Array;
}

let spaces = 0;

async function world(): Promise<World> {
	spaces += 1;
	const space: Space = `demo-check-${Date.now()}-${spaces}`;
	const store = await open(space);
	const deps = { random: systemRandom, now: () => Date.now(), space };
	const device = createDevice(deps, 'person');
	const signing = createSigningKey(systemRandom);
	await store.createDevice(device, createCircle(deps, device, signing.secret));
	const [book, other] = [newId<BookId>(systemRandom), newId<BookId>(systemRandom)];
	const key = systemRandom(32);
	const context: WriteContext = {
		circle: newId<CircleId>(systemRandom),
		device: toBase64url(deviceIdOf(signing.pub)) as WriteContext['device'],
		signSecret: signing.secret,
		manifest: toBase64url(systemRandom(32)) as Hash,
		epochOf: () => ({ epoch: 1, key })
	};
	return { space, store, context, book, other, key };
}

const reading = (note?: string): Entry => ({
	kind: 'obs.add',
	v: 1,
	id: newId<EntryId>(systemRandom),
	measure: 'weight',
	values: { weight: 71.4 },
	units: { weight: 'kg' },
	effective: { utc: Date.now(), offset: 60, zone: 'Europe/Stockholm' },
	source: { kind: 'manual' },
	...(note ? { note } : {})
});

async function raw<T>(space: Space, work: (database: HemlinjeDatabase) => Promise<T>): Promise<T> {
	const database = new HemlinjeDatabase(space);
	try {
		return await work(database);
	} finally {
		database.close();
	}
}

const counts = (space: Space) =>
	raw(space, async (database) => [
		await database.frames.count(),
		await database.outbox.count(),
		await database.heads.count()
	]);

async function save({ store, context, book }: World, entries: readonly Entry[] = [reading()]): Promise<void> {
	const saved = await store.append(context, [{ book, entries }]);
	if (!saved.ok) throw new Error(`a save failed: ${saved.error.type}`);
}

async function places(here: World): Promise<number[]> {
	return (await here.store.frames(here.context.circle, here.book))
		.map(({ frame }) => frame.header.seq)
		.sort((a, b) => a - b);
}

/** Which of the two holds the master key. */
const rowsOf = (space: Space) =>
	raw(space, async (database) =>
		(await database.keys.toArray()).map(({ id }) => id).filter((id) => id === 'lmk' || id === 'lock')
	);

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** Makes puts into one table fail until the returned function is called. */
function breakPuts(table: string, error: Error): () => void {
	const original = Reflect.get<IDBObjectStore, 'put'>(IDBObjectStore.prototype, 'put');
	IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...args: Parameters<IDBObjectStore['put']>) {
		if (this.name === table) throw error;
		return original.apply(this, args);
	};
	return () => void (IDBObjectStore.prototype.put = original);
}

export const checks: readonly Check[] = [
	{
		name: 'F4: a save is a frame, an outbox row and a head, and is there after a reopening',
		isAtomic: true,
		async run() {
			const here = await world();
			await save(here);
			here.store.close();
			const again = { ...here, store: await open(here.space) };
			expectEqual(await counts(here.space), [1, 1, 1], 'a part of the save was not kept');
			await save(again);
			expectEqual(await places(again), [1, 2], 'the chain did not go on where it stood');
			again.store.close();
		}
	},
	{
		name: 'F4: when the last put of a save fails, the earlier ones do not stay',
		isAtomic: true,
		async run() {
			const here = await world();
			await save(here);
			for (const table of ['frames', 'outbox', 'heads']) {
				const mend = breakPuts(table, new DOMException('fault', 'DataError'));
				const saved = await here.store.append(here.context, [
					{ book: here.book, entries: [reading()] },
					{ book: here.other, entries: [reading()] }
				]);
				mend();
				expectEqual(saved.ok, false, `a save whose ${table} failed was called saved`);
				expectEqual(await counts(here.space), [1, 1, 1], `half of a save stayed when ${table} failed`);
			}
			await save(here);
			here.store.close();
		}
	},
	{
		name: 'F4: a full disk is named, and keeps nothing of the save',
		isAtomic: true,
		async run() {
			const here = await world();
			const mend = breakPuts('heads', new DOMException('full', 'QuotaExceededError'));
			const saved = await here.store.append(here.context, [{ book: here.book, entries: [reading()] }]);
			mend();
			expectEqual(saved, { ok: false, error: { type: 'storage-full' } }, 'a full disk was not named');
			expectEqual(await counts(here.space), [0, 0, 0], 'half of a save stayed on a full disk');
			here.store.close();
		}
	},
	{
		name: 'T1: two tabs writing 50 each at once leave no gap and no repeat',
		async run() {
			const here = await world();
			const tab = { ...here, store: await open(here.space) };
			await Promise.all(upTo(50).flatMap(() => [save(here), save(tab)]));
			expectEqual(await places(here), upTo(100), 'places were given twice or left out');
			here.store.close();
			tab.store.close();
		}
	},
	{
		name: '200 frames of several books keep their chains through a restart',
		async run() {
			const here = await world();
			for (let i = 0; i < 100; i += 1) {
				await here.store.append(here.context, [
					{ book: here.book, entries: [reading()] },
					{ book: here.other, entries: [reading()] }
				]);
			}
			here.store.close();
			const again = { ...here, store: await open(here.space) };
			const frames = (await again.store.frames(here.context.circle, here.book))
				.map(({ frame }) => frame)
				.sort((a, b) => a.header.seq - b.header.seq);
			expectEqual(
				frames.map((frame) => frame.header.seq),
				upTo(100),
				'frames are missing'
			);
			expectEqual(
				frames.every((frame, i) => frame.header.prev === (frames[i - 1]?.hash ?? null)),
				true,
				'the chain is broken'
			);
			expectEqual(
				frames.every((frame) => openFrame(frame, here.key) !== null),
				true,
				'a frame does not open'
			);
			again.store.close();
		}
	},
	{
		name: 'F6: sealing 50 waiting frames again is one transaction and keeps every entry',
		async run() {
			const here = await world();
			const entries = upTo(50).map(() => reading());
			for (const entry of entries) await save(here, [entry]);
			const later = systemRandom(32);
			const context: WriteContext = { ...here.context, epochOf: () => ({ epoch: 2, key: later }) };
			const contentOf = (frame: Parameters<typeof openFrame>[0]) => {
				const plaintext = openFrame(frame, here.key);
				const entries = plaintext && rawEntries(plaintext);
				return entries && { type: 'batch' as const, entries };
			};
			const mend = breakPuts('heads', new DOMException('fault', 'DataError'));
			expectEqual(
				(await here.store.reseal(context, here.book, null, contentOf)).ok,
				false,
				'a failed sealing was called done'
			);
			mend();
			const before = await here.store.waiting(here.context.circle, here.book);
			expectEqual(
				before.every(({ frame }) => frame.header.epoch === 1),
				true,
				'half of a failed sealing stayed'
			);
			const resealed = await here.store.reseal(context, here.book, null, contentOf);
			expectEqual(resealed.ok, true, 'sealing again failed');
			const waiting = await here.store.waiting(here.context.circle, here.book);
			const ids = waiting.flatMap(({ frame }) => {
				const plaintext = openFrame(frame, later);
				return ((plaintext && rawEntries(plaintext)) ?? []).map((entry) => (entry as Entry).id);
			});
			expectEqual(
				ids,
				entries.map((entry) => entry.id),
				'entries were lost or changed places'
			);
			here.store.close();
		}
	},
	{
		name: 'Q4: a database emptied under its marker is recognised, before and during use',
		async run() {
			const here = await world();
			await save(here);
			await raw(here.space, async (database) => {
				await database.keys.clear();
				await database.meta.clear();
			});
			const saved = await here.store.append(here.context, [{ book: here.book, entries: [reading()] }]);
			expectEqual(saved, { ok: false, error: { type: 'wiped' } }, 'a save went into an emptied database');
			here.store.close();
			await Dexie.delete(databaseName(here.space));
			const again = await LocalStore.open(here.space, { random: systemRandom, markers });
			expectEqual(again, { ok: false, error: { type: 'wiped' } }, 'an emptied device was taken for a new one');
			await LocalStore.erase(here.space, markers);
		}
	},
	{
		name: 'A10: setting a lock that fails midway changes nothing; set, no raw key is left and its way alone opens',
		isAtomic: true,
		async run() {
			const here = await world();
			await save(here);
			await here.store.saveDraft('record', { note: 'kvar' });
			const way: OpenWay = { kind: 'passphrase', salt: systemRandom(16), ...PASSPHRASE_COST, key: systemRandom(32) };
			for (const table of ['keys', 'drafts', 'meta']) {
				const mend = breakPuts(table, new DOMException('fault', 'DataError'));
				const set = await (await here.store.lock()).set([way]);
				mend();
				expectEqual(set.ok, false, `a lock whose ${table} failed was called set`);
				expectEqual(await rowsOf(here.space), ['lmk'], `half of a lock stayed when ${table} failed`);
			}
			await save(here);
			expectEqual((await (await here.store.lock()).set([way])).ok, true, 'the lock was not set');
			await save(here);
			here.store.close();
			expectEqual(await rowsOf(here.space), ['lock'], 'the raw key was left beside the lock');
			const closed = await LocalStore.open(here.space, { random: systemRandom, markers });
			expectEqual(closed, { ok: false, error: { type: 'locked' } }, 'a locked store opened without a key');
			const opened = await LocalStore.unlock(here.space, { random: systemRandom, markers }, way);
			if (!opened.ok) throw new Error(`its own way did not open the lock: ${opened.error.type}`);
			expectEqual(await places({ ...here, store: opened.value }), [1, 2, 3], 'saves were lost behind the lock');
			expectEqual(await opened.value.readDraft('record', z.unknown()), { note: 'kvar' }, 'a draft was lost');
			opened.value.close();
		}
	},
	{
		name: 'F13: a connection that was closed is opened once more',
		isAtomic: true,
		async run() {
			const here = await world();
			await save(here);
			const original = Reflect.get<IDBDatabase, 'transaction'>(IDBDatabase.prototype, 'transaction');
			IDBDatabase.prototype.transaction = function (this: IDBDatabase) {
				IDBDatabase.prototype.transaction = original;
				this.close();
				throw new DOMException('The database connection is closing.', 'InvalidStateError');
			};
			await save(here);
			expectEqual(await places(here), [1, 2], 'the save did not come through');
			here.store.close();
		}
	},
	{
		name: 'L1: planted words stand nowhere in the raw database',
		async run() {
			const here = await world();
			const planted = 'ZEBRAFINK';
			await save(here, [reading(planted)]);
			await here.store.saveDraft('record', { note: planted });
			const dump = await raw(here.space, async (database) => {
				const rows = await Promise.all(database.tables.map((table) => table.toArray() as Promise<unknown[]>));
				let text = '';
				JSON.stringify(rows, (_, value: unknown) => {
					if (value instanceof Uint8Array) text += new TextDecoder('latin1').decode(value);
					else if (typeof value === 'string') text += value;
					return value instanceof Uint8Array ? undefined : value;
				});
				return text;
			});
			expectEqual(dump.length > 500, true, 'nothing was read');
			expectEqual(
				[planted, btoa(planted)].filter((form) => dump.includes(form)),
				[],
				'a planted word was found'
			);
			here.store.close();
		}
	}
];
