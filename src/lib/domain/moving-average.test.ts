import fc from 'fast-check';
import { expect, test } from 'vitest';
import { movingAverage } from './moving-average';

const series = fc.array(fc.option(fc.integer({ min: 20, max: 300 })), { maxLength: 60 });

test('starts at the first value and takes in a fifth of each new one', () => {
	expect(movingAverage([100, 110])).toEqual([100, 102]);
	expect(movingAverage([100, 110, 97], 0.5)).toEqual([100, 105, 101]);
});

test('a missing day is a hole, and the level goes on from before it', () => {
	expect(movingAverage([null, 100, null, null, 110])).toEqual([null, 100, null, null, 102]);
});

test('stays between the lowest and the highest value so far', () => {
	fc.assert(
		fc.property(series, (values) => {
			const levels = movingAverage(values);
			expect(levels.map((level) => level === null)).toEqual(values.map((value) => value === null));
			for (const [at, level] of levels.entries()) {
				if (level === null) continue;
				const before = values.slice(0, at + 1).filter((value) => value !== null);
				expect(level).toBeGreaterThanOrEqual(Math.min(...before) - 1e-9);
				expect(level).toBeLessThanOrEqual(Math.max(...before) + 1e-9);
			}
		})
	);
});
