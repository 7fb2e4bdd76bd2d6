import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Observation } from './observation';
import { unitedPulses } from './pulse';

const observation = (id: string, utc: number, values: Record<string, number>): Observation => ({
	id,
	measure: 'pulse' in values && !('systolic' in values) ? 'pulse' : 'bloodPressure',
	values,
	effective: { utc, offset: 60, zone: 'Europe/Stockholm' },
	source: { kind: 'manual' },
	device: 'd',
	amended: false,
	conflicting: false
});

describe('a pulse measured with a blood pressure', () => {
	test('stands in the pulse’s own curve, in the order it was measured', () => {
		const alone = [observation('b', 2000, { pulse: 70 })];
		const pressures = [
			observation('a', 1000, { systolic: 130, diastolic: 80, pulse: 64 }),
			observation('c', 3000, { systolic: 128, diastolic: 79 })
		];
		expect(unitedPulses(alone, pressures).map(({ id, values, within }) => [id, values['pulse'], within])).toEqual([
			['a.pulse', 64, 'bloodPressure'],
			['b', 70, undefined]
		]);
	});

	test('however the two lie beside each other, all of them in order', () => {
		const moment = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 99 }));
		const list = fc
			.uniqueArray(moment, { maxLength: 8, selector: String })
			.map((moments) =>
				moments
					.map(([utc, id]) => ({ utc, id: String(id).padStart(2, '0') }))
					.sort((a, b) => a.utc - b.utc || (a.id < b.id ? -1 : 1))
			);
		fc.assert(
			fc.property(list, list, (alone, inside) => {
				const united = unitedPulses(
					alone.map(({ id, utc }) => observation(`a${id}`, utc, { pulse: 70 })),
					inside.map(({ id, utc }) => observation(`b${id}`, utc, { systolic: 130, diastolic: 80, pulse: 64 }))
				).map(({ effective, id }) => `${effective.utc} ${id}`);
				expect(united).toEqual([...united].sort());
				expect(united).toHaveLength(alone.length + inside.length);
			})
		);
	});

	test('leaves the list as it is when no blood pressure had one', () => {
		const alone = [observation('b', 2000, { pulse: 70 })];
		expect(unitedPulses(alone, [observation('c', 3000, { systolic: 128, diastolic: 79 })])).toBe(alone);
	});
});
