/** Pairing through the real relay and past relays that lie: nothing leaves the old device before the digits are the same. */
import 'fake-indexeddb/auto';
import { describe, expect, test } from 'vitest';
import { Party, weight, type Between } from '../../../tests/support/parties';
import { adminDeps, unwrap } from '../../../tests/support/pairing';
import { START } from '../../../tests/support/relay-world';
import { useRelay } from '../../../tests/support/restorable-relay';
import { toBase64url, utf8 } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import { PAIRING_LIFE_MS, pairingSchema } from '$lib/protocol/api/pairings';
import { helloBytes, pairingDigits, pairingKeys, sealNote } from '$lib/protocol/pairing';
import { ownIdentity } from './own-log';
import {
	admit,
	answerCode,
	createNewDevice,
	digitsOf,
	readAdmission,
	readOffer,
	reveal,
	sayHello,
	sayNo,
	type NewDevice
} from './pairing';

const world = useRelay();

const newDevice = (space: Party['space'] = 'demo-new') =>
	createNewDevice({ random: systemRandom, now: () => START, space }, 'phone');
const deps = (party: Party) => ({ relay: party.client, random: systemRandom });
const why = (result: { ok: boolean; error?: { type: string } }) => (result.ok ? 'ok' : result.error?.type);

async function old() {
	const party = await Party.open(world.answering, 'person');
	await party.writeCode();
	await party.record('weight', [weight(71)]);
	expect(await party.sync()).toBe('ok');
	return party;
}

/** What a relay, or whoever is in league with it, puts into a mailbox itself. */
const plant = (party: Party, id: string, step: number, ct: string) =>
	party.client.tell('PUT', `/pairings/${id}`, { step, ct }, true);

/** A relay that answers a mailbox with these notes in place of the real ones. */
const showing =
	(change: (notes: string[]) => string[]): Between =>
	async (request, next) => {
		const answer = await next(request);
		if (request.method !== 'GET' || !request.url.includes('/pairings/') || !answer.ok) return answer;
		const { notes } = (await answer.json()) as { notes: string[] };
		return new Response(JSON.stringify({ notes: change(notes) }), { headers: { 'content-type': 'application/json' } });
	};

/** Nothing of the old device's keys has left: its log is as it was, and no record lets anybody in. */
async function expectNothingGiven(party: Party): Promise<void> {
	expect(await party.sync()).toBe('ok');
	expect(ownIdentity(await party.device()).devices.size).toBe(1);
	const log = await party.client.identityLog((await party.device()).identity);
	expect(log.ok && log.value.length).toBe((await party.device()).log.length);
}

