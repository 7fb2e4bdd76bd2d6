/** The relay's interface as a device meets it: real keys, real messages, the whole relay in this process. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toBase64url } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import { createSigningKey } from '$lib/crypto/signing';
import { parsePull } from '$lib/protocol/api/frames';
import { parseHeads } from '$lib/protocol/api/heads';
import { MAX_BODY_BYTES, MAX_PULL_BYTES, TOKEN_TTL_MS } from '$lib/protocol/api/limits';
import { hashText } from '$lib/protocol/ids';
import { sha256 } from '$lib/crypto/hash';
import { StoreUnavailable, type RelayStore } from '$lib/server/store';
import { createSqlitePlace, type SqlitePlace } from '../support/relay-files';
import {
	bodyBytes,
	call,
	challengeFor,
	join,
	login,
	ORIGIN,
	postCircle,
	postManifest,
	pull,
	push,
	readEvents,
	register,
	startTestRelay,
	tokenRequest,
	type TestRelay
} from '../support/relay-calls';
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

let place: SqlitePlace;
let store: RelayStore;
let relay: TestRelay;

beforeEach(async () => {
	place = createSqlitePlace();
	store = await place.open();
	relay = startTestRelay(store);
});

afterEach(async () => {
	await relay.close();
	await place.remove();
});

/** A registered owner whose circle is stored. */
async function begin(
	options: { space?: 'real' | 'demo' } = {}
): Promise<{ owner: Someone; token: string; circle: Circle }> {
	const owner = createSomeone(options);
	const token = await join(relay, owner);
	const circle = createCircle(owner);
	expect((await postCircle(relay, circle, token)).status).toBe(204);
	return { owner, token, circle };
}

const errorOf = async (response: Response) => [response.status, ((await response.json()) as { error: string }).error];
const postRecord = (someone: Someone, record: Uint8Array) =>
	call(relay, `identities/${someone.identity.id}/log`, { json: { record: toBase64url(record) } });

