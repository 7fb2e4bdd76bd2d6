/**
 * I1, I2, N6, A7, A8, A9: several devices of one person, and of one unit, through the real relay. In one file beyond 400 lines:
 * every part begins with the same phone and computer, and what one removal owes is asked from many sides.
 */
import 'fake-indexeddb/auto';
import { describe, expect, test } from 'vitest';
import { Party, receipt, weight } from '../../../tests/support/parties';
import { adminDeps, pairWith, unwrap } from '../../../tests/support/pairing';
import { START } from '../../../tests/support/relay-world';
import { useRelay } from '../../../tests/support/restorable-relay';
import { systemRandom } from '$lib/crypto/random';
import { createRecoveryCode } from '$lib/crypto/recovery-code';
import { must } from '$lib/domain/assert';
import type { DeviceId } from '$lib/protocol/ids';
import { openDeviceNote } from '$lib/protocol/own-notes';
import { bookOfKind } from './circle-access';
import { OpenBook } from './open-book';
import { ownIdentity } from './own-log';
import { nameDevice } from './pairing';
import { findIdentity, recoveredDevice } from './restore';
import { withRecovery } from './recovery';

const world = useRelay();

/** Märta's phone, with a code on paper and readings at the relay. */
async function marta() {
	const phone = await Party.open(world.answering, 'person');
	const code = await phone.writeCode();
	const entry = weight(71);
	await phone.record('weight', [entry]);
	expect(await phone.sync()).toBe('ok');
	return { phone, code, first: entry.id };
}

async function settle(...parties: readonly Party[]): Promise<void> {
	for (let round = 0; round < 3; round += 1) for (const party of parties) expect(await party.sync()).toBe('ok');
}

/** What the person decides on a device: it is carried out by the next pass. */
const remove = (on: Party, device: DeviceId) =>
	on.store.devices.updateWork((now) => ({ ...now, remove: [...now.remove, device] }));

/** A unit with whom the phone's person shares weight; all have synced. */
async function unitOf(phone: Party): Promise<Party> {
	const unit = await Party.open(world.answering, 'unit');
	await unit.turnOn();
	await settle(unit);
	await phone.shareWith(unit, [
		['weight', 'r'],
		['profile', 'r'],
		['log', 'w']
	]);
	await settle(phone, unit);
	return unit;
}

const headOf = async (party: Party) => (await party.access()).chain.head.body;

