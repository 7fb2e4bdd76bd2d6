/**
 * The engine against the real relay in this process, and against relays that lie. In one file beyond 400 lines: all of it stands
 * on one pair of devices and one way of changing an answer; what has a world of its own stands in files beside it.
 */
import 'fake-indexeddb/auto';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Party, receipt, weight, type Between } from '../../../tests/support/parties';
import { startTestRelay, type TestRelay } from '../../../tests/support/relay-calls';
import { createSqlitePlace, type SqlitePlace } from '../../../tests/support/relay-files';
import { START } from '../../../tests/support/relay-world';
import { createRecoveryCode, recoveryBoxKey } from '$lib/crypto/recovery-code';
import { toBase64url, utf8 } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { boxKeyOf, openWith } from '$lib/crypto/boxes';
import { must } from '$lib/domain/assert';
import { encodePull, parsePull, splitFrames } from '$lib/protocol/api/frames';
import { encodeHeads, parseHeads, type Heads } from '$lib/protocol/api/heads';
import { sealEnvelope } from '$lib/protocol/envelope';
import type { Frame } from '$lib/protocol/frame';
import { epochKey } from './circle-access';
import { createDevice } from './create';
import { withRecovery } from './recovery';
import { idBytes } from '$lib/protocol/ids';

let relay: TestRelay;
let place: SqlitePlace;
const logged: string[] = [];

beforeEach(async () => {
	place = createSqlitePlace();
	const note = (...args: unknown[]) => void logged.push(JSON.stringify(args));
	relay = startTestRelay(await place.open(), { log: { debug: note, info: note, warn: note, error: note } as never });
});

afterEach(async () => {
	await relay.close();
	await place.remove();
});

const answering = (request: Request) => relay.handle(request, '192.0.2.1');
const person = () => Party.open(answering, 'person');
const pathOf = (request: Request) => new URL(request.url).pathname.replace('/api/v1/', '');
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const binary = (bytes: Uint8Array) =>
	new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-type': 'application/octet-stream' } });
const json = (value: unknown, status = 200) =>
	new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });

/** A person who shares weight with a unit; both have synced. */
async function pair() {
	const [marta, unit] = [await person(), await Party.open(answering, 'unit')];
	await Promise.all([marta.turnOn(), unit.turnOn()]);
	expect([await marta.sync(), await unit.sync()]).toEqual(['ok', 'ok']);
	await marta.shareWith(unit, [
		['weight', 'r'],
		['profile', 'r'],
		['log', 'w']
	]);
	expect([await marta.sync(), await unit.sync()]).toEqual(['ok', 'ok']);
	return { marta, unit };
}

/** Changes the answer of one path; everything else goes through. */
const changing =
	(path: string, change: (answer: Response, request: Request) => Promise<Response> | Response): Between =>
	async (request, next) => {
		const copy = request.clone();
		const answer = await next(request);
		return pathOf(copy).startsWith(path) ? change(answer, copy) : answer;
	};

const headsWith = (change: (heads: Heads) => Heads): Between =>
	changing('heads', async (answer) =>
		answer.status === 200 ? binary(encodeHeads(change(must(parseHeads(await bytesOf(answer)), 'heads')))) : answer
	);