describe('the whole line', () => {
	test('what is pushed comes back in order, and heads say where it stands', async () => {
		const { owner, token, circle } = await begin();
		const writer = createWriter(circle, bookAt(circle), firstDevice(owner));
		const frames = [nextFrame(writer), nextFrame(writer)];
		const pushed = await push(relay, frames, token);
		expect(await pushed.json()).toEqual({
			results: frames.map(({ header }, index) => ({
				book: header.book,
				device: header.device,
				seq: index + 1,
				pos: index + 1
			}))
		});
		const pulled = parsePull(
			await bodyBytes(await pull(relay, [{ circle: circle.id, book: bookAt(circle).id, after: 0 }], token))
		);
		expect(pulled?.frames.map(toBase64url)).toEqual(frames.map((frame) => toBase64url(frame.bytes)));
		expect(pulled?.header.more).toBe(false);
		const heads = parseHeads(await bodyBytes(await call(relay, 'heads', { token })));
		expect(heads?.circles[0]?.books.find((book) => book.book === bookAt(circle).id)?.pos).toBe(2);
	});

	test('R3: heads have an ETag that stands until something moves', async () => {
		const { owner, token, circle } = await begin();
		const etag = (await call(relay, 'heads', { token })).headers.get('etag') ?? '';
		const again = () => call(relay, 'heads', { token, headers: { 'if-none-match': etag } });
		expect((await again()).status).toBe(304);
		await push(relay, [frameAfter(createWriter(circle, bookAt(circle), firstDevice(owner)))], token);
		expect((await again()).status).toBe(200);
	});

	test('R3: a pull beyond the size is cut, and goes on from what came', async () => {
		const { owner, token, circle } = await begin();
		const writer = createWriter(circle, bookAt(circle), firstDevice(owner));
		const frames = Array.from({ length: 90 }, () => nextFrame(writer, 'x'.repeat(50_000)));
		for (const half of [frames.slice(0, 45), frames.slice(45)])
			expect((await push(relay, half, token)).status).toBe(200);
		const read = async (after: number) => {
			const body = await bodyBytes(await pull(relay, [{ circle: circle.id, book: bookAt(circle).id, after }], token));
			expect(body.length).toBeLessThan(MAX_PULL_BYTES + 1024);
			return parsePull(body)?.header;
		};
		const first = await read(0);
		expect(first?.more).toBe(true);
		const came = first?.ranges[0]?.count ?? 0;
		expect(await read(came)).toMatchObject({ more: false, ranges: [{ after: came, count: 90 - came }] });
	});

	test('every answer has the relay’s time and is kept by no cache', async () => {
		const { token } = await begin();
		for (const response of [
			await call(relay, 'heads', { token }),
			await call(relay, 'nothing'),
			await call(relay, 'health')
		]) {
			expect(response.headers.get('date')).toBe(new Date(START).toUTCString());
			expect(response.headers.get('cache-control')).toBe('no-store');
		}
	});

	test('a chain may be posted whole, again, and longer; another chain of that circle is a conflict', async () => {
		const { token, circle } = await begin();
		expect((await postCircle(relay, circle, token)).status).toBe(204);
		const rival = proposeManifest(circle, () => ({ at: START + 7 }));
		nextManifest(circle, withNewEpoch(circle, bookAt(circle)));
		nextManifest(circle, () => ({ at: START + 1 }));
		expect((await postCircle(relay, circle, token)).status).toBe(204);
		const read = await call(relay, `circles/${circle.id}/manifest?from=1`, { token });
		expect(await read.json()).toEqual({ manifests: circle.chain.slice(1).map((record) => toBase64url(record.bytes)) });
		expect(await errorOf(await postManifest(relay, circle, rival, token))).toEqual([409, 'conflict']);
		const forked = { ...circle, chain: [...circle.chain.slice(0, 1), rival] };
		expect(await errorOf(await postCircle(relay, forked, token))).toEqual([409, 'conflict']);
	});

	test('F6: a stale push says where the device’s chain stands', async () => {
		const { owner, token, circle } = await begin();
		const writer = createWriter(circle, bookAt(circle), firstDevice(owner));
		const acked = nextFrame(writer);
		await push(relay, [acked], token);
		const old = frameAfter(writer);
		const raised = nextManifest(circle, withNewEpoch(circle, bookAt(circle)));
		expect((await postManifest(relay, circle, raised, token)).status).toBe(204);
		const answer = await push(relay, [old], token);
		expect(answer.status).toBe(409);
		expect(await answer.json()).toEqual({
			error: 'stale-epoch',
			at: { book: bookAt(circle).id, device: firstDevice(owner).id, seq: 2 },
			head: { seq: 1, hash: acked.hash }
		});
	});

	test('what another member wrote can be brought back by anyone who reads the book (R9)', async () => {
		const { owner, token, circle } = await begin();
		const viewer = createSomeone();
		const theirs = await join(relay, viewer);
		await postManifest(
			relay,
			circle,
			nextManifest(circle, withMember(viewer, 'viewer', [[bookAt(circle), 'r']])),
			token
		);
		const frame = frameAfter(createWriter(circle, bookAt(circle), firstDevice(owner)));
		expect((await push(relay, [frame], theirs)).status).toBe(200);
	});
});

