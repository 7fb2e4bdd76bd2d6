/**
 * How far a running series of home blood pressures has come, for the screens that guide it.
 *
 * A reading belongs to the local day and part of day it was lived in, wherever that was, also when it was taken outside the
 * hours in which the session is asked for. A reading at night (00 to 04) fills no session, so that the morning is asked for
 * all the same; the mean counts it with the morning of its date (`home-bp.ts`). More readings than wanted are told as such.
 */
import { assert, must } from './assert';
import { readingsOfSeries } from './home-bp';
import { type HomeBpProtocol, NIGHT_ENDS_MINUTES, type ProtocolSession } from './home-bp-protocol';
import type { Effective } from './observation';
import type { PressureReading } from './pressure-reading';
import {
	addDays,
	daysBetween,
	type LocalDate,
	localDate,
	partOfDay,
	type PartOfDay,
	placeWallTime,
	wallTime
} from './time';

export interface HomeBpSeries {
	readonly protocol: HomeBpProtocol;
	readonly start: LocalDate;
	/** In any order; those outside the series' days are left out. */
	readonly readings: readonly PressureReading[];
}

export interface SeriesProgress {
	/** `over`: no session is open or to come, because its hours have passed or it has all its readings. */
	readonly phase: 'before' | 'running' | 'over';
	/** Today, 1 to `days`; null before the first day and after the last. */
	readonly dayNumber: number | null;
	readonly days: number;
	/** The session that is open, or else the next; null when the series is over. */
	readonly current: CurrentSession | null;
	/** Every day of the series, oldest first. */
	readonly grid: readonly SeriesDay[];
}

export interface CurrentSession extends SeriesSession {
	readonly state: 'open' | 'upcoming';
	/** When its hours begin and end, in the zone the person is in now. */
	readonly from: Effective;
	readonly until: Effective;
}

export interface SeriesDay {
	/** From 1. */
	readonly number: number;
	readonly date: LocalDate;
	/** Its readings are left out of the mean. While too few days are measured, the coming ones are expected to be. */
	readonly isDropped: boolean;
	readonly sessions: readonly SeriesSession[];
	/** Readings that fill no session: at night, or in a part of day without one. */
	readonly otherReadings: number;
}

export interface SeriesSession {
	readonly date: LocalDate;
	readonly part: PartOfDay;
	readonly state: SessionState;
	/** Readings taken; may be more than wanted. */
	readonly done: number;
	readonly wanted: number;
	/** Of `done`, those taken before or after the session's hours. */
	readonly outsideHours: number;
}

/**
 * `complete` as soon as it has all its readings. `partial` and `missed`: its hours have passed; a late reading still counts.
 * `dropped`: one of these three on a day that the mean leaves out.
 */
export type SessionState = 'upcoming' | 'open' | 'complete' | 'partial' | 'missed' | 'dropped';

/** `now` is the instant and the wall clock where the person is. Summer time and journeys move no reading. */
export function seriesProgress(series: HomeBpSeries, now: Effective): SeriesProgress {
	const grid = seriesGrid(series, now);
	const current = currentSession(grid, series.protocol, now);
	const day = daysBetween(series.start, localDate(now)) + 1;
	const days = series.protocol.days;
	return {
		phase: phaseOf(day, current),
		dayNumber: day >= 1 && day <= days ? day : null,
		days,
		current,
		grid
	};
}

function phaseOf(day: number, current: CurrentSession | null): SeriesProgress['phase'] {
	if (current === null) return 'over';
	return day < 1 ? 'before' : 'running';
}

function seriesGrid({ protocol, start, readings }: HomeBpSeries, now: Effective): readonly SeriesDay[] {
	const inSeries = readingsOfSeries(readings, start, protocol);
	const measured = new Set(inSeries.map(({ effective }) => localDate(effective)));
	const dates = Array.from({ length: protocol.days }, (_, day) => addDays(start, day));
	const mayBeMeasured = dates.filter((date) => measured.has(date) || date >= localDate(now));
	const dropped = mayBeMeasured.slice(0, protocol.dropFirstDays);
	return dates.map((date, day) => {
		const ofDay = inSeries.map(({ effective }) => effective).filter((effective) => localDate(effective) === date);
		const isDropped = dropped.includes(date);
		const sessions = protocol.sessions.map((session) => {
			const counted = sessionCount(ofDay, session, protocol.readingsPerSession);
			const state = stateOf(counted, { date, ...session }, now);
			const isBehind = state !== 'open' && state !== 'upcoming';
			return { date, part: session.part, state: isDropped && isBehind ? ('dropped' as const) : state, ...counted };
		});
		const inSessions = sessions.reduce((sum, { done }) => sum + done, 0);
		return { number: day + 1, date, isDropped, sessions, otherReadings: ofDay.length - inSessions };
	});
}

type SessionCount = Pick<SeriesSession, 'done' | 'wanted' | 'outsideHours'>;

function sessionCount(ofDay: readonly Effective[], session: ProtocolSession, wanted: number): SessionCount {
	const minutes = ofDay
		.filter((effective) => partOfDay(effective) === session.part)
		.map((effective) => wallTime(effective).minutes)
		.filter((minute) => minute >= NIGHT_ENDS_MINUTES);
	const isOutside = (minute: number) => minute < session.fromMinutes || minute >= session.untilMinutes;
	return { done: minutes.length, wanted, outsideHours: minutes.filter(isOutside).length };
}

type Hours = ProtocolSession & { readonly date: LocalDate };

function stateOf(
	{ done, wanted }: SessionCount,
	{ date, fromMinutes, untilMinutes }: Hours,
	now: Effective
): SessionState {
	if (done >= wanted) return 'complete';
	const wall = wallTime(now);
	const isToday = wall.date === date;
	if (wall.date < date || (isToday && wall.minutes < fromMinutes)) return 'upcoming';
	if (isToday && wall.minutes < untilMinutes) return 'open';
	return done > 0 ? 'partial' : 'missed';
}

function currentSession(
	grid: readonly SeriesDay[],
	protocol: HomeBpProtocol,
	{ zone }: Effective
): CurrentSession | null {
	for (const session of grid.flatMap(({ sessions }) => sessions)) {
		const { state, date, part } = session;
		if (state !== 'open' && state !== 'upcoming') continue;
		const hours = must(
			protocol.sessions.find((one) => one.part === part),
			'The grid is made of the sessions of the protocol'
		);
		return {
			...session,
			state,
			from: wallMoment(date, hours.fromMinutes, zone),
			until: wallMoment(date, hours.untilMinutes, zone)
		};
	}
	return null;
}

const DAY_MINUTES = 1440;

/** The moment the wall clock shows this, the first of two; in an hour that is skipped, as far after the gap. 24.00 is the next day's 00.00. */
function wallMoment(date: LocalDate, minutes: number, zone: string): Effective {
	const wall = { date: addDays(date, Math.floor(minutes / DAY_MINUTES)), minutes: minutes % DAY_MINUTES };
	const placed = placeWallTime(wall, zone);
	if (placed.ok) return placed.value.effective;
	const after = placeWallTime(placed.error.suggestion, zone);
	assert(after.ok, 'The clock shows the time after a gap');
	return after.value.effective;
}