describe('the whole line', () => {
	test('recorded offline, published, shared, read and answered', async () => {
		const [marta, unit] = [await person(), await Party.open(answering, 'unit')];
		const entries = [weight(71), weight(72), weight(73)];
		for (const entry of entries) await marta.record('weight', [entry]);
		expect(await marta.sync()).toBe('ok');
		expect(marta.calls).toEqual([]);
		await Promise.all([marta.turnOn(), unit.turnOn()]);
		expect([await marta.sync(), await marta.waiting(), await unit.sync()]).toEqual(['ok', 0, 'ok']);
		await marta.shareWith(unit, [
			['weight', 'r'],
			['profile', 'r'],
			['log', 'w']
		]);
		await marta.sync();
		expect(await unit.sync()).toBe('ok');
		expect(await unit.entries('weight')).toEqual(entries.map((entry) => entry.id));
		expect((await unit.readable()).sort()).toEqual(['log', 'profile', 'weight']);
		expect((await unit.access()).keys.standing).toBe('invited');
		const answer = receipt();
		await unit.record('log', [answer]);
		expect([await unit.sync(), await marta.sync()]).toEqual(['ok', 'ok']);
		expect(await marta.entries('log')).toEqual([answer.id]);
	});

	test('the relay stops midway and comes back: everything arrives once', async () => {
		const { marta, unit } = await pair();
		let left = 1;
		marta.between = (request, next) =>
			pathOf(request) === 'push' && (left -= 1) < 0 ? Promise.reject(new TypeError('down')) : next(request);
		const entries = [weight(1), weight(2)];
		await marta.record('weight', [must(entries[0], 'one')]);
		expect(await marta.sync()).toBe('ok');
		await marta.record('weight', [must(entries[1], 'two')]);
		await marta.record('log', [receipt()]);
		expect(await marta.sync()).toBe('unreachable');
		expect(await marta.waiting()).toBe(2);
		marta.between = (request, next) => next(request);
		expect([await marta.sync(), await marta.waiting()]).toEqual(['ok', 0]);
		await unit.sync();
		expect(await unit.entries('weight')).toEqual(entries.map((entry) => entry.id));
	});

	test('many books and frames, more than one push and one pull can hold', { timeout: 60_000 }, async () => {
		const { marta, unit } = await pair();
		const ids: string[] = [];
		for (let i = 0; i < 70; i += 1) {
			const entry = weight(i);
			ids.push(entry.id);
			await marta.record('weight', [entry]);
		}
		expect([await marta.sync(), await marta.waiting()]).toEqual(['ok', 0]);
		let cut = 0;
		unit.between = changing('pull', async (answer) => {
			const pulled = must(parsePull(await bytesOf(answer)), 'a pull');
			const range = must(pulled.header.ranges[0], 'a range');
			const count = Math.min(range.count, 30);
			cut += 1;
			return binary(
				encodePull(
					{ more: count < range.count || pulled.header.more, ranges: [{ ...range, count }] },
					pulled.frames.slice(0, count)
				)
			);
		});
		expect(await unit.sync()).toBe('ok');
		expect(cut).toBeGreaterThan(2);
		expect(await unit.entries('weight')).toEqual(ids);
	});

	test('R3: what has not moved is asked for once', async () => {
		const { marta } = await pair();
		await marta.sync();
		marta.calls.length = 0;
		await marta.sync();
		expect(marta.calls).toEqual([`GET identities/${(await marta.device()).identity}/log`, 'GET heads']);
	});
});