describe('two devices meet', () => {
	test('both come to the same digits, and only a yes lets the new one in', async () => {
		const [phone, fresh] = [await old(), await Party.empty(world.answering)];
		const me = newDevice(fresh.space);
		unwrap(await sayHello(fresh.client, me, systemRandom));
		// A lost answer, and the same said again.
		unwrap(await sayHello(fresh.client, me, systemRandom));
		expect(unwrap(await readOffer(fresh.client, me))).toBe(null);
		const waiting = unwrap(await answerCode(deps(phone), await phone.device(), me.code));
		expect(waiting.hello.looksLike).toBe('phone');
		expect(unwrap(await digitsOf(phone.client, waiting))).toBe(null);
		const offer = must(unwrap(await readOffer(fresh.client, me)), 'an offer');
		const digits = unwrap(await reveal(fresh.client, me, offer.bytes, systemRandom));
		expect(digits).toMatch(/^\d{3} \d{3}$/);
		expect(unwrap(await digitsOf(phone.client, waiting))).toBe(digits);
		expect(unwrap(await readAdmission(fresh.client, me, offer.offer, START)).type).toBe('waiting');
		await expectNothingGiven(phone);
		unwrap(await admit(adminDeps(phone), waiting, 'Dator'));
		// Said again, it adds nobody twice.
		unwrap(await admit(adminDeps(phone), waiting, 'Dator'));
		const admission = unwrap(await readAdmission(fresh.client, me, offer.offer, START));
		expect(admission.type).toBe('in');
		expect(ownIdentity(await phone.device()).devices.size).toBe(2);
	});

	test('a no is told, and lets nobody in', async () => {
		const [phone, fresh] = [await old(), await Party.empty(world.answering)];
		const me = newDevice(fresh.space);
		unwrap(await sayHello(fresh.client, me, systemRandom));
		const waiting = unwrap(await answerCode(deps(phone), await phone.device(), me.code));
		const offer = must(unwrap(await readOffer(fresh.client, me)), 'an offer');
		unwrap(await reveal(fresh.client, me, offer.bytes, systemRandom));
		unwrap(await sayNo(phone.client, waiting, systemRandom));
		expect(unwrap(await readAdmission(fresh.client, me, offer.offer, START)).type).toBe('no');
		await expectNothingGiven(phone);
	});

	test('late, mistyped or another space: told apart, and nothing is given', async () => {
		const [phone, fresh] = [await old(), await Party.empty(world.answering)];
		expect(why(await answerCode(deps(phone), await phone.device(), newDevice().code))).toBe('not-found');
		const real = newDevice('real');
		unwrap(await sayHello(fresh.client, real, systemRandom));
		expect(why(await answerCode(deps(phone), await phone.device(), real.code))).toBe('other-space');
		const me = newDevice(fresh.space);
		unwrap(await sayHello(fresh.client, me, systemRandom));
		const waiting = unwrap(await answerCode(deps(phone), await phone.device(), me.code));
		world.relay.clock.pass(PAIRING_LIFE_MS + 1);
		expect(why(await readOffer(fresh.client, me))).toBe('not-found');
		expect(why(await digitsOf(phone.client, waiting))).toBe('not-found');
		await expectNothingGiven(phone);
	});

	test('a second device with the same code is told that it was taken', async () => {
		const [phone, thief, fresh] = [await old(), await old(), await Party.empty(world.answering)];
		const me = newDevice(fresh.space);
		unwrap(await sayHello(fresh.client, me, systemRandom));
		unwrap(await answerCode(deps(thief), await thief.device(), me.code));
		expect(why(await answerCode(deps(phone), await phone.device(), me.code))).toBe('taken');
	});
});

