/**
 * A series of home blood pressures (mätserie) as it is lived: begun on a day with a protocol, measured, and over or ended.
 *
 * A reading belongs to a series because it says so (`context.series`), never because of its date alone: what is measured
 * in fright at two in the afternoon is no part of the week. The form says so for the person while a session is open.
 */
import type { HomeBpProtocol } from './home-bp-protocol';
import type { HomeBpSeries } from './home-bp-progress';
import type { Effective, Observation, ObservationDraft } from './observation';
import { type PressureReading, pressureReadings } from './pressure-reading';
import { addDays, type LocalDate, localDate, wallTime } from './time';

/** Key in an observation's `context` that holds the id of the series it belongs to. */
export const SERIES_CONTEXT = 'series';

export interface MeasuringSeries {
	/** Id of the entry that began it. */
	readonly id: string;
	readonly protocol: HomeBpProtocol;
	readonly start: LocalDate;
	/** UTC milliseconds when it was ended before its time; null while it runs or ran its days. */
	readonly endedAt: number | null;
}

/** The last day of its protocol. */
export const lastDayOf = ({ start, protocol }: MeasuringSeries): LocalDate => addDays(start, protocol.days - 1);

/** True until its last day has passed or somebody has ended it. */
export const isUnderWay = (series: MeasuringSeries, today: LocalDate): boolean =>
	series.endedAt === null && today <= lastDayOf(series);

/** The series under way, the newest if there are several; undefined when there is none. `all` is oldest first. */
export const seriesUnderWay = (all: readonly MeasuringSeries[], today: LocalDate): MeasuringSeries | undefined =>
	all.findLast((series) => isUnderWay(series, today));

/** The series that asks for a reading at this moment: it is under way, and the moment lies within the hours of a session. */
export function seriesAskingAt(all: readonly MeasuringSeries[], effective: Effective): MeasuringSeries | undefined {
	const { date, minutes } = wallTime(effective);
	return all.findLast(
		(series) =>
			series.start <= date &&
			isUnderWay(series, date) &&
			series.protocol.sessions.some(({ fromMinutes, untilMinutes }) => fromMinutes <= minutes && minutes < untilMinutes)
	);
}

/**
 * A blood pressure typed by hand while a session is open counts in the series, whichever form it was typed in. One that
 * already says what it belongs to stays as it is.
 */
export function inSeries(draft: ObservationDraft, all: readonly MeasuringSeries[]): ObservationDraft {
	if (draft.measure !== 'bloodPressure' || draft.source.kind !== 'manual') return draft;
	const asking = draft.context?.[SERIES_CONTEXT] === undefined ? seriesAskingAt(all, draft.effective) : undefined;
	return asking ? { ...draft, context: { ...draft.context, [SERIES_CONTEXT]: asking.id } } : draft;
}

/** The readings that say they belong to the series, as its result and progress count them. */
export const readingsIn = (series: MeasuringSeries, pressures: readonly Observation[]): readonly PressureReading[] =>
	pressureReadings(pressures.filter(({ context }) => context?.[SERIES_CONTEXT] === series.id));

/** The series as its progress is told of it. */
export const progressOf = (series: MeasuringSeries, pressures: readonly Observation[]): HomeBpSeries => ({
	protocol: series.protocol,
	start: series.start,
	readings: readingsIn(series, pressures)
});

/** The day a series begins when nothing else is chosen: today while its first session can still be measured, else tomorrow. */
export function firstDayFor(protocol: HomeBpProtocol, now: Effective): LocalDate {
	const [first] = protocol.sessions;
	return first && wallTime(now).minutes < first.untilMinutes ? localDate(now) : addDays(localDate(now), 1);
}
