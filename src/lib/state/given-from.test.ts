/** S3: what somebody sees who was given a book from a day on, over the real relay; and what a false grant comes to. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kilosOf, Someone, weightDraft } from '../../../tests/support/sessions';
import { startTestRelay, type TestRelay } from '../../../tests/support/relay-calls';
import { createSqlitePlace, type SqlitePlace } from '../../../tests/support/relay-files';
import { START } from '../../../tests/support/relay-world';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import type { BookKind } from '$lib/domain/books';
import type { Access, InvitableRole } from '$lib/domain/rights';
import { DAY_MS, effectiveAt, localDate, type LocalDate } from '$lib/domain/time';
import { openFrame } from '$lib/protocol/frame';
import { idBytes, newId, type BookId, type EntryId, type IdentityId } from '$lib/protocol/ids';
import { coverableEnds, knownKinds } from '$lib/protocol/granted';
import { encodeGrant } from '$lib/protocol/snapshot';
import { bookOfKind, epochKey, givenFrom, grantKey, heldKeys, readerAccess } from '$lib/sync/circle-access';
import { grantKeysOf, originalRules } from '$lib/sync/grant-keys';
import { OpenBook } from '$lib/sync/open-book';
import { writeContext } from '$lib/sync/write-context';
import { CircleBooks } from './circle-books.svelte';
import type { CircleState } from './circle-state.svelte';
import { earlierQuestion } from './earlier-question.svelte';
import { decide, linkOf, makeInvite, rightsFor } from './circle-members';
import { answerInvitation, openInvitation } from './joining';

let place: SqlitePlace;
let relay: TestRelay;
let marta: Someone;
let sara: Someone;
let erik: Someone;

beforeEach(async () => {
	place = createSqlitePlace();
	relay = startTestRelay(await place.open());
	marta = await Someone.open('demo-given-marta', relay);
	sara = await Someone.open('demo-given-sara', relay);
	erik = await Someone.open('demo-given-erik', relay);
});

afterEach(async () => {
	for (const each of [marta, sara, erik]) await each.session.erase();
	await relay.close();
	await place.remove();
});

const access = (circle: CircleState) => must(circle.access, 'the circle is open');
const idOf = (circle: CircleState) => access(circle).chain.circle;
/** The day so many days before the tests' own. */
const day = (back: number): LocalDate => localDate(effectiveAt(START - back * DAY_MS, 'Europe/Stockholm'));
const weightAt = (kilos: number, back: number) => weightDraft(kilos, START - back * DAY_MS);

async function letIn(
	who: Someone,
	options: { from?: LocalDate; role?: InvitableRole; rights?: readonly (readonly [BookKind, Access])[] } = {}
): Promise<IdentityId> {
	const own = await marta.circle();
	const made = await makeInvite(marta.session, access(own), {
		name: 'Sara',
		relation: '',
		role: options.role ?? 'relative',
		rights: new Map(options.rights ?? [['weight', 'w']]),
		ownName: 'Märta',
		from: options.from
	});
	const pub = must(made.ok ? made.value : null, 'an invitation');
	const { work } = await marta.circle();
	const kept = must(
		work?.invites.find((each) => each.pub === pub),
		'it is kept'
	);
	const opened = await openInvitation(who.session, linkOf(marta.session, kept));
	if (!opened.ok || opened.value.standing !== 'open') throw new Error('the link opens');
	await answerInvitation(who.session, opened.value, 'Sara Lindqvist');
	await marta.sync();
	await decide(marta.session, idOf(own), { do: 'admit', pub });
	await marta.sync();
	await who.sync();
	return must((await who.session.device())?.identity, 'an identity');
}

async function rights(member: IdentityId, from: LocalDate | null, given: Access = 'w'): Promise<void> {
	const own = await marta.circle();
	const chosen = rightsFor(access(own), 'relative', new Map([['weight', given]]));
	await decide(marta.session, idOf(own), { do: 'rights', member, rights: chosen, from });
	await marta.sync();
}

/** Märta has weighed herself 40, 20 and 2 days ago. */
async function weighed(): Promise<{ own: CircleState; ids: string[] }> {
	const own = await marta.begin();
	const ids: string[] = [];
	for (const [kilos, back] of [
		[70, 40],
		[71, 20],
		[72, 2]
	] as const) {
		const saved = await own.record(weightAt(kilos, back));
		ids.push(must(saved.ok ? saved.value : null, 'saved'));
	}
	await marta.sync();
	return { own: await marta.circle(), ids };
}

const weightBook = (circle: CircleState): BookId => must(bookOfKind(access(circle), 'weight'), 'the weight book');
const seenBy = async (who: Someone, circle: CircleState) =>
	kilosOf((await who.circle(idOf(circle))).observations('weight'));
const grantsOf = async (who: Someone, circle: CircleState) => {
	const opened = access(await who.circle(idOf(circle)));
	const book = await OpenBook.open(who.session.store, opened, weightBook(circle), 'weight');
	return book.grants.map(({ state }) => state);
};