describe('R6: login', () => {
	test('a challenge makes one token', async () => {
		const owner = createSomeone();
		await register(relay, owner);
		const nonce = await challengeFor(relay, owner.identity.id, firstDevice(owner).id);
		const request = { json: tokenRequest(owner, firstDevice(owner), nonce) };
		const answers = await Promise.all([1, 2, 3].map(() => call(relay, 'auth/token', request)));
		expect(answers.map((answer) => answer.status).sort()).toEqual([200, 401, 401]);
	});

	test('a late answer, another origin’s, another key’s and an unknown device’s are refused alike', async () => {
		const owner = createSomeone();
		await register(relay, owner);
		const stranger = createSomeone();
		const device = firstDevice(owner);
		const refused = async (make: (nonce: string) => unknown, who: Someone = owner, wait = 0) => {
			const nonce = await challengeFor(relay, who.identity.id, firstDevice(who).id);
			relay.clock.pass(wait);
			const answer = await call(relay, 'auth/token', { json: make(nonce) });
			return [answer.status, await answer.text()];
		};
		const expected = [401, '{"error":"unauthorized"}'];
		expect(await refused((nonce) => tokenRequest(owner, device, nonce), owner, 60_000)).toEqual(expected);
		expect(await refused((nonce) => tokenRequest(owner, device, nonce, 'https://other.test'))).toEqual(expected);
		expect(
			await refused((nonce) => tokenRequest(owner, { ...device, sign: createSigningKey(systemRandom) }, nonce))
		).toEqual(expected);
		expect(await refused((nonce) => tokenRequest(stranger, firstDevice(stranger), nonce), stranger)).toEqual(expected);
		expect(await refused((nonce) => tokenRequest(owner, device, nonce))).toEqual([200, expect.any(String)]);
	});

	test('a token ends after 15 minutes', async () => {
		const { token } = await begin();
		relay.clock.pass(TOKEN_TTL_MS - 1);
		expect((await call(relay, 'heads', { token })).status).toBe(200);
		relay.clock.pass(1);
		expect(await errorOf(await call(relay, 'heads', { token }))).toEqual([401, 'unauthorized']);
	});

	test('A2: a token ends with its device, and the device cannot log in again', async () => {
		const { owner } = await begin();
		const second = createDevice();
		await postRecord(owner, nextRecord(owner, { kind: 'addDevice', device: second }));
		const token = await login(relay, owner, second);
		expect((await call(relay, 'heads', { token })).status).toBe(200);
		await postRecord(owner, nextRecord(owner, { kind: 'removeDevice', device: second.id }));
		expect((await call(relay, 'heads', { token })).status).toBe(401);
		await expect(login(relay, owner, second)).rejects.toThrow('401');
	});

	test('a relay on this machine is one under each of its names', async () => {
		const local = startTestRelay(await place.open(), { origin: 'http://localhost:4400' });
		const owner = createSomeone();
		await register(local, owner);
		const nonce = () => challengeFor(local, owner.identity.id, firstDevice(owner).id);
		const status = async (origin: string) =>
			(await call(local, 'auth/token', { json: tokenRequest(owner, firstDevice(owner), await nonce(), origin) }))
				.status;
		expect(await status('http://127.0.0.1:4400')).toBe(200);
		expect(await status('http://127.0.0.1:4401')).toBe(401);
		expect(await status(ORIGIN)).toBe(401);
		await local.close();
	});
});

describe('identities', () => {
	test('a log is read by whoever knows the id, and grows by records that follow and are signed', async () => {
		const { owner } = await begin();
		const stale = { ...owner, log: [...owner.log], devices: [...owner.devices] };
		const record = nextRecord(owner, { kind: 'addDevice', device: createDevice() });
		const forged = record.slice();
		forged.set([(forged.at(-1) ?? 0) ^ 1], forged.length - 1);
		expect(await errorOf(await postRecord(owner, forged))).toEqual([400, 'malformed']);
		expect((await postRecord(owner, record)).status).toBe(204);
		expect((await postRecord(owner, record)).status).toBe(204);
		const rival = nextRecord(stale, { kind: 'addDevice', device: createDevice() });
		expect(await errorOf(await postRecord(owner, rival))).toEqual([409, 'conflict']);
		const log = await call(relay, `identities/${owner.identity.id}/log`);
		expect(await log.json()).toEqual({ log: owner.log.map(toBase64url) });
	});

	test('a unit needs an enrolment, once; a demo unit needs none', async () => {
		const code = systemRandom(32);
		await store.saveEnrolment({ hash: hashText(sha256(code)), exp: START + 1000 });
		const units = [1, 2, 3].map(() => createSomeone({ type: 'unit' }));
		const statuses = [];
		for (const unit of units.slice(0, 2)) statuses.push(await errorOf(await register(relay, unit)).catch(() => null));
		expect(statuses).toEqual([
			[404, 'not-found'],
			[404, 'not-found']
		]);
		const raced = await Promise.all(units.map((unit) => register(relay, unit, toBase64url(code))));
		expect(raced.map((answer) => answer.status).sort()).toEqual([200, 409, 409]);
		// The one that was let in is known by now, with the token, with another and with none.
		const unit = must(units[raced.findIndex(({ status }) => status === 200)], 'one was let in');
		for (const token of [toBase64url(code), toBase64url(systemRandom(32)), undefined])
			expect((await register(relay, unit, token)).status).toBe(200);
		expect((await store.identityLog(unit.identity.id)).length).toBe(1);
		expect((await register(relay, createSomeone({ type: 'unit', space: 'demo' }))).status).toBe(200);
	});
});

