/** Values in the order of time, as the statistics take them (STANDARDS A10). */

/** One place a day or a turn; null where nothing was measured. A hole is skipped: never zero, never filled in. */
export type Series = readonly (number | null)[];

/** What was measured, with the place of each in the series. */
export const measuredPlaces = (series: Series): readonly { readonly at: number; readonly value: number }[] =>
	series.flatMap((value, at) => (value === null ? [] : { at, value }));

/** What was measured, in order. */
export const measuredValues = (series: Series): readonly number[] => series.filter((value) => value !== null);

/** Sums of binary fractions miss by less than this; measured values differ by more. */
const HAIR = 1e-9;

/** 1 when `value` lies above `line`, -1 below, 0 on it. For a line that was calculated, such as a mean. */
export const sideOf = (value: number, line: number): -1 | 0 | 1 =>
	Math.abs(value - line) < HAIR ? 0 : value > line ? 1 : -1;