describe('S3: a book from a day on', () => {
	test('the reader sees the window and what comes after, as it was said, and opens nothing from before', async () => {
		const { own, ids } = await weighed();
		await letIn(sara, { from: day(30) });
		expect(await seenBy(sara, own)).toEqual([71, 72]);
		const theirs = await sara.circle(idOf(own));
		const person = access(own).member?.identity;
		expect(theirs.observations('weight').map(({ id, by }) => [id, by])).toEqual(ids.slice(1).map((id) => [id, person]));
		// Every key handed over was tried on every frame that came before.
		const book = weightBook(own);
		const frames = (await sara.session.store.frames(idOf(own), book)).map(({ frame }) => frame);
		const before = frames.filter(({ header, type }) => type === 'batch' && header.epoch === 1);
		expect(before).toHaveLength(3);
		const grants = (access(theirs).keys.grants ?? []).map(({ key }) => idBytes(key));
		const keys = [...heldKeys(access(theirs), book).map(({ key }) => key), ...grants];
		expect(keys).toHaveLength(2);
		for (const frame of before) for (const key of keys) expect(openFrame(frame, key)).toBeNull();
		expect(epochKey(access(theirs), book, 1)).toBeNull();
		// Both write on, and each sees the other's.
		await marta.weighs(73, await marta.circle());
		await marta.sync();
		await sara.sync();
		sara.now += 60_000;
		await sara.weighs(74, await sara.circle(idOf(own)));
		await sara.sync();
		await marta.sync();
		expect(await seenBy(sara, own)).toEqual([71, 72, 73, 74]);
		expect(await seenBy(marta, own)).toEqual([70, 71, 72, 73, 74]);
		expect(await grantsOf(sara, own)).toEqual(['read']);
		expect(await grantsOf(marta, own)).toEqual(['agrees']);
	});

	test('what the person’s own device shows as theirs is what theirs shows', async () => {
		const { own } = await weighed();
		const member = await letIn(sara, { from: day(30) });
		const reader = must(readerAccess(access(await marta.circle()), member), 'they are a member');
		const books = new CircleBooks(marta.session.store);
		await books.open(reader, await marta.session.store.heads(reader.chain.circle));
		expect(kilosOf(books.observations('weight'))).toEqual(await seenBy(sara, own));
	});

	test('a correction and a removal before the grant come with the reading; later ones reach it', async () => {
		const { own, ids } = await weighed();
		const [, second, third] = own.observations('weight');
		await own.amend(must(second, 'one'), weightAt(81, 20));
		await own.voidObservation(must(third, 'one').id, 'wrongValue');
		await marta.sync();
		await letIn(sara, { from: day(30) });
		const theirs = await sara.circle(idOf(own));
		expect(kilosOf(theirs.observations('weight'))).toEqual([81]);
		expect(theirs.observations('weight')[0]?.earlier?.map(({ values }) => values.weight)).toEqual([71]);
		expect(theirs.removed('weight').map(({ id, reason }) => [id, reason])).toEqual([[ids[2], 'wrongValue']]);
		const now = await marta.circle();
		await now.amend(must(now.observations('weight')[1], 'one'), weightAt(91, 20));
		await marta.sync();
		await sara.sync();
		expect(await seenBy(sara, own)).toEqual([91]);
	});

	test('an earlier day gives more, everything gives all, a later day takes away', async () => {
		const { own } = await weighed();
		const member = await letIn(sara, { from: day(10) });
		expect(await seenBy(sara, own)).toEqual([72]);
		await rights(member, day(30));
		await sara.sync();
		expect(await seenBy(sara, own)).toEqual([71, 72]);
		await rights(member, day(5));
		await sara.sync();
		expect(await seenBy(sara, own)).toEqual([72]);
		await rights(member, null);
		await sara.sync();
		expect(await seenBy(sara, own)).toEqual([70, 71, 72]);
		expect((await grantsOf(marta, own)).every((state) => state === 'agrees')).toBe(true);
		expect(givenFrom(access(await marta.circle()), member)).toEqual([]);
	});

	test('a grant for one is not read by another who was given less', async () => {
		const { own } = await weighed();
		await letIn(sara, { from: day(5) });
		await letIn(erik, { from: day(30), role: 'viewer', rights: [['weight', 'r']] });
		await sara.sync();
		expect(await seenBy(sara, own)).toEqual([72]);
		expect(await seenBy(erik, own)).toEqual([71, 72]);
	});

	test('what waited to be sent goes out under the old key, and is not read', async () => {
		const { own } = await weighed();
		marta.isOnline = false;
		const late = await marta.circle();
		expect((await late.record(weightAt(69, 35))).ok).toBe(true);
		marta.isOnline = true;
		await letIn(sara, { from: day(30) });
		expect(await seenBy(sara, own)).toEqual([71, 72]);
		expect(await seenBy(marta, own)).toEqual([70, 69, 71, 72]);
	});

	test('a frame of the grant that the relay keeps back is told as missing, and nothing is made of the rest', async () => {
		const { own } = await weighed();
		const many = await marta.circle();
		const drafts = Array.from({ length: 900 }, (_, i) => ({
			...weightAt(70 + (i % 20), 1),
			note: `rad ${i} ${newId(systemRandom)}${newId(systemRandom)}`
		}));
		expect((await many.recordMany(drafts)).ok).toBe(true);
		await marta.sync();
		const member = await letIn(sara, { from: day(30) });
		const reader = must(readerAccess(access(await marta.circle()), member), 'they are a member');
		const book = weightBook(own);
		const { store } = sara.session;
		const whole = await store.frames(idOf(own), book);
		const slices = whole
			.filter(({ frame }) => frame.type === 'snapshot')
			.sort((a, b) => a.frame.header.seq - b.frame.header.seq);
		expect(slices.length).toBeGreaterThan(1);
		const rules = originalRules(reader, book, 'weight');
		const { grantReader } = await import('$lib/protocol/read-grants');
		const { acceptFrames } = await import('$lib/protocol/accept');
		const among = whole.filter((each) => each !== slices[1]).map(({ frame }) => frame);
		const read = acceptFrames({ ...rules, frames: among, readGrants: grantReader(grantKeysOf(reader, book)) });
		expect([read.grants.map(({ state }) => state), read.granted]).toEqual([['partial'], []]);
	});
});

