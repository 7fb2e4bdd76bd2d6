import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	DAY_0,
	gainClause,
	moment,
	planData,
	reading,
	rule,
	valueClause,
	weights
} from '../../../../tests/support/plan';
import { addDays } from '../time';
import { evaluatePlan } from './evaluate';
import { lastDays, rehearse } from './rehearse';

describe('a limit tried on what was measured', () => {
	const high = valueClause({ withinDays: 1 });
	const gained = rule([gainClause()]);
	const stretch = { from: DAY_0, to: addDays(DAY_0, 9) };

	test('gives the days, the alarms and the days it could not say', () => {
		const days = [0, 1, 4, 9].map((day) => reading({ systolic: 170 }, day));
		const data = planData({ bloodPressure: [...days, reading({ systolic: 120 }, 5)] });
		const result = rehearse({ least: 1, clauses: [high] }, data, stretch);
		expect(result.raised).toEqual([0, 1, 4, 9].map((day) => addDays(DAY_0, day)));
		expect(result.alarms).toEqual([0, 4, 9].map((day) => addDays(DAY_0, day)));
		expect([result.days, result.unknownDays]).toEqual([10, 5]);
		expect(rehearse({ least: 1, clauses: [high], quietDays: 4 }, data, stretch).alarms).toHaveLength(2);
	});

	test('a day that was high until it was measured again is a day it would have been raised', () => {
		const data = planData({
			bloodPressure: [reading({ systolic: 170 }, 0, '07:00'), reading({ systolic: 130 }, 0, '07:10')]
		});
		expect(rehearse({ least: 1, clauses: [high] }, data, stretch).raised).toEqual([DAY_0]);
	});

	test('says what evaluating on the last of its days says, for a day with one reading', () => {
		fc.assert(
			fc.property(
				fc.array(fc.option(fc.integer({ min: 700, max: 760 })), { minLength: 4, maxLength: 12 }),
				(tenths) => {
					const data = planData({ weight: weights(...tenths.map((kg) => kg && kg / 10)) });
					const today = addDays(DAY_0, tenths.length - 1);
					const result = rehearse(gained, data, lastDays(tenths.length, today));
					const { zone } = evaluatePlan({ rules: [gained] }, data, moment(tenths.length - 1, '20:00'));
					expect(result.raised.includes(today)).toBe(zone === 'yellow');
				}
			)
		);
	});

	// Gone through again for every day, they would outlast the test's time.
	test('15,000 readings are gone through once', () => {
		const many = Array.from({ length: 15_000 }, (_, n) =>
			reading({ systolic: 110 + ((n * 37) % 90) }, Math.floor(n / 10), `${String(8 + (n % 10)).padStart(2, '0')}:00`)
		);
		const data = planData({ bloodPressure: many });
		const result = rehearse(
			{ least: 1, clauses: [valueClause({ readings: 2, clear: 140, withinDays: 7 })] },
			data,
			lastDays(1500, addDays(DAY_0, 1499))
		);
		expect(result.days).toBe(1500);
	});
});
