/**
 * The straight line through values, and whether it says which way they go (STANDARDS A10, S1).
 *
 * Daily values resemble the day before, which makes the interval too narrow: a verdict is a "mönster", never "signifikant".
 */
import { must } from './assert';
import { mean } from './statistics';
import { tCritical } from './student-t';

/** A value on its day, counted from any day; several a day are several points. Null where nothing was measured. */
export interface DayPoint {
	readonly day: number;
	readonly value: number | null;
}

/** Ordinary least squares on the day numbers. */
export interface LineFit {
	/** In the values' unit a day. */
	readonly slopePerDay: number;
	/** The line's value on day 0, in the values' unit. */
	readonly intercept: number;
	/** How far the values lie from the line (n - 2), in the values' unit. */
	readonly residualSd: number;
	/** Standard error of the slope. */
	readonly slopeSe: number;
	/** Student's t for 95 % and n - 2 degrees of freedom. */
	readonly tCritical95: number;
	/** 95 % confidence interval of the slope. */
	readonly ci95: readonly [low: number, high: number];
}

/** Null with fewer than three values, or with all of them on one day. */
export function fitLine(points: readonly DayPoint[]): LineFit | null {
	const known = measuredPoints(points);
	const [first] = known;
	if (!first || known.length < 3) return null;
	const day = meanOf(known.map((point) => point.day));
	const spread = sum(known.map((point) => (point.day - day) ** 2));
	if (spread === 0) return null;
	// From the first value, so that a level line has a slope of exactly 0 however its values are written in binary.
	const slopePerDay = sum(known.map((point) => (point.day - day) * (point.value - first.value))) / spread;
	const intercept = meanOf(known.map(({ value }) => value)) - slopePerDay * day;
	const squares = sum(known.map((point) => (point.value - intercept - slopePerDay * point.day) ** 2));
	const residualSd = Math.sqrt(squares / (known.length - 2));
	const slopeSe = residualSd / Math.sqrt(spread);
	const tCritical95 = tCritical(0.95, known.length - 2);
	const reach = tCritical95 * slopeSe;
	const ci95 = [slopePerDay - reach, slopePerDay + reach] as const;
	return { slopePerDay, intercept, residualSd, slopeSe, tCritical95, ci95 };
}

export type TrendVerdict = 'rising' | 'falling' | 'no-clear-trend';

const LEAST_DAYS_WITH_VALUES = 5;
const LEAST_SPAN_DAYS = 7;

/**
 * Rising or falling when the whole interval of the slope lies on one side of zero. Null, which is "vet inte", until there
 * are values on five days over at least seven calendar days, first and last counted (S1, as for the five-day mean).
 */
export function trendVerdict(points: readonly DayPoint[]): TrendVerdict | null {
	const days = measuredPoints(points).map(({ day }) => day);
	if (new Set(days).size < LEAST_DAYS_WITH_VALUES || spanOf(days) < LEAST_SPAN_DAYS) return null;
	const [low, high] = must(fitLine(points), 'Five days make a line').ci95;
	if (low > 0) return 'rising';
	return high < 0 ? 'falling' : 'no-clear-trend';
}

const measuredPoints = (points: readonly DayPoint[]) =>
	points.flatMap(({ day, value }) => (value === null ? [] : { day, value }));

/** Calendar days from the first to the last, both counted. */
const spanOf = (days: readonly number[]): number =>
	days.reduce((last, day) => Math.max(last, day)) - days.reduce((first, day) => Math.min(first, day)) + 1;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const meanOf = (values: readonly number[]): number => must(mean(values), 'There are values').value;