describe('N3: whatever else answers in the relay’s place', () => {
	const html = '<!doctype html><title>Wi-Fi</title>';
	const hostile: Record<string, () => Response | Promise<Response>> = {
		'a portal’s HTML': () => new Response(html, { headers: { 'content-type': 'text/html' } }),
		'a 500 of a proxy': () => new Response('bad gateway', { status: 502, headers: { 'content-type': 'text/html' } }),
		'a 500 of its own': () => json({ error: 'unavailable' }, 503),
		'a 500 without form': () => json({ oops: true }, 500),
		'JSON that says nothing': () => json({}),
		'JSON that is a number': () => json(7),
		'garbage as bytes': () => binary(systemRandom(200)),
		'HTML called JSON': () => new Response(html, { headers: { 'content-type': 'application/json' } }),
		'no body at all': () => new Response(null, { status: 204 }),
		'an empty body': () => binary(new Uint8Array()),
		'a refusal without form': () => new Response(html, { status: 409, headers: { 'content-type': 'text/html' } }),
		'no network': () => Promise.reject(new TypeError('offline')),
		'a body that breaks off': () =>
			new Response(new ReadableStream({ start: (controller) => controller.error(new Error('reset')) }), {
				headers: { 'content-type': 'application/json' }
			}),
		'a body without end': () =>
			new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 20)) }), {
				headers: { 'content-type': 'application/octet-stream' }
			})
	};

	test.each(Object.entries(hostile))(
		'%s: called unreachable, everything kept, nothing marked as sent',
		async (_, answer) => {
			const marta = await person();
			const entry = weight();
			await marta.record('weight', [entry]);
			await marta.turnOn();
			marta.between = () => Promise.resolve(answer());
			expect(await marta.sync()).toBe('unreachable');
			expect([await marta.waiting(), (await marta.device()).relay.registered]).toEqual([1, false]);
			marta.between = (request, next) => next(request);
			expect([await marta.sync(), await marta.waiting()]).toEqual(['ok', 0]);
		}
	);

	test.each(Object.entries(hostile))(
		'%s, on pushes alone: the outbox stays whole and goes later',
		async (name, answer) => {
			const { marta, unit } = await pair();
			const entry = weight();
			await marta.record('weight', [entry]);
			marta.between = (request, next) => (pathOf(request) === 'push' ? Promise.resolve(answer()) : next(request));
			expect(await marta.sync(), name).toBe('unreachable');
			expect(await marta.waiting()).toBe(1);
			marta.between = (request, next) => next(request);
			expect([await marta.sync(), await marta.waiting(), await unit.sync()]).toEqual(['ok', 0, 'ok']);
			expect(await unit.entries('weight')).toEqual([entry.id]);
		}
	);

	test('an answer that acknowledges nothing, or another’s frames, is no acknowledgement', async () => {
		const { marta } = await pair();
		const [frame] = await marta.record('weight', [weight()]);
		const { book, device, seq } = must(frame, 'a frame').header;
		for (const results of [
			[],
			[{ book, device, seq: seq + 1, pos: 1 }],
			[{ book, device, seq, pos: 0 }],
			[{ book, device: toBase64url(systemRandom(16)), seq, pos: 1 }]
		]) {
			marta.between = (request, next) =>
				pathOf(request) === 'push' ? Promise.resolve(json({ results })) : next(request);
			expect(await marta.sync()).toBe('unreachable');
			expect(await marta.waiting()).toBe(1);
		}
	});

	test('N7: too many, and full: kept, and the wait is known', async () => {
		const { marta } = await pair();
		await marta.record('weight', [weight()]);
		marta.between = (request, next) =>
			pathOf(request) === 'push'
				? Promise.resolve(
						new Response('{"error":"too-many"}', {
							status: 429,
							headers: { 'content-type': 'application/json', 'retry-after': '7' }
						})
					)
				: next(request);
		expect(await marta.engine.sync()).toMatchObject({ ok: false, error: { code: 'too-many', retryAfterMs: 7000 } });
		marta.between = (request, next) =>
			pathOf(request) === 'push' ? Promise.resolve(json({ error: 'full' }, 507)) : next(request);
		expect([await marta.sync(), await marta.waiting()]).toEqual(['full', 1]);
	});

	test('storage that is gone ends the pass by name, not by an exception', async () => {
		const { marta } = await pair();
		marta.store.close();
		expect(await marta.sync()).toBe('storage-unavailable');
	});
});

