/** One suite for every store of the relay. What it says of SQLite must hold on PostgreSQL, and the other way round. */
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { toBase64url } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import { err, ok } from '$lib/domain/result';
import { EMPTY_RUN, nextRun, shortRun } from '$lib/protocol/api/heads';
import type { Frame } from '$lib/protocol/frame';
import type { Hash, IdentityId } from '$lib/protocol/ids';
import type { SignedManifest } from '$lib/protocol/manifest';
import { createPostgresPlace, createSqlitePlace, type StorePlace } from '../support/relay-files';
import {
	bookAt,
	createCircle,
	createDevice,
	createSomeone,
	createWriter,
	envelopeTo,
	firstDevice,
	frameAfter,
	headOf,
	nextFrame,
	nextManifest,
	nextRecord,
	proposeManifest,
	START,
	withMember,
	withNewEpoch,
	withoutMember,
	type Circle,
	type Someone
} from '../support/relay-world';
import type { Change, RelayStore } from '$lib/server/store';

const ROOMY = { bytes: 1e9, frames: 1e6 };

const places: readonly (readonly [string, () => Promise<StorePlace>])[] = [
	['SQLite', () => Promise.resolve(createSqlitePlace())],
	['PostgreSQL', () => createPostgresPlace(inject('postgresUrl'))]
];

