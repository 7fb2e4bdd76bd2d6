/**
 * A circle begun for somebody and handed over (M1a, M6; decision 0020), every side with its own store and engine, over the real
 * relay: what each of them has afterwards, what nobody can take, and what is left when it never comes to a handing over.
 */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gainClause, rule } from '../../../tests/support/plan';
import { ORIGIN, startTestRelay, type TestRelay } from '../../../tests/support/relay-calls';
import { createSqlitePlace, type SqlitePlace } from '../../../tests/support/relay-files';
import { START } from '../../../tests/support/relay-world';
import { kilosOf, Someone, weightDraft } from '../../../tests/support/sessions';
import { createRecoveryCode } from '$lib/crypto/recovery-code';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import { emptyPlan } from '$lib/domain/plan/plan';
import type { Role } from '$lib/domain/rights';
import { circleHistory } from '$lib/protocol/circle-history';
import type { CircleId } from '$lib/protocol/ids';
import { localStorageMarkers } from '$lib/storage/markers';
import { bookOfKind, epochKey, identityFrom, readerAccess } from '$lib/sync/circle-access';
import { addMembers } from '$lib/sync/membership';
import { decide, linkOf, makeInvite, rightsFor } from './circle-members';
import { CirclePlan } from './circle-plan.svelte';
import type { CircleState } from './circle-state.svelte';
import { decideToErase, eraseEverything } from './erasing';
import { beginFor, endCircle } from './holding';
import { answerInvitation, openInvitation } from './joining';
import { readSafety } from './safety';
import { setRecoveryCode } from './sharing';
import { moveOwnInto, ownBefore } from './taking-over';

let place: SqlitePlace;
let relay: TestRelay;
let marta: Someone;
let sara: Someone;
let bo: Someone;
let circle: CircleId;

beforeEach(async () => {
	place = createSqlitePlace();
	relay = startTestRelay(await place.open());
	[marta, sara, bo] = [
		await Someone.open('demo-marta', relay),
		await Someone.open('demo-sara', relay),
		await Someone.open('demo-bo', relay)
	];
	const begun = await beginFor(sara.session, { person: 'Märta', holder: 'Sara' });
	circle = must(begun.ok ? begun.value : null, 'a circle was begun');
});

afterEach(async () => {
	for (const each of [marta, sara, bo]) await each.session.erase().catch(() => undefined);
	await relay.close();
	await place.remove();
});

const open = (each: CircleState) => must(each.access, 'the circle is open');
const held = () => sara.circle(circle);
const idOf = async (who: Someone) => must(await who.session.device(), 'somebody').identity;

async function publish(): Promise<void> {
	const on = await setRecoveryCode(sara.session, createRecoveryCode(systemRandom));
	if (!on.ok) throw new Error(on.error.type);
	expect(await sara.sync()).toBe('ok');
}

async function invite(
	role: 'owner' | 'viewer' | 'coOwner' = 'owner',
	name = 'Märta'
): Promise<{ pub: string; link: string }> {
	const made = await makeInvite(sara.session, open(await held()), {
		name,
		relation: '',
		role,
		rights: new Map([['weight', 'r']]),
		ownName: 'Sara'
	});
	const pub = must(made.ok ? made.value : null, 'an invitation');
	const invites = (await held()).work?.invites ?? [];
	const kept = must(
		invites.find((each) => each.pub === pub),
		'it is kept'
	);
	return { pub, link: linkOf(sara.session, kept) };
}

async function answer(who: Someone, link: string, name: string): Promise<string> {
	const opened = await openInvitation(who.session, link);
	if (!opened.ok) return opened.error.type;
	if (opened.value.standing !== 'open') return opened.value.standing;
	const answered = await answerInvitation(who.session, opened.value, name);
	return answered.ok ? answered.value : answered.error.type;
}

async function letIn(who: Someone, pub: string): Promise<void> {
	await sara.sync();
	expect(await decide(sara.session, circle, { do: 'admit', pub })).toMatchObject({ value: { type: 'done' } });
	expect(await who.sync()).toBe('ok');
}

/** Sara has measured for Märta, who takes over. */
async function handOver(): Promise<CircleState> {
	await sara.weighs(71, await held());
	await publish();
	const { pub, link } = await invite();
	expect(await answer(marta, link, 'Märta Nilsson')).toBe('waiting');
	await letIn(marta, pub);
	await sara.sync();
	return marta.circle();
}

const roles = (each: CircleState): [string | null, Role, boolean][] =>
	open(each).chain.head.body.members.map(({ identity, role, actsFor }) => [
		open(each).roster?.people.find((person) => person.identity === identity)?.name ?? null,
		role,
		actsFor
	]);

