/** Blood pressures as a series counts them: in time order, the same reading from two sources only once. */
import type { Effective } from './observation';
import type { Pressure } from './pressure';
import type { Reading } from './statistics';
import { MINUTE_MS } from './time';

export interface PressureReading extends Pressure {
	readonly effective: Effective;
	/** Beats a minute. */
	readonly pulse?: number | undefined;
}

/** Recorded blood pressures as readings. One without both pressures is left out. */
export function pressureReadings(observations: readonly Reading[]): readonly PressureReading[] {
	return observations.flatMap(({ effective, values: { systolic, diastolic, pulse } }) =>
		systolic === undefined || diastolic === undefined ? [] : { effective, systolic, diastolic, pulse }
	);
}

/**
 * The readings in time order, with one for those of the same minute and the same values, as two sources tell them
 * (STANDARDS A1, bp-16). A source that left the pulse out told of the same reading too; two pulses are two readings. The
 * minute is the instant's, so that the hour the clock shows twice stays two hours.
 */
export function distinctReadings(readings: readonly PressureReading[]): readonly PressureReading[] {
	const tellings = new Map<string, PressureReading[]>();
	for (const reading of [...readings].sort(byTime)) {
		const { effective, systolic, diastolic } = reading;
		const key = `${Math.floor(effective.utc / MINUTE_MS)} ${systolic}/${diastolic}`;
		const same = tellings.get(key);
		if (same) same.push(reading);
		else tellings.set(key, [reading]);
	}
	return [...tellings.values()].flatMap(firstOfEachPulse).sort(byTime);
}

/** Readings of one minute with the same pressures, in time order: the first with each pulse, or the first of all. */
function firstOfEachPulse(same: readonly PressureReading[]): readonly PressureReading[] {
	const pulses = new Set(same.flatMap(({ pulse }) => pulse ?? []));
	if (pulses.size === 0) return same.slice(0, 1);
	return [...pulses].flatMap((pulse) => same.find((reading) => reading.pulse === pulse) ?? []);
}

/** By instant; the rest only decides between equals, so that the order they came in never matters. */
function byTime(a: PressureReading, b: PressureReading): number {
	return (
		a.effective.utc - b.effective.utc ||
		a.effective.offset - b.effective.offset ||
		a.systolic - b.systolic ||
		a.diastolic - b.diastolic ||
		(a.pulse ?? 0) - (b.pulse ?? 0)
	);
}
