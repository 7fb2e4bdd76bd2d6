/** H1: whatever is sent, the relay answers with one of its own refusals and goes on. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toBase64url } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { joinFrames } from '$lib/protocol/api/frames';
import { apiErrorSchema, apiErrorStatus } from '$lib/protocol/api/errors';
import { createSqlitePlace, type SqlitePlace } from '../support/relay-files';
import { call, join, ORIGIN, postCircle, push, startTestRelay, type TestRelay } from '../support/relay-calls';
import {
	bookAt,
	createCircle,
	createSomeone,
	createWriter,
	envelopeTo,
	firstDevice,
	frameAfter,
	headOf,
	nextFrame,
	type Circle,
	type Someone
} from '../support/relay-world';

const RUNS = 3000;

let place: SqlitePlace;
let relay: TestRelay;
let owner: Someone;
let circle: Circle;
let token: string;
let valid: readonly (readonly [path: string, body: unknown])[];

beforeAll(async () => {
	place = createSqlitePlace();
	relay = startTestRelay(await place.open(), { limits: { demoCircles: 5, recoveryFiles: 20 } });
	owner = createSomeone();
	token = await join(relay, owner);
	circle = createCircle(owner);
	await postCircle(relay, circle, token);
	const other = createSomeone();
	valid = [
		['auth/challenge', { identity: owner.identity.id, device: firstDevice(owner).id }],
		['auth/token', { identity: owner.identity.id, device: firstDevice(owner).id, nonce: key(32), signature: key(64) }],
		['identities', { genesis: text(other.log[0]) }],
		[`identities/${owner.identity.id}/log`, { record: text(owner.log[0]) }],
		['circles', { manifests: [text(headOf(circle).bytes)], envelopes: [await envelopeTo(circle, owner)] }],
		[`circles/${circle.id}/manifest`, { manifest: text(headOf(circle).bytes), envelopes: [] }],
		[`circles/${circle.id}/envelopes`, { envelopes: [await envelopeTo(circle, owner)] }],
		[`circles/${circle.id}/erasure`, { erasure: text(headOf(circle).bytes) }],
		['pull', { ranges: [{ circle: circle.id, book: bookAt(circle).id, after: 0 }] }],
		[`invites/${key(32)}/accept`, { circle: circle.id }],
		[`invitations/${key(32)}`, { circle: circle.id, pub: key(32), ct: key(60) }],
		[`invitations/${key(32)}/accept`, { acceptance: text(headOf(circle).bytes) }],
		[`pairings/${key(32)}`, { step: 0, ct: key(300) }],
		[`recovery/${key(16)}`, { kind: 'box', gen: 1, ct: key(60) }]
	];
});

afterAll(async () => {
	await relay.close();
	await place.remove();
});

const key = (length: number): string => toBase64url(systemRandom(length));
const text = (bytes: Uint8Array | undefined): string => toBase64url(bytes ?? new Uint8Array());

/** Every refusal is in the one shape, under its own status, and tells nothing else. */
async function expectOwnAnswer(response: Response): Promise<void> {
	if (response.headers.get('content-type') === 'text/event-stream') return void (await response.body?.cancel());
	expect(response.status).not.toBe(503);
	if (response.status < 400) return;
	const body = apiErrorSchema.parse(await response.json());
	expect(apiErrorStatus[body.error]).toBe(response.status);
	expect(Object.keys(body).every((name) => ['error', 'at', 'head', 'hash'].includes(name))).toBe(true);
}

/** Puts `value` somewhere into a copy of `body`: instead of a field, beside the others, or one level further in. */
function mutate(body: unknown, path: readonly number[], value: unknown): unknown {
	const [step, ...rest] = path;
	if (step === undefined || typeof body !== 'object' || body === null) return value;
	if (Array.isArray(body))
		return body.length === 0
			? [value]
			: body.map((item, index) => (index === step % body.length ? mutate(item, rest, value) : (item as unknown)));
	const entries = Object.entries(body);
	const index = step % (entries.length + 1);
	if (index === entries.length) return { ...body, extra: value };
	return Object.fromEntries(
		entries.map(([name, item], at) => [name, at === index ? mutate(item, rest, value) : (item as unknown)])
	);
}

