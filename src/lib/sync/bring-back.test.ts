/** A relay restored from an old backup, and one that acknowledges what it does not keep: everything comes back (part 11). */
import 'fake-indexeddb/auto';
import { describe, expect, test } from 'vitest';
import { acknowledging } from '../../../tests/support/lying-relay';
import { pairWith } from '../../../tests/support/pairing';
import { weight } from '../../../tests/support/parties';
import { expectAlike, useRelay, settle, share, SHARED } from '../../../tests/support/restorable-relay';
import { toBase64url } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import { encodeHeads, parseHeads } from '$lib/protocol/api/heads';
import { bookOfKind } from './circle-access';
import { changeCircle } from './membership';

const world = useRelay();

const party = (type: 'person' | 'unit') => world.party(type);

describe.each([
	['and the relay says so', true],
	['and nobody says so', false]
])('R6, MR4: restored from a backup %s', (_, isTold) => {
	test('frames written since come back from whoever holds them, and the person is told', async () => {
		const [marta, unit] = [await party('person'), await party('unit')];
		await share(marta, unit);
		const entries = Array.from({ length: 5 }, (_, i) => weight(70 + i));
		await marta.record('weight', entries.slice(0, 2));
		await settle([marta, unit]);
		await world.backUp();
		await marta.record('weight', [must(entries[2], 'one')]);
		await marta.sync();
		await unit.sync();
		await unit.record('weight', [must(entries[3], 'one')]);
		await settle([unit, marta]);
		await world.restore(isTold);
		// Something new is written before anybody has noticed.
		await marta.record('weight', [must(entries[4], 'one')]);
		expect(await settle([marta, unit])).toContain('relay-went-back');
		await expectAlike(
			[marta, unit],
			entries.map(({ id }) => id)
		);
		expect((await marta.store.readCare()).lost?.frames).toBeGreaterThan(0);
		// A new reader gets all of it from the relay alone.
		const later = await party('unit');
		await marta.shareWith(later, SHARED);
		await settle([marta, later]);
		await expectAlike(
			[later],
			entries.map(({ id }) => id)
		);
	});

	test('a person, their circle, a new key and a new member that the backup does not know come back', async () => {
		const unit = await party('unit');
		await world.backUp();
		const marta = await party('person');
		const entries = Array.from({ length: 4 }, (_, i) => weight(70 + i));
		await marta.record('weight', [must(entries[0], 'one')]);
		await marta.sync();
		await share(marta, unit);
		await unit.record('weight', [must(entries[1], 'one')]);
		await settle([unit, marta]);
		await marta.renewKey('weight');
		await settle([marta, unit]);
		await marta.record('weight', [must(entries[2], 'one')]);
		await settle([marta, unit]);
		await world.restore(isTold);
		await unit.record('weight', [must(entries[3], 'one')]);
		await settle([unit, marta, unit]);
		await expectAlike(
			[marta, unit],
			entries.map(({ id }) => id)
		);
	});

	test('what a removed member wrote before they were let go comes back, though it is of a key that is past', async () => {
		const [marta, unit] = [await party('person'), await party('unit')];
		await world.backUp();
		await share(marta, unit);
		const entry = weight(71);
		await unit.record('weight', [entry]);
		await settle([unit, marta]);
		await marta.renewKey('weight');
		await settle([marta, unit]);
		await world.restore(isTold);
		await settle([marta]);
		await expectAlike([marta], [entry.id]);
		const later = await party('unit');
		await marta.shareWith(later, SHARED);
		await settle([marta, later]);
		await expectAlike([later], [entry.id]);
	});
});

test('R6: what the backup does not know of a circle comes back from a member who does not run it', async () => {
	const [marta, unit] = [await party('person'), await party('unit')];
	await share(marta, unit);
	await world.backUp();
	const entries = [weight(70), weight(71)];
	await marta.renewKey('weight');
	await settle([marta]);
	await marta.record('weight', [must(entries[0], 'one')]);
	await marta.renewKey('profile');
	await settle([marta, unit]);
	const known = (await unit.access()).chain;
	await world.restore(false);
	expect(await settle([unit])).toContain('relay-went-back');
	expect(must(await world.relay.store.headManifest(known.circle), 'a head')).toEqual(known.head.bytes);
	expect(await world.count(unit, 'weight')).toBe(1);
	// A device that has never held the keys gets them from the relay, with nobody else at hand.
	const colleague = await pairWith(unit, world.answering);
	await settle([unit, colleague]);
	await expectAlike([colleague], [must(entries[0], 'one').id]);
	await marta.record('weight', [must(entries[1], 'one')]);
	await settle([marta, unit]);
	await expectAlike(
		[marta, unit, colleague],
		entries.map(({ id }) => id)
	);
});

