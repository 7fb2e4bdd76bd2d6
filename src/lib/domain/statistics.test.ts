import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import vectors from '../../../tests/fixtures/vectors/stats-cases.json';
import {
	dailyValues,
	fiveDayMean,
	largestTriangles,
	mean,
	meansByPart,
	minMaxBars,
	type Point,
	type Reading
} from './statistics';
import { addDays, DAY_MS, effectiveAt, parseLocalDate, placeWallTime } from './time';
import { must } from './assert';

const start = must(parseLocalDate('2026-10-20'), 'a date in a test');

/** A reading `day` days into the series, at `hour` on the wall. */
function reading(day: number, hour: number, values: Record<string, number>): Reading {
	const placed = placeWallTime({ date: addDays(start, day), minutes: hour * 60 }, 'Europe/Stockholm');
	if (!placed.ok) throw new Error('an hour that exists');
	return { values, effective: placed.value.effective };
}

describe('means', () => {
	test.each(vectors.cases)('$id', ({ values, expected }) => {
		const result = mean(values);
		expect(result?.count).toBe(expected.n);
		expect(result?.value).toBeCloseTo(expected.mean, 3);
	});

	test('nothing has no mean', () => expect(mean([])).toBeNull());

	test('a mean is over readings, never over the means of mornings and evenings', () => {
		const readings = [
			reading(0, 7, { systolic: 130 }),
			reading(0, 8, { systolic: 132 }),
			reading(1, 7, { systolic: 134 }),
			reading(1, 20, { systolic: 150 })
		];
		expect(meansByPart(readings, 'systolic')).toEqual({
			all: { value: 136.5, count: 4 },
			morning: { value: 132, count: 3 },
			evening: { value: 150, count: 1 }
		});
	});

	test('a reading without the field counts in no mean of it', () => {
		const readings = [reading(0, 7, { systolic: 130, pulse: 60 }), reading(1, 7, { systolic: 132 })];
		expect(meansByPart(readings, 'pulse').all).toEqual({ value: 60, count: 1 });
	});

	test('the mean lies between the lowest and the highest', () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 20, max: 300 }), { minLength: 1 }), (values) => {
				const value = must(mean(values), 'values').value;
				expect(value).toBeGreaterThanOrEqual(Math.min(...values));
				expect(value).toBeLessThanOrEqual(Math.max(...values));
			})
		);
	});
});

const dayOf = (date: string): number => Date.parse(date) / DAY_MS;

describe('days', () => {
	test('a day without readings is there and empty, also over the end of summer time (25 October 2026)', () => {
		const readings = [reading(6, 20, { weight: 74 }), reading(4, 7, { weight: 75 }), reading(4, 23, { weight: 76 })];
		expect(dailyValues(readings, 'weight')).toEqual([
			{ day: dayOf('2026-10-24'), values: [75, 76] },
			{ day: dayOf('2026-10-25'), values: [] },
			{ day: dayOf('2026-10-26'), values: [74] }
		]);
	});

	test('a reading belongs to the day it was lived, not to the day at the reader', () => {
		const effective = effectiveAt(Date.UTC(2026, 0, 12, 22, 30), 'Pacific/Auckland');
		expect(dailyValues([{ values: { weight: 74 }, effective }], 'weight')[0]?.day).toBe(dayOf('2026-01-13'));
	});
});

describe('the five-day mean', () => {
	const days = (...values: (number | null)[]) =>
		values.map((value, day) => ({ day, values: value === null ? [] : [value] }));
	const line = (...values: (number | null)[]) => fiveDayMean(days(...values)).map(({ value }) => value);

	test('takes in two days to each side', () => {
		expect(line(10, 20, 30, 40, 50, 60, 70)).toEqual([20, 25, 30, 40, 50, 55, 60]);
	});

	test('a missing day is a hole and is never filled in', () => {
		expect(line(10, 20, null, 40, 50, 60, 70)).toEqual([15, 70 / 3, null, 42.5, 55, 55, 60]);
	});

	test('is not drawn before five days with readings over seven days (S1)', () => {
		expect(line(10, 20, 30, 40, 50, 60)).toEqual([]);
		expect(line(10, null, 30, null, null, 60, 70)).toEqual([]);
	});

	test('readings weigh alike, however many a day has', () => {
		const [first, ...rest] = days(10, 10, 10, 10, 10, 10, 10);
		const heavy = [{ day: 0, values: [40, 40, 40] }, ...rest];
		expect(first).toBeDefined();
		expect(fiveDayMean(heavy)[0]?.value).toBe((40 * 3 + 10 * 2) / 5);
	});

	test('there is a value exactly where there is a reading', () => {
		fc.assert(
			fc.property(fc.array(fc.option(fc.integer({ min: 40, max: 300 }))), (values) => {
				const ribbon = line(...values);
				if (ribbon.length === 0) return;
				expect(ribbon.map((value) => value === null)).toEqual(values.map((value) => value === null));
			})
		);
	});
});

const points: fc.Arbitrary<Point[]> = fc
	.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 20, max: 300 })), { maxLength: 1500 })
	.map((steps) => {
		let x = 0;
		return steps.map(([step, y]) => ({ x: (x += step), y }));
	});

describe('thinning', () => {
	test('largest triangles keeps to the threshold, the order, the ends and the given points', () => {
		fc.assert(
			fc.property(points, fc.integer({ min: 3, max: 400 }), (all, threshold) => {
				const kept = largestTriangles(all, threshold);
				expect(kept.length).toBe(Math.min(all.length, threshold));
				expect(kept[0]).toBe(all[0]);
				expect(kept.at(-1)).toBe(all.at(-1));
				const given = new Set(all);
				expect(kept.every((point) => given.has(point))).toBe(true);
				expect(new Set(kept).size).toBe(kept.length);
				expect(kept.every(({ x }, at) => at === 0 || x > must(kept[at - 1], 'the one before').x)).toBe(true);
			})
		);
	});

	test('largest triangles keeps the one peak', () => {
		const flat = Array.from({ length: 1000 }, (_, x) => ({ x, y: x === 613 ? 220 : 130 }));
		expect(largestTriangles(flat, 50)).toContain(flat[613]);
	});

	test('bars hide no reading: every one lies within the bar of its stretch, and the extremes are kept', () => {
		fc.assert(
			fc.property(points, fc.integer({ min: 1, max: 200 }), (all, count) => {
				const bars = minMaxBars(all, count);
				expect(bars.length).toBeLessThanOrEqual(count);
				if (all.length === 0) return;
				const ys = all.map(({ y }) => y);
				expect(Math.min(...bars.map(({ min }) => min))).toBe(Math.min(...ys));
				expect(Math.max(...bars.map(({ max }) => max))).toBe(Math.max(...ys));
				for (const { x, y } of all) {
					const near = bars.reduce((best, bar) => (Math.abs(bar.x - x) < Math.abs(best.x - x) ? bar : best));
					const besides = bars.filter((bar) => Math.abs(Math.abs(bar.x - x) - Math.abs(near.x - x)) < 1e-6);
					expect(besides.some(({ min, max }) => min <= y && y <= max)).toBe(true);
				}
			})
		);
	});
});
