import { describe, expect, test } from 'vitest';
import { dailyWeights, readingAt, today } from '../../../tests/support/readings';
import { beforeAfter } from './before-after';
import { measures } from './measures';
import { addDays } from './time';

describe('before and after a change', () => {
	const day = addDays(today, -10);

	test('means over equal windows, and the day itself belongs to neither', () => {
		const readings = dailyWeights(...Array.from({ length: 40 }, (_, at) => (at < 29 ? 80 : at === 29 ? 100 : 78)));
		expect(beforeAfter(measures.weight, readings, day, today)).toEqual({
			days: 10,
			before: { count: 10, values: { weight: 80 } },
			after: { count: 10, values: { weight: 78 } },
			isEnough: true
		});
		expect(beforeAfter(measures.weight, readings, addDays(today, -20), today)?.days).toBe(14);
	});

	test('too few on either side is too few', () => {
		const readings = [readingAt(12, 7, { weight: 80 }), ...dailyWeights(78, 78, 78, 78, 78)];
		expect(beforeAfter(measures.weight, readings, day, today)).toMatchObject({ isEnough: false, before: { count: 1 } });
	});

	test('nothing on the day it happened', () => {
		expect(beforeAfter(measures.weight, dailyWeights(80, 80), today, today)).toBeNull();
	});

	test('of named steps the answer given most often', () => {
		const answers = [2, 2, 3, 4, 4, 5].map((step, at) => readingAt(13 - at, 9, { step }));
		expect(beforeAfter(measures.selfRatedHealth, answers, day, today)?.before.values).toEqual({ step: 2 });
	});
});