describe('F6: lost answers and moved epochs', () => {
	const losing = (path: string): Between => {
		let lost = false;
		return async (request, next) => {
			const isIt = pathOf(request) === path;
			const answer = await next(request);
			if (!isIt || lost) return answer;
			lost = true;
			throw new TypeError('the answer was lost');
		};
	};

	test('a push whose answer was lost is not there twice', async () => {
		const { marta, unit } = await pair();
		const entries = [weight(1), weight(2)];
		for (const entry of entries) await marta.record('weight', [entry]);
		marta.between = losing('push');
		expect([await marta.sync(), await marta.waiting()]).toEqual(['unreachable', 2]);
		expect([await marta.sync(), await marta.waiting(), await unit.sync()]).toEqual(['ok', 0, 'ok']);
		expect(await unit.entries('weight')).toEqual(entries.map((entry) => entry.id));
		expect(
			await marta.store.frames((await marta.access()).chain.circle, must((await framesOf(marta))[0], 'one').header.book)
		).toHaveLength(2);
	});

	test('N4: a lost answer, then a new epoch, with more recorded since: recognised, chained on, nothing doubled', async () => {
		const { marta, unit } = await pair();
		const entries = [weight(1), weight(2), weight(3), weight(4)];
		await marta.record('weight', [must(entries[0], '1')]);
		await marta.record('weight', [must(entries[1], '2')]);
		marta.between = losing('push');
		expect(await marta.sync()).toBe('unreachable');
		await unit.renewKey('weight');
		await marta.record('weight', [must(entries[2], '3')]);
		expect([await marta.sync(), await marta.waiting()]).toEqual(['ok', 0]);
		await marta.record('weight', [must(entries[3], '4')]);
		expect([await marta.sync(), await unit.sync()]).toEqual(['ok', 'ok']);
		expect(await unit.entries('weight')).toEqual(entries.map((entry) => entry.id));
		expect(await marta.entries('weight')).toEqual(entries.map((entry) => entry.id));
		expect((await framesOf(marta)).map((frame) => frame.header.epoch)).toEqual([1, 1, 2, 2]);
	});

	test('N4: sealed again once, and the answer to that lost too, under yet another epoch', async () => {
		const { marta, unit } = await pair();
		const entries = [weight(1), weight(2)];
		await marta.record('weight', [must(entries[0], '1')]);
		marta.between = (request, next) =>
			pathOf(request) === 'push' ? Promise.reject(new TypeError('never left')) : next(request);
		expect(await marta.sync()).toBe('unreachable');
		await unit.renewKey('weight');
		let pushes = 0;
		marta.between = async (request, next) => {
			const isPush = pathOf(request) === 'push';
			const answer = await next(request);
			// The first push asks where the chain stands, the second one arrives and its answer is lost.
			if (isPush && (pushes += 1) === 2) throw new TypeError('lost');
			return answer;
		};
		expect(await marta.sync()).toBe('unreachable');
		await marta.record('weight', [must(entries[1], '2')]);
		await unit.sync();
		await unit.renewKey('weight');
		expect([await marta.sync(), await marta.waiting(), await unit.sync()]).toEqual(['ok', 0, 'ok']);
		expect(await unit.entries('weight')).toEqual(entries.map((entry) => entry.id));
		expect((await framesOf(marta)).map((frame) => frame.header.epoch)).toEqual([2, 3]);
	});

	test('what was never sent is sealed again under the new epoch before it leaves', async () => {
		const { marta, unit } = await pair();
		const entry = weight();
		await marta.record('weight', [entry]);
		await unit.renewKey('weight');
		expect([await marta.sync(), await marta.waiting()]).toEqual(['ok', 0]);
		await unit.sync();
		expect(await unit.entries('weight')).toEqual([entry.id]);
	});

	test('T4: a copied profile becomes a device of its own, and what both wrote is there once', async () => {
		const { marta, unit } = await pair();
		const twin = await Party.open(answering, 'person', { space: 'demo-twin' });
		const [device, keys] = [await marta.device(), must((await marta.store.readCircles())[0], 'a circle')];
		await twin.store.updateDevice(() => device);
		await twin.store.updateCircle(keys.circle, () => keys);
		await twin.store.saveIdentity(must(await marta.store.readIdentity((await unit.device()).identity), 'known'));
		const spare = (await twin.store.readCircles()).find((each) => each.circle !== keys.circle);
		await twin.store.updateCircle(must(spare, 'its own').circle, (now) => ({
			...must(now, 'it'),
			standing: 'declined'
		}));
		const index = (await twin.store.readCircles()).findIndex((each) => each.circle === keys.circle);
		twin.access = Party.prototype.access.bind(twin, index);
		const [mine, other] = [weight(1), weight(2)];
		await marta.record('weight', [mine]);
		await twin.record('weight', [other]);
		expect([await marta.sync(), await twin.sync()]).toEqual(['ok', 'ok']);
		expect(await twin.waiting()).toBe(0);
		const became = await twin.device();
		expect([became.device === device.device, became.copyOf?.device]).toEqual([false, device.device]);
		expect([await marta.sync(), await unit.sync()]).toEqual(['ok', 'ok']);
		const both = [mine.id, other.id].sort();
		expect((await twin.entries('weight', index)).sort()).toEqual(both);
		expect((await marta.entries('weight')).sort()).toEqual(both);
		expect((await unit.entries('weight')).sort()).toEqual(both);
		// Both go on, each as itself.
		const [more, again] = [weight(3), weight(4)];
		await marta.record('weight', [more]);
		await twin.record('weight', [again]);
		expect([await twin.sync(), await marta.sync(), await unit.sync()]).toEqual(['ok', 'ok', 'ok']);
		expect((await unit.entries('weight')).sort()).toEqual([...both, more.id, again.id].sort());
	});

	test('two engines of one device at once push and pull without harm', async () => {
		const { marta, unit } = await pair();
		const entries = Array.from({ length: 6 }, (_, i) => weight(i));
		for (const entry of entries) await marta.record('weight', [entry]);
		const second = marta.newEngine();
		const results = await Promise.all([marta.engine.sync(), second.sync(), marta.engine.sync()]);
		expect(results.map((each) => each.ok)).toEqual([true, true, true]);
		expect([await marta.waiting(), await unit.sync()]).toEqual([0, 'ok']);
		expect(await unit.entries('weight')).toEqual(entries.map((entry) => entry.id));
		expect((await framesOf(marta)).map((frame) => frame.header.seq)).toEqual([1, 2, 3, 4, 5, 6]);
	});
});

