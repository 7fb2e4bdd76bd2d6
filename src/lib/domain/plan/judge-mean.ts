/** Judges "the mean of the series of home blood pressures lies beyond a limit" (STANDARDS A1). */
import { homeBpResult } from '../home-bp';
import { type MeasuringSeries, SERIES_CONTEXT } from '../measuring-series';
import { pressureReadings } from '../pressure-reading';
import type { ClauseOf } from './clause';
import { type Finding, found, unknown } from './finding';
import type { Judge } from './judge';
import { isBeyond } from './judge-value';
import { anyPointsOf, type AsOf, dayNumber, lastPlace, type PlanReading, type Point } from './timeline';

interface SeriesPoints {
	readonly series: MeasuringSeries;
	readonly points: readonly Point[];
	readonly readings: readonly PlanReading[];
}

/**
 * The newest valid series counts, on its unrounded mean (STANDARDS D1), as long as its last reading lies in the window. A
 * preliminary mean is no mean to act on: until a series is valid the answer is "vet inte" with what is missing.
 */
export function createMeanJudge(
	clause: ClauseOf<'seriesMean'>,
	readings: readonly PlanReading[],
	all: readonly MeasuringSeries[]
): Judge {
	const bySeries = readingsBySeries(readings);
	const newestFirst = all
		.map((series): SeriesPoints => {
			const own = [...(bySeries.get(series.id) ?? [])].sort(byTime);
			return { series, readings: own, points: anyPointsOf(own) };
		})
		.sort((a, b) => dayNumber(b.series.start) - dayNumber(a.series.start) || (a.series.id < b.series.id ? 1 : -1));
	return {
		points: newestFirst.flatMap(({ points }) => points).sort((a, b) => a.effective.utc - b.effective.utc),
		at: (asOf) => judge(clause, newestFirst, asOf)
	};
}

function readingsBySeries(readings: readonly PlanReading[]): ReadonlyMap<string, readonly PlanReading[]> {
	const bySeries = new Map<string, PlanReading[]>();
	for (const reading of readings) {
		const { values, context } = reading;
		const series = context?.[SERIES_CONTEXT];
		if (series === undefined || values.systolic === undefined || values.diastolic === undefined) continue;
		const known = bySeries.get(series);
		if (known) known.push(reading);
		else bySeries.set(series, [reading]);
	}
	return bySeries;
}

const byTime = (a: PlanReading, b: PlanReading): number => a.effective.utc - b.effective.utc || (a.id < b.id ? -1 : 1);

function judge(clause: ClauseOf<'seriesMean'>, newestFirst: readonly SeriesPoints[], asOf: AsOf): Finding {
	let closest: { have: number; need: number } | null = null;
	let last: Point | undefined;
	for (const { series, points, readings } of newestFirst) {
		const place = lastPlace(points, asOf);
		const point = points[place];
		if (!point) continue;
		if (!last || last.effective.utc < point.effective.utc) last = point;
		if (asOf.day - point.day >= clause.withinDays) continue;
		const { overall, completeness, usedReadings } = homeBpResult(
			pressureReadings(readings.slice(0, place + 1)),
			series.protocol
		);
		if (overall && completeness === 'valid') {
			const isMet = isBeyond(overall[clause.field].mean, clause.relation, clause.limit);
			return found(isMet, points.slice(0, place + 1));
		}
		closest ??= { have: usedReadings, need: Math.max(series.protocol.minimum.readings, usedReadings + 1) };
	}
	if (closest) return unknown({ type: 'too-few', measure: 'bloodPressure', ...closest });
	return unknown({ type: 'no-reading', measure: 'bloodPressure', last: last?.effective ?? null });
}
