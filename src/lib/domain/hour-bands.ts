/** Readings by the hour of the person's wall clock, three hours at a time, whatever the day. */
import type { Effective } from './observation';
import { median } from './spread';
import { type Reading, valuesOf } from './statistics';
import { DAY_MS, dayNumber, MINUTE_MS, wallMs } from './time';

const BAND_HOURS = 3;
const BAND_MS = BAND_HOURS * 60 * MINUTE_MS;

export interface HourBand {
	/** Whole hours: 6 to 9 is from 06.00 up to but not including 09.00. */
	readonly from: number;
	readonly to: number;
	/** Readings in it. */
	readonly count: number;
	/** By field; a field nobody measured is left out. */
	readonly medians: Readonly<Record<string, number>>;
}

/** Milliseconds since 00.00 on the wall. */
export const msOfDay = (effective: Effective): number => wallMs(effective) - dayNumber(effective) * DAY_MS;

/** The bands with readings, from midnight on. Readings may come in any order. */
export function hourBands(readings: readonly Reading[], keys: readonly string[]): readonly HourBand[] {
	const inBand: Reading[][] = Array.from({ length: DAY_MS / BAND_MS }, () => []);
	for (const reading of readings) inBand[Math.floor(msOfDay(reading.effective) / BAND_MS)]?.push(reading);
	return inBand.flatMap((within, at) => {
		if (within.length === 0) return [];
		const medians = keys.flatMap((key) => {
			const middle = median(valuesOf(within, key));
			return middle === null ? [] : [[key, middle] as const];
		});
		const from = at * BAND_HOURS;
		return [{ from, to: from + BAND_HOURS, count: within.length, medians: Object.fromEntries(medians) }];
	});
}