const nasty = fc.oneof(
	fc.jsonValue({ maxDepth: 4 }),
	fc.string({ unit: 'binary', maxLength: 60 }),
	fc.constantFrom('', 'A'.repeat(43), 'A'.repeat(22), '__proto__', '-1', '1e309', '\u0000', '../..', 'x'.repeat(5000)),
	fc.integer().map(String),
	fc.constantFrom(-1, 0, 2 ** 31, 2 ** 32, 2 ** 53, 1.5, null, true, [], {}),
	fc.constant(null).map(() => key(32)),
	fc.constant(null).map(() => key(16))
);

test('H1: bodies altered in any field', { timeout: 240_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.nat(),
			fc.array(fc.nat(12), { maxLength: 4 }),
			nasty,
			fc.boolean(),
			async (which, path, value, isPut) => {
				const [place, body] = valid[which % valid.length] ?? ['', null];
				const isPutOnly = /^(recovery|pairings)/.test(place) || place.endsWith('erasure');
				const method = isPutOnly || (isPut && place.endsWith('envelopes')) ? 'PUT' : 'POST';
				await expectOwnAnswer(await call(relay, place, { method, token, json: mutate(body, path, value) ?? null }));
			}
		),
		{ numRuns: RUNS }
	);
});

test('H1: methods, paths, headers and bytes of any kind', { timeout: 240_000 }, async () => {
	const segment = fc.oneof(
		fc.constantFrom(
			'auth',
			'challenge',
			'identities',
			'circles',
			'manifest',
			'push',
			'return',
			'pull',
			'heads',
			'recovery',
			'pairings',
			'invites',
			'accept',
			'log',
			'..',
			'',
			'%2e%2e',
			'%00',
			'%ff'
		),
		fc.webSegment(),
		fc.constant(null).map(() => circle.id)
	);
	await fc.assert(
		fc.asyncProperty(
			fc.array(segment, { maxLength: 4 }),
			fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'),
			fc.constantFrom(
				'application/json',
				'application/octet-stream',
				'text/plain',
				'application/json; charset=utf-8',
				'multipart/form-data'
			),
			fc.uint8Array({ maxLength: 400 }),
			fc.constantFrom('none', 'good', 'bad'),
			fc.webQueryParameters(),
			async (segments, method, type, bytes, auth, query) => {
				const headers = {
					'content-type': type,
					...(auth === 'none' ? {} : { authorization: auth === 'good' ? `Bearer ${token}` : `Bearer ${key(31)}` })
				};
				const target = `${ORIGIN}/api/v1/${segments.join('/')}?${query}`;
				const isErasing = method === 'DELETE' && auth === 'good';
				const body = method === 'GET' || method === 'HEAD' ? {} : { body: bytes };
				if (!isErasing)
					await expectOwnAnswer(await relay.handle(new Request(target, { method, headers, ...body }), '192.0.2.1'));
			}
		),
		{ numRuns: RUNS }
	);
});

test('H1: frames altered in any byte store nothing', { timeout: 240_000 }, async () => {
	const frame = frameAfter(createWriter(circle, bookAt(circle), firstDevice(owner)));
	const body = joinFrames([frame.bytes]);
	await fc.assert(
		fc.asyncProperty(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(40), async (at, flip, cut) => {
			const bytes = body.slice(0, cut < 30 ? body.length : body.length - cut);
			const index = at % bytes.length;
			bytes.set([(bytes[index] ?? 0) ^ flip], index);
			const answer = await call(relay, 'push', { token, bytes });
			expect([400, 404, 409, 413]).toContain(answer.status);
			await expectOwnAnswer(answer);
		}),
		{ numRuns: 600 }
	);
});

test('after all of it the relay still serves, and holds what it held', async () => {
	const writer = createWriter(circle, bookAt(circle), firstDevice(owner));
	expect((await push(relay, [nextFrame(writer)], token)).status).toBe(200);
	expect((await call(relay, 'health')).status).toBe(200);
});
