/**
 * XmR: the limits within which values vary when nothing changes (STANDARDS A10; qimacros.com, ANSI B1-B3).
 *
 * Daily values resemble the day before, which makes the limits too narrow: what lies outside is a "mönster", a pattern to
 * talk about, never "signifikant". Limits are worth showing from five or six values.
 */
import { must } from './assert';
import { measuredPlaces, measuredValues, type Series, sideOf } from './series';
import { mean } from './statistics';
import { movingRanges } from './successive-differences';

const LIMIT_FACTOR = 2.66;
const MOVING_RANGE_FACTOR = 3.267;
/** d2 of two values. */
const SIGMA_DIVISOR = 1.128;
/** Moving ranges above this many times their mean are left out (L. S. Nelson, J Qual Technol 14(3), 1982). */
const NELSON_FACTOR = 3.5;

/** All but `outside` in the values' unit. */
export interface ProcessLimits {
	readonly centre: number;
	readonly meanMovingRange: number;
	readonly upper: number;
	readonly lower: number;
	readonly upperMovingRange: number;
	readonly sigma: number;
	/** Places in the series, from 0, of the values above `upper` or below `lower`. */
	readonly outside: readonly number[];
}

/**
 * Null with fewer than two values. With `robust`, one great leap does not widen the limits: moving ranges above 3.5 times
 * their mean are dropped, once, and the mean is taken anew (Nelson).
 */
export function processLimits(series: Series, { robust = false } = {}): ProcessLimits | null {
	const ranges = movingRanges(series);
	const meanMovingRange = robust ? nelsonMean(ranges) : mean(ranges)?.value;
	if (meanMovingRange === undefined) return null;
	const centre = must(mean(measuredValues(series)), 'What has ranges has values').value;
	const upper = centre + LIMIT_FACTOR * meanMovingRange;
	const lower = centre - LIMIT_FACTOR * meanMovingRange;
	return {
		centre,
		meanMovingRange,
		upper,
		lower,
		upperMovingRange: MOVING_RANGE_FACTOR * meanMovingRange,
		sigma: meanMovingRange / SIGMA_DIVISOR,
		outside: measuredPlaces(series).flatMap(({ at, value }) =>
			sideOf(value, upper) > 0 || sideOf(value, lower) < 0 ? at : []
		)
	};
}

/** Never empties the ranges: the smallest is at most their mean. */
function nelsonMean(ranges: readonly number[]): number | undefined {
	const all = mean(ranges);
	return all === null ? undefined : mean(ranges.filter((range) => range <= NELSON_FACTOR * all.value))?.value;
}