describe('a further device', () => {
	test('pulls circle, keys and readings by the ordinary pass, and both write', async () => {
		const { phone, first } = await marta();
		const computer = await pairWith(phone, world.answering);
		await settle(computer, phone);
		expect((await computer.access()).keys.standing).toBe('mine');
		expect(await computer.entries('weight')).toEqual([first]);
		const [one, two] = [weight(72), weight(73)];
		await computer.record('weight', [one]);
		await phone.record('weight', [two]);
		await settle(computer, phone);
		const all = [first, one.id, two.id].sort();
		expect((await phone.entries('weight')).sort()).toEqual(all);
		expect((await computer.entries('weight')).sort()).toEqual(all);
	});

	test('what it writes reaches a unit that had never heard of it, and has no record to hear of it from', async () => {
		const { phone } = await marta();
		const unit = await unitOf(phone);
		const computer = await pairWith(phone, world.answering);
		await settle(computer);
		const entry = weight(74);
		await computer.record('weight', [entry]);
		await settle(computer, unit);
		expect(await unit.entries('weight')).toContain(entry.id);
	});

	test('its frames wait when its log cannot be asked for, and count once it can', async () => {
		const { phone } = await marta();
		const unit = await unitOf(phone);
		const computer = await pairWith(phone, world.answering);
		await settle(computer);
		const entry = weight(75);
		await computer.record('weight', [entry]);
		await settle(computer);
		const id = (await phone.device()).identity;
		unit.between = (request, next) =>
			request.url.includes(`identities/${id}`) ? Promise.reject(new TypeError('no network')) : next(request);
		expect(await unit.sync()).toBe('unreachable');
		unit.between = (request, next) => next(request);
		await settle(unit);
		expect(await unit.entries('weight')).toContain(entry.id);
	});

	test('names are sealed: every device reads them, the relay none', async () => {
		const { phone } = await marta();
		const computer = await pairWith(phone, world.answering, 'Datorn i köket');
		await settle(computer, phone);
		const own = await phone.device();
		unwrap(await nameDevice(adminDeps(phone), own.device, 'Märtas telefon'));
		await settle(computer, phone);
		for (const party of [phone, computer]) {
			const device = await party.device();
			const names = [...ownIdentity(device).devices.values()].map(
				({ id, name }) => name && openDeviceNote(device.identity, id, name, device.boxes)?.name
			);
			expect(names.sort()).toEqual(['Datorn i köket', 'Märtas telefon']);
		}
		const log = (await phone.device()).log.map((record) => Buffer.from(record, 'base64url').toString());
		expect(log.join('').includes('köket')).toBe(false);
	});

	test('N6: both change one reading offline: flagged on both, and nothing is lost', async () => {
		const { phone, first } = await marta();
		const computer = await pairWith(phone, world.answering);
		await settle(computer, phone);
		const amend = (kilos: number) => ({
			...weight(kilos),
			kind: 'obs.amend' as const,
			target: first
		});
		await phone.record('weight', [amend(71.1)]);
		await computer.record('weight', [amend(71.2)]);
		await settle(phone, computer, phone);
		const seen = [];
		for (const party of [phone, computer]) {
			const access = await party.access();
			const opened = await OpenBook.open(party.store, access, must(bookOfKind(access, 'weight'), 'a book'), 'weight');
			expect(opened.stated).toHaveLength(3);
			expect(opened.observations).toHaveLength(1);
			expect(opened.observations[0]?.conflicting).toBe(true);
			seen.push(opened.observations[0]?.values.weight);
		}
		expect(seen[0]).toBe(seen[1]);
	});

	test(
		'A7: one that was offline during five rotations, and one added after them, read everything',
		{ timeout: 120_000 },
		async () => {
			const { phone, first } = await marta();
			const computer = await pairWith(phone, world.answering);
			await settle(computer, phone);
			const ids = [first];
			for (let round = 0; round < 5; round += 1) {
				const lost = await pairWith(phone, world.answering, 'Borttappad');
				expect([await lost.sync(), await phone.sync()]).toEqual(['ok', 'ok']);
				await remove(phone, (await lost.device()).device);
				expect(await phone.sync()).toBe('ok');
				expect(await lost.sync()).toBe('shut-out');
				const entry = weight(80 + round);
				await phone.record('weight', [entry]);
				expect(await phone.sync()).toBe('ok');
				ids.push(entry.id);
			}
			expect((await headOf(phone)).books.every((book) => book.epoch === 6)).toBe(true);
			await settle(computer);
			expect((await computer.device()).boxes.map(({ gen }) => gen).sort()).toEqual([1, 2, 3, 4, 5, 6]);
			expect(await computer.entries('weight')).toEqual(ids);
			const late = await pairWith(computer, world.answering, 'Ny');
			await settle(late);
			expect(await late.entries('weight')).toEqual(ids);
			const last = weight(90);
			await late.record('weight', [last]);
			await settle(late, phone);
			expect(await phone.entries('weight')).toEqual([...ids, last.id]);
		}
	);
});

