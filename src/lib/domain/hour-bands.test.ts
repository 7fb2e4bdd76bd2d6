import { describe, expect, test } from 'vitest';
import { readingAt } from '../../../tests/support/readings';
import { hourBands } from './hour-bands';

describe('the hours of the day', () => {
	test('three at a time, whatever the day, with median and count', () => {
		const readings = [readingAt(0, 6, { pulse: 60 }), readingAt(1, 8, { pulse: 70 }), readingAt(2, 9, { pulse: 90 })];
		expect(hourBands(readings, ['pulse'])).toEqual([
			{ from: 6, to: 9, count: 2, medians: { pulse: 65 } },
			{ from: 9, to: 12, count: 1, medians: { pulse: 90 } }
		]);
	});

	test('a night is at its start, and a field nobody measured has no median', () => {
		expect(hourBands([readingAt(0, 0, { pulse: 60 })], ['systolic'])).toEqual([
			{ from: 0, to: 3, count: 1, medians: {} }
		]);
	});
});
