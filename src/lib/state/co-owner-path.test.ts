/**
 * A6, the way back through a co-owner (L3, decision 0020): the person has no device and no code. All that was in the circle is
 * back on a new phone with who wrote what, and whoever holds the old devices is told nothing more and reaches nothing new.
 */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestRelay, type TestRelay } from '../../../tests/support/relay-calls';
import { createSqlitePlace, type SqlitePlace } from '../../../tests/support/relay-files';
import { kilosOf, Someone, weightDraft } from '../../../tests/support/sessions';
import { openAgeFile, sealAgeFile, type AgeKey, type AgeLock } from '$lib/crypto/age-file';
import { createBoxKey } from '$lib/crypto/boxes';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import type { AgeWork } from '$lib/exchange/backup/file';
import type { CircleId } from '$lib/protocol/ids';
import { bookOfKind } from '$lib/sync/circle-access';
import { makeArchive } from './archive/making';
import { attachArchive, planAttaching, readArchive, type VerifiedArchive } from './archive/reading';
import { decide, linkOf, makeInvite } from './circle-members';
import type { CircleState } from './circle-state.svelte';
import { beginFor } from './holding';
import { answerInvitation, openInvitation } from './joining';
import { leaveCircle } from './leaving';

const work: AgeWork = { seal: sealAgeFile, open: openAgeFile };
const box = createBoxKey(systemRandom);
const lock: AgeLock = { kind: 'recipient', pub: box.pub };
const key: AgeKey = { kind: 'secret', secret: box.secret };
const quiet = { signal: new AbortController().signal, onProgress: () => undefined };

let place: SqlitePlace;
let relay: TestRelay;
let marta: Someone;
let sara: Someone;
let phone: Someone;

beforeEach(async () => {
	place = createSqlitePlace();
	relay = startTestRelay(await place.open());
	[marta, sara, phone] = [
		await Someone.open('demo-marta', relay),
		await Someone.open('demo-sara', relay),
		await Someone.open('demo-phone', relay)
	];
});

afterEach(async () => {
	for (const each of [marta, sara, phone]) await each.session.erase();
	await relay.close();
	await place.remove();
});

const idOf = (circle: CircleState): CircleId => must(circle.access, 'the circle is open').chain.circle;

async function letIn(owner: Someone, other: Someone, role: 'coOwner' | 'viewer'): Promise<CircleId> {
	const own = await owner.circle();
	const made = await makeInvite(owner.session, must(own.access, 'open'), {
		...{ name: 'Sara', relation: 'dotter', role, ownName: 'Märta Nilsson' },
		rights: new Map([['weight', 'r']])
	});
	const pub = must(made.ok ? made.value : null, 'an invitation');
	const invites = (await owner.circle()).work?.invites ?? [];
	const kept = must(
		invites.find((each) => each.pub === pub),
		'kept'
	);
	const opened = await openInvitation(other.session, linkOf(owner.session, kept));
	if (!opened.ok) throw new Error(opened.error.type);
	await answerInvitation(other.session, opened.value, 'Sara');
	await owner.sync();
	await decide(owner.session, idOf(own), { do: 'admit', pub });
	await other.sync();
	return idOf(own);
}

/** Märta and Sara have both measured, and Märta has corrected one of hers. */
async function together(): Promise<CircleId> {
	const own = await marta.begin();
	await marta.weighs(71, own);
	const circle = await letIn(marta, sara, 'coOwner');
	const wrong = must((await marta.circle()).observations('weight')[0], 'a reading');
	await (await marta.circle()).amend(wrong, weightDraft(70.5));
	await sara.weighs(72, await sara.circle(circle));
	for (const each of [marta, sara, marta]) await each.sync();
	return circle;
}

async function archiveBy(who: Someone, circle: CircleId): Promise<Uint8Array> {
	const made = await makeArchive(who.session, work, lock, (entries) => new Map([['entries.ndjson', entries]]), circle);
	if (!made.ok) throw new Error(made.error.type);
	return made.value.file;
}

