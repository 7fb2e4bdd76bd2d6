import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from './assert';
import { measures } from './measures';
import type { Reading } from './statistics';
import { inRange, shownMean, summarise } from './summary';
import { addDays, dateWallMs, parseLocalDate, placeWallTime, wallMs } from './time';

const today = must(parseLocalDate('2026-11-16'), 'a date in a test');

function reading(daysAgo: number, hour: number, values: Record<string, number>): Reading {
	const placed = placeWallTime({ date: addDays(today, -daysAgo), minutes: hour * 60 }, 'Europe/Stockholm');
	if (!placed.ok) throw new Error('an hour that exists');
	return { values, effective: placed.value.effective };
}

/** `days` days up to today, oldest first, with a morning and an evening reading. */
const week = (days: number, morning: number, evening: number) =>
	Array.from({ length: days }, (_, day) => [
		reading(days - 1 - day, 7, { systolic: morning, diastolic: 78 }),
		reading(days - 1 - day, 20, { systolic: evening, diastolic: 80 })
	]).flat();

const pressure = (readings: readonly Reading[], range: '7d' | '30d' | 'all' = '30d') =>
	summarise(measures.bloodPressure, readings, range, today);

describe('a range', () => {
	test('ends with today and includes it', () => {
		const readings = [reading(7, 23, { weight: 1 }), reading(6, 0, { weight: 2 }), reading(0, 23, { weight: 3 })];
		expect(inRange(readings, '7d', today)).toEqual(readings.slice(1));
		expect(inRange(readings, 'all', today)).toEqual(readings);
	});

	test('keeps a reading from a clock that is ahead', () => {
		const readings = [reading(-3, 7, { weight: 74 })];
		expect(inRange(readings, '7d', today)).toEqual(readings);
		expect(summarise(measures.weight, readings, 'all', today)?.days).toBe(1);
	});
});

describe('a range over a journey', () => {
	const anywhere = fc.record({ utc: fc.integer({ min: -12, max: 12 }), offset: fc.constantFrom(-600, 0, 60, 780) });
	const start = dateWallMs(addDays(today, -6));

	test('goes by the clock on the wall, and gives the readings in its order', () => {
		fc.assert(
			fc.property(fc.array(anywhere, { maxLength: 20 }), (moments) => {
				const readings = moments
					.map(({ utc, offset }) => ({ values: {}, effective: { utc: start + utc * 3_600_000, offset, zone: 'UTC' } }))
					.sort((a, b) => a.effective.utc - b.effective.utc);
				const slow = readings.filter(({ effective }) => wallMs(effective) >= start);
				expect(inRange(readings, '7d', today)).toEqual(slow.sort((a, b) => wallMs(a.effective) - wallMs(b.effective)));
			})
		);
	});
});

describe('the sentence', () => {
	test('is silent without readings', () => expect(pressure([reading(40, 7, { systolic: 130 })])).toBeNull());

	test('counts what there is and over how many days', () => {
		const summary = pressure(week(10, 133, 139), 'all');
		expect(summary).toMatchObject({ count: 20, days: 10 });
		expect(summary?.means['systolic']?.all).toEqual({ value: 136, count: 20 });
		expect(pressure(week(10, 133, 139))?.days).toBe(30);
	});

	test('compares evenings with mornings only from five of each, and only when the cuff can tell them apart', () => {
		expect(pressure(week(4, 130, 150))?.eveningAboveMorning).toBeNull();
		expect(pressure(week(5, 130, 136))?.eveningAboveMorning).toBe(6);
		expect(pressure(week(5, 136, 130))?.eveningAboveMorning).toBe(-6);
		expect(pressure(week(5, 130, 132))?.eveningAboveMorning).toBeNull();
	});

	test('the difference is that of the means as shown', () => {
		const readings = week(5, 132, 138).map((one, at) =>
			at === 0
				? reading(4, 7, { systolic: 134, diastolic: 78 })
				: at === 1
					? reading(4, 20, { systolic: 140, diastolic: 80 })
					: one
		);
		const means = must(pressure(readings)?.means['systolic'], 'means');
		const shown = (part: 'morning' | 'evening') => shownMean(must(means[part], 'a mean'), 0);
		expect(pressure(readings)?.eveningAboveMorning).toBe(shown('evening') - shown('morning'));
	});

	test('steps have a most common answer, of equals the most recent', () => {
		const steps = [2, 3, 3, 2].map((step, at) => reading(10 - at, 9, { step }));
		expect(summarise(measures.selfRatedHealth, steps, '30d', today)?.mostCommon).toEqual({ value: 2, count: 2 });
	});

	test('no other measure compares evenings with mornings', () => {
		const readings = week(7, 1, 1).map(({ effective }, at) => ({ effective, values: { weight: at % 2 ? 80 : 70 } }));
		expect(summarise(measures.weight, readings, '30d', today)?.eveningAboveMorning).toBeNull();
	});
});

test('means are shown half up', () => {
	expect(shownMean({ value: 134.5, count: 2 }, 0)).toBe(135);
	expect(shownMean({ value: 134.49, count: 2 }, 0)).toBe(134);
	expect(shownMean({ value: 74.25, count: 2 }, 1)).toBe(74.3);
	expect(shownMean({ value: 1.005, count: 2 }, 2)).toBe(1.01);
	fc.assert(
		fc.property(fc.integer({ min: 200, max: 40_000 }), (hundredths) => {
			const expected = Math.floor((hundredths + 5) / 10) / 10;
			expect(shownMean({ value: hundredths / 100, count: 1 }, 1)).toBe(expected);
		})
	);
});
