import { describe, expect, test } from 'vitest';
import { must } from '$lib/domain/assert';
import { measures } from '$lib/domain/measures';
import type { Reading } from '$lib/domain/statistics';
import { hourBands } from '$lib/domain/hour-bands';
import { dayPairs } from '$lib/domain/day-pairs';
import { inRange, type TrendRange } from '$lib/domain/summary';
import { addDays, DAY_MS, dateWallMs, type LocalDate, parseLocalDate, placeWallTime } from '$lib/domain/time';
import { pairPlot, trendPlot as plotOf } from './trend-plot';
import { hourPlot } from './hour-plot';

const today = must(parseLocalDate('2026-11-16'), 'a date in a test');

function reading(daysAgo: number, hour: number, values: Record<string, number>, zone = 'Europe/Stockholm'): Reading {
	const placed = placeWallTime({ date: addDays(today, -daysAgo), minutes: hour * 60 }, zone);
	if (!placed.ok) throw new Error('an hour that exists');
	return { values, effective: placed.value.effective };
}

const trendPlot = (
	measure: (typeof measures)[keyof typeof measures],
	readings: readonly Reading[],
	range: TrendRange,
	day: LocalDate
) => plotOf(measure, inRange(readings, range, day), { range, today: day });
const noonOf = (day: string) => dateWallMs(must(parseLocalDate(day), 'a date')) + DAY_MS / 2;

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
			const { ticks } = trendPlot(measures.bloodPressure, pressures(40), range, today);
			expect(ticks.length).toBeLessThanOrEqual(4);
			expect(ticks.length).toBeGreaterThanOrEqual(3);
			expect(ticks.at(-1)).toBe(dateWallMs(today) + DAY_MS / 2);
		}
		const month = trendPlot(measures.bloodPressure, pressures(30), '30d', today);
		expect(month.ticks).toEqual(['2026-10-18', '2026-10-28', '2026-11-06', '2026-11-16'].map(noonOf));
	});

	test('a morning far away stands at its own morning', () => {
		const plot = trendPlot(measures.weight, [reading(1, 7, { weight: 74 }, 'Pacific/Auckland')], '7d', today);
		expect(plot.stops[0]?.x).toBe(dateWallMs(addDays(today, -1)) + 7 * 3_600_000);
	});
});