async function readIn(who: Someone, file: Uint8Array): Promise<VerifiedArchive> {
	const read = await readArchive(who.session, work, key, file, quiet);
	if (!read.ok) throw new Error(read.error.type);
	expect(await planAttaching(who.session, read.value, false)).toMatchObject({ type: 'new' });
	expect((await attachArchive(who.session, read.value, quiet)).ok).toBe(true);
	return read.value;
}

test('A6: all that was in the circle is back on the new phone, hers as hers and Sara’s as Sara’s', async () => {
	const circle = await together();
	const archive = await readIn(phone, await archiveBy(sara, circle));
	expect(archive.found).toMatchObject({ name: 'Märta Nilsson', readings: 2, writers: ['Sara'] });
	const own = await phone.circle();
	expect(own.ownName).toBe('Märta Nilsson');
	const readings = [...own.observations('weight')].sort((a, b) => (a.values.weight ?? 0) - (b.values.weight ?? 0));
	expect(kilosOf(readings)).toEqual([70.5, 72]);
	expect(readings.map(({ by }) => [own.isOwn(by ?? ''), own.nameOf(by)])).toEqual([
		[true, null],
		[false, 'Sara']
	]);
	expect(readings[0]?.version).not.toBe(readings[0]?.id);
});

test('A6: the old devices are dead to it: they see nothing new, and what they write comes nowhere', async () => {
	const circle = await together();
	await readIn(phone, await archiveBy(sara, circle));
	await phone.begin();
	const renewed = await letIn(phone, sara, 'coOwner');
	await phone.weighs(69, await phone.circle());
	await phone.sync();
	await sara.sync();
	expect(kilosOf((await sara.circle(renewed)).observations('weight'))).toEqual([69]);
	await leaveCircle(sara.session, await sara.circle(circle));

	// Whoever has found the old phone goes on with it.
	await marta.weighs(99, await marta.circle());
	expect(await marta.sync()).toBe('ok');
	expect(kilosOf((await marta.circle()).observations('weight')).sort()).toEqual([70.5, 72, 99]);
	expect((await marta.session.store.readCircles()).map((row) => row.circle)).toEqual([circle]);
	const old = must(await marta.session.device(), 'an old device').identity;
	expect((await phone.circle()).access?.chain.head.body.members.some(({ identity }) => identity === old)).toBe(false);
	await phone.sync();
	await sara.sync();
	expect(kilosOf((await phone.circle()).observations('weight')).sort()).toEqual([69, 70.5, 72]);
	expect(kilosOf((await sara.circle(renewed)).observations('weight'))).toEqual([69]);
});

test('a co-owner’s archive holds no key of the private book, and somebody who does not run the circle makes none', async () => {
	const circle = await together();
	const { circles } = await readIn(phone, await archiveBy(sara, circle));
	const access = must(circles[0], 'a circle').access;
	const book = must(bookOfKind(access, 'private'), 'it has one');
	expect(access.keys.keys.some((each) => each.book === book)).toBe(false);
	expect(access.keys.keys.length).toBeGreaterThan(0);
	await phone.begin();
	const viewed = await letIn(phone, marta, 'viewer');
	const made = await makeArchive(marta.session, work, lock, () => new Map(), viewed);
	expect(made).toEqual({ ok: false, error: { type: 'no-circle' } });
});

test('a circle that was held goes the same way to somebody who has their own: the holder’s readings are the holder’s', async () => {
	const begun = await beginFor(sara.session, { person: 'Märta', holder: 'Sara' });
	const circle = must(begun.ok ? begun.value : null, 'begun');
	await sara.weighs(71, await sara.circle(circle));
	await marta.weighs(70, await marta.begin());
	const archive = await readIn(marta, await archiveBy(sara, circle));
	expect(archive.found).toMatchObject({ name: 'Märta', writers: ['Sara'] });
	const own = await marta.circle();
	expect(kilosOf(own.observations('weight')).sort()).toEqual([70, 71]);
	const [hers] = own.observations('weight').filter(({ values }) => values.weight === 71);
	expect([own.isOwn(hers?.by ?? ''), own.nameOf(hers?.by)]).toEqual([false, 'Sara']);
});
