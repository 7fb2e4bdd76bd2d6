/**
 * S2: a start from the cache comes to the same as a start from the frames, in any world: with amendments, voids, forks, frames
 * that come late or wait for others, members put out and let in again, keys that are missing, and bytes that have gone bad.
 */
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { entryId, seededRandom, TestWriter, deviceOf, weightEntry } from '../../../tests/support/people';
import { play, shuffled, step, stranger, type Played } from '../../../tests/support/random-worlds';
import { toBase64url } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import { EMPTY_RUN } from '$lib/protocol/api/heads';
import { acceptFrames } from '$lib/protocol/accept';
import { verifyFrame, type Frame } from '$lib/protocol/frame';
import { inStatedOrder, projectObservations, statedIn, type Stated } from '$lib/protocol/project';
import { HemlinjeDatabase, type Space } from '$lib/storage/database';
import { LocalStore } from '$lib/storage/local-store';
import { localStorageMarkers } from '$lib/storage/markers';
import { RecentFrames } from '$lib/storage/recent-frames';
import type { CircleAccess } from './circle-access';
import { openBatch, OpenBook } from './open-book';

vi.mock('$lib/crypto/signing', async (original) => {
	const { markedSigning } = await import('../../../tests/support/marked-signing');
	return { ...(await original<object>()), ...markedSigning() };
});

let spaces = 0;
async function newStore(): Promise<LocalStore> {
	const space: Space = `demo-book-${(spaces += 1)}`;
	const store = await LocalStore.open(space, { random: systemRandom, markers: localStorageMarkers(null) });
	if (!store.ok) throw new Error(store.error.type);
	return store.value;
}

/** The circle as far as `records` manifests go, with the keys of all epochs or of all but the newest. */
function accessTo({ circle }: Played, records: number, lacksNewest = false): CircleAccess {
	const known = circle.records.slice(0, records);
	const held = circle.book().keys.map((key, i) => ({ book: circle.book().id, epoch: i + 1, key: toBase64url(key) }));
	return {
		keys: {
			v: 1,
			circle: circle.id,
			standing: 'joined',
			published: true,
			manifests: [],
			keys: lacksNewest ? held.slice(0, -1) : held
		},
		chain: { circle: circle.id, records: known, head: must(known.at(-1), 'a record') },
		identities: new Map([...circle.identities, stranger.identity].map((identity) => [identity.id, identity])),
		member: undefined,
		roster: null
	};
}

class Device {
	readonly #world: Played;
	readonly store: LocalStore;
	readonly #knowsHeads: boolean;
	#pos = 0;

	/** `knowsHeads`: books are opened by who has just read where they stand, as the screens do. */
	constructor(world: Played, store: LocalStore, knowsHeads = false) {
		this.#world = world;
		this.store = store;
		this.#knowsHeads = knowsHeads;
	}

	get book() {
		return this.#world.circle.book().id;
	}

	/** `reader`: whoever opens what comes as it comes. */
	async receive(frames: readonly Frame[], reader: CircleAccess | null = null): Promise<void> {
		const after = this.#pos;
		this.#pos += frames.length;
		const stored = await this.store.putRemote({
			circle: this.#world.circle.id,
			book: this.book,
			frames: frames.map((frame, i) => ({ frame, pos: after + i + 1, verified: false })),
			after,
			pos: this.#pos,
			run: EMPTY_RUN,
			lamport: 0
		});
		const [taken] = stored.ok ? stored.value : [];
		const batches = reader ? frames.map((frame) => openBatch(reader, frame)) : [];
		this.store.recent?.note(must(taken, 'it was stored'), batches);
	}

	async open(access: CircleAccess): Promise<OpenBook> {
		const { id } = this.#world.circle;
		const head = this.#knowsHeads ? await this.store.head(id, this.book) : null;
		return OpenBook.open(this.store, access, this.book, 'weight', head);
	}

