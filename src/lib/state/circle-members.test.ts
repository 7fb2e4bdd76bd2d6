/**
 * Inviting, letting in, changing and removing people: every side with its own store and engine, over the real relay. In one file
 * beyond 400 lines: each case begins with the same two people and one invitation, and ends where another begins.
 */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kilosOf, Someone, weightDraft } from '../../../tests/support/sessions';
import { startTestRelay, type TestRelay } from '../../../tests/support/relay-calls';
import { createSqlitePlace, type SqlitePlace } from '../../../tests/support/relay-files';
import { must } from '$lib/domain/assert';
import type { BookKind } from '$lib/domain/books';
import type { Access, InvitableRole } from '$lib/domain/rights';
import { parseLocalDate } from '$lib/domain/time';
import { openEnvelope, type EpochKey } from '$lib/protocol/envelope';
import { openFrame, parseFrame } from '$lib/protocol/frame';
import { idBytes, type BookId, type IdentityId } from '$lib/protocol/ids';
import { circleHistory } from '$lib/protocol/circle-history';
import { INVITE_LIFE_MS } from '$lib/protocol/manifest-invites';
import { bookOfKind, heldKeys, readerAccess } from '$lib/sync/circle-access';
import type { CircleState } from './circle-state.svelte';
import { CircleBooks } from './circle-books.svelte';
import { decide, linkOf, makeInvite, noteCompared, isCompared, rightsFor } from './circle-members';
import { answerInvitation, givenAnswer, openInvitation } from './joining';
import { leaveCircle, unsentReadings } from './leaving';

let place: SqlitePlace;
let relay: TestRelay;
let marta: Someone;
let sara: Someone;

beforeEach(async () => {
	place = createSqlitePlace();
	relay = startTestRelay(await place.open());
	[marta, sara] = [await Someone.open('demo-marta', relay), await Someone.open('demo-sara', relay)];
});

afterEach(async () => {
	for (const each of [marta, sara]) await each.session.erase();
	await relay.close();
	await place.remove();
});

const access = (circle: CircleState) => must(circle.access, 'the circle is open');
const idOf = (circle: CircleState) => access(circle).chain.circle;
const weightBook = (circle: CircleState): BookId => must(bookOfKind(access(circle), 'weight'), 'the weight book');

async function invite(
	rights: readonly (readonly [BookKind, Access])[] = [['weight', 'w']],
	role: InvitableRole = 'relative'
): Promise<{ pub: string; link: string }> {
	const made = await makeInvite(marta.session, access(await marta.circle()), {
		name: 'Sara',
		relation: 'dotter',
		role,
		rights: new Map(rights),
		ownName: 'Märta'
	});
	const pub = must(made.ok ? made.value : null, 'an invitation');
	const { work } = await marta.circle();
	return {
		pub,
		link: linkOf(
			marta.session,
			must(
				work?.invites.find((each) => each.pub === pub),
				'it is kept'
			)
		)
	};
}

async function answer(who: Someone, link: string, name = 'Sara Lindqvist'): Promise<string> {
	const opened = await openInvitation(who.session, link);
	if (!opened.ok) return opened.error.type;
	if (opened.value.standing !== 'open') return opened.value.standing;
	const answered = await answerInvitation(who.session, opened.value, name);
	return answered.ok ? answered.value : answered.error.type;
}

const standing = async (who: Someone, link: string) => {
	const opened = await openInvitation(who.session, link);
	return opened.ok ? opened.value.standing : opened.error.type;
};

/** Märta has measured, Sara is in the circle. */
async function together(...args: Parameters<typeof invite>) {
	const own = await marta.begin();
	await marta.weighs(71, own);
	const { pub, link } = await invite(...args);
	expect(await answer(sara, link)).toBe('waiting');
	await marta.sync();
	expect(await decide(marta.session, idOf(own), { do: 'admit', pub })).toMatchObject({ value: { type: 'done' } });
	await sara.sync();
	const member = must((await sara.session.device())?.identity, 'an identity');
	return { own, link, pub, member, circle: idOf(own) };
}

const decideNow = async (change: Parameters<typeof decide>[2]) => {
	const decided = await decide(marta.session, idOf(await marta.circle()), change);
	return decided.ok ? decided.value.type : decided.error.type;
};

