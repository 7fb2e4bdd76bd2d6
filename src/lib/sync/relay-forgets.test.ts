/** A relay that says it has kept what it is told of an identity and has not, and one that once has another database. */
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { pairWith } from '../../../tests/support/pairing';
import { Party, weight, type Between } from '../../../tests/support/parties';
import { startTestRelay } from '../../../tests/support/relay-calls';
import { createSqlitePlace } from '../../../tests/support/relay-files';
import { useRelay } from '../../../tests/support/restorable-relay';
import { toBase64url } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { systemRandom } from '$lib/crypto/random';
import { hashText } from '$lib/protocol/ids';
import { createDevice } from './create';

const world = useRelay();

const honest: Between = (request, next) => next(request);
const isRecord = ({ method, url }: Request) => method === 'POST' && /\/identities\/[^/]+\/log$/.test(url);
const isRegistration = ({ method, url }: Request) => method === 'POST' && url.endsWith('/identities');

/** Says yes to so many records of identity logs, and keeps none of them. */
function forgettingRecords(count: number): Between {
	let left = count;
	return (request, next) =>
		isRecord(request) && (left -= 1) >= 0 ? Promise.resolve(new Response(null, { status: 204 })) : next(request);
}

/** Says yes to a registration, and keeps nothing. */
const forgettingRegistration =
	(identity: string): Between =>
	(request, next) =>
		isRegistration(request) ? Promise.resolve(Response.json({ id: identity })) : next(request);

/** A person with a code on paper, in step with the relay. */
async function person(): Promise<Party> {
	const opened = await Party.open(world.answering, 'person');
	await opened.writeCode();
	expect(await opened.sync()).toBe('ok');
	return opened;
}

/** A unit of the real space that has the operator's token and has told nobody yet. */
async function realUnit(): Promise<Party> {
	const token = systemRandom(32);
	await world.relay.store.saveEnrolment({ hash: hashText(sha256(token)), exp: world.relay.clock() + 1000 });
	const unit = await Party.empty(world.answering);
	const device = createDevice({ random: systemRandom, now: () => unit.clock, space: 'real' }, 'unit');
	const enrolment = toBase64url(token);
	const words = { name: 'Mottagningen', contact: 'Anna', phone: '', hours: '', enrolment };
	await unit.store.createDevice({ ...device, relayOn: true, unit: words }, null);
	return unit;
}

/** The app opened anew, at this relay. */
function reopen(party: Party, at: Party['relay']): void {
	party.relay = at;
	party.client = party.newClient();
	party.engine = party.newEngine();
}

async function expectKept(party: Party): Promise<void> {
	const { identity, log, relay: told } = await party.device();
	expect((await world.relay.store.identityLog(identity)).map(toBase64url)).toEqual(log);
	expect(told).toMatchObject({ registered: true, logSent: log.length - 1 });
	expect(await party.waiting()).toBe(0);
}

test.each([1, 2])(
	'MR12: of new codes whose records were acknowledged and not kept, %d are sent again',
	async (count) => {
		const marta = await person();
		marta.between = forgettingRecords(count);
		for (let n = 0; n < count; n += 1) await marta.writeCode();
		await marta.sync();
		marta.between = honest;
		await marta.record('weight', [weight()]);
		expect(await marta.sync()).toBe('ok');
		await expectKept(marta);
		await marta.writeCode();
		expect(await marta.sync()).toBe('ok');
		await expectKept(marta);
		const unit = await Party.open(world.answering, 'unit');
		await unit.turnOn();
		await unit.sync();
		await expect(marta.shareWith(unit, [['weight', 'w']])).resolves.toBeUndefined();
	}
);

test('MR12: a record acknowledged and not kept is sent before the next one that is owed', async () => {
	const marta = await person();
	marta.between = forgettingRecords(1);
	await marta.writeCode();
	await marta.writeCode();
	expect(await marta.sync()).toBe('ok');
	await expectKept(marta);
});

test('MR12: a removal that was acknowledged and not kept is carried out', async () => {
	const marta = await person();
	const computer = await pairWith(marta, world.answering);
	for (const each of [computer, marta]) expect(await each.sync()).toBe('ok');
	const { device } = await computer.device();
	await marta.store.devices.updateWork((now) => ({ ...now, remove: [device] }));
	marta.between = forgettingRecords(1);
	await marta.sync();
	marta.between = honest;
	await marta.record('weight', [weight()]);
	expect(await marta.sync()).toBe('ok');
	await expectKept(marta);
	expect(await computer.sync()).toBe('shut-out');
});

test('a pass that finds the own log in step asks for it once', async () => {
	const marta = await person();
	await marta.writeCode();
	await marta.sync();
	marta.calls.length = 0;
	expect(await marta.sync()).toBe('ok');
	expect(marta.calls.filter((call) => /^GET identities\/.*\/log$/.test(call))).toHaveLength(1);
});

test('MR12: an identity whose registration was acknowledged and not kept is registered, and its code sent', async () => {
	const marta = await Party.open(world.answering, 'person');
	await marta.writeCode();
	marta.between = forgettingRegistration((await marta.device()).identity);
	await marta.sync();
	marta.between = honest;
	await marta.record('weight', [weight()]);
	for (let round = 0; round < 3; round += 1) await marta.sync();
	expect(await marta.sync()).toBe('ok');
	await expectKept(marta);
});

test('a relay that lost an identity which owes it a removal takes it in again, and carries that out', async () => {
	const marta = await person();
	const computer = await pairWith(marta, world.answering);
	for (const each of [computer, marta]) expect(await each.sync()).toBe('ok');
	const { device } = await computer.device();
	await marta.store.devices.updateWork((now) => ({ ...now, remove: [device] }));
	await world.close();
	await world.start();
	reopen(marta, world.answering);
	for (let round = 0; round < 3; round += 1) await marta.sync();
	expect(await marta.sync()).toBe('ok');
	await expectKept(marta);
	expect(await computer.sync()).toBe('shut-out');
});

test('a unit that once met an empty database goes on when the right one is back', async () => {
	const unit = await realUnit();
	expect([await unit.sync(), await unit.sync()]).toEqual(['ok', 'ok']);
	const elsewhere = createSqlitePlace();
	const empty = startTestRelay(await elsewhere.open());
	reopen(unit, (request) => empty.handle(request, '192.0.2.1'));
	expect([await unit.sync(), await unit.sync()]).toEqual(['unauthorized', 'unauthorized']);
	expect((await unit.device()).relay.registered).toBe(true);
	await empty.close();
	await elsewhere.remove();
	reopen(unit, world.answering);
	expect(await unit.sync()).toBe('ok');
	await expectKept(unit);
});

test('a unit that has noted such a database, and has no token left, is let in by the right one', async () => {
	const unit = await realUnit();
	expect(await unit.sync()).toBe('ok');
	await unit.store.updateDevice((now) => ({
		...now,
		relay: { registered: false, logSent: 0, recoverySent: 0 },
		unit: now.unit && { ...now.unit, enrolment: null }
	}));
	expect(await unit.sync()).toBe('ok');
	await expectKept(unit);
});

test('MR12: a unit keeps its token until the relay has shown that it knows the unit', async () => {
	const unit = await realUnit();
	unit.between = forgettingRegistration((await unit.device()).identity);
	await unit.sync();
	unit.between = honest;
	expect(await unit.sync()).toBe('ok');
	await expectKept(unit);
	await unit.sync();
	expect((await unit.device()).unit?.enrolment).toBeNull();
});