describe('S3: what is older and written later', () => {
	test('is asked about before it is sealed, and sealed only with a yes; what is new is not asked about', async () => {
		const { own } = await weighed();
		await letIn(sara, { from: day(30) });
		const now = await marta.circle();
		const held = now.record(weightAt(68, 35));
		await expect
			.poll(() => earlierQuestion.asked)
			.toMatchObject({
				readers: [{ name: 'Sara Lindqvist', day: day(30) }],
				day: day(35),
				count: 1
			});
		earlierQuestion.answer(false);
		expect(await held).toEqual({ ok: false, error: { type: 'held-back' } });
		expect(await marta.session.store.countOutbox(idOf(own))).toBe(0);
		const said = now.record(weightAt(68, 35));
		await expect.poll(() => earlierQuestion.asked).not.toBeNull();
		earlierQuestion.answer(true);
		expect((await said).ok).toBe(true);
		expect((await now.record(weightAt(73, 0))).ok).toBe(true);
		await marta.sync();
		await sara.sync();
		expect(await seenBy(sara, own)).toEqual([68, 71, 72, 73]);
	});
});

describe('MR13: a grant that does not hold what was written', () => {
	test('an owner’s device that adds a reading in somebody’s name is found by whoever holds the originals', async () => {
		const { own } = await weighed();
		await letIn(erik, { role: 'coOwner' });
		const book = weightBook(own);
		const opened = access(await marta.circle());
		const device = must(await marta.session.device(), 'a device');
		const { store } = marta.session;
		const frames = (await store.frames(idOf(own), book)).map(({ frame }) => frame);
		const rules = originalRules(opened, book, 'weight');
		const covers = coverableEnds(rules, frames).filter((end) => end.device !== device.device);
		// A key that both hold, as an honest grant's would be.
		await letIn(sara, { from: day(30) });
		const after = access(await marta.circle());
		const commit = must(givenFrom(after, must((await sara.session.device())?.identity, 'Sara'))[0], 'given').key;
		const key = must(grantKey(after, book, commit), 'the key of the grant');
		const { stated } = await OpenBook.open(store, after, book, 'weight');
		const invented = stated.map((each) => ({ ...each, entry: { ...each.entry, id: newId<EntryId>(systemRandom) } }));
		const slices = encodeGrant(
			{ from: day(30), kinds: knownKinds, stated: invented },
			covers,
			{ circle: idOf(own), book },
			key,
			systemRandom
		);
		const head = await store.head(idOf(own), book);
		expect(await store.appendSnapshot(writeContext(after, device, null), book, head.hash, slices)).toEqual({
			ok: true,
			value: true
		});
		await marta.sync();
		await erik.sync();
		expect((await grantsOf(erik, own)).sort()).toEqual(['agrees', 'differs']);
	});

	test('MM9: a snapshot of somebody who is no owner hands over nothing', async () => {
		const { own } = await weighed();
		await letIn(erik, { role: 'coOwner' });
		await letIn(sara, { from: day(5) });
		await erik.sync();
		const book = weightBook(own);
		const theirs = access(await erik.circle(idOf(own)));
		const saras = must((await sara.session.device())?.identity, 'Sara');
		const key = must(grantKey(theirs, book, must(givenFrom(theirs, saras)[0], 'given').key), 'a co-owner holds it');
		const { store } = erik.session;
		const { stated } = await OpenBook.open(store, theirs, book, 'weight');
		const slices = encodeGrant(
			{ from: day(90), kinds: knownKinds, stated },
			[],
			{ circle: idOf(own), book },
			key,
			systemRandom
		);
		const head = await store.head(idOf(own), book);
		const device = must(await erik.session.device(), 'a device');
		await store.appendSnapshot(writeContext(theirs, device, null), book, head.hash, slices);
		await erik.sync();
		await sara.sync();
		expect(await seenBy(sara, own)).toEqual([72]);
		expect(await grantsOf(sara, own)).toEqual(['read']);
	});
});
