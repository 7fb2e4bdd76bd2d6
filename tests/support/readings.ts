/** Readings on days counted back from one day in November, for tests of what is made of them. */
import { must } from '../../src/lib/domain/assert';
import type { Reading } from '../../src/lib/domain/statistics';
import { addDays, parseLocalDate, placeWallTime } from '../../src/lib/domain/time';

export const today = must(parseLocalDate('2026-11-16'), 'a date in a test');

export function readingAt(daysAgo: number, hour: number, values: Record<string, number>): Reading {
	const placed = placeWallTime({ date: addDays(today, -daysAgo), minutes: hour * 60 }, 'Europe/Stockholm');
	if (!placed.ok) throw new Error('an hour that exists');
	return { values, effective: placed.value.effective };
}

/** A weight a day, oldest first, ending today. */
export const dailyWeights = (...kilos: number[]): Reading[] =>
	kilos.map((weight, at) => readingAt(kilos.length - 1 - at, 7, { weight }));