describe('an invitation', () => {
	test('whoever answers is not taken for somebody who restores, though they have no circle of their own', async () => {
		await marta.weighs(71, await marta.begin());
		const { link } = await invite();
		expect(await answer(sara, link)).toBe('waiting');
		expect(await sara.session.isRestoring()).toBe(null);
	});

	test('is shown to the invited person, answered, and nothing is handed over before the owner says yes', async () => {
		const own = await marta.begin();
		await marta.weighs(71, own);
		const { pub, link } = await invite([
			['weight', 'w'],
			['pulse', 'r']
		]);
		const opened = await openInvitation(sara.session, link);
		expect(opened.ok && opened.value.card).toMatchObject({
			person: { name: 'Märta' },
			by: { name: 'Märta' },
			invitee: 'Sara',
			role: 'relative'
		});
		expect(opened.ok && opened.value.card.books.map(({ kind, access: right }) => `${kind} ${right}`).sort()).toEqual([
			'log w',
			'profile r',
			'pulse r',
			'weight w'
		]);
		// Looking makes nobody anything.
		expect(await sara.session.device()).toBeNull();
		expect(await answer(sara, link)).toBe('waiting');
		await sara.sync();
		expect(await sara.session.store.readCircles()).toEqual([]);

		await marta.sync();
		const asked = must((await marta.circle()).work?.invites[0]?.answer, 'somebody answered');
		expect(asked.name).toBe('Sara Lindqvist');
		expect((await marta.circle()).others).toEqual([]);
		expect(await decideNow({ do: 'admit', pub })).toBe('done');

		await sara.sync();
		const hers = await sara.circle(idOf(own));
		expect([hers.standing, hers.role, hers.personName]).toEqual(['joined', 'relative', 'Märta']);
		expect(kilosOf(hers.observations('weight'))).toEqual([71]);
		expect([hers.canWrite('weight'), hers.canWrite('pulse'), hers.measures]).toEqual([
			true,
			false,
			['weight', 'pulse']
		]);
		expect(await standing(sara, link)).toBe('joined');
		expect((await marta.circle()).work?.invites).toEqual([]);
		expect((await marta.circle()).others).toMatchObject([
			{ name: 'Sara Lindqvist', relation: 'dotter', role: 'relative' }
		]);

		sara.now += 60_000;
		await sara.weighs(72, hers);
		await sara.sync();
		await marta.sync();
		const seen = (await marta.circle()).observations('weight');
		expect(kilosOf(seen)).toEqual([71, 72]);
		expect(own.nameOf(seen[1]?.by) ?? (await marta.circle()).nameOf(seen[1]?.by)).toBe('Sara Lindqvist');
	});

	test('works once, for seven days, and not after it was taken back', async () => {
		await marta.begin();
		const { link } = await invite();
		const other = await Someone.open('demo-erik', relay);
		expect(await answer(other, link)).toBe('waiting');
		expect(await answer(sara, link)).toBe('used');
		await other.session.erase();
		const second = await invite();
		expect(await decideNow({ do: 'withdraw', pub: second.pub })).toBe('done');
		expect(await answer(sara, second.link)).toBe('withdrawn');
		const third = await invite();
		relay.clock.pass(INVITE_LIFE_MS);
		expect(await answer(sara, third.link)).toBe('over');
		expect(await standing(marta, third.link)).toBe('own');
		expect(await answer(sara, third.link.replace('hemlinje', 'annan'))).toBe('other-origin');
		expect(await answer(sara, `${third.link.slice(0, -4)}abcA`)).toBe('unknown');
	});

	test('a no from the owner is told, and nothing was handed over', async () => {
		const own = await marta.begin();
		const { pub, link } = await invite();
		await answer(sara, link);
		await marta.sync();
		expect(await decideNow({ do: 'withdraw', pub })).toBe('done');
		expect(await standing(sara, link)).toBe('declined');
		expect(await sara.session.store.readCircle(idOf(own))).toBeNull();
	});

	test('without a network the answer is kept and goes by itself; the invitation too', async () => {
		await marta.begin();
		marta.isOnline = false;
		const { pub } = await invite();
		expect((await marta.circle()).work?.invites[0]?.sent).toBe(false);
		marta.isOnline = true;
		await marta.sync();
		const { work } = await marta.circle();
		expect([work?.invites[0]?.sent, work?.owed]).toEqual([true, []]);
		const link = linkOf(marta.session, must(work?.invites[0], 'it'));
		const opened = await openInvitation(sara.session, link);
		sara.isOnline = false;
		const answered = await answerInvitation(sara.session, must(opened.ok ? opened.value : null, 'it opens'), 'Sara');
		expect(answered).toEqual({ ok: true, value: 'unsent' });
		expect((await givenAnswer(sara.session, link))?.name).toBe('Sara');
		sara.isOnline = true;
		await sara.sync();
		await marta.sync();
		expect((await marta.circle()).work?.invites.find((each) => each.pub === pub)?.answer?.name).toBe('Sara');
	});

	test('L1: whoever joins sends their identity and their answer, and nothing of their own', async () => {
		await marta.begin();
		const id = await sara.session.ensureOwnCircle();
		const hers = await sara.circle(must(id.ok ? id.value : null, 'her own'));
		await sara.weighs(60, hers);
		const { link } = await invite();
		expect(await answer(sara, link)).toBe('waiting');
		await sara.sync();
		expect((await sara.session.store.readCircle(idOf(hers)))?.published).toBe(false);
		expect(await relay.store.headManifest(idOf(hers))).toBeNull();
		expect((await sara.circle(idOf(hers))).durability).toEqual({ type: 'here' });
	});

	test('a circle nobody answered an invitation to is not joined, whatever its manifest says', async () => {
		const { circle, member } = await together();
		const rows = await sara.session.store.readCircles();
		expect(rows.map((row) => row.standing)).toEqual(['joined']);
		await sara.session.store.forgetCircle(circle);
		await sara.session.store.updateCircle(circle, (row) => ({ ...must(row, 'it'), standing: 'invited' }));
		await sara.sync();
		expect((await sara.session.store.readCircle(circle))?.standing).toBe('invited');
		expect(member).toHaveLength(43);
	});
});

