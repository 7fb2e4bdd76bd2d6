/**
 * A mean blood pressure as it is shown: whole numbers, half up, except where the rounded number would reach a limit that
 * the mean does not (STANDARDS A1, D1): 134.5 is written with its decimal, for as 135 it would be read as too high.
 *
 * The limits are those of the categories (`pressure-category.ts`), which themselves are never shown.
 */
import { shownMean } from './summary';

export interface ShownPressure {
	readonly systolic: ShownValue;
	readonly diastolic: ShownValue;
}

/** mmHg. */
export interface ShownValue {
	/** Half up. */
	readonly rounded: number;
	/** What to write, with as many decimals as said: `rounded`, or the mean to one decimal. */
	readonly value: number;
	readonly decimals: 0 | 1;
}

const SYSTOLIC_LIMITS = [120, 130, 135];
const DIASTOLIC_LIMITS = [70, 80, 85];

/** From the means before rounding. */
export function shownPressure(systolicMean: number, diastolicMean: number): ShownPressure {
	return { systolic: shown(systolicMean, SYSTOLIC_LIMITS), diastolic: shown(diastolicMean, DIASTOLIC_LIMITS) };
}

function shown(value: number, limits: readonly number[]): ShownValue {
	const reachesLimit = (written: number) => limits.some((limit) => value < limit && limit <= written);
	const rounded = shownMean({ value, count: 1 }, 0);
	if (!reachesLimit(rounded)) return { rounded, value: rounded, decimals: 0 };
	const oneDecimal = shownMean({ value, count: 1 }, 1);
	// 134.96 would round to 135.0; cut off it is 134.9.
	return { rounded, value: reachesLimit(oneDecimal) ? Math.floor(value * 10) / 10 : oneDecimal, decimals: 1 };
}