describe('a circle begun for somebody', () => {
	test('is theirs by name, is run by who began it, has no private book, and needs no network', async () => {
		sara.isOnline = false;
		const hers = await held();
		expect([hers.personName, hers.ownName, hers.mine, hers.role]).toEqual(['Märta', 'Sara', false, 'coOwner']);
		expect([hers.held, hers.isRunning]).toEqual([{ by: 'Sara', isMine: true }, true]);
		expect(bookOfKind(open(hers), 'private')).toBeNull();
		await sara.weighs(71, hers);
		expect(kilosOf((await held()).observations('weight'))).toEqual([71]);
		// A circle of her own is another one.
		const own = await sara.session.ensureOwnCircle();
		expect(own.ok && own.value).not.toBe(circle);
		expect((await sara.session.store.readCircles()).map(({ standing }) => standing).sort()).toEqual(['joined', 'mine']);
	});

	test('leaves the device once a recovery code is there, and not before', async () => {
		await sara.weighs(71, await held());
		await sara.session.updateDevice((device) => ({ ...device, relayOn: true }));
		await sara.sync();
		expect((await held()).access?.keys.published).toBe(false);
		expect((await held()).durability).toEqual({ type: 'here' });
		expect(await readSafety(sara.session)).toMatchObject({ entries: 1, isBackedUp: false });
		await publish();
		expect((await held()).durability).toEqual({ type: 'backed-up' });
		expect(await readSafety(sara.session)).toMatchObject({ isBackedUp: true });
	});

	test('has a plan that who holds it agrees to in the person’s place', async () => {
		const plan = new CirclePlan(await held());
		const proposed = await plan.propose({ ...emptyPlan(), rules: [rule([gainClause()], { id: 'r' })] }, null, null);
		expect(proposed.ok).toBe(true);
		expect(new CirclePlan(await held()).inForce).toHaveLength(1);
	});

	test('another co-owner neither takes it, nor hands it over, nor lets its holder go', async () => {
		await publish();
		const { pub, link } = await invite('coOwner', 'Bo');
		await answer(bo, link, 'Bo');
		await letIn(bo, pub);
		const his = await bo.circle(circle);
		expect([his.role, his.personName, his.held]).toEqual(['coOwner', 'Märta', { by: 'Sara', isMine: false }]);
		const made = await makeInvite(bo.session, open(his), {
			name: 'Märta',
			relation: '',
			role: 'owner',
			rights: new Map(),
			ownName: 'Bo'
		});
		expect(made.ok).toBe(true);
		const out = await decide(bo.session, circle, { do: 'remove', member: await idOf(sara) });
		expect(out).toMatchObject({ value: { type: 'waiting' } });
		await sara.sync();
		expect(roles(await held())).toEqual([
			['Sara', 'coOwner', true],
			['Bo', 'coOwner', false]
		]);
		expect(open(await held()).chain.head.body.invites).toEqual([]);
		expect(await endCircle(bo.session, open(his))).toEqual({ ok: false, error: { type: 'not-allowed' } });
		expect((await bo.session.relay.remove(`/circles/${circle}`)).ok).toBe(false);
	});
});

