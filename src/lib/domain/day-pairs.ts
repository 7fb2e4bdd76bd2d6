/** Two measures beside each other, day by day. It puts them in one row and claims nothing about the one and the other. */
import type { FieldDefinition, MeasureDefinition } from './measure-definition';
import { roundedTo } from './rounding';
import type { Reading } from './statistics';
import { dayNumber, dayNumberToDate, type LocalDate } from './time';

/** What one day has of a measure: the mean of its readings as it is shown; of named steps, the day's last answer. */
export interface DayMean {
	readonly values: Readonly<Record<string, number>>;
	/** Readings of the day. */
	readonly count: number;
}

export interface DayPair {
	readonly date: LocalDate;
	readonly first: DayMean | null;
	readonly second: DayMean | null;
}

export interface Paired {
	readonly measure: MeasureDefinition;
	/** Oldest first. */
	readonly kept: readonly Reading[];
}

/** Every local day that has any of the two, oldest first. */
export function dayPairs(first: Paired, second: Paired): readonly DayPair[] {
	const [ofFirst, ofSecond] = [meansByDay(first), meansByDay(second)];
	const days = [...new Set([...ofFirst.keys(), ...ofSecond.keys()])].sort((a, b) => a - b);
	return days.map((day) => ({
		date: dayNumberToDate(day),
		first: ofFirst.get(day) ?? null,
		second: ofSecond.get(day) ?? null
	}));
}

interface DaySums {
	count: number;
	readonly sums: Record<string, { sum: number; count: number; last: number }>;
}

function meansByDay({ measure, kept }: Paired): ReadonlyMap<number, DayMean> {
	const sumsByDay = new Map<number, DaySums>();
	for (const { values, effective } of kept) {
		const day = dayNumber(effective);
		const known = sumsByDay.get(day) ?? { count: 0, sums: {} };
		sumsByDay.set(day, known);
		known.count += 1;
		for (const { key } of measure.fields) {
			const value = values[key];
			if (value === undefined) continue;
			const { sum, count } = known.sums[key] ?? { sum: 0, count: 0 };
			known.sums[key] = { sum: sum + value, count: count + 1, last: value };
		}
	}
	return new Map([...sumsByDay].map(([day, sums]) => [day, dayMean(measure.fields, sums)]));
}

function dayMean(fields: readonly FieldDefinition[], { count, sums }: DaySums): DayMean {
	const values: Record<string, number> = {};
	for (const { key, scale, isNumbered, decimals } of fields) {
		const known = sums[key];
		if (!known) continue;
		values[key] = scale !== undefined && !isNumbered ? known.last : roundedTo(known.sum / known.count, decimals);
	}
	return { values, count };
}
