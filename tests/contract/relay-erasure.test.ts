/** What is erased at the relay: by whom it may be done, what is gone, and how those who were there can know it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toBase64url } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { systemRandom } from '$lib/crypto/random';
import { erasureBodySchema } from '$lib/protocol/api/circles';
import { isErasedBy, parseErasure, signerOf, signErasure } from '$lib/protocol/erasure';
import { hashText, idBytes } from '$lib/protocol/ids';
import { createSqlitePlace, type SqlitePlace } from '../support/relay-files';
import {
	call,
	join,
	login,
	postCircle,
	postManifest,
	readEvents,
	register,
	startTestRelay,
	type TestRelay
} from '../support/relay-calls';
import {
	createCircle,
	createDevice,
	createSomeone,
	firstDevice,
	nextManifest,
	nextRecord,
	START,
	withMember,
	type Circle,
	type Someone
} from '../support/relay-world';

let place: SqlitePlace;
let relay: TestRelay;
let owner: Someone;
let token: string;
let circle: Circle;

beforeEach(async () => {
	place = createSqlitePlace();
	relay = startTestRelay(await place.open());
	owner = createSomeone();
	token = await join(relay, owner);
	circle = createCircle(owner);
	await postCircle(relay, circle, token);
});

afterEach(async () => {
	await relay.close();
	await place.remove();
});

const wordOf = (someone: Someone, of = circle, device = firstDevice(someone)) =>
	signErasure(
		{
			v: 1,
			circle: of.id,
			by: { identity: someone.identity.id, device: device.id },
			at: START,
			log: someone.log.map(toBase64url)
		},
		device.sign.secret
	);
const put = async (word: { readonly bytes: Uint8Array }, as: string, of = circle) =>
	(
		await call(relay, `circles/${of.id}/erasure`, {
			method: 'PUT',
			token: as,
			json: { erasure: toBase64url(word.bytes) }
		})
	).status;
const erase = async (as: string, of = circle) =>
	(await call(relay, `circles/${of.id}`, { method: 'DELETE', token: as })).status;
const eraseIdentity = async (someone: Someone, as: string) =>
	(await call(relay, `identities/${someone.identity.id}`, { method: 'DELETE', token: as })).status;
const read = (as: string | null, of = circle) => call(relay, `circles/${of.id}/erasure`, { token: as });

/** A registered member in a role. */
async function add(role: 'coOwner' | 'relative' | 'viewer' | 'careContact' | 'helper'): Promise<[Someone, string]> {
	const isUnit = role === 'careContact' || role === 'helper';
	const someone = createSomeone({ type: isUnit ? 'unit' : 'person' });
	const code = systemRandom(32);
	await relay.store.saveEnrolment({ hash: hashText(sha256(code)), exp: START + 1000 });
	await register(relay, someone, toBase64url(code));
	const rights = circle.books.map((book) => [book, 'r'] as const);
	await postManifest(relay, circle, nextManifest(circle, withMember(someone, role, rights)), token);
	return [someone, await login(relay, someone)];
}

test.each(['coOwner', 'relative', 'viewer', 'careContact', 'helper'] as const)(
	'H3: a %s can neither erase the circle nor say that it is, and is told the same as a stranger',
	async (role) => {
		const [member, theirs] = await add(role);
		const stranger = await join(relay, createSomeone());
		for (const as of [theirs, stranger]) {
			expect(await put(wordOf(member), as)).toBe(404);
			expect(await put(wordOf(owner), as)).toBe(404);
			expect(await erase(as)).toBe(404);
			expect(await eraseIdentity(owner, as)).toBe(404);
			expect((await read(as)).status).toBe(404);
		}
		expect((await call(relay, `circles/${circle.id}/manifest`, { token })).status).toBe(200);
		expect((await read(null)).status).toBe(401);
	}
);

test('a word counts only when the owner’s own device signed it, of this very circle', async () => {
	const other = createCircle(owner);
	expect(await put(wordOf(owner, other), token)).toBe(400);
	expect(await put(wordOf(createSomeone()), token)).toBe(400);
	expect(await put(wordOf(owner, circle, createDevice()), token)).toBe(400);
	expect(await put({ bytes: systemRandom(200) }, token)).toBe(400);
	expect((await read(token)).status).toBe(404);
	expect(await put(wordOf(owner), token)).toBe(204);
	expect((await read(token)).status, 'nothing is told before the circle is erased').toBe(404);
});

test('members hear of it, read the word, and can check it when even the owner’s identity is gone', async () => {
	const [sara, hers] = await add('relative');
	const events = readEvents(await call(relay, 'events', { token: hers }));
	await put(wordOf(owner), token);
	expect(await erase(token)).toBe(204);
	expect(await events.nudged()).toBe(circle.id);
	await events.stop();
	expect(await eraseIdentity(owner, token)).toBe(204);
	const answer = erasureBodySchema.parse(await (await read(hers)).json());
	const word = parseErasure(idBytes(answer.erasure));
	const signer = word && signerOf(word, [toBase64url(owner.log[0] ?? new Uint8Array())]);
	expect(word && signer && isErasedBy(word, signer)).toBe(true);
	expect((await call(relay, `circles/${circle.id}/manifest?from=1`, { token: hers })).status).toBe(404);
	expect((await call(relay, `identities/${sara.identity.id}/log`)).status).toBe(200);
});

test('an identity is erased by its own admin devices, and not while it owns a circle', async () => {
	expect(await eraseIdentity(owner, token)).toBe(409);
	const helper = createDevice();
	const record = nextRecord(owner, { kind: 'addDevice', device: helper, admin: false });
	await call(relay, `identities/${owner.identity.id}/log`, { json: { record: toBase64url(record) } });
	await erase(token);
	expect(await eraseIdentity(owner, await login(relay, owner, helper))).toBe(404);
	expect(await eraseIdentity(owner, token)).toBe(204);
	expect((await call(relay, 'heads', { token })).status).toBe(401);
	expect((await register(relay, owner)).status).toBe(410);
	expect((await call(relay, `identities/${owner.identity.id}/log`)).status).toBe(404);
	await expect(login(relay, owner)).rejects.toThrow('login answered');
});

test('a log that goes another way than the one seen proves nothing (I1)', () => {
	const word = wordOf(owner);
	expect(signerOf(word, [])?.id).toBe(owner.identity.id);
	expect(signerOf(word, owner.log.map(toBase64url))?.id).toBe(owner.identity.id);
	expect(signerOf(word, createSomeone().log.map(toBase64url))).toBeNull();
	const removed = createSomeone();
	const second = createDevice();
	nextRecord(removed, { kind: 'addDevice', device: second });
	const late = wordOf(removed, circle, second);
	nextRecord(removed, { kind: 'removeDevice', device: second.id });
	const signer = signerOf(late, removed.log.map(toBase64url));
	expect(signer && isErasedBy(late, signer)).toBe(false);
});
