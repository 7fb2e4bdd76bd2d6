import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from './assert';
import { processLimits } from './process-limits';

const limits = (series: readonly (number | null)[], robust = false) =>
	must(processLimits(series, { robust }), 'two values');
const values = fc.array(fc.integer({ min: 20, max: 300 }), { minLength: 2, maxLength: 60 });

describe('the limits', () => {
	test('lie 2.660 mean moving ranges from the mean', () => {
		const { outside, ...numbers } = limits([10, 12, 10, 12]);
		expect(outside).toEqual([]);
		const expected = { centre: 11, meanMovingRange: 2, upper: 16.32, lower: 5.68, upperMovingRange: 6.534 };
		for (const [name, value] of Object.entries({ ...expected, sigma: 2 / 1.128 }))
			expect(numbers[name as keyof typeof numbers]).toBeCloseTo(value, 9);
	});

	test('name the places of what lies outside, holes counted as places', () => {
		expect(limits([100, 101, null, 100, 101, 130, 101, 100, 101, 100, 101]).outside).toEqual([5]);
	});

	test('need two values', () => {
		expect(processLimits([])).toBeNull();
		expect(processLimits([null, 134])).toBeNull();
	});

	test('of equal values leave none outside, also of such as binary cannot write', () => {
		const { upper, lower, outside } = limits(new Array<number>(10).fill(0.1));
		expect(upper).toBe(lower);
		expect(outside).toEqual([]);
	});

	test('leave outside exactly what is farther from the centre than three sigma', () => {
		fc.assert(
			fc.property(values, (series) => {
				const { centre, sigma, outside } = limits(series);
				for (const [at, value] of series.entries()) {
					const away = Math.abs(value - centre);
					// 2.660 is 3 / 1.128 rounded.
					if (away > 3.002 * sigma + 1e-6) expect(outside).toContain(at);
					if (away < 2.998 * sigma) expect(outside).not.toContain(at);
				}
			})
		);
	});
});

describe('after Nelson', () => {
	const leap = [100, 102, 100, 102, 100, 102, 100, 102, 112, 110, 112, 110, 112, 110];

	test('one great leap does not widen the limits', () => {
		expect(limits(leap).meanMovingRange).toBeCloseTo((12 * 2 + 10) / 13, 9);
		expect(limits(leap, true).meanMovingRange).toBe(2);
		expect(limits(leap, true).centre).toBe(limits(leap).centre);
		expect(limits(leap).outside).toEqual([]);
		expect(limits(leap, true).outside).toEqual([8, 10, 12]);
	});

	test('the limits are never wider, and the same without a great leap', () => {
		fc.assert(
			fc.property(values, (series) => {
				const plain = limits(series);
				const robust = limits(series, true);
				expect(robust.meanMovingRange).toBeLessThanOrEqual(plain.meanMovingRange);
				const ranges = series.slice(1).map((value, at) => Math.abs(value - must(series[at], 'the one before')));
				if (ranges.every((range) => range <= 3.5 * plain.meanMovingRange)) expect(robust).toEqual(plain);
			})
		);
	});
});