describe('changing and removing', () => {
	test('a right taken away: no new values reach, what was read stays read, and a right given back brings all', async () => {
		const { own, circle, member } = await together();
		const weight = must(
			access(own).roster?.books.find((book) => book.kind === 'weight'),
			'a book'
		).id;
		const rest = must(
			access(await marta.circle()).chain.head.body.members.find(({ identity }) => identity === member),
			'her'
		)
			.rights.filter((right) => right.book !== weight)
			.map(({ book, access: right }) => ({ book, access: right }));
		const hers = await sara.circle(circle);
		sara.now += 1000;
		await sara.weighs(72, hers);
		await sara.sync();
		expect(await decideNow({ do: 'rights', member, rights: rest })).toBe('done');
		marta.now += 2000;
		await marta.weighs(73, await marta.circle());
		await marta.sync();
		await sara.sync();
		const after = await sara.circle(circle);
		expect([after.measures, after.canWrite('weight'), kilosOf(after.observations('weight'))]).toEqual([[], false, []]);
		// What she wrote before still counts at the owner.
		expect(kilosOf((await marta.circle()).observations('weight'))).toEqual([71, 72, 73]);
		const all = [...rest, { book: weight, access: 'w' as const }];
		expect(await decideNow({ do: 'rights', member, rights: all })).toBe('done');
		await sara.sync();
		expect(kilosOf((await sara.circle(circle)).observations('weight'))).toEqual([71, 72, 73]);
	});

	test('removed: the app knows it from the signed record, keeps what was not sent, and nothing written later counts', async () => {
		const { circle, member } = await together();
		sara.isOnline = false;
		await sara.weighs(99, await sara.circle(circle));
		expect(await decideNow({ do: 'remove', member })).toBe('done');
		sara.isOnline = true;
		await sara.sync();
		const hers = await sara.circle(circle);
		expect([hers.isLetGo, hers.canWrite('weight'), hers.personName]).toEqual([true, false, 'Märta']);
		expect((await unsentReadings(sara.session, access(hers))).map((entry) => entry.values.weight)).toEqual([99]);
		expect(await hers.record(weightDraft(100))).toMatchObject({ ok: false });
		marta.now += 1000;
		await marta.weighs(74, await marta.circle());
		await marta.sync();
		await sara.sync();
		expect(kilosOf((await marta.circle()).observations('weight'))).toEqual([71, 74]);
		expect(
			(await sara.session.store.frames(circle, access(hers).chain.head.body.books[0]?.id ?? ('' as never))).length
		).toBeLessThan(3);
		expect(await leaveCircle(sara.session, hers)).toMatchObject({ ok: true });
		expect((await sara.session.store.readCircle(circle))?.keys).toEqual([]);
	});

	test('MR16: a relay that goes on serving whoever was removed has nothing they can open but what was there', async () => {
		const { own, circle, member } = await together();
		const theirs = access(await sara.circle(circle));
		expect(await decideNow({ do: 'remove', member })).toBe('done');
		const later = await marta.weighs(72, await marta.circle());
		await marta.sync();
		const device = must(await sara.session.device(), 'a device');
		const members = access(await marta.circle()).chain.records.flatMap(({ body }) => body.members);
		const keys: EpochKey[] = [...heldKeys(theirs, weightBook(own))];
		// Every envelope of the circle, and not those alone that are hers.
		for (const { identity } of [...members, { identity: member }])
			for (const envelope of await relay.store.envelopesFor(circle, identity))
				for (const { secret } of device.boxes)
					keys.push(...((await openEnvelope(envelope, idBytes(secret)))?.keys ?? []));
		const book = weightBook(own);
		const frames = (await relay.store.framesAfter({ circle, book, after: 0 }, 100)).flatMap((bytes) => {
			const parsed = parseFrame(bytes);
			return parsed.ok ? [parsed.value] : [];
		});
		const opened = frames.map((frame) => keys.some(({ key }) => openFrame(frame, key) !== null));
		expect(opened).toEqual([true, false]);
		expect(frames[1]?.header.epoch).toBe(2);
		expect((await marta.circle()).observations('weight').map(({ id }) => id)).toContain(later);
		// Told nothing of it, her app goes on showing what it had.
		expect(kilosOf((await sara.circle(circle)).observations('weight'))).toEqual([71]);
	});

	test('offline a removal is kept and says so, and is carried out by itself', async () => {
		const { circle, member } = await together();
		marta.isOnline = false;
		expect(await decideNow({ do: 'remove', member })).toBe('waiting');
		expect((await marta.circle()).work?.owed).toEqual([{ do: 'remove', member }]);
		marta.isOnline = true;
		await marta.sync();
		expect((await marta.circle()).work?.owed).toEqual([]);
		expect((await marta.circle()).others).toEqual([]);
		await sara.sync();
		expect((await sara.circle(circle)).isLetGo).toBe(true);
	});

	test('leaving: the others are told, the owner’s device renews the keys, and a new invitation brings her back', async () => {
		const { own, circle } = await together();
		expect(await leaveCircle(sara.session, await sara.circle(circle))).toMatchObject({ ok: true });
		expect((await sara.session.store.readCircle(circle))?.keys).toEqual([]);
		expect(await sara.session.store.heads(circle)).toEqual([]);
		await marta.sync();
		await (await marta.circle()).refreshDurability();
		await marta.sync();
		const after = await marta.circle();
		expect(after.others).toEqual([]);
		expect(after.receipts[0]?.outcome).toBe('declined');
		expect(circleHistory(access(after).chain).at(-1)?.type).toBe('let-go');
		sara.now += 3_600_000;
		marta.now += 3_600_000;
		const { pub, link } = await invite();
		expect(await answer(sara, link)).toBe('waiting');
		await marta.sync();
		expect(await decideNow({ do: 'admit', pub })).toBe('done');
		await sara.sync();
		expect(kilosOf((await sara.circle(circle)).observations('weight'))).toEqual([71]);
		await marta.circle();
		await marta.sync();
		expect((await marta.circle()).others).toHaveLength(1);
		expect(idOf(own)).toBe(circle);
	});

	test('of a medicine’s change a relative is offered to take back their own alone, the person any', async () => {
		const { own, circle } = await together([['medicines', 'w']]);
		const day = must(parseLocalDate('2026-11-02'), 'a day');
		expect(await own.noteChange({ type: 'medicine.start', day, name: 'Enalapril' })).toMatchObject({ ok: true });
		await marta.sync();
		await sara.sync();
		const hers = await sara.circle(circle);
		expect(await hers.noteChange({ type: 'medicine.start', day, name: 'Furix' })).toMatchObject({ ok: true });
		await sara.sync();
		await marta.sync();
		const offered = (each: CircleState) => each.changes.map((one) => [one.name, each.canTakeBack(one)]).sort();
		expect(offered(await sara.circle(circle))).toEqual([
			['Enalapril', false],
			['Furix', true]
		]);
		expect(offered(await marta.circle())).toEqual([
			['Enalapril', true],
			['Furix', true]
		]);
	});

	test('leaving without network, with a reading nobody takes any more: the others are told all the same', async () => {
		const { circle, member } = await together();
		sara.isOnline = false;
		await sara.weighs(99, await sara.circle(circle));
		expect(await leaveCircle(sara.session, await sara.circle(circle))).toMatchObject({ ok: true });
		const chosen = rightsFor(access(await marta.circle()), 'relative', new Map([['weight', 'r']]));
		expect(await decideNow({ do: 'rights', member, rights: chosen, from: null })).toBe('done');
		sara.isOnline = true;
		for (let round = 0; round < 3; round += 1) await sara.sync();
		expect((await sara.session.store.readCircle(circle))?.keys).toEqual([]);
		await marta.sync();
		const after = await marta.circle();
		expect(after.receipts[0]?.outcome).toBe('declined');
		expect(kilosOf(after.observations('weight'))).toEqual([71]);
	});

	test('a co-owner runs the circle, holds everything but the diary, and can be removed by the owner', async () => {
		const { circle, member } = await together([], 'coOwner');
		const hers = await sara.circle(circle);
		expect([hers.isRunning, hers.role, hers.canWrite('weight')]).toEqual([true, 'coOwner', true]);
		const kinds = access(hers).roster?.books.filter(({ id }) =>
			access(hers).member?.rights.some(({ book }) => book === id)
		);
		expect(kinds?.map(({ kind }) => kind)).not.toContain('private');
		const made = await makeInvite(sara.session, access(hers), {
			name: 'Erik',
			relation: '',
			role: 'viewer',
			rights: new Map([['weight', 'r']]),
			ownName: 'Sara'
		});
		expect(made.ok).toBe(true);
		await marta.sync();
		expect(access(await marta.circle()).chain.head.body.invites).toHaveLength(1);
		const owner = must((await marta.session.device())?.identity, 'an identity');
		expect(await decide(sara.session, circle, { do: 'remove', member: owner })).toMatchObject({
			value: { type: 'waiting', reason: { type: 'refused' } }
		});
		expect(await decideNow({ do: 'remove', member })).toBe('done');
	});

	test('compared numbers are kept: in the roster by who runs the circle, on the device by who does not', async () => {
		const { circle, member } = await together();
		await noteCompared(marta.session, access(await marta.circle()), member, true);
		await sara.sync();
		const hers = await sara.circle(circle);
		expect(isCompared(access(await marta.circle()), null, member)).toBe(true);
		const owner = must(hers.person?.id, 'Märta');
		expect(isCompared(access(hers), hers.work, owner)).toBe(false);
		await noteCompared(sara.session, access(hers), owner, false);
		const again = await sara.circle(circle);
		expect(isCompared(access(again), again.work, owner)).toBe(true);
	});

	test('the preview of what somebody sees is what their own device shows', async () => {
		const { circle, member } = await together([['weight', 'r']]);
		marta.now += 1000;
		await marta.weighs(75, await marta.circle());
		await marta.sync();
		await sara.sync();
		const reader = must(readerAccess(access(await marta.circle()), member), 'a member');
		const books = new CircleBooks(marta.session.store);
		await books.open(reader, await marta.session.store.heads(reader.chain.circle));
		const hers = await sara.circle(circle);
		expect(books.recorded('weight')).toEqual(hers.observations('weight'));
		expect(kilosOf(books.recorded('weight'))).toEqual([71, 75]);
		expect(reader.roster?.people).toEqual(access(hers).roster?.people);
		expect(readerAccess(access(hers), 'x'.repeat(43) as IdentityId)).toBeNull();
	});
});