describe('R5: rights', () => {
	/** Status of everything a member may try, by role. `pulled`: how many of the two books come back. */
	async function attempts(circle: Circle, someone: Someone, token: string) {
		const status = async (answer: Promise<Response>) => (await answer).status;
		const at = (index: number) => createWriter(circle, bookAt(circle, index), firstDevice(someone));
		const ranges = circle.books.map((book) => ({ circle: circle.id, book: book.id, after: 0 }));
		const pulled = parsePull(await bodyBytes(await pull(relay, ranges, token)));
		const heads = parseHeads(await bodyBytes(await call(relay, 'heads', { token })));
		const own = await envelopeTo(circle, someone, [bookAt(circle, 1)]);
		const change = (next: Parameters<typeof proposeManifest>[1]) =>
			status(postManifest(relay, circle, proposeManifest(circle, next, someone), token));
		return {
			manifest: await status(call(relay, `circles/${circle.id}/manifest`, { token })),
			envelopes: await status(call(relay, `circles/${circle.id}/envelopes`, { token })),
			handOut: await status(
				call(relay, `circles/${circle.id}/envelopes`, { method: 'PUT', token, json: { envelopes: [own] } })
			),
			heads: heads?.circles.map((each) => each.books.length),
			pulled: pulled?.header.ranges.length,
			writeFirst: await status(push(relay, [frameAfter(at(0))], token)),
			writeSecond: await status(push(relay, [frameAfter(at(1))], token)),
			// The suite's minimum is the owner's alone (M1a): whoever raises it decides who can still read.
			raiseSuite: someone === circle.owner ? 204 : await change(() => ({ suiteMin: 2 })),
			change: await change(() => ({
				invites: [{ pub: toBase64url(systemRandom(32)), role: 'viewer', exp: START + 1000 }]
			})),
			erase:
				someone === circle.owner ? 204 : await status(call(relay, `circles/${circle.id}`, { method: 'DELETE', token }))
		};
	}

	const nothing = {
		manifest: 404,
		envelopes: 404,
		handOut: 404,
		heads: [],
		pulled: 0,
		writeFirst: 404,
		writeSecond: 404,
		raiseSuite: 404,
		change: 404,
		erase: 404
	};
	const reading = { ...nothing, manifest: 200, envelopes: 200, raiseSuite: 400, change: 400 };
	const table = [
		['viewer', ['r', null], { ...reading, heads: [1], pulled: 1 }],
		['relative', ['w', 'r'], { ...reading, heads: [2], pulled: 2, writeFirst: 200, handOut: 204 }],
		['careContact', ['r', 'w'], { ...reading, heads: [2], pulled: 2, writeSecond: 200, handOut: 204 }],
		['helper', [null, 'w'], { ...reading, heads: [1], pulled: 1, writeSecond: 200, handOut: 204 }],
		[
			'coOwner',
			['w', 'w'],
			{ ...reading, heads: [2], pulled: 2, writeFirst: 200, writeSecond: 200, handOut: 204, change: 204 }
		]
	] as const;

	test.each(table)('H3: what a %s may do, and nothing else', async (role, access, expected) => {
		const { token, circle } = await begin();
		const someone = createSomeone({
			type: role === 'careContact' || role === 'helper' ? 'unit' : 'person',
			space: 'real'
		});
		const code = systemRandom(32);
		await store.saveEnrolment({ hash: hashText(sha256(code)), exp: START + 1000 });
		await register(relay, someone, toBase64url(code));
		const theirs = await login(relay, someone);
		expect(await attempts(circle, someone, theirs)).toEqual(nothing);
		const rights = circle.books.flatMap((book, index) => {
			const right = access[index];
			return right ? ([[book, right]] as const) : [];
		});
		await postManifest(relay, circle, nextManifest(circle, withMember(someone, role, rights)), token);
		expect(await attempts(circle, someone, theirs)).toEqual(expected);
	});

	test('the owner may do all of it; a removed member nothing more, and is logged out', async () => {
		const { owner, token, circle } = await begin();
		const done = {
			handOut: 204,
			heads: [2],
			pulled: 2,
			writeFirst: 200,
			writeSecond: 200,
			raiseSuite: 204,
			change: 204,
			erase: 204
		};
		expect(await attempts(circle, owner, token)).toEqual({ ...reading, ...done });
		const mine = await begin();
		const relative = createSomeone();
		const before = await join(relay, relative);
		const rights = mine.circle.books.map((book) => [book, 'w'] as const);
		await postManifest(
			relay,
			mine.circle,
			nextManifest(mine.circle, withMember(relative, 'relative', rights)),
			mine.token
		);
		await postManifest(relay, mine.circle, nextManifest(mine.circle, withoutMember(mine.circle, relative)), mine.token);
		expect((await call(relay, 'heads', { token: before })).status).toBe(401);
		expect(await attempts(mine.circle, relative, await login(relay, relative))).toEqual(nothing);
	});

	test('R7: an unknown circle, a forbidden one, a wrong method and an unknown path answer the same bytes', async () => {
		const { circle } = await begin();
		const stranger = await join(relay, createSomeone());
		const ghost = createCircle(createSomeone());
		const answers = await Promise.all([
			...[circle, ghost].flatMap((each) => [
				call(relay, `circles/${each.id}/manifest`, { token: stranger }),
				call(relay, `circles/${each.id}/envelopes`, { token: stranger }),
				call(relay, `circles/${each.id}/leave`, { method: 'POST', token: stranger }),
				call(relay, `circles/${each.id}`, { method: 'DELETE', token: stranger }),
				postManifest(relay, each, headOf(each), stranger)
			]),
			call(relay, 'circles/x/manifest', { token: stranger }),
			call(relay, 'heads', { method: 'PATCH', token: stranger }),
			call(relay, 'no/such/path'),
			call(relay, `identities/${createSomeone().identity.id}/log`),
			call(relay, `recovery/${toBase64url(systemRandom(16))}`)
		]);
		const seen = new Set(await Promise.all(answers.map(async (answer) => `${answer.status} ${await answer.text()}`)));
		expect([...seen]).toEqual(['404 {"error":"not-found"}']);
	});

	test('without a token every endpoint of a device answers 401', async () => {
		const { circle } = await begin();
		const paths = [`circles/${circle.id}/manifest`, `circles/${circle.id}/envelopes`, 'heads', 'events'];
		for (const path of paths) {
			expect((await call(relay, path)).status).toBe(401);
			expect((await call(relay, path, { token: toBase64url(systemRandom(32)) })).status).toBe(401);
		}
		for (const path of ['push', 'pull', 'circles', `invites/${headOf(circle).hash}/accept`]) {
			expect((await call(relay, path, { json: {} })).status).toBe(401);
		}
	});

	test('a frame under another’s signature, or altered, is malformed', async () => {
		const { token, circle } = await begin();
		const forger = createDevice();
		const writer = createWriter(circle, bookAt(circle), { ...forger, id: firstDevice(circle.owner).id });
		expect(await errorOf(await push(relay, [frameAfter(writer)], token))).toEqual([400, 'malformed']);
		const frame = frameAfter(createWriter(circle, bookAt(circle), firstDevice(circle.owner)));
		const bytes = frame.bytes.slice();
		bytes.set([(bytes[frame.aadLength + 30] ?? 0) ^ 1], frame.aadLength + 30);
		expect(await errorOf(await push(relay, [{ ...frame, bytes }], token))).toEqual([400, 'malformed']);
	});

	test('an owner leaves only when another stays; a deleted circle is gone for good', async () => {
		const { token, circle } = await begin();
		expect(await errorOf(await call(relay, `circles/${circle.id}/leave`, { method: 'POST', token }))).toEqual([
			409,
			'conflict'
		]);
		expect((await call(relay, `circles/${circle.id}`, { method: 'DELETE', token })).status).toBe(204);
		expect((await call(relay, `circles/${circle.id}/manifest`, { token })).status).toBe(404);
		expect(await errorOf(await postCircle(relay, circle, token))).toEqual([410, 'expired']);
	});
});