test('R6: the log of whoever signed a lost record comes back before it', async () => {
	const [marta, unit] = [await party('person'), await party('unit')];
	await share(marta, unit);
	await world.backUp();
	const tablet = await pairWith(marta, world.answering);
	await settle([marta, tablet, unit]);
	await tablet.renewKey('weight');
	await settle([marta, tablet, unit]);
	const known = (await unit.access()).chain;
	await world.restore(false);
	await settle([unit]);
	expect(must(await world.relay.store.headManifest(known.circle), 'a head')).toEqual(known.head.bytes);
	const { identity, log } = await marta.device();
	expect((await world.relay.store.identityLog(identity)).map(toBase64url)).toEqual(log);
});

test('R6: whoever was let go and let in again since the backup brings both back at once, and stays in', async () => {
	const [marta, unit] = [await party('person'), await party('unit')];
	await share(marta, unit);
	await world.backUp();
	const { chain } = await marta.access();
	const owners = chain.head.body.members.filter(({ role }) => role === 'owner');
	const deps = { random: marta.random, now: () => chain.head.body.at + 1 };
	const step = await changeCircle(await marta.access(), await marta.device(), deps, { members: owners });
	expect((await marta.client.extendCircle(chain.circle, step.manifest, step.envelopes)).ok).toBe(true);
	await settle([marta, unit]);
	await marta.shareWith(unit, SHARED);
	await settle([marta, unit]);
	await world.restore(false);
	const entry = weight();
	await unit.record('weight', [entry]);
	await settle([unit]);
	const { identity } = await unit.device();
	expect(await world.relay.store.roleIn(chain.circle, identity)).toBe('careContact');
	await settle([marta, unit]);
	await expectAlike([marta, unit], [entry.id]);
});

test('MR12: a record of a member who does not run the circle, acknowledged and not kept, is sent again', async () => {
	const [marta, unit] = [await party('person'), await party('unit')];
	await share(marta, unit);
	const lost = await pairWith(unit, world.answering);
	await settle([unit, lost, marta]);
	const { device } = await lost.device();
	await unit.store.devices.updateWork((now) => ({ ...now, remove: [device] }));
	unit.between = (request, next) =>
		request.method === 'POST' && request.url.endsWith('/manifest')
			? Promise.resolve(new Response(null, { status: 204 }))
			: next(request);
	await settle([unit]);
	unit.between = (request, next) => next(request);
	await settle([unit]);
	const { chain } = await unit.access();
	expect(chain.head.body.cuts.some(({ heads }) => heads.some((cut) => cut.device === device))).toBe(true);
	expect(must(await world.relay.store.headManifest(chain.circle), 'a head')).toEqual(chain.head.bytes);
	const entry = weight();
	await marta.record('weight', [entry]);
	await settle([marta, unit]);
	await expectAlike([marta, unit], [entry.id]);
});

test('a relay that lost the identity of a device lets it in again', async () => {
	await world.backUp();
	const marta = await party('person');
	const entry = weight();
	await marta.record('weight', [entry]);
	await marta.sync();
	await world.restore(false);
	marta.client = marta.newClient();
	marta.engine = marta.newEngine();
	await settle([marta]);
	await expectAlike([marta], [entry.id]);
});

test('a new incarnation that lost nothing alarms nobody', async () => {
	const [marta, unit] = [await party('person'), await party('unit')];
	await share(marta, unit);
	await marta.record('weight', [weight()]);
	await settle([marta, unit]);
	await world.backUp();
	await world.restore(true);
	expect(new Set(await settle([marta, unit]))).toEqual(new Set(['ok']));
	expect((await marta.store.readCare()).lost).toBeUndefined();
});

test.each([
	['and hides it behind its heads', 0],
	['with a place that another frame has', 1]
])(
	'MR12: a relay that acknowledges a frame it does not keep, %s, is found out, and the frame is sent again',
	async (_, at) => {
		const [marta, unit] = [await party('person'), await party('unit')];
		await share(marta, unit);
		const entries = Array.from({ length: 3 }, (_, i) => weight(70 + i));
		await marta.record('weight', [must(entries[0], 'one')]);
		await settle([marta, unit]);
		await marta.record('weight', [must(entries[1], 'one')]);
		marta.between = acknowledging((seq) => (at === 0 ? seq : 2));
		expect(await marta.sync()).toBe('ok');
		expect(await marta.waiting()).toBe(0);
		if (at === 1) {
			await unit.record('weight', [must(entries[2], 'one')]);
			await unit.sync();
		}
		marta.between = (request, next) => next(request);
		expect(await marta.sync()).toBe('relay-went-back');
		await settle([marta, unit]);
		const kept = entries.slice(0, at === 1 ? 3 : 2).map(({ id }) => id);
		await expectAlike([marta, unit], kept);
	}
);

test('MR12: a whole chain acknowledged falsely, its first place another’s by now, is sent again from its start', async () => {
	const [marta, unit] = [await party('person'), await party('unit')];
	await share(marta, unit);
	const entries = Array.from({ length: 3 }, (_, i) => weight(70 + i));
	let pos = 0;
	unit.between = acknowledging(() => ((pos += 1) === 1 ? 1 : 7));
	for (const entry of entries.slice(0, 2)) await unit.record('weight', [entry]);
	expect(await unit.sync()).toBe('ok');
	expect(await unit.waiting()).toBe(0);
	await marta.record('weight', entries.slice(2));
	expect(await marta.sync()).toBe('ok');
	unit.between = (request, next) => next(request);
	expect(await unit.sync()).toBe('relay-went-back');
	await settle([unit, marta]);
	await expectAlike(
		[marta, unit],
		entries.map(({ id }) => id)
	);
});

