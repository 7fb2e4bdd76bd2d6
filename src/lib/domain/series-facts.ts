/**
 * How the values of one field lie over a range: how far apart, which way, and what chance seldom makes (STANDARDS A10).
 * Numbers about numbers; nothing here knows which values are good.
 */
import { findPatterns, type Pattern } from './patterns';
import { processLimits } from './process-limits';
import { extent, sampleSd } from './spread';
import { dailyValues, mean, type Reading, valuesOf } from './statistics';
import { averageRealVariability } from './successive-differences';
import { must } from './assert';
import { dayNumberToDate, type LocalDate } from './time';
import { fitLine, trendVerdict, type TrendVerdict } from './trend';

export interface DayPattern {
	readonly type: Pattern['type'];
	readonly from: LocalDate;
	readonly to: LocalDate;
	/** Days with values in it. */
	readonly days: number;
}

export interface Direction {
	readonly verdict: TrendVerdict;
	/** In the field's unit a day, with its 95 % interval. */
	readonly slopePerDay: number;
	readonly ci95: readonly [low: number, high: number];
}

export interface SeriesFacts {
	readonly min: number;
	readonly max: number;
	/** Null until there are values on five days over at least seven (S1). */
	readonly more: MoreFacts | null;
}

export interface MoreFacts {
	/** Sample SD over the readings. */
	readonly sd: number;
	/** ARV over the means of the days. */
	readonly dayToDay: number;
	readonly direction: Direction;
	/** Over the means of the days, oldest first. */
	readonly patterns: readonly DayPattern[];
	/** Days outside the limits within which the values vary by themselves (XmR), oldest first. */
	readonly outside: readonly LocalDate[];
	/** Calendar days from the first value to the last. */
	readonly spanDays: number;
}

/** Null without values. Readings come oldest first. */
export function seriesFacts(readings: readonly Reading[], key: string): SeriesFacts | null {
	const values = valuesOf(readings, key);
	const reach = extent(values);
	if (!reach) return null;
	return { min: reach.min, max: reach.max, more: moreFacts(readings, key, values) };
}

function moreFacts(readings: readonly Reading[], key: string, values: readonly number[]): MoreFacts | null {
	const days = dailyValues(readings, key);
	const means = days.map((day) => mean(day.values)?.value ?? null);
	const points = means.map((value, day) => ({ day, value }));
	const verdict = trendVerdict(points);
	if (verdict === null) return null;
	const { slopePerDay, ci95 } = must(fitLine(points), 'A verdict rests on a line');
	const dateAt = (at: number) => dayNumberToDate(must(days[at], 'A place in the series is a day').day);
	return {
		sd: must(sampleSd(values), 'Five days have a spread'),
		dayToDay: must(averageRealVariability(means), 'Five days have differences'),
		direction: { verdict, slopePerDay, ci95 },
		patterns: findPatterns(means).map(({ type, from, to }) => ({
			type,
			from: dateAt(from),
			to: dateAt(to),
			days: means.slice(from, to + 1).filter((value) => value !== null).length
		})),
		outside: (processLimits(means, { robust: true })?.outside ?? []).map(dateAt),
		spanDays: days.length
	};
}