describe('events', () => {
	test('B5: whoever reads a book is told when it moves', async () => {
		const { owner, token, circle } = await begin();
		const events = readEvents(await call(relay, 'events', { token }));
		await push(relay, [frameAfter(createWriter(circle, bookAt(circle), firstDevice(owner)))], token);
		expect(await events.nudged()).toBe(circle.id);
		await events.stop();
	});

	test('a circle joined while the stream is open is heard of; a book one cannot read is not', async () => {
		const { owner, token, circle } = await begin();
		const relative = createSomeone();
		const events = readEvents(await call(relay, 'events', { token: await join(relay, relative) }));
		await postManifest(
			relay,
			circle,
			nextManifest(circle, withMember(relative, 'relative', [[bookAt(circle, 0), 'r']])),
			token
		);
		expect(await events.nudged()).toBe(circle.id);
		const second = createCircle(owner);
		await postCircle(relay, second, token);
		await postManifest(
			relay,
			second,
			nextManifest(second, withMember(relative, 'relative', [[bookAt(second), 'r']])),
			token
		);
		await push(relay, [frameAfter(createWriter(circle, bookAt(circle, 1), firstDevice(owner)))], token);
		await push(relay, [frameAfter(createWriter(second, bookAt(second), firstDevice(owner)))], token);
		expect(await events.nudged()).toBe(second.id);
		expect(await events.nudged()).toBe(second.id);
		await events.stop();
	});

	test('a stream ends with its token, its device, and the relay', async () => {
		const { owner, token } = await begin();
		const second = createDevice();
		await postRecord(owner, nextRecord(owner, { kind: 'addDevice', device: second }));
		const removed = readEvents(await call(relay, 'events', { token: await login(relay, owner, second) }));
		await postRecord(owner, nextRecord(owner, { kind: 'removeDevice', device: second.id }));
		expect(await removed.nudged()).toBeNull();

		const expiring = readEvents(await call(relay, 'events', { token }));
		await relay.tick();
		expect([await expiring.next(), await expiring.next()]).toEqual([': \n\n', ': \n\n']);
		relay.clock.pass(TOKEN_TTL_MS);
		await relay.tick();
		expect(await expiring.nudged()).toBeNull();

		const last = readEvents(await call(relay, 'events', { token: await login(relay, owner) }));
		await relay.close();
		expect(await last.nudged()).toBeNull();
		expect((await call(relay, 'health')).status).toBe(503);
	});

	test('R7: a device has so many streams and no more', async () => {
		await relay.close();
		relay = startTestRelay(await place.open(), { limits: { streamsPerDevice: 2 } });
		const { token } = await begin();
		const open = [await call(relay, 'events', { token }), await call(relay, 'events', { token })].map(readEvents);
		expect((await call(relay, 'events', { token })).status).toBe(429);
		await open[0]?.stop();
		expect((await call(relay, 'events', { token })).status).toBe(200);
	});
});

