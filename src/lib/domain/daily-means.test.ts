import { expect, test } from 'vitest';
import { dailyMeans } from './daily-means';
import { effectiveAt, type LocalDate } from './time';

const today = '2025-11-17' as LocalDate;
const reading = (text: string, weight: number) => ({
	values: { weight },
	effective: effectiveAt(Date.parse(`${text}:00+01:00`), 'Europe/Stockholm')
});

test('each day is the mean of its readings, and a day without is a hole', () => {
	const readings = [
		reading('2025-11-14T23:59', 70),
		reading('2025-11-15T07:00', 71),
		reading('2025-11-17T07:00', 72),
		reading('2025-11-17T19:00', 74)
	];
	expect(dailyMeans(readings, 'weight', 3, today)).toEqual([71, null, 73]);
});

test('a day is the one the person lived, and what is older or dated ahead stays out', () => {
	const away = {
		values: { weight: 80 },
		effective: effectiveAt(Date.parse('2025-11-17T02:00:00Z'), 'America/New_York')
	};
	expect(
		dailyMeans([away, reading('2025-12-01T07:00', 90), reading('2025-10-01T07:00', 60)], 'weight', 2, today)
	).toEqual([80, null]);
});

test('without readings there are only holes', () => {
	expect(dailyMeans([], 'weight', 2, today)).toEqual([null, null]);
	expect(dailyMeans([reading('2025-11-17T07:00', 72)], 'pulse', 1, today)).toEqual([null]);
});
