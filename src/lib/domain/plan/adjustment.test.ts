import { describe, expect, test } from 'vitest';
import type { LocalDate } from '../time';
import { adjustmentLeft } from './adjustment';

describe('a bounded self-adjustment', () => {
	const adjust = { step: 'en extra', times: 3, withinDays: 7, mostPerDay: 1, contact: '1177' };
	const day = (date: number) => `2026-11-${String(date).padStart(2, '0')}` as LocalDate;

	test.each([
		[[], 10, { used: 0, today: 1 }],
		[[10], 10, { used: 1, today: 0 }],
		[[8, 9, 10], 11, { used: 3, today: 0 }],
		[[3, 4, 9], 10, { used: 2, today: 1 }]
	])('used on %j, on day %i', (uses, today, left) => {
		expect(adjustmentLeft(adjust, uses.map(day), day(today))).toEqual(left);
	});
});
