/**
 * How much values vary from one to the next. Between neighbours as measured: over a hole, the value before it and the
 * value after it are neighbours (the note of st-04 in the vectors).
 */
import { measuredValues, type Series } from './series';
import { mean } from './statistics';

/** The absolute differences of neighbours, in order; empty with fewer than two values. */
export function movingRanges(series: Series): readonly number[] {
	const values = measuredValues(series);
	return values.flatMap((value, at) => {
		const before = values[at - 1];
		return before === undefined ? [] : Math.abs(value - before);
	});
}

/**
 * ARV, the mean of the absolute successive differences, in the values' unit (doi:10.1161/JAHA.117.006895). Null with fewer
 * than two values.
 */
export const averageRealVariability = (series: Series): number | null => mean(movingRanges(series))?.value ?? null;

/** RMSSD, the root of the mean squared successive difference, in the values' unit. Null with fewer than two values. */
export function rootMeanSquareDifference(series: Series): number | null {
	const squares = mean(movingRanges(series).map((range) => range ** 2));
	return squares === null ? null : Math.sqrt(squares.value);
}