describe.each(places)('relay store on %s', (_name, createPlace) => {
	let place: StorePlace;
	let store: RelayStore;

	beforeEach(async () => {
		place = await createPlace();
		store = await place.open();
	});

	afterEach(async () => {
		await store.close();
		await place.remove();
	});

	const register = (someone: Someone, enrolment: Hash | null = null, now = START) =>
		store.registerIdentity({ identity: someone.identity, record: must(someone.log[0], 'a genesis'), enrolment, now });

	const storeManifests = (
		manifests: readonly SignedManifest[],
		expected: Hash | null,
		more: Partial<Parameters<RelayStore['storeManifests']>[0]> = {}
	) =>
		store.storeManifests({ expected, manifests, envelopes: [], quota: ROOMY, demoCircles: 100, now: START, ...more });

	/** A registered owner with a stored circle. */
	async function begin(
		options: { books?: number; space?: 'real' | 'demo' } = {}
	): Promise<{ owner: Someone; circle: Circle }> {
		const owner = createSomeone({ space: options.space ?? 'real' });
		await register(owner);
		const circle = createCircle(owner, { books: options.books ?? 2 });
		expect(await storeManifests(circle.chain, null)).toMatchObject({ ok: true });
		return { owner, circle };
	}

	/** Adds a registered member to a stored circle. */
	async function add(
		circle: Circle,
		role: 'coOwner' | 'relative' | 'viewer',
		access: 'r' | 'w' | null
	): Promise<Someone> {
		const someone = createSomeone();
		await register(someone);
		const expected = headOf(circle).hash;
		const rights = access === null ? [] : circle.books.map((book) => [book, access] as const);
		expect(await storeManifests([nextManifest(circle, withMember(someone, role, rights))], expected)).toMatchObject({
			ok: true
		});
		return someone;
	}

	const push = (
		caller: Someone,
		frames: readonly Frame[],
		author: Someone = caller,
		quota = ROOMY,
		device = firstDevice(caller)
	) =>
		store.push({
			caller: { identity: caller.identity.id, device: device.id },
			frames: frames.map((frame) => ({ frame, author: author.identity.id })),
			quotas: { real: quota, demo: quota }
		});

	const framesOf = (circle: Circle, index = 0) =>
		store.framesAfter({ circle: circle.id, book: bookAt(circle, index).id, after: 0 }, 100_000);

	const changesDuring = async (work: () => Promise<unknown>): Promise<Change[]> => {
		const changes: Change[] = [];
		const stop = store.watch(
			(change) => void changes.push(change),
			() => []
		);
		await work();
		stop();
		return changes;
	};

	describe('frames', () => {
		test(
			'R1: positions have no gaps under 16 writers at once, and a reader by position misses none',
			{ timeout: 60_000 },
			async () => {
				const { owner, circle } = await begin();
				const other = await add(circle, 'coOwner', 'w');
				for (const someone of [owner, other]) {
					for (let count = 1; count < 8; count += 1) {
						const previous = someone.identity.head.hash;
						const record = nextRecord(someone, { kind: 'addDevice', device: createDevice() });
						await store.appendIdentityRecord({ identity: someone.identity, previous, record });
					}
				}
				const each = 12;
				const writing = [owner, other].flatMap((someone) =>
					someone.devices.map(async (device) => {
						const writer = createWriter(circle, bookAt(circle), device);
						for (let count = 0; count < each; count += 1) {
							expect(await push(someone, [nextFrame(writer)], someone, ROOMY, device)).toMatchObject({ ok: true });
						}
					})
				);
				const read: Uint8Array[] = [];
				const reading = (async () => {
					while (read.length < 16 * each) {
						read.push(
							...(await store.framesAfter({ circle: circle.id, book: bookAt(circle).id, after: read.length }, 7))
						);
						await new Promise((resolve) => setImmediate(resolve));
					}
				})();
				await Promise.all([...writing, reading]);
				expect(read.map(toBase64url)).toEqual((await framesOf(circle)).map(toBase64url));
				expect(new Set(read.map(toBase64url)).size).toBe(16 * each);
			}
		);

		test('R2: the same frame again has the same position, wherever it stands', async () => {
			const { owner, circle } = await begin();
			const writer = createWriter(circle, bookAt(circle), firstDevice(owner));
			const frames = [nextFrame(writer), nextFrame(writer), nextFrame(writer)];
			const first = await push(owner, frames);
			expect(await push(owner, frames)).toEqual(first);
			expect(await push(owner, frames.slice(0, 1))).toMatchObject({ ok: true, value: [{ seq: 1, pos: 1 }] });
			expect(await framesOf(circle)).toHaveLength(3);
		});

		test('R2: another frame in a taken place is a conflict that names what is stored', async () => {
			const { owner, circle } = await begin();
			const writer = createWriter(circle, bookAt(circle), firstDevice(owner));
			const fork = frameAfter(writer);
			const [first, second] = [nextFrame(writer), nextFrame(writer)];
			await push(owner, [first, second]);
			expect(await push(owner, [fork])).toEqual({
				ok: false,
				error: {
					type: 'conflict',
					at: { book: bookAt(circle).id, device: firstDevice(owner).id, seq: 1 },
					hash: first.hash,
					head: { seq: 2, hash: second.hash }
				}
			});
		});

		test('a frame that skips one, or follows another than the stored, is a conflict without a hash', async () => {
			const { owner, circle } = await begin();
			const writer = createWriter(circle, bookAt(circle), firstDevice(owner));
			const first = nextFrame(writer);
			const skipped = nextFrame(writer);
			await push(owner, [first]);
			const unlinked = frameAfter({ ...writer, seq: 1, prev: skipped.hash });
			const third = frameAfter(writer);
			for (const frame of [third, unlinked]) {
				expect(await push(owner, [frame])).toMatchObject({
					ok: false,
					error: { type: 'conflict', hash: null, head: { seq: 1, hash: first.hash } }
				});
			}
		});

		test('R2: an epoch that is not the head manifest’s is stale, and says how far the device had come', async () => {
			const { owner, circle } = await begin();
			const writer = createWriter(circle, bookAt(circle), firstDevice(owner));
			const acked = nextFrame(writer);
			await push(owner, [acked]);
			const old = frameAfter(writer);
			const expected = headOf(circle).hash;
			await storeManifests([nextManifest(circle, withNewEpoch(circle, bookAt(circle)))], expected);
			expect(await push(owner, [old])).toMatchObject({
				ok: false,
				error: { type: 'stale-epoch', hash: null, head: { seq: 1, hash: acked.hash } }
			});
			expect(await push(owner, [acked])).toMatchObject({ ok: true, value: [{ pos: 1 }] });
			expect(await push(owner, [nextFrame(writer)])).toMatchObject({ ok: true, value: [{ pos: 2 }] });
		});

		test('a push is stored whole or not at all, over books and circles', async () => {
			const { owner, circle } = await begin();
			const second = createCircle(owner);
			await storeManifests(second.chain, null);
			const good = [
				frameAfter(createWriter(circle, bookAt(circle, 0), firstDevice(owner))),
				frameAfter(createWriter(circle, bookAt(circle, 1), firstDevice(owner)))
			];
			const bad = frameAfter({
				...createWriter(second, bookAt(second), firstDevice(owner)),
				seq: 4,
				prev: headOf(circle).hash
			});
			expect(await push(owner, [...good, bad])).toMatchObject({ ok: false, error: { type: 'conflict' } });
			expect(await framesOf(circle, 0)).toEqual([]);
			expect(await framesOf(circle, 1)).toEqual([]);
			const heads = await store.headsOf(owner.identity.id);
			expect(heads.flatMap((head) => head.books.map((book) => book.pos))).toEqual([0, 0, 0, 0]);
		});

		test('results stand in the order of the frames, not of the circles', async () => {
			const { owner, circle } = await begin();
			const second = createCircle(owner);
			await storeManifests(second.chain, null);
			const frames = [circle, second, circle, second].map((each, index) =>
				frameAfter(createWriter(each, bookAt(each, index < 2 ? 0 : 1), firstDevice(owner)))
			);
			const pushed = await push(owner, frames);
			expect(pushed.ok && pushed.value.map((result) => result.book)).toEqual(frames.map((frame) => frame.header.book));
		});

		test('pushes that cross in their order of circles both come through', { timeout: 60_000 }, async () => {
			const { owner, circle } = await begin();
			const second = createCircle(owner);
			await storeManifests(second.chain, null);
			const there = createWriter(circle, bookAt(circle, 0), firstDevice(owner));
			const back = createWriter(second, bookAt(second, 0), firstDevice(owner));
			const thereToo = createWriter(circle, bookAt(circle, 1), firstDevice(owner));
			const backToo = createWriter(second, bookAt(second, 1), firstDevice(owner));
			for (let round = 0; round < 10; round += 1) {
				const both = await Promise.all([
					push(owner, [nextFrame(there), nextFrame(back)]),
					push(owner, [nextFrame(backToo), nextFrame(thereToo)])
				]);
				expect(both.map((result) => result.ok)).toEqual([true, true]);
			}
		});

		test('R7: frames or bytes over the circle’s quota are refused, and what is there stays', async () => {
			const { owner, circle } = await begin();
			const writer = createWriter(circle, bookAt(circle), firstDevice(owner));
			const [first, second] = [nextFrame(writer), nextFrame(writer)];
			expect(await push(owner, [first, second], owner, { bytes: 1e9, frames: 1 })).toEqual({
				ok: false,
				error: { type: 'full' }
			});
			expect(await push(owner, [first, second], owner, { bytes: 5000, frames: 9 })).toMatchObject({ ok: true });
			expect(await push(owner, [nextFrame(writer)], owner, { bytes: 2000, frames: 9 })).toEqual({
				ok: false,
				error: { type: 'full' }
			});
			expect(await push(owner, [first], owner, { bytes: 1, frames: 1 })).toMatchObject({ ok: true });
			expect(await framesOf(circle)).toHaveLength(2);
		});

		test('R5: strangers, readers without the book, and writers without the right store nothing', async () => {
			const { owner, circle } = await begin();
			const viewer = await add(circle, 'viewer', 'r');
			const bookless = await add(circle, 'relative', null);
			const stranger = createSomeone();
			await register(stranger);
			for (const someone of [viewer, bookless, stranger]) {
				const frame = frameAfter(createWriter(circle, bookAt(circle), firstDevice(someone)));
				expect(await push(someone, [frame])).toEqual({ ok: false, error: { type: 'not-found' } });
			}
			const owners = frameAfter(createWriter(circle, bookAt(circle), firstDevice(owner)));
			expect(await push(stranger, [owners], owner)).toEqual({ ok: false, error: { type: 'not-found' } });
			expect(await push(viewer, [owners], owner)).toMatchObject({ ok: true });
		});

		test('I2: from its removal on a device’s frames are refused', async () => {
			const { owner, circle } = await begin();
			const second = createDevice();
			for (const change of [
				() => nextRecord(owner, { kind: 'addDevice', device: second }),
				() => nextRecord(owner, { kind: 'removeDevice', device: second.id })
			]) {
				const previous = owner.identity.head.hash;
				const record = change();
				await store.appendIdentityRecord({ identity: owner.identity, previous, record });
			}
			const frame = frameAfter(createWriter(circle, bookAt(circle), second));
			expect(await push(owner, [frame])).toEqual({ ok: false, error: { type: 'not-found' } });
			expect(await store.authorsOf(circle.id, second.id)).toEqual([]);
			expect(await store.authorsOf(circle.id, firstDevice(owner).id)).toMatchObject([{ identity: owner.identity.id }]);
		});

		test('R3: heads are ordered, count every readable book, and carry the running hash', async () => {
			const { owner, circle } = await begin({ books: 3 });
			const viewer = await add(circle, 'viewer', 'r');
			const writer = createWriter(circle, bookAt(circle, 1), firstDevice(owner));
			const frames = [nextFrame(writer), nextFrame(writer)];
			await push(owner, frames);
			const run = frames.reduce<Uint8Array>((before, frame) => nextRun(before, frame.hash), EMPTY_RUN);
			const [head] = await store.headsOf(viewer.identity.id);
			expect(head).toMatchObject({ circle: circle.id, manifest: 1 });
			expect(head?.books.map((book) => book.book)).toEqual(circle.books.map((book) => book.id).sort());
			expect(head?.books.find((book) => book.book === bookAt(circle, 1).id)).toEqual({
				book: bookAt(circle, 1).id,
				pos: 2,
				run: shortRun(run)
			});
			expect(await store.headsOf(createSomeone().identity.id)).toEqual([]);
		});

		test('a change names who may read what moved; a repeat is no change', async () => {
			const { owner, circle } = await begin();
			const viewer = await add(circle, 'viewer', 'r');
			await add(circle, 'relative', null);
			const frame = frameAfter(createWriter(circle, bookAt(circle), firstDevice(owner)));
			const changes = await changesDuring(() => push(owner, [frame]));
			expect(changes).toEqual([{ type: 'circle', circle: circle.id, readers: expect.any(Array) as IdentityId[] }]);
			const readers = changes[0]?.type === 'circle' ? [...changes[0].readers].sort() : [];
			expect(readers).toEqual([owner.identity.id, viewer.identity.id].sort());
			expect(await changesDuring(() => push(owner, [frame]))).toEqual([]);
		});
	});

	describe('circles', () => {
		test('R5: of many manifests after one head exactly one is stored', async () => {
			const { circle } = await begin();
			const head = headOf(circle).hash;
			const rivals = Array.from({ length: 8 }, (_, index) => proposeManifest(circle, () => ({ at: START + index })));
			const results = await Promise.all(rivals.map((rival) => storeManifests([rival], head)));
			expect(results.filter((result) => result.ok)).toHaveLength(1);
			expect(await store.manifestsFrom(circle.id, 0, 1e9)).toHaveLength(2);
			const winner = must(rivals[results.findIndex((result) => result.ok)], 'one won');
			expect(await storeManifests([winner], head)).toEqual({ ok: true, value: undefined });
			expect(
				await storeManifests(
					[
						must(
							rivals.find((each) => each !== winner),
							'a loser'
						)
					],
					head
				)
			).toEqual({ ok: false, error: 'conflict' });
		});

		test('of two beginnings of one circle the second is a conflict, the same one again is none', async () => {
			const { owner, circle } = await begin();
			expect(await storeManifests(circle.chain, null)).toMatchObject({ ok: true });
			const other = { ...createCircle(owner), id: circle.id };
			const rival = proposeManifest(other, () => ({ circle: circle.id, n: 0, prev: null }));
			expect(await storeManifests([rival], null)).toEqual({ ok: false, error: 'conflict' });
		});

		test('a manifest that is refused leaves neither members, rights nor envelopes', async () => {
			const { owner, circle } = await begin();
			const relative = createSomeone();
			await register(relative);
			const before = await store.headsOf(owner.identity.id);
			const record = proposeManifest(circle, withMember(relative, 'relative', [[bookAt(circle), 'r']]));
			const envelopes = [await envelopeTo(circle, relative, [bookAt(circle)])];
			expect(
				await storeManifests([record], headOf(circle).hash, { envelopes, quota: { bytes: 10, frames: 1 } })
			).toEqual({
				ok: false,
				error: 'full'
			});
			expect(await store.roleIn(circle.id, relative.identity.id)).toBeNull();
			expect(await store.envelopesFor(circle.id, relative.identity.id)).toEqual([]);
			expect(await store.readableBooks(relative.identity.id, [circle.id])).toEqual([]);
			expect(await store.headsOf(owner.identity.id)).toEqual(before);
		});

		test('rights follow the head manifest', async () => {
			const { circle } = await begin();
			const relative = await add(circle, 'relative', 'w');
			expect(await store.roleIn(circle.id, relative.identity.id)).toBe('relative');
			expect(await store.readableBooks(relative.identity.id, [circle.id])).toHaveLength(2);
			const expected = headOf(circle).hash;
			await storeManifests([nextManifest(circle, withoutMember(circle, relative))], expected);
			expect(await store.roleIn(circle.id, relative.identity.id)).toBeNull();
			expect(await store.readableBooks(relative.identity.id, [circle.id])).toEqual([]);
			expect(await store.headsOf(relative.identity.id)).toEqual([]);
		});

		test('13: a removed member’s logins die with the manifest that removes them', async () => {
			const { circle, owner } = await begin();
			const relative = await add(circle, 'relative', 'w');
			const tokens = [owner, relative].map((someone) => ({
				hash: toBase64url(systemRandom(32)) as Hash,
				caller: { identity: someone.identity.id, device: firstDevice(someone).id },
				exp: START + 1000
			}));
			for (const token of tokens) await store.saveToken(token);
			const expected = headOf(circle).hash;
			const changes = await changesDuring(() =>
				storeManifests([nextManifest(circle, withoutMember(circle, relative))], expected)
			);
			const found = await Promise.all(tokens.map((token) => store.findToken(token.hash, START)));
			expect(found.map((each) => each !== null)).toEqual([true, false]);
			expect(changes).toContainEqual({ type: 'identity', identity: relative.identity.id });
		});

		test('M3: envelopes add up, equal ones once, in the order they came', async () => {
			const { owner, circle } = await begin();
			const [first, second] = [await envelopeTo(circle, owner), await envelopeTo(circle, owner)];
			const expected = headOf(circle).hash;
			const input = { circle: circle.id, expected, quota: ROOMY };
			for (const envelopes of [[first], [second, first], [first]]) {
				expect(await store.addEnvelopes({ ...input, envelopes })).toMatchObject({ ok: true });
			}
			expect(await store.envelopesFor(circle.id, owner.identity.id)).toEqual([first, second]);
			const late = await envelopeTo(circle, owner);
			expect(await store.addEnvelopes({ ...input, envelopes: [late], expected: late.ct as Hash })).toEqual({
				ok: false,
				error: 'conflict'
			});
			expect(await store.addEnvelopes({ ...input, envelopes: [late], quota: { bytes: 1, frames: 1 } })).toEqual({
				ok: false,
				error: 'full'
			});
			expect(await store.envelopesFor(circle.id, owner.identity.id)).toHaveLength(2);
		});

		test('the chain is read from any number on, within a size', async () => {
			const { circle } = await begin();
			for (let count = 0; count < 20; count += 1) {
				const expected = headOf(circle).hash;
				await storeManifests([nextManifest(circle, () => ({ at: START + count }))], expected);
			}
			const bytes = circle.chain.map((record) => toBase64url(record.bytes));
			expect((await store.manifestsFrom(circle.id, 0, 1e9)).map(toBase64url)).toEqual(bytes);
			expect((await store.manifestsFrom(circle.id, 18, 1e9)).map(toBase64url)).toEqual(bytes.slice(18));
			expect((await store.manifestsFrom(circle.id, 3, 1)).map(toBase64url)).toEqual(bytes.slice(3, 4));
			expect(await store.manifestsFrom(circle.id, 21, 1e9)).toEqual([]);
			expect(toBase64url(must(await store.headManifest(circle.id), 'a head'))).toBe(bytes.at(-1));
		});

		test('who leaves reads nothing more, until a manifest has left them out and taken them in again', async () => {
			const { circle } = await begin();
			const relative = await add(circle, 'relative', 'r');
			await store.leaveCircle(circle.id, relative.identity.id);
			const step = async (change: Parameters<typeof nextManifest>[1]) => {
				const expected = headOf(circle).hash;
				await storeManifests([nextManifest(circle, change)], expected);
				return store.roleIn(circle.id, relative.identity.id);
			};
			expect(await store.headsOf(relative.identity.id)).toEqual([]);
			expect(await step(() => ({}))).toBeNull();
			expect(await step(withoutMember(circle, relative))).toBeNull();
			expect(await step(withMember(relative, 'relative', [[bookAt(circle), 'r']]))).toBe('relative');
		});

		test('R9: an erased circle is gone in every table and cannot come back', async () => {
			const { owner, circle } = await begin();
			const frame = frameAfter(createWriter(circle, bookAt(circle), firstDevice(owner)));
			await push(owner, [frame]);
			await store.eraseCircle(circle.id, START);
			expect(await framesOf(circle)).toEqual([]);
			expect(await store.headManifest(circle.id)).toBeNull();
			expect(await store.headsOf(owner.identity.id)).toEqual([]);
			expect(await storeManifests(circle.chain, null)).toEqual({ ok: false, error: 'erased' });
		});

		test('9: the owner’s word is told once the circle is erased, and for a year', async () => {
			const { circle } = await begin();
			const [first, word] = [systemRandom(80), systemRandom(90)];
			await store.saveErasure({ circle: circle.id, record: first, now: START });
			await store.saveErasure({ circle: circle.id, record: word, now: START });
			expect(await store.erasureOf(circle.id)).toBeNull();
			await store.eraseCircle(circle.id, START);
			expect(toBase64url(must(await store.erasureOf(circle.id), 'a word'))).toBe(toBase64url(word));
			await store.sweep({ now: START + 401 * 24 * 3600 * 1000, demoBefore: 0 });
			expect(await store.erasureOf(circle.id)).toBeNull();
			expect(await storeManifests(circle.chain, null)).toEqual({ ok: false, error: 'erased' });
		});

		test('15: demo circles have their own ceiling and end after their day; real ones stay', async () => {
			const real = await begin();
			const demo = await begin({ space: 'demo' });
			const another = createCircle(demo.owner);
			expect(await storeManifests(another.chain, null, { demoCircles: 1 })).toEqual({ ok: false, error: 'full' });
			await store.sweep({ now: START, demoBefore: START - 1 });
			expect(await store.headManifest(demo.circle.id)).not.toBeNull();
			await store.sweep({ now: START, demoBefore: START });
			expect(await store.headManifest(demo.circle.id)).toBeNull();
			expect(await store.identityLog(demo.owner.identity.id)).toEqual([]);
			expect(await store.headManifest(real.circle.id)).not.toBeNull();
			expect(await store.identityLog(real.owner.identity.id)).toHaveLength(1);
		});
	});

	describe('identities and logins', () => {
		test('I1: of two records after one head exactly one is kept; the same again is no conflict', async () => {
			const owner = createSomeone();
			await register(owner);
			await register(owner);
			const previous = owner.identity.head.hash;
			const rivals = [1, 2, 3].map(() => {
				const copy: Someone = { ...owner, log: [...owner.log], devices: [...owner.devices] };
				const record = nextRecord(copy, { kind: 'addDevice', device: createDevice() });
				return { identity: copy.identity, previous, record };
			});
			const results = await Promise.all(rivals.map((rival) => store.appendIdentityRecord(rival)));
			expect(results.filter((result) => result.ok)).toHaveLength(1);
			expect(await store.identityLog(owner.identity.id)).toHaveLength(2);
			const winner = must(rivals[results.findIndex((result) => result.ok)], 'one won');
			expect(await store.appendIdentityRecord(winner)).toMatchObject({ ok: true });
		});

		test('9: an erased identity is gone in every table, has left the circles of others, and cannot come back', async () => {
			const { owner, circle } = await begin();
			const relative = await add(circle, 'relative', 'r');
			const id = relative.identity.id;
			const caller = { identity: id, device: firstDevice(relative).id };
			const hash = toBase64url(systemRandom(32)) as Hash;
			await store.saveToken({ hash, caller, exp: START + 10 });
			const lookup = toBase64url(systemRandom(16));
			const file = { kind: 'box' as const, gen: 1, ct: toBase64url(systemRandom(60)) };
			await store.addRecoveryFile({ id: lookup, owner: id, file, maxFiles: 9 });
			expect(await store.eraseIdentity(owner.identity.id, START)).toEqual({ ok: false, error: 'conflict' });
			const told = await changesDuring(() => store.eraseIdentity(id, START));
			expect(told).toEqual([
				{ type: 'circle', circle: circle.id, readers: [owner.identity.id] },
				{ type: 'identity', identity: id }
			]);
			expect(await store.identityLog(id)).toEqual([]);
			expect(await store.deviceKey(caller)).toBeNull();
			expect(await store.findToken(hash, START)).toBeNull();
			expect(await store.recoveryFiles(lookup)).toEqual([]);
			expect([await store.roleIn(circle.id, id), await store.headsOf(id)]).toEqual([null, []]);
			expect(await register(relative)).toEqual({ ok: false, error: 'expired' });
			expect(await store.eraseIdentity(id, START)).toMatchObject({ ok: true });
			expect(await store.identityLog(owner.identity.id)).toHaveLength(1);
		});

		test('R6: a challenge works once, for its device, in its time', async () => {
			const owner = createSomeone();
			const caller = { identity: owner.identity.id, device: firstDevice(owner).id };
			const nonce = () => toBase64url(systemRandom(32));
			const [used, late, foreign] = [nonce(), nonce(), nonce()];
			for (const each of [used, late, foreign]) await store.saveChallenge({ nonce: each, caller, exp: START + 60_000 });
			const taken = await Promise.all(
				Array.from({ length: 8 }, () => store.takeChallenge({ nonce: used, caller, now: START }))
			);
			expect(taken.filter(Boolean)).toHaveLength(1);
			expect(await store.takeChallenge({ nonce: late, caller, now: START + 60_000 })).toBe(false);
			const other = { ...caller, device: createDevice().id };
			expect(await store.takeChallenge({ nonce: foreign, caller: other, now: START })).toBe(false);
		});

		test('R6: a token lives until its time or its device’s end, even one given out meanwhile', async () => {
			const owner = createSomeone();
			await register(owner);
			const second = createDevice();
			const caller = { identity: owner.identity.id, device: second.id };
			const hashes = [1, 2].map(() => toBase64url(systemRandom(32)) as Hash);
			const [early, meanwhile] = [must(hashes[0], 'a hash'), must(hashes[1], 'a hash')];
			let previous = owner.identity.head.hash;
			await store.appendIdentityRecord({
				previous,
				record: nextRecord(owner, { kind: 'addDevice', device: second }),
				identity: owner.identity
			});
			await store.saveToken({ hash: early, caller, exp: START + 10 });
			expect(await store.findToken(early, START + 9)).toEqual({ caller, exp: START + 10 });
			expect(await store.findToken(early, START + 10)).toBeNull();
			expect(await store.deviceKey(caller)).toEqual(second.sign.pub);
			previous = owner.identity.head.hash;
			const record = nextRecord(owner, { kind: 'removeDevice', device: second.id });
			const changes = await changesDuring(() =>
				store.appendIdentityRecord({ previous, record, identity: owner.identity })
			);
			await store.saveToken({ hash: meanwhile, caller, exp: START + 10 });
			expect(await store.findToken(early, START)).toBeNull();
			expect(await store.findToken(meanwhile, START)).toBeNull();
			expect(await store.deviceKey(caller)).toBeNull();
			expect(changes).toEqual([{ type: 'identity', identity: owner.identity.id }]);
		});

		test('an enrolment makes exactly one unit of many that race for it', async () => {
			const hash = toBase64url(systemRandom(32)) as Hash;
			await store.saveEnrolment({ hash, exp: START + 1000 });
			const units = Array.from({ length: 6 }, () => createSomeone({ type: 'unit' }));
			const results = await Promise.all(units.map((unit) => register(unit, hash)));
			expect(results.filter((result) => result.ok)).toHaveLength(1);
			expect(results.filter((result) => !result.ok && result.error === 'already-used')).toHaveLength(5);
			const kept = await Promise.all(units.map((unit) => store.identityLog(unit.identity.id)));
			expect(kept.filter((log) => log.length > 0)).toHaveLength(1);
			const winner = must(units[results.findIndex((result) => result.ok)], 'one won');
			expect(await register(winner, hash)).toMatchObject({ ok: true });
		});

		test('an enrolment that ran out or never was makes none', async () => {
			const hash = toBase64url(systemRandom(32)) as Hash;
			await store.saveEnrolment({ hash, exp: START });
			expect(await register(createSomeone({ type: 'unit' }), hash)).toEqual({ ok: false, error: 'expired' });
			expect(await register(createSomeone({ type: 'unit' }), toBase64url(systemRandom(32)) as Hash)).toEqual({
				ok: false,
				error: 'not-found'
			});
		});
	});

	describe('codes', () => {
		test('12: a one-time invitation belongs to the first circle that names it', async () => {
			const { owner, circle } = await begin();
			const circles = [circle, ...Array.from({ length: 5 }, () => createCircle(owner))];
			const id = toBase64url(systemRandom(32)) as Hash;
			const results = await Promise.all(circles.map((each) => store.acceptInvite({ id, circle: each.id, now: START })));
			expect(results.filter(Boolean)).toHaveLength(1);
			const winner = must(circles[results.indexOf(true)], 'one won');
			expect(await store.acceptInvite({ id, circle: winner.id, now: START })).toBe(true);
		});

		test('L3: recovery files are added, never replaced, by their owner alone', async () => {
			const [owner, other] = [createSomeone().identity.id, createSomeone().identity.id];
			const id = toBase64url(systemRandom(16));
			const file = (kind: 'root' | 'box', gen: number) => ({ kind, gen, ct: toBase64url(systemRandom(40)) });
			const [root, box] = [file('root', 0), file('box', 1)];
			for (const each of [root, box, root]) {
				expect(await store.addRecoveryFile({ id, owner, file: each, maxFiles: 2 })).toMatchObject({ ok: true });
			}
			expect(await store.addRecoveryFile({ id, owner, file: file('root', 5), maxFiles: 9 })).toEqual({
				ok: false,
				error: 'conflict'
			});
			expect(await store.addRecoveryFile({ id, owner, file: file('box', 1), maxFiles: 9 })).toEqual({
				ok: false,
				error: 'conflict'
			});
			expect(await store.addRecoveryFile({ id, owner: other, file: file('box', 2), maxFiles: 9 })).toEqual({
				ok: false,
				error: 'not-found'
			});
			expect(await store.addRecoveryFile({ id, owner, file: file('box', 2), maxFiles: 2 })).toEqual({
				ok: false,
				error: 'full'
			});
			expect(await store.recoveryFiles(id)).toEqual([root, box]);
		});
	});

	describe('mailboxes of devices', () => {
		const note = (id: Hash, step: number, ct: Uint8Array, now = START, most = 100) =>
			store.putPairingNote({ id, step, ct, now, exp: now + 600_000, most });
		const anId = (): Hash => toBase64url(systemRandom(32)) as Hash;

		test('each place is written once, in order; the same again is no error', async () => {
			const [id, a, b] = [anId(), systemRandom(40), systemRandom(40)];
			expect(await note(id, 1, a)).toEqual(err('not-found'));
			expect(await note(id, 0, a)).toEqual(ok(undefined));
			expect(await note(id, 0, a)).toEqual(ok(undefined));
			expect(await note(id, 0, b)).toEqual(err('already-used'));
			expect(await note(id, 2, b)).toEqual(err('not-found'));
			expect(await note(id, 1, b)).toEqual(ok(undefined));
			expect(await store.pairingNotes(id, START)).toEqual([a, b]);
			expect(await store.pairingNotes(anId(), START)).toEqual([]);
		});

		test('of many who answer at once exactly one is kept', async () => {
			const id = anId();
			await note(id, 0, systemRandom(40));
			const answers = Array.from({ length: 8 }, () => systemRandom(40));
			const results = await Promise.all(answers.map((each) => note(id, 1, each)));
			const kept = answers.filter((_, index) => results[index]?.ok);
			expect(kept).toHaveLength(1);
			expect((await store.pairingNotes(id, START))[1]).toEqual(kept[0]);
		});

		test('all of it runs out with the first note, is swept, and may be opened anew', async () => {
			const [id, ct] = [anId(), systemRandom(40)];
			await note(id, 0, ct);
			await note(id, 1, ct, START + 599_999);
			expect(await store.pairingNotes(id, START + 600_001)).toEqual([]);
			expect(await note(id, 2, ct, START + 600_001)).toEqual(err('not-found'));
			await store.sweep({ now: START + 600_001, demoBefore: 0 });
			expect(await note(id, 0, systemRandom(40), START + 600_001)).toEqual(ok(undefined));
		});

		test('no more than a limit are open at once, and one that ran out makes room', async () => {
			expect(await note(anId(), 0, systemRandom(40), START, 1)).toEqual(ok(undefined));
			const second = anId();
			expect(await note(second, 0, systemRandom(40), START, 1)).toEqual(err('full'));
			expect(await store.pairingNotes(second, START)).toEqual([]);
			await store.sweep({ now: START + 600_001, demoBefore: 0 });
			expect(await note(second, 0, systemRandom(40), START + 600_001, 1)).toEqual(ok(undefined));
		});
	});

	describe('life of the database', () => {
		test('R4: what was acknowledged is there after a restart, under the same incarnation', async () => {
			const { owner, circle } = await begin();
			const frame = frameAfter(createWriter(circle, bookAt(circle), firstDevice(owner)));
			await push(owner, [frame]);
			const incarnation = await store.incarnation();
			await store.close();
			store = await place.open();
			expect(await store.incarnation()).toBe(incarnation);
			expect((await framesOf(circle)).map(toBase64url)).toEqual([toBase64url(frame.bytes)]);
		});

		test('R9: a restored database has another incarnation, nobody is logged in, and what was erased stays so', async () => {
			const { owner, circle } = await begin();
			const kept = createCircle(owner);
			await storeManifests(kept.chain, null);
			await store.eraseCircle(circle.id, START);
			const caller = { identity: owner.identity.id, device: firstDevice(owner).id };
			const hash = toBase64url(systemRandom(32)) as Hash;
			await store.saveToken({ hash, caller, exp: START + 10 });
			const incarnation = toBase64url(systemRandom(16));
			await store.markRestored(incarnation);
			expect(await store.incarnation()).toBe(incarnation);
			expect(await store.findToken(hash, START)).toBeNull();
			expect((await store.headsOf(owner.identity.id)).map((head) => head.circle)).toEqual([kept.id]);
			expect(await storeManifests(circle.chain, null)).toEqual({ ok: false, error: 'erased' });
		});

		test('R9: a backup from before an erasure: with the graves carried over, what it brought back is erased again', async () => {
			const { owner, circle } = await begin();
			const someone = createSomeone();
			await register(someone);
			await place.bury({ circle: circle.id, identity: someone.identity.id });
			await store.markRestored(toBase64url(systemRandom(16)));
			expect(await store.headManifest(circle.id)).toBeNull();
			expect(await store.headsOf(owner.identity.id)).toEqual([]);
			expect(await store.identityLog(someone.identity.id)).toEqual([]);
			expect(await register(someone)).toEqual({ ok: false, error: 'expired' });
			expect(await store.identityLog(owner.identity.id)).toHaveLength(1);
		});

		test('several may open a new database at once', async () => {
			const fresh = await createPlace();
			const opened = await Promise.all([fresh.open(), fresh.open(), fresh.open()]);
			const incarnations = await Promise.all(opened.map((each) => each.incarnation()));
			expect(new Set(incarnations).size).toBe(1);
			await Promise.all(opened.map((each) => each.close()));
			await fresh.remove();
		});

		test('what has run out is swept', async () => {
			const owner = createSomeone();
			await register(owner);
			const caller = { identity: owner.identity.id, device: firstDevice(owner).id };
			const hash = toBase64url(systemRandom(32)) as Hash;
			await store.saveToken({ hash, caller, exp: START + 10 });
			await store.sweep({ now: START + 10, demoBefore: 0 });
			expect(await store.findToken(hash, START)).toBeNull();
		});
	});
});