	/** What the frames say, judged all together and without any memory. */
	async truth(access: CircleAccess): Promise<string> {
		const frames = (await this.store.frames(this.#world.circle.id, this.book)).map(({ frame }) => frame);
		const { accepted, parked, forked, unknownEntries } = acceptFrames({
			book: this.book,
			kind: 'weight',
			chain: access.chain,
			identities: [...access.identities.values()],
			frames,
			isSigned: verifyFrame,
			open: (frame) => openBatch(access, frame)
		});
		return shown({
			stated: accepted.flatMap(statedIn),
			observations: projectObservations(accepted),
			beside: accepted.flatMap(statedIn).filter(({ entry }) => !entry.kind.startsWith('obs.')),
			parked: parked.map(({ frame, reason }) => ({ hash: frame.hash, reason })),
			forked,
			unknownEntries
		});
	}

	async raw<T>(work: (database: HemlinjeDatabase) => Promise<T>): Promise<T> {
		const database = new HemlinjeDatabase(this.store.space);
		try {
			return await work(database);
		} finally {
			database.close();
		}
	}
}

const shown = (
	book: Pick<OpenBook, 'observations' | 'beside' | 'parked' | 'forked' | 'unknownEntries'> & {
		readonly stated: readonly Stated[];
	}
): string =>
	JSON.stringify([
		[...book.stated]
			.sort(inStatedOrder)
			.map(({ entry, author, device, lamport, seq, owning }) => [entry.id, author, device, lamport, seq, owning]),
		book.observations,
		book.beside.map(({ entry }) => entry.id),
		book.parked.map(({ hash, reason }) => `${hash} ${reason}`).sort(),
		book.forked,
		book.unknownEntries
	]);

test('S2: from the cache, from where it stood, and from the frames: the same', { timeout: 120_000 }, async () => {
	const seen = { cached: 0, parked: 0, shown: 0, forked: 0, remembered: 0 };
	await fc.assert(
		fc.asyncProperty(
			fc.array(step, { minLength: 6, maxLength: 20 }),
			fc.nat(1_000_000),
			fc.tuple(fc.nat(100), fc.nat(100), fc.boolean(), fc.nat(20), fc.boolean()),
			async (steps, seed, [first, second, lacksNewest, back, knowsHeads]) => {
				const world = play(steps);
				const device = new Device(world, await newStore(), knowsHeads);
				device.store.recent = knowsHeads ? new RecentFrames() : null;
				// Mostly as they were written, so that chains go on; now and then in any order.
				const order = seed % 3 === 0 ? shuffled(world.frames, seed) : world.frames;
				const [a, b] = [(order.length * first) / 100, (order.length * second) / 100].sort((x, y) => x - y) as [
					number,
					number
				];
				const parts = [order.slice(0, a), order.slice(Math.floor(a), b), order.slice(Math.floor(b))];
				const all = world.circle.records.length;
				const before = accessTo(world, Math.max(1, all - back), lacksNewest);
				const now = accessTo(world, all);
				await device.receive(must(parts[0], 'a part'), before);
				const begun = device.store.recent?.wholeBook(await device.store.head(world.circle.id, device.book));
				seen.remembered += begun?.length ?? 0;
				const living = await device.open(before);
				expect(shown(living)).toBe(await device.truth(before));
				await OpenBook.keep(device.store, [living], 0);
				await device.receive(must(parts[1], 'a part'));
				expect(shown(await device.open(before))).toBe(await device.truth(before));
				await living.readOn(before);
				expect(shown(living)).toBe(await device.truth(before));
				await OpenBook.keep(device.store, [living], 0);
				await device.receive(must(parts[2], 'a part'));
				const truth = await device.truth(now);
				expect(shown(await device.open(now))).toBe(truth);
				await living.readOn(now);
				expect(shown(living)).toBe(truth);
				await OpenBook.keep(device.store, [living], 0);
				expect(shown(await device.open(now))).toBe(truth);
				seen.cached += await device.raw((database) => database.cache.count());
				seen.parked += living.parked.length;
				seen.shown += living.observations.length;
				seen.forked += living.forked.length;
				device.store.close();
			}
		),
		{ numRuns: 250, seed: 20_261_124 }
	);
	expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
});

/** A book of readings, kept, in a store of its own. */
async function keptBook() {
	const world = play([]);
	const device = new Device(world, await newStore());
	const random = seededRandom('kept');
	const writer = new TestWriter(
		world.circle,
		world.circle.book(),
		deviceOf(must([...world.circle.people.values()][0], 'an owner'))
	);
	const entries = Array.from({ length: 30 }, (_, i) => ({
		...weightEntry(entryId(random), 60 + i / 10),
		...(i % 7 === 0 ? { note: 'efter frukost' } : {}),
		...(i % 5 === 0 ? { context: { clothes: 'none' } } : {})
	}));
	const frames = entries.map((entry) => writer.write([entry]));
	await device.receive(frames);
	const access = accessTo(world, world.circle.records.length);
	await OpenBook.keep(device.store, [await device.open(access)], 0);
	return { device, access, writer, truth: await device.truth(access) };
}

test('a cache with altered, cut or exchanged bytes is made anew without a word', { timeout: 60_000 }, async () => {
	const { device, access, truth } = await keptBook();
	const row = must(await device.raw((database) => database.cache.toCollection().first()), 'a kept book');
	const foreign = await keptBook();
	const other = must(await foreign.device.raw((database) => database.cache.toCollection().first()), 'another');
	await fc.assert(
		fc.asyncProperty(
			fc.nat(row.bytes.length - 1),
			fc.integer({ min: 1, max: 255 }),
			fc.nat(3),
			async (at, bits, how) => {
				const bytes = row.bytes.slice();
				bytes[at] = (bytes[at] ?? 0) ^ bits;
				const bad = [bytes, row.bytes.slice(0, at), other.bytes, new Uint8Array()][how] as Uint8Array;
				await device.raw((database) => database.cache.put({ id: row.id, bytes: bad }));
				expect(shown(await device.open(access))).toBe(truth);
			}
		),
		{ numRuns: 120, seed: 20_261_124 }
	);
});

test('a cache is not used when keys, members or frames before it have changed', async () => {
	const { device, access, truth } = await keptBook();
	expect(shown(await device.open(access))).toBe(truth);
	const pages = vi.spyOn(device.store, 'framePages');
	await device.open(access);
	expect(pages).not.toHaveBeenCalled();
	const without = { ...access, keys: { ...access.keys, keys: [] } };
	expect((await device.open(without)).observations).toEqual([]);
	expect(pages).toHaveBeenCalledTimes(1);
	await device.raw(async (database) => {
		const [head] = await database.heads.toArray();
		await database.heads.put({ ...must(head, 'a head'), rewrites: 1 });
	});
	expect(shown(await device.open(access))).toBe(truth);
	expect(pages).toHaveBeenCalledTimes(2);
});

test('what is written here is taken in at once, and only when nothing came between', async () => {
	const { device, access, writer } = await keptBook();
	const book = await device.open(access);
	await device.receive([writer.write([weightEntry(entryId(systemRandom), 90)])]);
	const [late] = (await device.store.framesAfter(access.chain.circle, device.book, 30)).frames;
	expect(book.take([{ ...must(late, 'a frame'), arrival: 32 }])).toBe(false);
	expect(book.take([must(late, 'a frame')])).toBe(true);
	expect(book.take([must(late, 'a frame')])).toBe(false);
	expect(shown(book)).toBe(await device.truth(access));
});
