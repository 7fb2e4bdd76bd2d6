/**
 * Means and series for the trends (STANDARDS A10). A mean is always over readings, never over means, and a day without
 * readings is a hole: never zero, never filled in.
 */
import { must } from './assert';
import type { Observation } from './observation';
import { dayNumber, partOfDay } from './time';

/** What a statistic needs of an observation. */
export type Reading = Pick<Observation, 'values' | 'effective'>;

/** A mean and the number of readings behind it. */
export interface Mean {
	readonly value: number;
	readonly count: number;
}

/** Null without values. */
export function mean(values: readonly number[]): Mean | null {
	if (values.length === 0) return null;
	return { value: values.reduce((sum, value) => sum + value, 0) / values.length, count: values.length };
}

/** The values of one field, in the order of the readings; readings without it left out. */
export function valuesOf(readings: readonly Reading[], key: string): readonly number[] {
	const found: number[] = [];
	for (const { values } of readings) {
		const value = values[key];
		if (value !== undefined) found.push(value);
	}
	return found;
}

export interface MeansByPart {
	readonly all: Mean | null;
	readonly morning: Mean | null;
	readonly evening: Mean | null;
}

/** The mean of one field over all readings, over those of the mornings and over those of the evenings. */
export function meansByPart(readings: readonly Reading[], key: string): MeansByPart {
	const values = { all: [] as number[], morning: [] as number[], evening: [] as number[] };
	for (const reading of readings) {
		const value = reading.values[key];
		if (value === undefined) continue;
		values.all.push(value);
		values[partOfDay(reading.effective)].push(value);
	}
	return { all: mean(values.all), morning: mean(values.morning), evening: mean(values.evening) };
}

/** One local day; no values where nothing was measured. */
export interface Day {
	/** As `dayNumber` counts them: ten years of dates are written out only where they are read. */
	readonly day: number;
	readonly values: readonly number[];
}

/** Every local day from the first reading of a field to the last, the empty ones too. Readings may come in any order. */
export function dailyValues(readings: readonly Reading[], key: string): readonly Day[] {
	const valuesByDay = new Map<number, number[]>();
	let [first, last] = [Infinity, -Infinity];
	for (const { values, effective } of readings) {
		const value = values[key];
		if (value === undefined) continue;
		const day = dayNumber(effective);
		const known = valuesByDay.get(day);
		if (known) known.push(value);
		else valuesByDay.set(day, [value]);
		first = Math.min(first, day);
		last = Math.max(last, day);
	}
	if (valuesByDay.size === 0) return [];
	return Array.from({ length: last - first + 1 }, (_, at) => ({
		day: first + at,
		values: valuesByDay.get(first + at) ?? []
	}));
}

/** A point of a line; a null breaks it. */
export interface DayValue {
	readonly day: number;
	readonly value: number | null;
}

const RIBBON_REACH_DAYS = 2;
const TREND_POINTS = 5;
const TREND_DAYS = 7;

/**
 * The five-day mean: of each day with the two before and the two after it, over their readings. A day without readings is
 * a hole in it. Empty until there are five days with readings over at least seven days (STANDARDS A10, S1).
 */
export function fiveDayMean(days: readonly Day[]): readonly DayValue[] {
	const measured = days.filter(({ values }) => values.length > 0).length;
	if (measured < TREND_POINTS || days.length < TREND_DAYS) return [];
	const sums = days.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
	return days.map(({ day, values }, at) => {
		if (values.length === 0) return { day, value: null };
		let [sum, count] = [0, 0];
		for (let near = at - RIBBON_REACH_DAYS; near <= at + RIBBON_REACH_DAYS; near++) {
			sum += sums[near] ?? 0;
			count += days[near]?.values.length ?? 0;
		}
		return { day, value: sum / count };
	});
}

export interface Point {
	readonly x: number;
	readonly y: number;
}

/**
 * At most `threshold` of the points, those that keep the shape (largest triangle three buckets, S. Steinarsson 2013).
 * The first and last stay; every point given back is one of those given. Points are in the order of x.
 */
export function largestTriangles<P extends Point>(points: readonly P[], threshold: number): readonly P[] {
	const [first, last] = [points[0], points.at(-1)];
	if (points.length <= threshold || threshold < 3 || !first || !last) return points;
	const width = (points.length - 2) / (threshold - 2);
	const bucket = (number: number) =>
		points.slice(Math.floor(number * width) + 1, Math.min(Math.floor((number + 1) * width) + 1, points.length - 1));
	const kept = [first];
	for (let number = 0; number < threshold - 2; number++) {
		const next = number + 1 < threshold - 2 ? bucket(number + 1) : [last];
		kept.push(farthest(must(kept.at(-1), 'The first point is kept'), bucket(number), centre(next)));
	}
	return [...kept, last];
}

const centre = (points: readonly Point[]): Point => ({
	x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
	y: points.reduce((sum, { y }) => sum + y, 0) / points.length
});

/** The point that spans the largest triangle with `from` and `to`. */
function farthest<P extends Point>(from: Point, points: readonly P[], to: Point): P {
	const area = ({ x, y }: Point) => Math.abs((from.x - to.x) * (y - from.y) - (from.x - x) * (to.y - from.y));
	return points.reduce((best, point) => (area(point) > area(best) ? point : best));
}

/** The lowest and the highest of the readings that share a stretch of the axis. */
export interface MinMaxBar {
	/** Middle of the stretch. */
	readonly x: number;
	readonly min: number;
	readonly max: number;
}

/** At most `count` bars over equal stretches; a stretch without points gives none. Points are in the order of x. */
export function minMaxBars(points: readonly Point[], count: number): readonly MinMaxBar[] {
	const [first, last] = [points[0], points.at(-1)];
	if (!first || !last) return [];
	const width = (last.x - first.x) / count || 1;
	const bars: { x: number; min: number; max: number }[] = [];
	for (const { x, y } of points) {
		const number = Math.min(Math.floor((x - first.x) / width), count - 1);
		const middle = first.x + (number + 0.5) * width;
		const bar = bars.at(-1);
		if (bar?.x === middle) {
			bar.min = Math.min(bar.min, y);
			bar.max = Math.max(bar.max, y);
		} else bars.push({ x: middle, min: y, max: y });
	}
	return bars;
}
