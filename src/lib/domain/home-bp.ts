/**
 * What a series of home blood pressures comes to, by its protocol (STANDARDS A1). Arithmetic only: it says whether the mean
 * rests on enough readings, never whether the pressure is good.
 *
 * Days are those of the wall clock the person lived by; before noon is morning, the rest of the day evening. So a reading
 * at night counts with the morning of its own date, in the series as in the trends: a day is never moved.
 */
import type { HomeBpProtocol } from './home-bp-protocol';
import { type PressureMean, pressureMean } from './pressure-mean';
import { distinctReadings, type PressureReading } from './pressure-reading';
import { shownPressure, type ShownPressure } from './shown-pressure';
import { addDays, type LocalDate, localDate, partOfDay } from './time';

export interface HomeBpResult {
	/** Days with readings. */
	readonly measuredDays: number;
	/** Days with readings that the protocol leaves out, oldest first. */
	readonly excludedDays: readonly LocalDate[];
	/** Days with readings left after dropping. */
	readonly usedDays: number;
	/** Readings left after dropping. */
	readonly usedReadings: number;
	/** Over all used readings; null without. */
	readonly overall: PressureMean | null;
	readonly morning: PressureMean | null;
	readonly evening: PressureMean | null;
	readonly completeness: Completeness;
	/** What must still be measured and kept for the mean to be valid; zeros when it is. */
	readonly missing: { readonly readings: number; readonly days: number };
	/** The overall mean as it is written; null without. */
	readonly shown: ShownPressure | null;
}

/** `valid`: the protocol's minimum is met. `preliminary`: there is a mean, of too little. `insufficient`: nothing is left. */
export type Completeness = 'valid' | 'preliminary' | 'insufficient';

/**
 * The readings may come in any order and some of them twice; all are taken as part of the series (`readingsOfSeries` picks
 * them out). More readings in a session than the protocol wants are counted too.
 */
export function homeBpResult(readings: readonly PressureReading[], protocol: HomeBpProtocol): HomeBpResult {
	const { measuredDays, excludedDays, used } = dropByProtocol(readings, protocol);
	const usedDays = new Set(used.map(({ effective }) => localDate(effective))).size;
	const missing = {
		readings: Math.max(0, protocol.minimum.readings - used.length),
		days: Math.max(0, protocol.minimum.days - usedDays)
	};
	const overall = pressureMean(used);
	return {
		measuredDays: measuredDays.length,
		excludedDays,
		usedDays,
		usedReadings: used.length,
		overall,
		morning: pressureMean(used.filter(({ effective }) => partOfDay(effective) === 'morning')),
		evening: pressureMean(used.filter(({ effective }) => partOfDay(effective) === 'evening')),
		completeness: completenessOf(used.length, missing),
		missing,
		shown: overall && shownPressure(overall.systolic.mean, overall.diastolic.mean)
	};
}

function completenessOf(used: number, missing: HomeBpResult['missing']): Completeness {
	if (used === 0) return 'insufficient';
	return missing.readings === 0 && missing.days === 0 ? 'valid' : 'preliminary';
}

/** The distinct readings of the days of a series that begins on `start`, in time order. */
export function readingsOfSeries(
	readings: readonly PressureReading[],
	start: LocalDate,
	protocol: HomeBpProtocol
): readonly PressureReading[] {
	const end = addDays(start, protocol.days);
	return distinctReadings(readings).filter(({ effective }) => {
		const date = localDate(effective);
		return start <= date && date < end;
	});
}

/** Which days were measured and which of them are dropped, oldest first, and the readings that are left, in time order. */
function dropByProtocol(readings: readonly PressureReading[], protocol: HomeBpProtocol) {
	const distinct = distinctReadings(readings);
	const measuredDays = [...new Set(distinct.map(({ effective }) => localDate(effective)))].sort();
	const excludedDays = measuredDays.slice(0, protocol.dropFirstDays);
	const takenInSession = new Map<string, number>();
	const used = distinct.filter(({ effective }) => {
		const date = localDate(effective);
		const session = `${date} ${partOfDay(effective)}`;
		const number = (takenInSession.get(session) ?? 0) + 1;
		takenInSession.set(session, number);
		return number > protocol.dropFirstOfSession && !excludedDays.includes(date);
	});
	return { measuredDays, excludedDays, used };
}