describe('a device that is taken out', () => {
	test('I2: is refused at once, is told so, keeps what it has, and what it still writes counts nowhere', async () => {
		const { phone, first } = await marta();
		const lost = await pairWith(phone, world.answering);
		await settle(lost, phone);
		const unsent = weight(10);
		const frames = await lost.record('weight', [unsent]);
		await remove(phone, (await lost.device()).device);
		await settle(phone);
		expect(await lost.sync()).toBe('shut-out');
		expect(await lost.sync()).toBe('shut-out');
		// N8: nothing was deleted, and what was never sent can still be saved from here.
		expect(await lost.waiting()).toBe(1);
		expect((await lost.entries('weight')).sort()).toEqual([first, unsent.id].sort());
		const head = await headOf(phone);
		expect(head.books.every((book) => book.epoch === 2)).toBe(true);
		expect(head.cuts.every((cut) => cut.listedOnly)).toBe(true);
		// A relay that helps the thief hands the frame out all the same.
		const access = await phone.access();
		const book = must(bookOfKind(access, 'weight'), 'a book');
		const at = await phone.store.head(access.chain.circle, book);
		await phone.store.putRemote({
			...{ circle: access.chain.circle, book, after: at.pos, pos: at.pos + 1, run: at.run, lamport: 9 },
			frames: frames.map((frame) => ({ frame, pos: at.pos + 1, verified: true }))
		});
		expect(await phone.entries('weight')).toEqual([first]);
	});

	test('cannot open the new box, and the code on paper opens it', async () => {
		const { phone, code } = await marta();
		const lost = await pairWith(phone, world.answering);
		await settle(lost, phone);
		await remove(phone, (await lost.device()).device);
		await settle(phone);
		const entry = weight(77);
		await phone.record('weight', [entry]);
		await settle(phone);
		expect((await lost.device()).boxes).toHaveLength(1);
		const clean = await Party.empty(world.answering);
		const found = await findIdentity(clean.client, code, clean.space);
		if (!found.ok) throw new Error(found.error.type);
		expect(found.value.boxes.map(({ gen }) => gen).sort()).toEqual([1, 2]);
		await clean.store.createDevice(
			await recoveredDevice(found.value, { random: systemRandom, now: () => START, space: clean.space }),
			null
		);
		await settle(clean);
		expect(await clean.entries('weight')).toContain(entry.id);
		expect(await phone.sync()).toBe('shut-out');
	});

	test('a code made on one device is known to the other: what that one renews is opened by the new code', async () => {
		const { phone } = await marta();
		const computer = await pairWith(phone, world.answering);
		const lost = await pairWith(phone, world.answering);
		await settle(computer, lost, phone);
		const paper = createRecoveryCode(systemRandom);
		const made = await withRecovery(await phone.device(), paper, { random: systemRandom, now: () => START });
		await phone.store.updateDevice(() => made);
		await settle(phone, computer);
		await remove(computer, (await lost.device()).device);
		await settle(computer, phone);
		const clean = await Party.empty(world.answering);
		const found = await findIdentity(clean.client, paper, clean.space);
		expect(found.ok && found.value.boxes.map(({ gen }) => gen).sort()).toEqual([1, 2]);
	});

	test('decided without network it waits, and a device that is out already is no error', async () => {
		const { phone } = await marta();
		const [lost, computer] = [await pairWith(phone, world.answering), await pairWith(phone, world.answering)];
		await settle(lost, computer, phone);
		const id = (await lost.device()).device;
		phone.between = () => Promise.reject(new TypeError('no network'));
		await remove(phone, id);
		expect(await phone.sync()).toBe('unreachable');
		expect((await phone.store.devices.readWork()).remove).toEqual([id]);
		await remove(computer, id);
		await settle(computer);
		phone.between = (request, next) => next(request);
		await settle(phone, computer);
		expect((await phone.store.devices.readWork()).remove).toEqual([]);
		expect((await headOf(phone)).books.every((book) => book.epoch === 2)).toBe(true);
	});

	test('A8: cut off at any call of the renewal it goes on, with nobody unreadable', { timeout: 240_000 }, async () => {
		// Every seventh call, and every one at night; whether it arrived before it was cut off changes in turn.
		for (let cut = 0; ; cut += process.env.NIGHTLY ? 1 : 7) {
			const { phone, first } = await marta();
			const [lost, computer] = [await pairWith(phone, world.answering), await pairWith(phone, world.answering)];
			await settle(lost, computer, phone);
			await remove(phone, (await lost.device()).device);
			let made = 0;
			phone.between = async (request, next) => {
				made += 1;
				if (made !== cut + 1) return next(request);
				if ((cut / 4) % 2 === 0) await next(request);
				throw new TypeError('cut off');
			};
			await phone.sync();
			phone.between = (request, next) => next(request);
			if (made <= cut) break;
			phone.engine = phone.newEngine();
			await settle(phone);
			const entry = weight(60);
			await phone.record('weight', [entry]);
			await settle(phone, computer);
			expect(await computer.entries('weight')).toEqual([first, entry.id]);
			expect((await headOf(computer)).books.every((book) => book.epoch === 2)).toBe(true);
			expect((await phone.device()).boxes.map(({ gen }) => gen)).toEqual([1, 2]);
		}
	});

	test('A9: three admins at once: exactly one record in each circle, and all read on', async () => {
		const { phone, first } = await marta();
		const others = [await pairWith(phone, world.answering), await pairWith(phone, world.answering)];
		const lost = await pairWith(phone, world.answering);
		await settle(phone, ...others, lost);
		const before = (await headOf(phone)).n;
		for (const party of [phone, ...others]) await remove(party, (await lost.device()).device);
		await Promise.all([phone, ...others].map((party) => party.sync()));
		await settle(phone, ...others);
		for (const party of [phone, ...others]) {
			const head = await headOf(party);
			expect(head.n).toBe(before + 1);
			expect(head.books.every((book) => book.epoch === 2)).toBe(true);
			expect((await party.device()).boxes).toHaveLength(2);
		}
		const entry = weight(61);
		await phone.record('weight', [entry]);
		await settle(phone, ...others);
		for (const party of others) expect(await party.entries('weight')).toEqual([first, entry.id]);
	});

	test('a record somebody else made meanwhile does not hide the removal: the circle is cut all the same', async () => {
		const { phone } = await marta();
		const unit = await Party.open(world.answering, 'unit');
		await unit.turnOn();
		await settle(unit);
		const lost = await pairWith(phone, world.answering);
		await settle(lost, phone);
		await remove(phone, (await lost.device()).device);
		// The removal is said; before the circle is told, a new member is let in, and that record knows of the removal.
		phone.between = (request, next) =>
			request.method === 'POST' && request.url.endsWith('/manifest')
				? Promise.reject(new TypeError('no network'))
				: next(request);
		expect(await phone.sync()).toBe('unreachable');
		phone.between = (request, next) => next(request);
		await phone.shareWith(unit, [
			['weight', 'r'],
			['profile', 'r'],
			['log', 'w']
		]);
		await settle(phone, unit);
		const head = await headOf(phone);
		const out = (await lost.device()).device;
		expect(head.cuts.some((cut) => cut.heads.some((each) => each.device === out))).toBe(true);
		const entry = weight(62);
		await phone.record('weight', [entry]);
		await settle(phone, unit);
		expect(await unit.entries('weight')).toContain(entry.id);
	});
});

