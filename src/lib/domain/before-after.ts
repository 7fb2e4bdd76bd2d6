/**
 * A measure in the days before and after a change, over equal windows. Means and counts beside each other: not whether it
 * became better, not why, and nothing at all where there are too few.
 */
import type { FieldDefinition, MeasureDefinition } from './measure-definition';
import { roundedTo } from './rounding';
import { type Reading, valuesOf } from './statistics';
import { mostCommon, readingsOfDays } from './summary';
import { addDays, daysBetween, type LocalDate } from './time';

const WINDOW_DAYS = 14;
/** On each side (STANDARDS A10, S1). */
const LEAST_READINGS = 5;

export interface Side {
	readonly count: number;
	/** By field, as shown: the mean, or of named steps the answer given most often. */
	readonly values: Readonly<Record<string, number>>;
}

export interface BeforeAfter {
	/** Days on each side. The day of the change belongs to neither: nobody knows which reading came first. */
	readonly days: number;
	readonly before: Side;
	readonly after: Side;
	readonly isEnough: boolean;
}

/** Null until a whole day has passed since. Both sides are as long as the time that has passed, at most 14 days. */
export function beforeAfter(
	measure: MeasureDefinition,
	readings: readonly Reading[],
	day: LocalDate,
	today: LocalDate
): BeforeAfter | null {
	const days = Math.min(WINDOW_DAYS, daysBetween(day, today));
	if (days < 1) return null;
	const before = side(measure, readingsOfDays(readings, addDays(day, -days), addDays(day, -1)));
	const after = side(measure, readingsOfDays(readings, addDays(day, 1), addDays(day, days)));
	return { days, before, after, isEnough: Math.min(before.count, after.count) >= LEAST_READINGS };
}

function side({ fields }: MeasureDefinition, readings: readonly Reading[]): Side {
	const values = fields.flatMap((field) => {
		const typical = typicalOf(field, valuesOf(readings, field.key));
		return typical === null ? [] : [[field.key, typical] as const];
	});
	return { count: readings.length, values: Object.fromEntries(values) };
}

function typicalOf({ scale, isNumbered, decimals }: FieldDefinition, values: readonly number[]): number | null {
	if (values.length === 0) return null;
	if (scale !== undefined && !isNumbered) return mostCommon(values)?.value ?? null;
	return roundedTo(values.reduce((sum, value) => sum + value, 0) / values.length, decimals);
}
