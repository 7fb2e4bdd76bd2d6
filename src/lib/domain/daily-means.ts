/** The last days of one field as a small curve wants them: one mean a day, a hole where nothing was measured. */
import { dailyValues, mean, type Reading } from './statistics';
import { addDays, DAY_MS, dateWallMs, type LocalDate, wallMs } from './time';

/** As many as `days`, oldest first, the last being `today`. Readings may come in any order. */
export function dailyMeans(
	readings: readonly Reading[],
	key: string,
	days: number,
	today: LocalDate
): (number | null)[] {
	const first = addDays(today, 1 - days);
	const [start, end] = [dateWallMs(first), dateWallMs(today) + DAY_MS];
	const recent = readings.filter(({ effective }) => wallMs(effective) >= start && wallMs(effective) < end);
	const valuesByDay = new Map(dailyValues(recent, key).map(({ day, values }) => [day, values]));
	return Array.from({ length: days }, (_, at) => mean(valuesByDay.get(start / DAY_MS + at) ?? [])?.value ?? null);
}