async function framesOf(party: Party): Promise<Frame[]> {
	const access = await party.access();
	const book = must(
		access.roster?.books.find((each) => each.kind === 'weight'),
		'weight'
	).id;
	return (await party.store.frames(access.chain.circle, book))
		.map(({ frame }) => frame)
		.sort((a, b) => a.header.seq - b.header.seq);
}

describe('11: a relay that goes back, or shows something else', () => {
	async function recorded() {
		const { marta, unit } = await pair();
		await marta.record('weight', [weight(1)]);
		await marta.record('weight', [weight(2)]);
		await marta.sync();
		await marta.record('weight', [weight(3)]);
		await marta.sync();
		expect(await marta.sync()).toBe('ok');
		const before = await marta.entries('weight');
		expect(before).toHaveLength(3);
		return { marta, unit, before };
	}
	const lower = (heads: Heads): Heads => ({
		...heads,
		circles: heads.circles.map((circle) => ({
			...circle,
			books: circle.books.map((book) => ({ ...book, pos: Math.max(0, book.pos - 1) }))
		}))
	});
	const otherRun = (heads: Heads): Heads => ({
		...heads,
		circles: heads.circles.map((circle) => ({
			...circle,
			books: circle.books.map((book) => ({ ...book, run: toBase64url(new Uint8Array(8).fill(7)) }))
		}))
	});
	const shorter = (heads: Heads): Heads => ({
		...heads,
		circles: heads.circles.map((circle) => ({ ...circle, manifest: 0 }))
	});
	const otherChain = (heads: Heads): Heads => ({
		...heads,
		circles: heads.circles.map((circle) => ({ ...circle, manifestHash: toBase64url(new Uint8Array(8)) }))
	});
	const nothing = (heads: Heads): Heads => ({ ...heads, circles: [] });

	test.each([
		['lower positions', lower],
		['another history', otherRun],
		['a shorter chain', shorter],
		['another chain', otherChain],
		['no circle at all', nothing]
	])('MR4: %s: said so, nothing deleted, recording and later syncing go on', async (_, change) => {
		const { marta, before } = await recorded();
		marta.client.forgetHeads();
		marta.between = headsWith(change);
		expect(await marta.sync()).toBe('relay-went-back');
		expect(await marta.entries('weight')).toEqual(before);
		const entry = weight(4);
		await marta.record('weight', [entry]);
		await marta.sync();
		marta.between = (request, next) => next(request);
		expect(await marta.sync()).toBe('ok');
		expect([await marta.entries('weight'), await marta.waiting()]).toEqual([[...before, entry.id], 0]);
	});

	test('an empty relay in its place: said so, nothing deleted, and all of it sent again', async () => {
		const { marta, before } = await recorded();
		const entry = weight(4);
		await marta.record('weight', [entry]);
		const empty = createSqlitePlace();
		const other = startTestRelay(await empty.open());
		marta.relay = (request) => other.handle(request, '192.0.2.1');
		expect(await marta.sync()).toBe('relay-went-back');
		expect([await marta.sync(), await marta.sync()]).toEqual(['ok', 'ok']);
		expect([await marta.entries('weight'), await marta.waiting()]).toEqual([[...before, entry.id], 0]);
		await other.close();
		await empty.remove();
	});

	test('MR6: frames swapped, altered, of another book or never asked for are not taken', async () => {
		const { marta, unit } = await pair();
		await unit.record('log', [receipt()]);
		await unit.record('log', [receipt()]);
		await unit.sync();
		const [mine] = await marta.record('weight', [weight()]);
		const lies: Record<string, (frames: Uint8Array[]) => Uint8Array[]> = {
			altered: (frames) =>
				frames.map((bytes, i) =>
					i === 0 ? bytes.map((byte, at) => (at === bytes.length - 70 ? byte ^ 1 : byte)) : bytes
				),
			resigned: (frames) => frames.map((bytes) => bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte))),
			'of another book': (frames) => frames.map(() => must(mine, 'a frame').bytes),
			garbage: (frames) => frames.map(() => systemRandom(300))
		};
		for (const [name, lie] of Object.entries(lies)) {
			marta.client.forgetHeads();
			marta.between = changing('pull', async (answer) => {
				const pulled = must(parsePull(await bytesOf(answer)), 'a pull');
				return binary(encodePull(pulled.header, lie(pulled.frames)));
			});
			expect(await marta.sync(), name).toBe('relay-went-back');
			expect(await marta.entries('log'), name).toEqual([]);
		}
		marta.between = (request, next) => next(request);
		expect(await marta.sync()).toBe('ok');
		expect(await marta.entries('log')).toHaveLength(2);
	});

	test('R3: an answer that promises more for ever comes to an end', async () => {
		const { marta, unit } = await pair();
		await unit.record('log', [receipt()]);
		await unit.sync();
		let pulls = 0;
		marta.between = changing('pull', () => {
			pulls += 1;
			return binary(encodePull({ more: true, ranges: [] }, []));
		});
		expect(await marta.sync()).toBe('relay-went-back');
		expect(pulls).toBeLessThan(3);
	});

	test('MR5, MR7: a manifest that does not follow, or somebody else’s log, is not taken; the old ones stay', async () => {
		const { marta, unit } = await pair();
		const before = (await marta.access()).chain.head.hash;
		await unit.renewKey('weight');
		marta.between = changing('circles/', async (answer, request) => {
			if (!pathOf(request).endsWith('manifest')) return answer;
			const { manifests } = (await answer.json()) as { manifests: string[] };
			return json({ manifests: manifests.map((text) => `${text.slice(0, -4)}AAAA`) });
		});
		expect(await marta.sync()).toBe('relay-went-back');
		expect((await marta.access()).chain.head.hash).toBe(before);
		marta.between = (request, next) => next(request);
		expect(await marta.sync()).toBe('ok');
		expect((await marta.access()).chain.head.hash).not.toBe(before);
	});

	test('I1: a log of a unit that is another than the one seen changes nothing', async () => {
		const { marta, unit } = await pair();
		const id = (await unit.device()).identity;
		const seen = must(await marta.store.readIdentity(id), 'the unit is known').log;
		const stranger = createDevice({ random: systemRandom, now: () => START, space: 'demo-x' }, 'unit');
		await marta.store.saveIdentity({ v: 1, identity: id, log: stranger.log });
		expect((await marta.store.readIdentity(id))?.log).toEqual(seen);
	});

	test('MR9: while a key is withheld recording goes on under the one held', async () => {
		const { marta, unit } = await pair();
		const first = weight(1);
		await marta.record('weight', [first]);
		await marta.sync();
		await unit.renewKey('weight', { handOut: false });
		await marta.sync();
		const second = weight(2);
		await marta.record('weight', [second]);
		expect(await marta.sync()).toBe('ok');
		expect([await marta.entries('weight'), await marta.waiting()]).toEqual([[first.id, second.id], 1]);
		// The person makes a key of their own, and what waited goes.
		await marta.renewKey('weight');
		await marta.sync();
		expect([await marta.sync(), await marta.waiting(), await unit.sync()]).toEqual(['ok', 0, 'ok']);
		expect(await unit.entries('weight')).toEqual([first.id, second.id]);
	});

	test('MR9: a key that does not fit its commitment is not taken', async () => {
		const { marta, unit } = await pair();
		const book = await unit.renewKey('weight', { handOut: false });
		await unit.sync();
		const access = await unit.access();
		const { identity, boxes } = await marta.device();
		const box = must(boxes[0], 'a box');
		const to = { member: identity, gen: box.gen, box: boxKeyOf(idBytes(box.secret)).pub };
		const wrong = await sealEnvelope(to, access.chain.circle, [{ book, epoch: 2, key: systemRandom(32) }]);
		await relay.store.addEnvelopes({
			circle: access.chain.circle,
			expected: access.chain.head.hash,
			envelopes: [wrong],
			quota: { bytes: 1e9, frames: 1e9 }
		});
		const entry = weight(1);
		await marta.record('weight', [entry]);
		await marta.sync();
		expect(epochKey(await marta.access(), book, 2)).toBeNull();
		expect((await marta.access()).keys.keys.filter((key) => key.book === book && key.epoch === 2)).toEqual([]);
		expect(await marta.waiting()).toBe(1);
	});

	test('a circle that refuses holds up no other circle', async () => {
		const { marta: sara, unit } = await pair();
		const marta = await person();
		await marta.turnOn();
		await marta.sync();
		await marta.shareWith(unit, [
			['weight', 'r'],
			['profile', 'r'],
			['log', 'w']
		]);
		await marta.sync();
		await unit.sync();
		const circles = await unit.store.readCircles();
		expect(circles).toHaveLength(2);
		const refused = must(circles[0], 'the first').circle;
		for (const index of [0, 1]) {
			const access = unit.access.bind(unit, index);
			await Object.assign(Object.create(unit) as Party, { access }).record('log', [receipt()]);
		}
		unit.between = async (request, next) => {
			const body = pathOf(request) === 'push' ? splitFrames(new Uint8Array(await request.clone().arrayBuffer())) : null;
			const isRefused = body?.some((bytes) => new TextDecoder('latin1').decode(bytes).includes(refused));
			return isRefused ? json({ error: 'not-found' }, 404) : next(request);
		};
		expect(await unit.sync()).toBe('not-found');
		expect(await unit.waiting()).toBe(1);
		await Promise.all([marta.sync(), sara.sync()]);
		expect([(await marta.entries('log')).length, (await sara.entries('log')).length].sort()).toEqual([0, 1]);
	});
});