test.each([
	['', 9],
	[', and its place becomes another’s', 2]
])('MR12: a frame acknowledged falsely is found out although the next one still waits%s', async (_, place) => {
	const [marta, unit] = [await party('person'), await party('unit')];
	await share(marta, unit);
	const entries = Array.from({ length: 4 }, (_each, i) => weight(70 + i));
	await unit.record('weight', entries.slice(0, 1));
	await settle([marta, unit]);
	// The first is told to have a place further on, the second one that is known to be another frame's.
	const places = [place, 1];
	marta.between = acknowledging(() => places.shift() ?? 1);
	await marta.record('weight', entries.slice(1, 2));
	expect(await marta.sync()).toBe('ok');
	expect(await marta.waiting()).toBe(0);
	await marta.record('weight', entries.slice(2, 3));
	await unit.record('weight', entries.slice(3));
	await unit.sync();
	expect(await marta.sync()).toBe('relay-went-back');
	marta.between = (request, next) => next(request);
	await settle([marta, unit]);
	await expectAlike(
		[marta, unit],
		entries.map(({ id }) => id)
	);
});

test('MR12: a device that took the word for a later frame while an earlier one waited sends both', async () => {
	const [marta, unit] = [await party('person'), await party('unit')];
	await share(marta, unit);
	const entries = Array.from({ length: 5 }, (_, i) => weight(70 + i));
	await unit.record('weight', entries.slice(0, 2));
	await settle([marta, unit]);
	// The second of three is told to have a place that is known to be another frame's.
	const places = [8, 1, 9];
	marta.between = acknowledging(() => places.shift() ?? 1);
	for (const entry of entries.slice(2)) await marta.record('weight', [entry]);
	expect(await marta.sync()).toBe('relay-went-back');
	// What has no place behind the gap is not taken for sent.
	expect(await marta.waiting()).toBe(2);
	marta.between = (request, next) => next(request);
	await settle([marta, unit]);
	await expectAlike(
		[marta, unit],
		entries.map(({ id }) => id)
	);
});

test('MR12: a device that already took the word for the first and the last of three sends the first again, then the others', async () => {
	const [marta, unit] = [await party('person'), await party('unit')];
	await share(marta, unit);
	const entries = Array.from({ length: 4 }, (_, i) => weight(70 + i));
	await unit.record('weight', entries.slice(0, 1));
	await settle([marta, unit]);
	for (const entry of entries.slice(1)) await marta.record('weight', [entry]);
	const [first, , last] = await marta.store.outbox((await marta.access()).chain.circle);
	for (const [row, pos] of [[must(first, 'a row'), 8] as const, [must(last, 'a row'), 9] as const])
		expect(await marta.store.acknowledge([{ row, pos }])).toEqual({ ok: true, value: 1 });
	await settle([marta, unit]);
	await expectAlike(
		[marta, unit],
		entries.map(({ id }) => id)
	);
});

test('two engines of one device at once take no acknowledgement of the other for a lie', async () => {
	const marta = await party('person');
	const second = marta.newEngine();
	const said: string[] = [];
	for (let i = 0; i < 8; i += 1) {
		await marta.record('weight', [weight(60 + i)]);
		const results = await Promise.all([marta.engine.sync(), second.sync()]);
		said.push(...results.map((result) => (result.ok ? 'ok' : result.error.type)));
	}
	expect(new Set(said)).toEqual(new Set(['ok']));
});

test('a relay that goes back again and again is said each time, and loses nothing', async () => {
	const marta = await party('person');
	const entries = Array.from({ length: 3 }, (_, i) => weight(70 + i));
	await marta.record('weight', entries);
	await settle([marta]);
	const book = must(bookOfKind(await marta.access(), 'weight'), 'a book');
	marta.between = async (request, next) => {
		const answer = await next(request);
		const heads = request.url.endsWith('/heads') && parseHeads(new Uint8Array(await answer.clone().arrayBuffer()));
		if (!heads) return answer;
		const circles = heads.circles.map((circle) => ({
			...circle,
			books: circle.books.map((each) => (each.book === book ? { ...each, pos: 0, run: 'AAAAAAAAAAA' } : each))
		}));
		return new Response(encodeHeads({ ...heads, circles }) as Uint8Array<ArrayBuffer>, { headers: answer.headers });
	};
	marta.client.forgetHeads();
	expect([await marta.sync(), await marta.sync()]).toContain('relay-went-back');
	expect(await marta.entries('weight')).toEqual(entries.map(({ id }) => id));
	marta.between = (request, next) => next(request);
	await settle([marta]);
	await expectAlike(
		[marta],
		entries.map(({ id }) => id)
	);
});