describe('a unit with several devices', () => {
	/** A unit that one device has taken a circle in on. */
	async function clinic() {
		const { phone, first } = await marta();
		const front = await Party.open(world.answering, 'unit');
		await front.store.updateDevice((device) => ({
			...device,
			unit: { name: 'Mottagningen', contact: 'Anna', phone: '', hours: '', enrolment: null }
		}));
		await front.turnOn();
		await settle(front);
		await phone.shareWith(front, [
			['weight', 'r'],
			['profile', 'r'],
			['log', 'w']
		]);
		await settle(front);
		const circle = (await front.access()).chain.circle;
		await front.record('log', [{ ...receipt('Anna'), outcome: 'accepted' } as ReturnType<typeof receipt>]);
		await front.store.updateCircle(circle, (now) => ({ ...must(now, 'it'), standing: 'joined' }));
		await settle(front, phone);
		return { phone, front, first };
	}

	test('a colleague’s device is in the circles the unit has taken in, and makes receipts', async () => {
		const { phone, front, first } = await clinic();
		const back = await pairWith(front, world.answering, 'Bo Ek');
		await settle(back);
		expect((await back.device()).unit?.name).toBe('Mottagningen');
		expect((await back.access()).keys.standing).toBe('joined');
		expect(await back.entries('weight')).toEqual([first]);
		const mark = receipt('Bo Ek');
		await back.record('log', [mark]);
		await settle(back, phone, front);
		expect(await phone.entries('log')).toContain(mark.id);
		expect(await front.entries('log')).toContain(mark.id);
	});

	test('a lost laptop is out of every circle: the unit renews what it reads by itself', async () => {
		const { phone, front } = await clinic();
		const back = await pairWith(front, world.answering, 'Bo Ek');
		await settle(back, phone);
		const renewed: string[] = [];
		front.onRenewing = ({ done, total }) => renewed.push(`${done}/${total}`);
		await remove(front, (await back.device()).device);
		await settle(front, phone);
		expect(renewed).toContain('1/1');
		expect(await back.sync()).toBe('shut-out');
		const entry = weight(63);
		await phone.record('weight', [entry]);
		await settle(phone, front);
		expect(await front.entries('weight')).toContain(entry.id);
		const head = await headOf(front);
		const identity = (await front.device()).identity;
		expect(head.cuts.filter((cut) => cut.member === identity).length).toBeGreaterThan(0);
	});

	test('a person’s own further device is in the circles they have joined, also where they write nothing', async () => {
		const { phone } = await marta();
		const sara = await Party.open(world.answering, 'person');
		await sara.turnOn();
		await settle(sara);
		await phone.shareWith(sara, [
			['weight', 'r'],
			['profile', 'r'],
			['log', 'w']
		]);
		await settle(phone, sara);
		const joined = must(
			(await sara.store.readCircles()).find((row) => row.standing === 'invited'),
			'the circle'
		);
		await sara.store.updateCircle(joined.circle, (now) => ({ ...must(now, 'it'), standing: 'joined' }));
		const tablet = await pairWith(sara, world.answering);
		await settle(sara, tablet, sara, tablet);
		const there = (await tablet.store.readCircles()).find((row) => row.circle === joined.circle);
		expect(there?.standing).toBe('joined');
	});
});