describe('14: the recovery store', () => {
	test('L3: its files count as sent when they can be read back, and open with the code', async () => {
		const marta = await person();
		const code = createRecoveryCode(systemRandom);
		const device = await withRecovery(await marta.device(), code, { random: systemRandom, now: () => START });
		await marta.store.updateDevice(() => ({ ...device, relayOn: true }));
		marta.between = (request, next) =>
			pathOf(request).startsWith('recovery/') && request.method === 'PUT'
				? Promise.resolve(new Response(null, { status: 204 }))
				: next(request);
		expect(await marta.sync()).not.toBe('ok');
		expect((await marta.device()).relay.recoverySent).toBe(0);
		marta.between = (request, next) => next(request);
		expect(await marta.sync()).toBe('ok');
		expect((await marta.device()).relay.recoverySent).toBe(2);
		const stored = await marta.client.recoveryFiles(must(device.recovery, 'made').lookup);
		const opened = await Promise.all(
			(stored.ok ? stored.value : []).map((each) => openWith(recoveryBoxKey(code).secret, idBytes(each.ct)))
		);
		expect(
			opened.map(
				(each) => (JSON.parse(new TextDecoder().decode(must(each ?? undefined, 'opens'))) as { kind: string }).kind
			)
		).toEqual(['root', 'box']);
		expect((await marta.device()).root).toBeNull();
	});
});

