import { describe, expect, test } from 'vitest';
import {
	addDevice,
	deviceOf,
	extendPerson,
	newDevice,
	newPerson,
	recordBytes,
	seededRandom,
	wireDevice
} from '../../../tests/support/people';
import { toBase64url } from '$lib/crypto/bytes';
import { createBoxKey } from '$lib/crypto/boxes';
import { createSigningKey } from '$lib/crypto/signing';
import {
	activeDevice,
	activeDevices,
	MAX_DEVICES,
	MAX_LOG_RECORDS,
	owesRotation,
	readIdentityLog,
	signIdentityRecord
} from './identity-log';
import { hashSchema } from './ids';

const random = seededRandom('identity log');
const person = () => newPerson(random);
const verdict = (log: readonly Uint8Array[]) => {
	const read = readIdentityLog(log);
	return read.ok ? 'ok' : read.error.type;
};

describe('I1: what a device is called', () => {
	const named = (device: ReturnType<typeof newDevice>, name = 'AAAA') => ({
		kind: 'nameDevice' as const,
		device: device.id,
		name
	});

	test('an admin names any device, every device itself; nobody one that is out', () => {
		const someone = person();
		const [first, helper] = [deviceOf(someone), addDevice(someone, random)];
		extendPerson(someone, { ...named(helper), by: first.id }, first.sign.secret);
		extendPerson(someone, { ...named(helper, 'BBBB'), by: helper.id }, helper.sign.secret);
		expect(activeDevice(someone.identity, helper.id)?.name).toBe('BBBB');
		const others = recordBytes(someone, { ...named(first), by: helper.id }, helper.sign.secret);
		expect(verdict([...someone.log, others])).toBe('not-allowed');
		extendPerson(someone, { kind: 'removeDevice', by: first.id, device: helper.id }, first.sign.secret);
		const gone = recordBytes(someone, { ...named(helper), by: first.id }, first.sign.secret);
		expect(verdict([...someone.log, gone])).toBe('not-allowed');
	});

	test('a device that was taken out is owed a new box until somebody makes one', () => {
		const someone = person();
		const [first, helper] = [deviceOf(someone), addDevice(someone, random)];
		expect(owesRotation(someone.log)).toBe(false);
		extendPerson(someone, { kind: 'removeDevice', by: first.id, device: helper.id }, first.sign.secret);
		expect(owesRotation(someone.log)).toBe(true);
		const box = { gen: 2, pub: toBase64url(createBoxKey(random).pub) };
		extendPerson(someone, { kind: 'rotateBox', by: first.id, box, sealed: [] }, first.sign.secret);
		expect(owesRotation(someone.log)).toBe(false);
	});
});