describe('the axis of values', () => {
	const axis = (readings: Reading[]) => {
		const { yMin, yMax, yStep } = must(trendPlot(measures.weight, readings, '30d', today).panes[0], 'a pane');
		return [yMin, yMax, yStep];
	};

	test('pressure has steps of 20 and takes in both series', () => {
		expect(trendPlot(measures.bloodPressure, pressures(8), '30d', today).panes[0]).toMatchObject({
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
		expect(plot.panes[0]).toMatchObject({ yMin: 1, yMax: 5, yStep: 1, yReversed: true, scale: 'health' });
	});

	test('an empty range is still a chart', () => {
		expect(trendPlot(measures.weight, weights(74), 'all', addDays(today, 40)).stops).toHaveLength(1);
		const empty = trendPlot(measures.weight, weights(74), '7d', addDays(today, 40));
		expect([empty.stops, empty.panes[0]?.yMin]).toEqual([[], 0]);
	});
});

describe('series', () => {
	test('evenings are hollow, and the shape goes with the series', () => {
		const [systolic, diastolic] = trendPlot(measures.bloodPressure, pressures(7), '7d', today).panes.flatMap(
			({ series }) => series
		);
		expect(systolic?.points.map(({ hollow }) => hollow).slice(0, 2)).toEqual([false, true]);
		expect([systolic?.shape, diastolic?.shape]).toEqual(['circle', 'rectRot']);
	});

	test('a hole in the data is a hole in the line', () => {
		const [weight] = trendPlot(measures.weight, weights(74, 74.5, null, 75), '30d', today).panes.flatMap(
			({ series }) => series
		);
		expect(weight?.line.map(({ y }) => y)).toEqual([74, 74.5, null, 75]);
	});

	test('over 400 readings become bars that keep lowest and highest, and the ribbon stays', () => {
		const [systolic] = trendPlot(measures.bloodPressure, pressures(300), '1y', today).panes.flatMap(
			({ series }) => series
		);
		expect(systolic?.points).toEqual([]);
		expect(systolic?.bars.length).toBeGreaterThan(60);
		expect(Math.max(...must(systolic, 'a series').bars.map(({ max }) => max))).toBe(141);
		expect(systolic?.line).toHaveLength(300);
	});

	test('ten years are thinned to about 400 points, and their hole stays', () => {
		const all = pressures(3650);
		const holed = all.filter((_, at) => at < 3000 || at > 3200);
		const [systolic] = trendPlot(measures.bloodPressure, holed, 'all', today).panes.flatMap(({ series }) => series);
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

describe('panes', () => {
	test('questions get one each', () => {
		const answers = [reading(0, 9, { breathlessness: 1, swelling: 0, fatigue: 3 })];
		const { panes, stops } = trendPlot(measures.symptoms, answers, '30d', today);
		expect(panes.map(({ series }) => series.map(({ key }) => key))).toEqual([
			['breathlessness'],
			['swelling'],
			['fatigue']
		]);
		expect(panes.map(({ yStep, scale }) => [yStep, scale])).toEqual(Array(3).fill([1, 'severity']));
		expect(stops[0]?.ys).toEqual([1, 0, 3]);
	});

	test('two measures stand over each other with a stop a day, and never share a colour', () => {
		const [first, second] = [pressures(8), weights(74, 74.2, 75)];
		const shown = (measure: (typeof measures)['bloodPressure' | 'weight' | 'peakFlow'], kept: readonly Reading[]) => ({
			measure,
			keys: measure.chart.series,
			kept
		});
		const pairs = dayPairs(shown(measures.bloodPressure, first), shown(measures.weight, second));
		const plot = pairPlot(shown(measures.bloodPressure, first), shown(measures.weight, second), pairs, {
			range: '30d',
			today
		});
		expect(plot.panes.map(({ measure }) => measure)).toEqual(['bloodPressure', 'weight']);
		expect(plot.stops).toHaveLength(8);
		expect(plot.stops.at(-1)?.ys).toEqual([137, 79, 75]);
		const like = pairPlot(shown(measures.bloodPressure, first), shown(measures.peakFlow, []), pairs, {
			range: '30d',
			today
		});
		const tokens = like.panes.flatMap(({ series }) => series.map(({ token }) => token));
		expect(new Set(tokens).size).toBe(tokens.length);
	});

	test('a change in the range is a mark at the noon of its day', () => {
		const changes = ['2026-11-02', '2026-01-02'].map((day, at) => ({
			id: `${at}`,
			type: 'other' as const,
			name: 'Feber',
			day: must(parseLocalDate(day), 'a date')
		}));
		const { marks } = plotOf(measures.weight, weights(74), { range: '30d', today, changes });
		expect(marks).toEqual([{ id: '0', x: noonOf('2026-11-02') }]);
	});
});

const hoursOf = (readings: readonly Reading[]) =>
	hourPlot(measures.bloodPressure, readings, hourBands(readings, measures.bloodPressure.chart.series));

describe('against the hour', () => {
	test('all days lie over each other, with a stop for each three hours', () => {
		const plot = hoursOf(pressures(8));
		expect([plot.xMin, plot.xMax]).toEqual([0, DAY_MS]);
		expect(plot.stops.map(({ x }) => x / 3_600_000)).toEqual([7.5, 19.5]);
		expect(plot.panes[0]?.series[0]?.points).toHaveLength(16);
	});

	test('thousands become bars', () => {
		const [systolic] = hoursOf(pressures(300)).panes[0]?.series ?? [];
		expect(systolic?.points).toEqual([]);
		expect(systolic?.bars.length).toBeGreaterThan(1);
	});
});