describe('a relay between them', () => {
	test('that knows no code can put in nothing: another hello, offer or number is no note at all', async () => {
		const [phone, fresh] = [await old(), await Party.empty(world.answering)];
		const me = newDevice(fresh.space);
		unwrap(await sayHello(fresh.client, me, systemRandom));
		const own = newDevice(fresh.space);
		const forged = sealNote('hello', helloBytes(own.hello), pairingKeys(own.code), systemRandom);
		phone.between = showing(() => [forged]);
		expect(why(await answerCode(deps(phone), await phone.device(), me.code))).toBe('altered');
		phone.between = showing(() => []);
		expect(why(await answerCode(deps(phone), await phone.device(), me.code))).toBe('altered');
		phone.between = (request, next) => next(request);
		fresh.between = showing((notes) => [notes[0] ?? '', forged]);
		expect(why(await readOffer(fresh.client, me))).toBe('altered');
		await expectNothingGiven(phone);
	});

	test('that has seen the code cannot swap the new device’s keys: the code is their hash', async () => {
		const [phone, fresh] = [await old(), await Party.empty(world.answering)];
		const me = newDevice(fresh.space);
		unwrap(await sayHello(fresh.client, me, systemRandom));
		const hello = helloBytes({ ...me.hello, device: newDevice(fresh.space).hello.device });
		phone.between = showing(() => [sealNote('hello', hello, pairingKeys(me.code), systemRandom)]);
		expect(why(await answerCode(deps(phone), await phone.device(), me.code))).toBe('altered');
		await expectNothingGiven(phone);
	});

	test('that has seen the code and makes an offer of its own: the digits are others, on whichever side one looks', async () => {
		const [phone, thief, fresh] = [await old(), await old(), await Party.empty(world.answering)];
		const me = newDevice(fresh.space);
		unwrap(await sayHello(fresh.client, me, systemRandom));
		const waiting = unwrap(await answerCode(deps(phone), await phone.device(), me.code));
		// The new device is shown the thief's offer; the old one goes on with its own.
		const offer = utf8(
			JSON.stringify({
				v: 1,
				identity: (await thief.device()).identity,
				type: 'person',
				by: (await thief.device()).device,
				number: toBase64url(systemRandom(32))
			})
		);
		const forged = sealNote('offer', offer, pairingKeys(me.code), systemRandom);
		fresh.between = showing((notes) => notes.map((note, step) => (step === 1 ? forged : note)));
		const taken = must(unwrap(await readOffer(fresh.client, me)), 'the thief’s offer');
		const shown = unwrap(await reveal(fresh.client, me, taken.bytes, systemRandom));
		expect(unwrap(await digitsOf(phone.client, waiting))).not.toBe(shown);
		await expectNothingGiven(phone);
	});

	test('cannot choose the number after it has seen an offer: it was committed to', async () => {
		const [phone, fresh] = [await old(), await Party.empty(world.answering)];
		const me = newDevice(fresh.space);
		unwrap(await sayHello(fresh.client, me, systemRandom));
		const waiting = unwrap(await answerCode(deps(phone), await phone.device(), me.code));
		const note = utf8(JSON.stringify({ v: 1, number: toBase64url(systemRandom(32)) }));
		const { id } = pairingKeys(me.code);
		unwrap(await plant(fresh, id, 2, sealNote('reveal', note, pairingKeys(me.code), systemRandom)));
		expect(why(await digitsOf(phone.client, waiting))).toBe('altered');
		await expectNothingGiven(phone);
	});

	test('replays nothing: a note of another pairing, or of another step, opens nowhere', async () => {
		const [phone, fresh] = [await old(), await Party.empty(world.answering)];
		const [first, second] = [newDevice(fresh.space), newDevice(fresh.space)];
		const notes = new Map<NewDevice, string[]>();
		for (const me of [first, second]) {
			unwrap(await sayHello(fresh.client, me, systemRandom));
			unwrap(await answerCode(deps(phone), await phone.device(), me.code));
			const kept = await fresh.client.ask(`/pairings/${pairingKeys(me.code).id}`, pairingSchema, true);
			notes.set(me, unwrap(kept).notes);
		}
		fresh.between = showing(() => notes.get(first) ?? []);
		expect(why(await readOffer(fresh.client, second))).toBe('altered');
		fresh.between = showing(([hello = '']) => [hello, hello]);
		expect(why(await readOffer(fresh.client, second))).toBe('altered');
	});

	test('an admission that is not the one that was asked for is not taken', async () => {
		const [phone, thief, fresh] = [await old(), await old(), await Party.empty(world.answering)];
		const me = newDevice(fresh.space);
		unwrap(await sayHello(fresh.client, me, systemRandom));
		const waiting = unwrap(await answerCode(deps(phone), await phone.device(), me.code));
		const offer = must(unwrap(await readOffer(fresh.client, me)), 'an offer');
		unwrap(await reveal(fresh.client, me, offer.bytes, systemRandom));
		unwrap(await admit(adminDeps(phone), waiting, 'Dator'));
		const theirs = await thief.client.identityLog((await thief.device()).identity);
		fresh.between = async (request, next) =>
			request.url.includes('/identities/')
				? new Response(JSON.stringify({ log: unwrap(theirs) }), { headers: { 'content-type': 'application/json' } })
				: next(request);
		expect(why(await readAdmission(fresh.client, me, offer.offer, START))).toBe('altered');
	});
});

test('the digits hang on both notes and the number', () => {
	const [hello, offer, number] = [systemRandom(80), systemRandom(80), systemRandom(32)];
	const digits = pairingDigits(hello, offer, number);
	expect(pairingDigits(hello, offer, number)).toBe(digits);
	const others = [
		pairingDigits(systemRandom(80), offer, number),
		pairingDigits(hello, systemRandom(80), number),
		pairingDigits(hello, offer, systemRandom(32))
	];
	expect(others.filter((each) => each === digits).length).toBeLessThan(2);
});