describe('I1: a linear, hash-linked, signed log', () => {
	test('the identity’s id is the hash of its genesis, and every record’s hash is kept', () => {
		const someone = person();
		addDevice(someone, random);
		const read = readIdentityLog(someone.log);
		expect(read.ok && read.value.id).toBe(someone.identity.hashes[0]);
		expect(someone.identity.hashes).toHaveLength(3);
		expect(someone.identity.head).toEqual({ n: 2, hash: someone.identity.hashes[2] });
	});

	test('a record left out, repeated, swapped or of another log breaks the chain', () => {
		const someone = person();
		addDevice(someone, random);
		const [genesis, added, confirmed] = someone.log as [Uint8Array, Uint8Array, Uint8Array];
		expect(verdict([genesis, confirmed])).toBe('broken-chain');
		expect(verdict([genesis, added, added])).toBe('broken-chain');
		expect(verdict([genesis, confirmed, added])).toBe('broken-chain');
		expect(verdict([added])).toBe('broken-chain');
		expect(verdict([...person().log, added])).toBe('broken-chain');
		expect(verdict([genesis, genesis])).toBe('broken-chain');
		expect(verdict([])).toBe('malformed');
	});

	test('only an active admin device or the root signs; a device may confirm and remove itself and rotate the box', () => {
		const someone = person();
		const helper = addDevice(someone, random);
		const third = newDevice(random);
		const add = { kind: 'addDevice' as const, device: wireDevice(third), admin: true, boxes: '' };
		const first = deviceOf(someone);
		const box = { gen: 2, pub: toBase64url(createBoxKey(random).pub) };
		const tried = (body: Parameters<typeof recordBytes>[1], secret: Uint8Array) =>
			verdict([...someone.log, recordBytes(someone, body, secret)]);
		expect(tried({ ...add, by: helper.id }, helper.sign.secret)).toBe('not-allowed');
		expect(tried({ ...add, by: first.id }, helper.sign.secret)).toBe('bad-signature');
		expect(tried({ ...add, by: third.id }, third.sign.secret)).toBe('not-allowed');
		expect(tried({ kind: 'removeDevice', by: helper.id, device: first.id }, helper.sign.secret)).toBe('not-allowed');
		expect(
			tried({ kind: 'setRecovery', by: helper.id, recipient: box.pub, newRoot: box.pub }, helper.sign.secret)
		).toBe('not-allowed');
		expect(tried({ kind: 'removeDevice', by: helper.id, device: helper.id }, helper.sign.secret)).toBe('ok');
		expect(tried({ kind: 'rotateBox', by: helper.id, box, sealed: [] }, helper.sign.secret)).toBe('ok');
		expect(tried({ ...add, by: first.id }, first.sign.secret)).toBe('ok');
	});

	test('a device cannot be claimed: until it has signed here itself it is not confirmed', () => {
		const victim = person();
		const thief = person();
		const first = deviceOf(thief);
		extendPerson(
			thief,
			{ kind: 'addDevice', by: first.id, device: wireDevice(deviceOf(victim)), admin: false, boxes: '' },
			first.sign.secret
		);
		expect(activeDevice(thief.identity, deviceOf(victim).id)?.confirmed).toBe(false);
		const confirm = recordBytes(thief, { kind: 'confirmDevice', by: deviceOf(victim).id }, first.sign.secret);
		expect(verdict([...thief.log, confirm])).toBe('bad-signature');
		const twice = person();
		expect(
			verdict([
				...twice.log,
				recordBytes(twice, { kind: 'confirmDevice', by: deviceOf(twice).id }, deviceOf(twice).sign.secret)
			])
		).toBe('not-allowed');
	});

	test('a device’s id is the hash of its key, and a genesis is signed by its own device', () => {
		const [mine, other] = [newDevice(random), newDevice(random)];
		const genesis = (
			device: ReturnType<typeof wireDevice>,
			secret: Uint8Array,
			gen = 1,
			box = toBase64url(mine.box.pub)
		) =>
			signIdentityRecord(
				{
					v: 1,
					kind: 'genesis',
					n: 0,
					type: 'person',
					space: 'real',
					device,
					root: toBase64url(mine.sign.pub),
					box: { gen, pub: box },
					at: 0
				},
				secret
			).bytes;
		expect(verdict([genesis(wireDevice(mine), mine.sign.secret)])).toBe('ok');
		expect(verdict([genesis({ ...wireDevice(mine), id: other.id }, mine.sign.secret)])).toBe('malformed');
		expect(verdict([genesis(wireDevice(mine), other.sign.secret)])).toBe('bad-signature');
		expect(verdict([genesis(wireDevice(mine), mine.sign.secret, 2)])).toBe('malformed');
		expect(verdict([genesis(wireDevice(mine), mine.sign.secret, 1, toBase64url(new Uint8Array(32)))])).toBe(
			'malformed'
		);
	});

	test('at most 8 devices of a person stand at once; a removed one makes room', () => {
		const someone = person();
		const first = deviceOf(someone);
		const add = (device: ReturnType<typeof newDevice>) =>
			({ kind: 'addDevice', by: first.id, device: wireDevice(device), admin: false, boxes: '' }) as const;
		for (let count = 1; count < MAX_DEVICES.person; count += 1)
			extendPerson(someone, add(newDevice(random)), first.sign.secret);
		expect(activeDevices(someone.identity)).toHaveLength(8);
		expect(verdict([...someone.log, recordBytes(someone, add(newDevice(random)), first.sign.secret)])).toBe(
			'not-allowed'
		);
		const last = [...someone.identity.devices.keys()].at(-1);
		if (last) extendPerson(someone, { kind: 'removeDevice', by: first.id, device: last }, first.sign.secret);
		extendPerson(someone, add(newDevice(random)), first.sign.secret);
		expect(activeDevices(someone.identity)).toHaveLength(8);
		expect(MAX_DEVICES.unit).toBe(64);
	});

	test('a log longer than the limit is refused before it is read', () => {
		const genesis = person().log[0] ?? new Uint8Array();
		expect(verdict(Array.from({ length: MAX_LOG_RECORDS + 1 }, () => genesis))).toBe('malformed');
		expect(verdict([genesis, genesis])).toBe('broken-chain');
	});
});

