/** I1, I2: whatever devices try in whatever order, a log read whole says what it said record by record, and out is out. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	newDevice,
	newPerson,
	recordBytes,
	seededRandom,
	wireDevice,
	type TestDevice
} from '../../../tests/support/people';
import { createBoxKey } from '$lib/crypto/boxes';
import { toBase64url } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import {
	activeDevices,
	extendIdentity,
	MAX_DEVICES,
	owesRotation,
	parseIdentityRecord,
	readIdentityLog
} from './identity-log';

const RUNS = process.env.NIGHTLY ? 2000 : 40;
const random = seededRandom('identity log property');
/** Keys are slow to make, and the same ones do for every run. */
const pool: readonly TestDevice[] = Array.from({ length: 12 }, () => newDevice(random));

const nobody: never[] = [];

const step = fc.record({
	kind: fc.constantFrom('addDevice', 'confirmDevice', 'removeDevice', 'nameDevice', 'rotateBox'),
	by: fc.nat({ max: 12 }),
	about: fc.nat({ max: 11 }),
	admin: fc.boolean()
});

const A_LONG_RUN = { timeout: process.env.NIGHTLY ? 600_000 : 20_000 };

test(
	'a device that is out stays out and says nothing more, nobody is one too many, and a removal is owed a box',
	A_LONG_RUN,
	() => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
				const person = newPerson(random);
				const first = must(person.devices[0], 'a first device');
				const out = new Set<string>();
				let isOwed = false;
				for (const { kind, by, about, admin } of steps) {
					const signer = by === 12 ? first : must(pool[by], 'a device');
					const subject = must(pool[about], 'a device');
					const gen = person.identity.box.gen + 1;
					const says = {
						addDevice: { kind: 'addDevice', device: wireDevice(subject), admin, boxes: '' },
						confirmDevice: { kind: 'confirmDevice' },
						removeDevice: { kind: 'removeDevice', device: subject.id },
						nameDevice: { kind: 'nameDevice', device: subject.id, name: 'AAAA' },
						rotateBox: { kind: 'rotateBox', box: { gen, pub: toBase64url(createBoxKey(random).pub) }, sealed: nobody }
					} as const;
					const bytes = recordBytes(person, { ...says[kind], by: signer.id }, signer.sign.secret);
					const next = extendIdentity(person.identity, must(parseIdentityRecord(bytes), 'a record of ours parses'));
					if (!next.ok) continue;
					expect(out.has(signer.id)).toBe(false);
					person.identity = next.value;
					person.log.push(bytes);
					if (kind === 'removeDevice') out.add(subject.id);
					isOwed = kind === 'removeDevice' || (isOwed && kind !== 'rotateBox');
					expect(owesRotation(person.log)).toBe(isOwed);
				}
				const whole = readIdentityLog(person.log);
				expect(whole.ok && whole.value).toEqual(person.identity);
				const active = activeDevices(person.identity).map(({ id }) => id);
				expect(active.length).toBeLessThanOrEqual(MAX_DEVICES.person);
				expect(active.some((id) => out.has(id))).toBe(false);
			}),
			{ numRuns: RUNS }
		);
	}
);