describe('L1: the relay is blind', () => {
	test(
		'planted words and keys stand nowhere in its database, its logs or on the wire',
		{ timeout: 60_000 },
		async () => {
			const wire: Buffer[] = [];
			const listening: Between = async (request, next) => {
				wire.push(Buffer.from(request.url), Buffer.from(await request.clone().arrayBuffer()));
				const answer = await next(request);
				wire.push(Buffer.from(await answer.clone().arrayBuffer()));
				return answer;
			};
			const { marta, unit } = await pair();
			marta.between = listening;
			unit.between = listening;
			const word = 'zebrafink';
			await marta.record('weight', [weight(71.4, `${word} på bordet`)]);
			await marta.sync();
			await marta.renewKey('weight');
			await marta.sync();
			await unit.sync();
			await unit.record('log', [receipt(word)]);
			await unit.sync();
			await marta.sync();
			const keys = (await marta.access()).keys.keys.map((each) => each.key);
			const secrets = [
				(await marta.device()).sign,
				(await unit.device()).sign,
				...(await unit.device()).boxes.map((box) => box.secret)
			];
			const folder = dirname(place.file);
			const seen = Buffer.concat([
				...readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`)),
				...wire,
				Buffer.from(logged.join('\n'))
			]);
			expect(seen.length).toBeGreaterThan(20_000);
			const forms = (bytes: Uint8Array) => [
				Buffer.from(bytes),
				Buffer.from(toBase64url(bytes)),
				Buffer.from(Buffer.from(bytes).toString('hex'))
			];
			const planted = [
				...[word, 'Märta', 'Mottagningen', 'kg', 'systolic'].filter((text) => text.length > 3).map(utf8),
				...[...keys, ...secrets].map(idBytes)
			];
			const found = planted.filter((bytes) => forms(bytes).some((form) => seen.includes(form)));
			expect(found).toEqual([]);
		}
	);
});