describe('I2: removal and recovery', () => {
	test('a removed device signs nothing more and cannot come back', () => {
		const someone = person();
		const second = addDevice(someone, random);
		const first = deviceOf(someone);
		extendPerson(someone, { kind: 'removeDevice', by: first.id, device: second.id }, first.sign.secret);
		expect(someone.identity.devices.get(second.id)?.removedAt).toBe(3);
		expect(activeDevice(someone.identity, second.id)).toBeNull();
		const box = { gen: 2, pub: toBase64url(createBoxKey(random).pub) };
		expect(
			verdict([
				...someone.log,
				recordBytes(someone, { kind: 'rotateBox', by: second.id, box, sealed: [] }, second.sign.secret)
			])
		).toBe('not-allowed');
		const again = { kind: 'addDevice' as const, by: first.id, device: wireDevice(second), admin: true, boxes: '' };
		expect(verdict([...someone.log, recordBytes(someone, again, first.sign.secret)])).toBe('malformed');
	});

	test('a box generation rises by one', () => {
		const someone = person();
		const first = deviceOf(someone);
		const rotate = (gen: number) =>
			recordBytes(
				someone,
				{ kind: 'rotateBox', by: first.id, box: { gen, pub: toBase64url(createBoxKey(random).pub) }, sealed: [] },
				first.sign.secret
			);
		expect([1, 2, 3].map((gen) => verdict([...someone.log, rotate(gen)]))).toEqual(['malformed', 'ok', 'malformed']);
	});

	test('the root recovers: all earlier devices are out, a new device and box are in; an old root no longer counts', () => {
		const someone = person();
		const first = deviceOf(someone);
		const paper = createSigningKey(random);
		const recipient = toBase64url(createBoxKey(random).pub);
		extendPerson(
			someone,
			{ kind: 'setRecovery', by: first.id, recipient, newRoot: toBase64url(paper.pub) },
			first.sign.secret
		);
		expect(someone.identity.recovery).not.toBeNull();
		const fresh = newDevice(random);
		const recover = {
			kind: 'recover' as const,
			by: 'root' as const,
			device: wireDevice(fresh),
			box: { gen: 2, pub: toBase64url(createBoxKey(random).pub) }
		};
		expect(verdict([...someone.log, recordBytes(someone, recover, someone.root.secret)])).toBe('bad-signature');
		extendPerson(someone, recover, paper.secret);
		expect(activeDevices(someone.identity).map((device) => device.id)).toEqual([fresh.id]);
		expect(someone.identity.devices.get(first.id)?.removedAt).toBe(2);
		expect(someone.identity.box.gen).toBe(2);
		extendPerson(someone, { kind: 'confirmDevice', by: fresh.id }, fresh.sign.secret);
	});

	test('nothing in a log names a circle', () => {
		const someone = person();
		addDevice(someone, random);
		const text = someone.log.map((bytes) => new TextDecoder().decode(bytes)).join();
		expect(text).not.toMatch(/circle|book/);
		expect(hashSchema.safeParse(someone.identity.head.hash).success).toBe(true);
	});
});
