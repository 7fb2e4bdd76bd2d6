import fc from 'fast-check';
import { expect, test } from 'vitest';
import { must } from './assert';
import { averageRealVariability, movingRanges, rootMeanSquareDifference } from './successive-differences';

const values = fc.array(fc.integer({ min: 20, max: 300 }), { minLength: 2, maxLength: 60 });

test('each value is compared with the one before it', () => {
	expect(movingRanges([134, 138, 131, 131])).toEqual([4, 7, 0]);
	expect(averageRealVariability([134, 138, 131, 131])).toBe(11 / 3);
	expect(rootMeanSquareDifference([134, 138, 131, 131])).toBeCloseTo(Math.sqrt(65 / 3), 12);
});

test('over a missing day the values to each side are neighbours', () => {
	expect(movingRanges([134, null, null, 131, 130, null])).toEqual([3, 1]);
});

test('one value varies from nothing', () => {
	expect(movingRanges([134])).toEqual([]);
	expect(averageRealVariability([null, 134])).toBeNull();
	expect(rootMeanSquareDifference([])).toBeNull();
});

test('the squared mean is never below the plain one, and neither knows the direction of time', () => {
	fc.assert(
		fc.property(values, (series) => {
			const plain = must(averageRealVariability(series), 'two values');
			const squared = must(rootMeanSquareDifference(series), 'two values');
			expect(squared).toBeGreaterThanOrEqual(plain - 1e-9);
			expect(averageRealVariability([...series].reverse())).toBeCloseTo(plain, 9);
			expect(rootMeanSquareDifference([...series].reverse())).toBeCloseTo(squared, 9);
		})
	);
});