describe('handing over', () => {
	test('the circle becomes the person’s own with everything in it, and who held it stays as co-owner', async () => {
		const own = await handOver();
		expect([own.mine, own.role, own.ownName, own.personName]).toEqual([
			true,
			'owner',
			'Märta Nilsson',
			'Märta Nilsson'
		]);
		expect(kilosOf(own.observations('weight'))).toEqual([71]);
		expect(own.observations('weight').map(({ by }) => own.nameOf(by))).toEqual(['Sara']);
		await marta.weighs(72, own);
		await marta.sync();
		await sara.sync();
		const hers = await held();
		expect([hers.mine, hers.role, hers.held, hers.personName]).toEqual([false, 'coOwner', null, 'Märta Nilsson']);
		expect(kilosOf(hers.observations('weight')).sort()).toEqual([71, 72]);
		await sara.weighs(73, hers);
		await sara.sync();
		await marta.sync();
		expect(kilosOf((await marta.circle()).observations('weight')).sort()).toEqual([71, 72, 73]);
		expect(roles(hers)).toEqual([
			['Sara', 'coOwner', false],
			['Märta Nilsson', 'owner', false]
		]);
		expect(open(hers).roster?.person).toBeUndefined();
	});

	test('the person’s device makes the private book, whose key nobody else is ever given', async () => {
		const access = open(await handOver());
		const book = must(bookOfKind(access, 'private'), 'a private book');
		expect(epochKey(access, book, 1)).not.toBeNull();
		const hers = open(await held());
		expect(bookOfKind(hers, 'private')).toBe(book);
		expect(epochKey(hers, book, 1)).toBeNull();
		expect(readerAccess(hers, await idOf(sara))?.member?.rights.some((right) => right.book === book)).toBe(false);
	});

	test('nothing is handed over before the holder says yes', async () => {
		await sara.weighs(71, await held());
		await publish();
		const { link } = await invite();
		const opened = await openInvitation(marta.session, link);
		expect(opened.ok && opened.value.card).toMatchObject({
			person: { name: 'Märta' },
			by: { name: 'Sara' },
			role: 'owner'
		});
		await answer(marta, link, 'Märta Nilsson');
		await marta.sync();
		expect(await marta.session.store.readCircles()).toEqual([]);
	});

	test('is told in the circle’s history', async () => {
		const own = await handOver();
		const told = circleHistory(open(own).chain).map((event) => [event.type, 'role' in event ? event.role : null]);
		expect(told).toEqual([
			['began', null],
			['invited', 'owner'],
			['let-in', 'owner'],
			['took-over', null]
		]);
	});

	test('afterwards who held it cannot take it back: not the owner’s place, not the owner out, not the circle away', async () => {
		const own = await handOver();
		const person = await idOf(marta);
		expect(await decide(sara.session, circle, { do: 'remove', member: person })).toMatchObject({
			value: { type: 'waiting' }
		});
		expect((await endCircle(sara.session, open(await held()))).ok).toBe(false);
		expect((await sara.session.relay.remove(`/circles/${circle}`)).ok).toBe(false);
		await marta.sync();
		expect(open(await marta.circle()).member?.role).toBe('owner');
		expect(await decide(marta.session, circle, { do: 'remove', member: await idOf(sara) })).toMatchObject({
			value: { type: 'done' }
		});
		await marta.weighs(80, own);
		await marta.sync();
		await sara.sync();
		expect((await held()).isLetGo).toBe(true);
		const entries = await marta.session.store.frames(circle, must(bookOfKind(open(own), 'weight'), 'a book'));
		const hers = await sara.session.store.frames(circle, must(bookOfKind(open(own), 'weight'), 'a book'));
		expect([entries.length, hers.length]).toEqual([2, 1]);
	});

	test('the person is backed up by their helper, and more safely once they have a code of their own', async () => {
		const own = await handOver();
		await own.refreshDurability();
		expect(own.durability).toEqual({ type: 'backed-up' });
		expect(await readSafety(marta.session)).toMatchObject({ isBackedUp: true, codeAt: null, helpers: ['Sara'] });
	});

	test('somebody who was let in as a reader can be given it', async () => {
		await sara.weighs(71, await held());
		await publish();
		const first = await invite('viewer');
		await answer(marta, first.link, 'Märta');
		await letIn(marta, first.pub);
		const { pub, link } = await invite();
		expect(await answer(marta, link, 'Märta Nilsson')).toBe('waiting');
		// Meanwhile they read on.
		expect((await marta.circle(circle)).standing).toBe('joined');
		await letIn(marta, pub);
		const own = await marta.circle();
		expect([own.mine, own.role, kilosOf(own.observations('weight'))]).toEqual([true, 'owner', [71]]);
		expect(bookOfKind(open(own), 'private')).not.toBeNull();
	});

	test('an invitation made before it is answered after it, and lets in', async () => {
		await publish();
		const his = await invite('viewer', 'Bo');
		const { pub, link } = await invite();
		await answer(marta, link, 'Märta Nilsson');
		await letIn(marta, pub);
		expect(await answer(bo, his.link, 'Bo')).toBe('waiting');
		await letIn(bo, his.pub);
		expect([(await bo.circle(circle)).standing, (await bo.circle(circle)).personName]).toEqual([
			'joined',
			'Märta Nilsson'
		]);
	});

	test('a circle that names somebody as owner unasked is shown to nobody as theirs', async () => {
		await publish();
		await marta.begin();
		const access = open(await held());
		const log = await sara.session.relay.identityLog(await idOf(marta));
		const identity = must(log.ok ? identityFrom(log.value, await idOf(marta)) : null, 'she is registered');
		const step = await addMembers(
			access,
			must(await sara.session.device(), 'a device'),
			[{ identity, role: 'owner', rights: rightsFor(access, 'owner', new Map()), person: { name: 'Märta' } }],
			'Sara',
			sara.session
		);
		expect((await sara.session.relay.extendCircle(circle, step.manifest, step.envelopes)).ok).toBe(true);
		await marta.sync();
		const rows = await marta.session.store.readCircles();
		expect(rows.map((row) => [row.circle === circle, row.standing]).sort()).toEqual([
			[false, 'mine'],
			[true, 'invited']
		]);
	});
});

