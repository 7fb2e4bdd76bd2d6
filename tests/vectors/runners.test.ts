import { describe, expect, test } from 'vitest';
import codes from '../fixtures/vectors/codes.json';
import hfWeights from '../fixtures/vectors/hf-weight-cases.json';
import statistics from '../fixtures/vectors/stats-cases.json';
import * as codesRunner from './codes';
import { run as runGlucose } from './glucose-cases';
import { run as runHfWeights } from './hf-weight-cases';
import { run as runHabits } from './levnadsvanor-cases';
import { run as runStatistics } from './stats-cases';

/** A copy of one of the cases with other expectations. */
function statisticsCase(id: string, expected: object) {
	const found = statistics.cases.find((one) => one.id === id);
	return { cases: [{ ...found, expected }] };
}

describe('a case fails', () => {
	test('when the domain says otherwise, and shows only what differs', () => {
		const [zigzag] = hfWeights.cases.filter(({ id }) => id === 'hf-08-zigzag');
		const expected = { ...zigzag?.expected, rot_5lb_3d: true, maxGain1to3d: 2.4 };
		expect(runHfWeights({ cases: [{ ...zigzag, expected }] })).toEqual([
			{
				id: 'hf-08-zigzag',
				expected: { maxGain1to3d: 2.4, rot_5lb_3d: true },
				got: { maxGain1to3d: 2.3, rot_5lb_3d: false },
				ok: false
			}
		]);
	});

	test('where it expects no or vet inte of the other', () => {
		const weightsKg = [{ day: 0, kg: 80 }];
		const expecting = (verdict: boolean | null) =>
			runHfWeights({ cases: [{ id: 'x', weightsKg, expected: { rot_3lb_1d: verdict } }] })[0]?.ok;
		expect(expecting(null)).toBe(true);
		expect(expecting(false)).toBe(false);
	});

	test('by its own name when it is not of the shape of such a case', () => {
		const [result] = runHfWeights({ cases: [{ id: 'hf-99', weightsKg: [{ day: 'Monday' }], expected: {} }] });
		expect(result).toMatchObject({ id: 'hf-99', ok: false });
	});

	test('when it expects a statistic that is not reckoned here', () => {
		expect(runStatistics(statisticsCase('st-01-sbp-stable', { macd: 1 }))[0]?.ok).toBe(false);
	});

	test('when the file holds something else', () => {
		for (const run of [codesRunner.run, runGlucose, runHfWeights, runHabits, runStatistics])
			expect(run('a text')).toMatchObject([{ id: 'the whole file', ok: false }]);
	});
});

describe('numbers', () => {
	test('may be rounded as the cases are, and no more', () => {
		const accepts = (expected: object) => runStatistics(statisticsCase('st-04-irregular-days', expected))[0]?.ok;
		expect(accepts({ mean: 136.1667 })).toBe(true);
		expect(accepts({ mean: 136.169 })).toBe(false);
		expect(accepts({ ols: { x: 'days', slopePerDay: -0.438356 } })).toBe(true);
		expect(accepts({ ols: { x: 'days', slopePerDay: -0.4375 } })).toBe(false);
		expect(accepts({ xmr: { outside: [0] } })).toBe(false);
	});

	test('as a meter shows them are exact: 100 mg/dL is 5.5', () => {
		const accepts = (mmol: number) => runGlucose({ conversions: [{ mgdl: 100, mmol_1dp: mmol }] })[0]?.ok;
		expect(accepts(5.5)).toBe(true);
		expect(accepts(5.6)).toBe(false);
	});
});

describe('statistics', () => {
	test('a missing day is null among the values and in the level that follows them', () => {
		const values = [80, null, 81, 82, 83, 84, 85];
		const expected = {
			n: 6,
			ewma: { lambda_: 0.5, start: 'first value', values: [80, null, 80.5, 81.25, 82.125, 83.0625, 84.03125] },
			ols: { x: 'days', trend: 'rising' }
		};
		expect(runStatistics({ cases: [{ id: 'x', values, expected }] })).toMatchObject([{ ok: true }]);
	});

	test('a case of too few values may expect no line, or a line without a verdict', () => {
		const values = [80, 81, 83];
		const accepts = (ols: object | null) => runStatistics({ cases: [{ id: 'x', values, expected: { ols } }] })[0]?.ok;
		expect(accepts(null)).toBe(true);
		expect(accepts({ x: 'days', slopePerDay: 1.5, trend: null })).toBe(true);
		expect(accepts({ x: 'days', slopePerDay: 1.5, trend: 'rising' })).toBe(false);
	});
});

test('living habits are scored by the rule of their time', () => {
	const drinking = { perWeek: 12, bingePerMonth: 0 };
	expect(
		runHabits({
			alcohol: [{ id: 'now', ...drinking, risk: true }],
			oldAlcohol: [
				{ id: 'woman', ...drinking, sex: 'woman', risk: true },
				{ id: 'man', ...drinking, sex: 'man', risk: false }
			]
		}).map(({ id, ok }) => [id, ok])
	).toEqual([
		['now', true],
		['woman', true],
		['man', true]
	]);
});

describe('codes', () => {
	test('a wrong code fails', () => {
		const items = codes.items.map((item) => (item.key === 'weight' ? { ...item, ucum: 'g' } : item));
		expect(codesRunner.run({ items }).filter(({ ok }) => !ok)).toEqual([
			{ id: 'weight', expected: { ucum: 'g' }, got: { ucum: 'kg' }, ok: false }
		]);
	});

	test('what is not measured here is named and not counted', () => {
		expect(codesRunner.notRun(codes)).toEqual(['bp mean', 'height', 'bmi', 'respiratoryRate']);
		expect(codesRunner.run(codes).map(({ id }) => id)).not.toContain('height');
	});
});
