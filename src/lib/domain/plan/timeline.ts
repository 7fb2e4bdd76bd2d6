/** Readings in the order they were made, placed on the days they were lived, for the judges of clauses. */
import type { MeasuringSeries } from '../measuring-series';
import type { MeasureKind } from '../measures';
import type { Effective, Observation } from '../observation';
import { dateWallMs, DAY_MS, type LocalDate, MINUTE_MS, wallMs } from '../time';

export type PlanReading = Pick<Observation, 'id' | 'values' | 'effective' | 'context'>;

/** What a plan is judged by. The order of readings never matters. */
export interface PlanData {
	/**
	 * Readings of a measure, pulses with those inside blood pressures; null when this reader does not hold its book. Never an
	 * empty list for that.
	 */
	readonly readings: (measure: MeasureKind) => readonly PlanReading[] | null;
	/** Series of home blood pressures. */
	readonly series: readonly MeasuringSeries[];
	/** The day the plan came into force: silence is counted from there when nothing was ever recorded. */
	readonly since?: LocalDate | undefined;
	/**
	 * The first day this reader was given of a measure; null or absent for all of it. What is older is not known here, and is
	 * never taken for not measured.
	 */
	readonly givenFrom?: ((measure: MeasureKind) => LocalDate | null) | undefined;
}

/** One value at one moment. */
export interface Point {
	/** The entry it stands in. */
	readonly id: string;
	readonly value: number;
	readonly effective: Effective;
	/** Number of the local day. */
	readonly day: number;
}

/** A moment something is judged at. */
export interface AsOf {
	/** The local day it is. */
	readonly day: number;
	readonly utc: number;
	/** Whatever the day holds counts, also what a clock ahead of this one has dated later in it. */
	readonly isWholeDay: boolean;
}

export const dayNumber = (date: LocalDate): number => dateWallMs(date) / DAY_MS;
const dayOf = (effective: Effective): number => Math.floor(wallMs(effective) / DAY_MS);

/** Now, as the person lives it: a reading dated later today is counted, one dated tomorrow waits until then. */
export const asOfNow = (now: Effective): AsOf => ({ day: dayOf(now), utc: now.utc, isWholeDay: true });
export const asOfDay = (day: number): AsOf => ({ day, utc: -Infinity, isWholeDay: true });
export const asOfReading = ({ day, effective }: Point): AsOf => ({ day, utc: effective.utc, isWholeDay: false });

/**
 * The points of one field, oldest first. Of several in one minute the worst stands for all, as one: the same reading from
 * two sources, or typed twice, is never two in a row.
 */
export function pointsOf(readings: readonly PlanReading[], key: string, worst: 'highest' | 'lowest'): readonly Point[] {
	const sign = worst === 'highest' ? 1 : -1;
	const byMinute = new Map<number, Point>();
	for (const { id, values, effective } of readings) {
		const value = values[key];
		if (value === undefined) continue;
		const minute = Math.floor(effective.utc / MINUTE_MS);
		const known = byMinute.get(minute);
		const isWorse = !known || sign * (value - known.value) > 0 || (value === known.value && id < known.id);
		if (isWorse) byMinute.set(minute, { id, value, effective, day: dayOf(effective) });
	}
	return [...byMinute.values()].sort((a, b) => a.effective.utc - b.effective.utc);
}

/** Every reading of a measure, whatever it holds. */
export function anyPointsOf(readings: readonly PlanReading[]): readonly Point[] {
	const points = readings.map(({ id, effective }) => ({ id, value: 0, effective, day: dayOf(effective) }));
	return points.sort((a, b) => a.effective.utc - b.effective.utc || (a.id < b.id ? -1 : 1));
}

/** The place of the last point at `asOf`; -1 when there is none yet. */
export function lastPlace(points: readonly Point[], { day, utc, isWholeDay }: AsOf): number {
	const byClock = placeBefore(points, (point) => point.effective.utc <= utc);
	return isWholeDay
		? Math.max(
				byClock,
				placeBefore(points, (point) => point.day <= day)
			)
		: byClock;
}

/** The last place for which it holds, when it holds from the beginning up to some place. */
function placeBefore(points: readonly Point[], holds: (point: Point) => boolean): number {
	let known = -1;
	let after = points.length;
	while (after - known > 1) {
		const middle = (known + after) >> 1;
		const point = points[middle];
		if (point && holds(point)) known = middle;
		else after = middle;
	}
	return known;
}
