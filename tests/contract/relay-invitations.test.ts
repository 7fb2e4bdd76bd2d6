/** Invitations of people at the relay: who may put, read and answer one, once, in time; and what a member let go may still read. */
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { toBase64url } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { invitationSchema } from '$lib/protocol/api/invitations';
import { invitationKeys, sealCard, sealName, signAcceptance } from '$lib/protocol/invitation';
import { INVITE_LIFE_MS } from '$lib/protocol/manifest-invites';
import { createPostgresPlace, createSqlitePlace, type StorePlace } from '../support/relay-files';
import {
	call,
	join,
	login,
	postCircle,
	postManifest,
	readEvents,
	startTestRelay,
	type TestRelay
} from '../support/relay-calls';
import {
	bookAt,
	createCircle,
	createSomeone,
	headOf,
	nextManifest,
	START,
	withMember,
	withoutMember,
	type Circle,
	type Someone
} from '../support/relay-world';

const places: readonly (readonly [string, () => Promise<StorePlace>])[] = [
	['SQLite', () => Promise.resolve(createSqlitePlace())],
	['PostgreSQL', () => createPostgresPlace(inject('postgresUrl'))]
];

const PLANTED = 'Sara-Kvist-7719';

describe.each(places)('invitations on %s', (_name, createPlace) => {
	let place: StorePlace;
	let relay: TestRelay;
	let owner: Someone;
	let token: string;
	let circle: Circle;

	beforeEach(async () => {
		place = await createPlace();
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

	const code = async (answer: Response): Promise<string | number> =>
		answer.status < 400 ? answer.status : ((await answer.json()) as { error: string }).error;

	/** An invitation in the manifest with its card at the relay. */
	async function invite(by = token) {
		const keys = invitationKeys(systemRandom(32));
		const exp = START + INVITE_LIFE_MS;
		const record = nextManifest(circle, (head) => ({
			invites: [...head.invites, { pub: keys.pub, role: 'relative', exp }]
		}));
		expect((await postManifest(relay, circle, record, by)).status).toBe(204);
		const card = sealCard(
			{
				v: 1,
				circle: circle.id,
				space: 'real',
				person: { identity: owner.identity.id, name: PLANTED },
				by: { identity: owner.identity.id, name: PLANTED },
				invitee: PLANTED,
				role: 'relative',
				books: [{ kind: 'weight', access: 'r' }],
				exp
			},
			keys,
			systemRandom
		);
		expect(await put(keys, card)).toBe(204);
		return keys;
	}

	const put = async (keys: ReturnType<typeof invitationKeys>, ct: string, as = token) =>
		code(
			await call(relay, `invitations/${keys.id}`, {
				method: 'PUT',
				token: as,
				json: { circle: circle.id, pub: keys.pub, ct }
			})
		);

	const answer = (keys: ReturnType<typeof invitationKeys>, who: Someone, by = keys) =>
		toBase64url(
			signAcceptance(
				{
					v: 1,
					circle: circle.id,
					pub: keys.pub,
					person: owner.identity.id,
					identity: who.identity.id,
					at: START,
					name: sealName(PLANTED, keys, systemRandom)
				},
				by
			).bytes
		);

	const accept = async (keys: ReturnType<typeof invitationKeys>, as: string, acceptance: string) =>
		code(await call(relay, `invitations/${keys.id}/accept`, { token: as, json: { acceptance } }));

	const stands = async (keys: ReturnType<typeof invitationKeys>) =>
		invitationSchema.parse(await (await call(relay, `invitations/${keys.id}`)).json());

	test('is put by those who run the circle, for an invitation the manifest holds, and never replaced', async () => {
		const keys = await invite();
		const relative = createSomeone();
		const theirs = await join(relay, relative);
		await postManifest(
			relay,
			circle,
			nextManifest(circle, withMember(relative, 'relative', [[bookAt(circle), 'r']])),
			token
		);
		const ct = toBase64url(systemRandom(80));
		expect(await put(keys, ct)).toBe('conflict');
		expect(await put(keys, ct, theirs)).toBe('not-found');
		expect(await put(invitationKeys(systemRandom(32)), ct)).toBe('not-found');
		expect(await code(await call(relay, `circles/${circle.id}/invitations`, { token: theirs }))).toBe('not-found');
		expect(await code(await call(relay, `invitations/${invitationKeys(systemRandom(32)).id}`))).toBe('not-found');
	});

	test('is answered once: the same person again is no error, another comes too late, and the owner is told', async () => {
		const keys = await invite();
		const [sara, other] = [createSomeone(), createSomeone()];
		const [hers, theirs] = [await join(relay, sara), await join(relay, other)];
		const events = readEvents(await call(relay, 'events', { token }));
		expect((await stands(keys)).state).toBe('open');
		expect(await accept(keys, hers, answer(keys, sara))).toBe(204);
		expect(await events.nudged()).toBe(circle.id);
		await events.stop();
		expect(await accept(keys, hers, answer(keys, sara))).toBe(204);
		expect(await accept(keys, theirs, answer(keys, other))).toBe('already-used');
		expect(await stands(keys)).toMatchObject({ state: 'answered', by: sara.identity.id });
		const given = (await (await call(relay, `circles/${circle.id}/invitations`, { token })).json()) as {
			answers: { pub: string }[];
		};
		expect(given.answers.map(({ pub }) => pub)).toEqual([keys.pub]);
	});

	test('MR8: an answer signed by anything but the link, or in somebody else’s name, is none', async () => {
		const keys = await invite();
		const [sara, other] = [createSomeone(), createSomeone()];
		const theirs = await join(relay, other);
		expect(await accept(keys, theirs, answer(keys, sara))).toBe('malformed');
		expect(await accept(keys, theirs, answer(keys, other, invitationKeys(systemRandom(32))))).toBe('malformed');
		expect(await accept(keys, theirs, toBase64url(headOf(circle).bytes))).toBe('malformed');
		expect((await call(relay, `invitations/${keys.id}/accept`, { json: { acceptance: '' } })).status).toBe(401);
		expect((await stands(keys)).state).toBe('open');
	});

	test('runs out after its seven days, is closed when taken back, and is forgotten a month later', async () => {
		const [old, withdrawn] = [await invite(), await invite()];
		const sara = createSomeone();
		const record = nextManifest(circle, (head) => ({
			invites: head.invites.filter(({ pub }) => pub !== withdrawn.pub)
		}));
		await postManifest(relay, circle, record, token);
		expect((await stands(withdrawn)).state).toBe('closed');
		relay.clock.pass(INVITE_LIFE_MS);
		const hers = await join(relay, sara);
		expect((await stands(old)).state).toBe('over');
		for (const keys of [old, withdrawn]) expect(await accept(keys, hers, answer(keys, sara))).toBe('expired');
		relay.clock.pass(31 * 24 * 3600 * 1000);
		await relay.sweep();
		expect(await code(await call(relay, `invitations/${old.id}`))).toBe('not-found');
	});

	test('goes with its circle', async () => {
		const keys = await invite();
		await call(relay, `circles/${circle.id}`, { method: 'DELETE', token });
		expect(await code(await call(relay, `invitations/${keys.id}`))).toBe('not-found');
	});

	test('the relay is blind to it: no name, no secret', async () => {
		const keys = await invite();
		const sara = createSomeone();
		await accept(keys, await join(relay, sara), answer(keys, sara));
		const kept = await relay.store.invitation(keys.id);
		const bytes = [kept?.ct, kept?.answer?.acceptance].map((each) => Buffer.from(each ?? []).toString('latin1')).join();
		expect(bytes).not.toContain(PLANTED);
		expect(bytes).not.toContain(Buffer.from(keys.sign.secret).toString('latin1'));
	});

	test('a member let go reads on to the record that did it, and no further; one who left by themselves reads nothing', async () => {
		const [sara, erik] = [createSomeone(), createSomeone()];
		for (const each of [sara, erik]) {
			await join(relay, each);
			const record = nextManifest(circle, withMember(each, 'relative', [[bookAt(circle), 'w']]));
			await postManifest(relay, circle, record, token);
		}
		const known = headOf(circle).body.n + 1;
		const farewell = nextManifest(circle, withoutMember(circle, sara));
		await postManifest(relay, circle, farewell, token);
		await postManifest(
			relay,
			circle,
			nextManifest(circle, () => ({ suiteMin: 1 })),
			token
		);
		const hers = await login(relay, sara);
		const read = async (as: string, from: number) => {
			const got = await call(relay, `circles/${circle.id}/manifest?from=${from}`, { token: as });
			return got.ok ? ((await got.json()) as { manifests: string[] }).manifests.map((each) => each.length) : got.status;
		};
		expect(await read(hers, known)).toEqual([toBase64url(farewell.bytes).length]);
		expect(await read(hers, known + 1)).toBe(404);
		expect(await read(hers, 0)).toBe(404);
		expect(await read(await join(relay, createSomeone()), known)).toBe(404);
		const his = await login(relay, erik);
		await call(relay, `circles/${circle.id}/leave`, { method: 'POST', token: his });
		expect(await read(his, known)).toBe(404);
	});
});