describe('a person who has begun by themselves', () => {
	test('keeps what they wrote: it is in the circle they take over, once, however often it is tried', async () => {
		const before = await marta.session.ensureOwnCircle();
		const first = await marta.circle();
		expect(before.ok && first.mine).toBe(true);
		await marta.weighs(70, first);
		const gone = await marta.weighs(700, first);
		await first.voidObservation(gone, 'wrongValue');
		expect(await ownBefore(marta.session)).toEqual({ readings: 1, stays: null });
		await sara.weighs(71, await held());
		await publish();
		const { pub, link } = await invite();
		await answer(marta, link, 'Märta Nilsson');
		await letIn(marta, pub);
		// Both are there until what was written is moved.
		const taken = await marta.circle(circle);
		expect([taken.standing, taken.role]).toEqual(['joined', 'owner']);
		expect((await taken.restore('weight', [])).ok).toBe(true);
		expect(await moveOwnInto(marta.session, taken)).toEqual({ ok: true, value: 'moved' });
		const own = await marta.circle();
		expect(open(own).chain.circle).toBe(circle);
		expect(kilosOf(own.observations('weight')).sort()).toEqual([70, 71]);
		expect(own.removed('weight')).toHaveLength(1);
		expect(await moveOwnInto(marta.session, own)).toMatchObject({ ok: true });
		await marta.sync();
		// What was sent has moved the circle's head: it is looked at again, and told that it is hers.
		await marta.sync();
		await sara.sync();
		expect(kilosOf((await held()).observations('weight')).sort()).toEqual([70, 71]);
		expect(open(await marta.circle()).chain.records.at(-1)?.body.by.identity).toBe(await idOf(marta));
	});

	test('has both when theirs is shared: nothing is moved, nothing is lost', async () => {
		const first = await marta.begin();
		await marta.weighs(70, first);
		const made = await makeInvite(marta.session, open(first), {
			name: 'Bo',
			relation: '',
			role: 'viewer',
			rights: new Map([['weight', 'r']]),
			ownName: 'Märta'
		});
		expect(made.ok).toBe(true);
		expect(await ownBefore(marta.session)).toEqual({ readings: 1, stays: 'shared' });
		await publish();
		const { pub, link } = await invite();
		await answer(marta, link, 'Märta Nilsson');
		await letIn(marta, pub);
		expect(await moveOwnInto(marta.session, await marta.circle(circle))).toEqual({ ok: true, value: 'kept' });
		expect(kilosOf((await marta.circle()).observations('weight'))).toEqual([70]);
	});
});

describe('a circle that is never handed over', () => {
	test('ends by its holder’s signed word, and those who were in it keep what they have', async () => {
		await sara.weighs(71, await held());
		await publish();
		const { pub, link } = await invite('viewer', 'Bo');
		await answer(bo, link, 'Bo');
		await letIn(bo, pub);
		expect((await endCircle(sara.session, open(await held()))).ok).toBe(true);
		expect((await sara.session.store.readCircles()).filter(({ keys }) => keys.length > 0)).toHaveLength(1);
		await bo.sync();
		const his = await bo.circle(circle);
		expect(his.erasedAt).not.toBeNull();
		expect(kilosOf(his.observations('weight'))).toEqual([71]);
	});

	test('cannot be left: the relay asks its holder to hand it over or end it', async () => {
		await publish();
		const left = await sara.session.relay.leaveCircle(circle);
		expect(!left.ok && left.error).toMatchObject({ type: 'refused', code: 'conflict' });
	});

	test('goes with everything of its holder’s', async () => {
		await sara.weighs(71, await held());
		await publish();
		const { pub, link } = await invite('viewer', 'Bo');
		await answer(bo, link, 'Bo');
		await letIn(bo, pub);
		expect((await decideToErase(sara.session, [await held()], null)).ok).toBe(true);
		sara.session.close();
		const markers = localStorageMarkers(null);
		const erased = await eraseEverything({
			space: sara.space,
			locks: { hold: () => Promise.resolve(() => undefined) },
			random: systemRandom,
			now: () => START,
			fetch: (url, init) => relay.handle(new Request(url, init), '192.0.2.1'),
			origin: ORIGIN,
			markers,
			persist: () => Promise.resolve(false)
		});
		expect(erased.ok).toBe(true);
		await bo.sync();
		expect((await bo.circle(circle)).erasedAt).not.toBeNull();
	});
});

test('what is weighed in the held circle is not in the holder’s own', async () => {
	await sara.weighs(71, await held());
	const own = await sara.begin();
	await own.record(weightDraft(60));
	expect(kilosOf(own.observations('weight'))).toEqual([60]);
	expect(kilosOf((await held()).observations('weight'))).toEqual([71]);
});
