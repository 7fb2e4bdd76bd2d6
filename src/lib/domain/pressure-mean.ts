/** Means of blood pressures: always over readings, never over means (STANDARDS A1). */
import type { PressureReading } from './pressure-reading';
import { sampleSd } from './spread';
import { mean } from './statistics';

/** A mean, not rounded, with the spread of the values behind it. */
export interface Spread {
	readonly mean: number;
	/** Sample standard deviation (n - 1); null for a single value. */
	readonly sd: number | null;
	readonly count: number;
}

export interface PressureMean {
	/** Readings. */
	readonly n: number;
	/** mmHg. */
	readonly systolic: Spread;
	/** mmHg. */
	readonly diastolic: Spread;
	/** Beats a minute, over the readings that have one; null when none has. */
	readonly pulse: Spread | null;
}

/** Null without readings. */
export function pressureMean(readings: readonly PressureReading[]): PressureMean | null {
	const systolic = spread(readings.map((reading) => reading.systolic));
	const diastolic = spread(readings.map((reading) => reading.diastolic));
	const pulse = spread(readings.flatMap((reading) => reading.pulse ?? []));
	return systolic && diastolic ? { n: readings.length, systolic, diastolic, pulse } : null;
}

function spread(values: readonly number[]): Spread | null {
	const centre = mean(values);
	return centre && { mean: centre.value, sd: sampleSd(values), count: centre.count };
}
