/** Two measures beside each other, day by day. It puts them in one row and claims nothing about the one and the other. */
import type { FieldDefinition, MeasureDefinition } from './measure-definition';
import { halfUp } from './rounding';
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

function meansByDay({ measure, kept }: Paired): ReadonlyMap<number, DayMean> {
	const readingsByDay = new Map<number, Reading[]>();
	for (const reading of kept) {
		const day = dayNumber(reading.effective);
		const known = readingsByDay.get(day);
		if (known) known.push(reading);
		else readingsByDay.set(day, [reading]);
	}
	return new Map([...readingsByDay].map(([day, readings]) => [day, dayMean(measure.fields, readings)]));
}

function dayMean(fields: readonly FieldDefinition[], readings: readonly Reading[]): DayMean {
	const values = fields.flatMap(({ key, scale, isNumbered, decimals }) => {
		const known = readings.flatMap(({ values: measured }) => measured[key] ?? []);
		const last = known.at(-1);
		if (last === undefined) return [];
		if (scale !== undefined && !isNumbered) return [[key, last] as const];
		return [[key, halfUp(known.reduce((sum, value) => sum + value, 0) / known.length, decimals)] as const];
	});
	return { values: Object.fromEntries(values), count: readings.length };
}
