import { describe, expect, test } from 'vitest';
import { must } from '$lib/domain/assert';
import { measures } from '$lib/domain/measures';
import type { Reading } from '$lib/domain/statistics';
import { addDays, DAY_MS, dateWallMs, parseLocalDate, placeWallTime } from '$lib/domain/time';
import { trendPlot } from './trend-plot';

const today = must(parseLocalDate('2026-11-16'), 'a date in a test');

function reading(daysAgo: number, hour: number, values: Record<string, number>, zone = 'Europe/Stockholm'): Reading {
	const placed = placeWallTime({ date: addDays(today, -daysAgo), minutes: hour * 60 }, zone);
	if (!placed.ok) throw new Error('an hour that exists');
	return { values, effective: placed.value.effective };
}

const pressures = (days: number) =>
	Array.from({ length: days }, (_, day) => [
		reading(days - 1 - day, 7, { systolic: 130 + (day % 5), diastolic: 76 }),
		reading(days - 1 - day, 20, { systolic: 138 + (day % 4), diastolic: 82 })
	]).flat();

const weights = (...kilos: (number | null)[]) =>
	kilos.flatMap((weight, at) => (weight === null ? [] : [reading(kilos.length - 1 - at, 7, { weight })]));

describe('the axis of days', () => {
	test('covers the range to the end of today, and days are equally wide over the end of summer time', () => {
		const plot = trendPlot(measures.bloodPressure, pressures(30), '30d', today);
		expect((plot.xMax - plot.xMin) / DAY_MS).toBe(30);
		const [first, second] = [plot.stops[0], plot.stops[2]];
		expect(must(second, 'a stop').x - must(first, 'a stop').x).toBe(DAY_MS);
		expect(plot.stops.every(({ x }, at) => (x % DAY_MS) / 3_600_000 === (at % 2 ? 20 : 7))).toBe(true);
	});

	test('has at most four dates, today the last', () => {
		for (const range of ['7d', '30d', '90d', '1y', 'all'] as const) {
			const { dateTicks } = trendPlot(measures.bloodPressure, pressures(40), range, today);
			expect(dateTicks.length).toBeLessThanOrEqual(4);
			expect(dateTicks.length).toBeGreaterThanOrEqual(3);
			expect(dateTicks.at(-1)).toBe(today);
		}
		const month = trendPlot(measures.bloodPressure, pressures(30), '30d', today);
		expect(month.dateTicks).toEqual(['2026-10-18', '2026-10-28', '2026-11-06', '2026-11-16']);
	});

	test('a morning far away stands at its own morning', () => {
		const plot = trendPlot(measures.weight, [reading(1, 7, { weight: 74 }, 'Pacific/Auckland')], '7d', today);
		expect(plot.stops[0]?.x).toBe(dateWallMs(addDays(today, -1)) + 7 * 3_600_000);
	});
});

describe('the axis of values', () => {
	const axis = (readings: Reading[]) => {
		const { yMin, yMax, yStep } = trendPlot(measures.weight, readings, '30d', today);
		return [yMin, yMax, yStep];
	};

	test('pressure has steps of 20 and takes in both series', () => {
		expect(trendPlot(measures.bloodPressure, pressures(8), '30d', today)).toMatchObject({
			yMin: 60,
			yMax: 160,
			yStep: 20
		});
	});

	test('weight has steps of 1 kg, coarser where there would be too many', () => {
		expect(axis(weights(74.2, 74.1, 76.4))).toEqual([74, 77, 1]);
		expect(axis(weights(74, 74))).toEqual([74, 76, 1]);
		expect(axis(weights(60, 74))).toEqual([60, 75, 5]);
	});

	test('self-rated health has its five steps, the best at the top', () => {
		const plot = trendPlot(measures.selfRatedHealth, [reading(0, 9, { step: 2 })], '30d', today);
		expect(plot).toMatchObject({ yMin: 1, yMax: 5, yStep: 1, yReversed: true });
	});

	test('an empty range is still a chart', () => {
		expect(trendPlot(measures.weight, weights(74), 'all', addDays(today, 40)).stops).toHaveLength(1);
		expect(trendPlot(measures.weight, weights(74), '7d', addDays(today, 40))).toMatchObject({ stops: [], yMin: 0 });
	});
});

describe('series', () => {
	test('evenings are hollow, and the shape goes with the series', () => {
		const [systolic, diastolic] = trendPlot(measures.bloodPressure, pressures(7), '7d', today).series;
		expect(systolic?.points.map(({ hollow }) => hollow).slice(0, 2)).toEqual([false, true]);
		expect([systolic?.shape, diastolic?.shape]).toEqual(['circle', 'rectRot']);
	});

	test('a hole in the data is a hole in the line', () => {
		const [weight] = trendPlot(measures.weight, weights(74, 74.5, null, 75), '30d', today).series;
		expect(weight?.line.map(({ y }) => y)).toEqual([74, 74.5, null, 75]);
	});

	test('over 400 readings become bars that keep lowest and highest, and the ribbon stays', () => {
		const [systolic] = trendPlot(measures.bloodPressure, pressures(300), '1y', today).series;
		expect(systolic?.points).toEqual([]);
		expect(systolic?.bars.length).toBeGreaterThan(60);
		expect(Math.max(...must(systolic, 'a series').bars.map(({ max }) => max))).toBe(141);
		expect(systolic?.line).toHaveLength(300);
	});

	test('ten years are thinned to about 400 points, and their hole stays', () => {
		const all = pressures(3650);
		const holed = all.filter((_, at) => at < 3000 || at > 3200);
		const [systolic] = trendPlot(measures.bloodPressure, holed, 'all', today).series;
		expect(systolic?.line.length).toBeLessThan(420);
		expect(systolic?.line.filter(({ y }) => y === null)).toHaveLength(1);
		expect(systolic?.bars.length).toBeLessThanOrEqual(90);
	});

	test('the cursor stops at every reading in order, with null where a series has nothing', () => {
		const readings = [reading(1, 7, { systolic: 130, diastolic: 80 }), reading(0, 7, { systolic: 131, diastolic: 81 })];
		const { stops } = trendPlot(measures.bloodPressure, readings, '7d', today);
		expect(stops.map(({ ys }) => ys)).toEqual([
			[130, 80],
			[131, 81]
		]);
	});
});
