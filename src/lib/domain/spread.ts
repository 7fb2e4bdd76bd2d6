/** How far values lie apart (STANDARDS A10). Holes are skipped; what too few values cannot say is null. */
import { must } from './assert';
import { measuredValues, type Series } from './series';
import { mean } from './statistics';

/** The middle value, or the mean of the two in the middle. In the values' unit; null without values. */
export function median(series: Series): number | null {
	const sorted = [...measuredValues(series)].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	return mean(sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1))?.value ?? null;
}

/** Standard deviation of a sample (n - 1), in the values' unit; null with fewer than two values. */
export function sampleSd(series: Series): number | null {
	const values = measuredValues(series);
	const [first] = values;
	if (first === undefined || values.length < 2) return null;
	// From the first value, so that equal values have an SD of exactly 0 however they are written in binary.
	const fromFirst = values.map((value) => value - first);
	const centre = must(mean(fromFirst), 'There are values').value;
	const squares = fromFirst.reduce((sum, value) => sum + (value - centre) ** 2, 0);
	return Math.sqrt(squares / (values.length - 1));
}

/** Coefficient of variation, SD / mean in per cent (JMAJ 2025-0209). Null without an SD, and for a mean of zero or less. */
export function coefficientOfVariation(series: Series): number | null {
	const sd = sampleSd(series);
	const centre = mean(measuredValues(series));
	return sd === null || centre === null || centre.value <= 0 ? null : (sd / centre.value) * 100;
}

export interface Extent {
	readonly min: number;
	readonly max: number;
	readonly range: number;
}

/** Lowest, highest, and the way between them, in the values' unit; null without values. */
export function extent(series: Series): Extent | null {
	const values = measuredValues(series);
	if (values.length === 0) return null;
	const min = values.reduce((least, value) => Math.min(least, value));
	const max = values.reduce((most, value) => Math.max(most, value));
	return { min, max, range: max - min };
}