describe('R7: limits', () => {
	const restart = async (limits: Parameters<typeof startTestRelay>[1]) => {
		await relay.close();
		relay = startTestRelay(await place.open(), limits);
	};

	test('too many answers 429 with the seconds to wait, counted by device and address', async () => {
		await restart({ limits: { pushesPerMinute: 1, loginsPer10Minutes: 2, openRequestsPerMinute: 9 } });
		const { owner, token, circle } = await begin();
		const writer = createWriter(circle, bookAt(circle), firstDevice(owner));
		expect((await push(relay, [nextFrame(writer)], token)).status).toBe(200);
		const refused = await push(relay, [nextFrame(writer)], token);
		expect(refused.status).toBe(429);
		expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
		expect((await call(relay, 'heads', { token })).status).toBe(200);
		await login(relay, owner);
		await expect(login(relay, owner)).rejects.toThrow('429');
		const statuses = [];
		for (let count = 0; count < 4; count += 1) statuses.push((await call(relay, 'health')).status);
		expect(statuses).toEqual([200, 200, 429, 429]);
		// One who is logged in is counted by the device: whoever shares the address takes nothing from them.
		const log = `identities/${owner.identity.id}/log`;
		expect((await call(relay, log)).status).toBe(429);
		expect((await call(relay, log, { token })).status).toBe(200);
		expect((await call(relay, 'health', { token })).status).toBe(429);
		expect((await call(relay, 'health', { address: '192.0.2.2' })).status).toBe(200);
	});

	test('a body too large is refused before it is read whole', async () => {
		const { token } = await begin();
		let pulled = 0;
		const endless = new ReadableStream<Uint8Array>({
			pull(controller) {
				pulled += 1;
				controller.enqueue(new Uint8Array(64 * 1024));
			}
		});
		const stream = {
			method: 'POST',
			body: endless,
			duplex: 'half',
			headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }
		};
		const answer = await relay.handle(new Request(`${ORIGIN}/api/v1/pull`, stream), '192.0.2.1');
		expect(await errorOf(answer)).toEqual([413, 'too-large']);
		expect(pulled).toBeLessThan(20);
		const stated = await call(relay, 'pull', {
			token,
			bytes: new Uint8Array(1),
			headers: { 'content-type': 'application/json', 'content-length': String(MAX_BODY_BYTES + 1) }
		});
		expect(stated.status).toBe(413);
	});

	test('a full circle answers 507 and stores nothing of the push', async () => {
		await restart({ limits: { circleFrames: 2 } });
		const { owner, token, circle } = await begin();
		const writer = createWriter(circle, bookAt(circle), firstDevice(owner));
		expect((await push(relay, [nextFrame(writer)], token)).status).toBe(200);
		expect(await errorOf(await push(relay, [nextFrame(writer), nextFrame(writer)], token))).toEqual([507, 'full']);
		const pulled = parsePull(
			await bodyBytes(await pull(relay, [{ circle: circle.id, book: bookAt(circle).id, after: 0 }], token))
		);
		expect(pulled?.frames).toHaveLength(1);
	});

	test('15: a demo circle is gone after a day', async () => {
		const demo = await begin({ space: 'demo' });
		const real = await begin();
		relay.clock.pass(24 * 60 * 60 * 1000 - 1);
		await relay.sweep();
		expect((await call(relay, `identities/${demo.owner.identity.id}/log`)).status).toBe(200);
		relay.clock.pass(1);
		await relay.sweep();
		expect((await call(relay, `identities/${demo.owner.identity.id}/log`)).status).toBe(404);
		expect(await store.headManifest(demo.circle.id)).toBeNull();
		expect(await store.headManifest(real.circle.id)).not.toBeNull();
	});
});

describe('when the store fails', () => {
	const failing = async (error: Error) => {
		await relay.close();
		const lines: string[] = [];
		const log = {
			info: () => undefined,
			error: (fields: object, message: string) => void lines.push(JSON.stringify([fields, message]))
		};
		relay = startTestRelay({ ...(await place.open()), ping: () => Promise.reject(error) }, { log });
		const answer = await call(relay, 'health');
		return { status: answer.status, body: await answer.text(), lines };
	};

	test('health is 503 while the store is out of reach', async () => {
		const { status, body } = await failing(
			new StoreUnavailable('unreachable', new Error('connect ECONNREFUSED 10.0.0.7'))
		);
		expect([status, body]).toEqual([503, '{"error":"unavailable"}']);
	});

	test('an unexpected error says nothing, to the caller or in the log', async () => {
		const { status, body, lines } = await failing(new TypeError('Märta 128/82'));
		expect([status, body]).toEqual([503, '{"error":"unavailable"}']);
		expect(lines).toEqual(['[{"route":"health","kind":"TypeError"},"failed"]']);
	});

	test('a full disk is 507', async () => {
		expect((await failing(new StoreUnavailable('full', new Error('disk')))).status).toBe(507);
	});
});
