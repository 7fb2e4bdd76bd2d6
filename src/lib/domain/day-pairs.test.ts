import { describe, expect, test } from 'vitest';
import { readingAt, today } from '../../../tests/support/readings';
import { dayPairs } from './day-pairs';
import { measures } from './measures';
import { addDays } from './time';

describe('two measures day by day', () => {
	test('every day that has any, with the mean as shown and the last answer', () => {
		const pressure = [
			readingAt(2, 7, { systolic: 130, diastolic: 80 }),
			readingAt(2, 20, { systolic: 133, diastolic: 82 })
		];
		const health = [readingAt(2, 9, { step: 2 }), readingAt(2, 21, { step: 4 }), readingAt(0, 9, { step: 3 })];
		const pairs = dayPairs(
			{ measure: measures.bloodPressure, kept: pressure },
			{ measure: measures.selfRatedHealth, kept: health }
		);
		expect(pairs).toEqual([
			{
				date: addDays(today, -2),
				first: { values: { systolic: 132, diastolic: 81 }, count: 2 },
				second: { values: { step: 4 }, count: 2 }
			},
			{ date: today, first: null, second: { values: { step: 3 }, count: 1 } }
		]);
	});
});
