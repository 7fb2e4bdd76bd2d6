/**
 * Days and clocks as the person lived them. A reading belongs to the local day and part of day of `utc + offset`, wherever
 * and whenever it is read later; so a nurse in another zone, a journey or a change to summer time never moves a morning.
 *
 * Zones are asked of `Intl.DateTimeFormat`, which every browser has, so that the first load carries no Temporal. The tests
 * hold every function here against Temporal.
 */
import { must } from './assert';
import type { Effective } from './observation';
import { err, ok, type Result } from './result';

declare const localDateBrand: unique symbol;

/** A day in a person's own calendar, `YYYY-MM-DD`. Sorts as text. */
export type LocalDate = string & { readonly [localDateBrand]: true };

/** A clock on the wall: a day and whole minutes since 00.00 on its face. */
export interface WallTime {
	readonly date: LocalDate;
	/** 0 to 1439. */
	readonly minutes: number;
}

export type PartOfDay = 'morning' | 'evening';

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
const MINUTES_A_DAY = 1440;
const NOON = 720;

/** The moment `utc` in `zone`, as an observation stores it. */
export function effectiveAt(utc: number, zone: string): Effective {
	return { utc, offset: zoneOffset(utc, zone), zone };
}

/** The day the person lived when it was measured. */
export const localDate = (effective: Effective): LocalDate => dayNumberToDate(dayNumber(effective));

/** The same day as a number, for counting many readings by day without writing each date out. */
export const dayNumber = (effective: Effective): number => Math.floor(wallMs(effective) / DAY_MS);

/** The wall clock the person saw, without its seconds. */
export function wallTime(effective: Effective): WallTime {
	const minutes = Math.floor(wallMs(effective) / MINUTE_MS);
	return { date: localDate(effective), minutes: minutes - Math.floor(minutes / MINUTES_A_DAY) * MINUTES_A_DAY };
}

/**
 * The wall clock on one even line of milliseconds, 1970-01-01 00.00 on the wall being 0. For placing readings on an axis
 * of local days; never an instant.
 */
export const wallMs = (effective: Effective): number => effective.utc + effective.offset * MINUTE_MS;

/** Before noon on the wall is morning; the rest of the day counts as evening (STANDARDS A1). */
export const partOfDay = (effective: Effective): PartOfDay =>
	wallMs(effective) - dayNumber(effective) * DAY_MS < NOON * MINUTE_MS ? 'morning' : 'evening';

/** The wall clock stood at no such time: the clocks were put forward past it. `suggestion` is as far after the gap. */
export interface NonexistentTime {
	readonly type: 'nonexistent-time';
	readonly suggestion: WallTime;
}

export interface PlacedTime {
	readonly effective: Effective;
	/** The clock showed this time twice; `effective` is the earlier unless the later was asked for. */
	readonly ambiguous: boolean;
}

/** The moment the clock on the wall in `zone` showed `wall`. */
export function placeWallTime(
	wall: WallTime,
	zone: string,
	occurrence: 'earlier' | 'later' = 'earlier'
): Result<PlacedTime, NonexistentTime> {
	const { shown, before, moments } = readWall(wall, zone);
	if (moments.length === 0) {
		const suggestion = wallTime(effectiveAt(shown - before * MINUTE_MS, zone));
		return err({ type: 'nonexistent-time', suggestion });
	}
	const utc = occurrence === 'earlier' ? Math.min(...moments) : Math.max(...moments);
	return ok({ effective: effectiveAt(utc, zone), ambiguous: moments.length > 1 });
}

/** The first instant of a local day; where the day begins inside a gap, the end of the gap. */
export function startOfLocalDay(date: LocalDate, zone: string): number {
	const { shown, before, after, moments } = readWall({ date, minutes: 0 }, zone);
	if (moments.length > 0) return Math.min(...moments);
	let known = shown - after * MINUTE_MS;
	let later = shown - before * MINUTE_MS;
	while (later - known > MINUTE_MS) {
		const middle = known + Math.round((later - known) / 2 / MINUTE_MS) * MINUTE_MS;
		if (zoneOffset(middle, zone) === before) known = middle;
		else later = middle;
	}
	return later;
}

/** The instants at which `wall` was shown, none in a gap and two in a repeated hour, from the offsets a day to each side. */
function readWall(wall: WallTime, zone: string) {
	const shown = dateToDayNumber(wall.date) * DAY_MS + wall.minutes * MINUTE_MS;
	const before = zoneOffset(shown - DAY_MS, zone);
	const after = zoneOffset(shown + DAY_MS, zone);
	const moments = [...new Set([before, after])]
		.map((offset) => ({ offset, utc: shown - offset * MINUTE_MS }))
		.filter(({ offset, utc }) => zoneOffset(utc, zone) === offset)
		.map(({ utc }) => utc);
	return { shown, before, after, moments };
}

/** The day `days` after (or before) `date`. */
export const addDays = (date: LocalDate, days: number): LocalDate => dayNumberToDate(dateToDayNumber(date) + days);

/** Calendar days from `from` to `to`; negative when `to` is earlier. */
export const daysBetween = (from: LocalDate, to: LocalDate): number => dateToDayNumber(to) - dateToDayNumber(from);

/** 00.00 of a local day on the line of `wallMs`. */
export const dateWallMs = (date: LocalDate): number => dateToDayNumber(date) * DAY_MS;

/** A date as typed in a date field; undefined for anything but a real day of the years 1000 to 9999. */
export function parseLocalDate(text: string): LocalDate | undefined {
	if (!/^[1-9]\d{3}-\d{2}-\d{2}$/.test(text)) return undefined;
	const time = Date.parse(`${text}T00:00:00Z`);
	if (Number.isNaN(time)) return undefined;
	const date = dayNumberToDate(time / DAY_MS);
	return date === text ? date : undefined;
}

/** Minutes since 00.00 for a time as typed in a time field (`07:32`, or `07:32:10` with the seconds dropped). */
export function parseClock(text: string): number | undefined {
	const match = /^(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?$/.exec(text);
	if (!match) return undefined;
	const [hours, minutes] = [Number(match[1]), Number(match[2])];
	return hours < 24 && minutes < 60 ? hours * 60 + minutes : undefined;
}

/** `07:32`, as a time field wants it. */
export function clockText(minutes: number): string {
	const two = (part: number) => String(part).padStart(2, '0');
	return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const dateToDayNumber = (date: LocalDate): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

/** The day of a number from `dayNumber`. */
export const dayNumberToDate = (day: number): LocalDate =>
	new Date(day * DAY_MS).toISOString().slice(0, 10) as LocalDate;

/** Minutes east of UTC in `zone` at `utc`. Throws for a zone name the platform does not know. */
export function zoneOffset(utc: number, zone: string): number {
	const second = Math.floor(utc / 1000) * 1000;
	const parts = must(shownBy.exec(clockOf(zone).format(second)), 'The platform writes dates in an unknown form');
	const [month, day, year, hour, minute, seconds] = parts.slice(1).map(Number);
	// Some older browsers write midnight as 24.
	const shown = Date.UTC(year ?? 0, (month ?? 1) - 1, day, (hour ?? 0) % 24, minute, seconds);
	return Math.round((shown - second) / MINUTE_MS);
}

/** True for a zone name the platform knows. */
export function isKnownZone(zone: string): boolean {
	try {
		clockOf(zone);
		return true;
	} catch {
		return false;
	}
}

const shownBy = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/;

/** Formatters cost thousands of times more to make than to use; a memo of a pure function, never state. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
	const known = clocks.get(zone);
	if (known) return known;
	const clock = new Intl.DateTimeFormat('en-US', {
		timeZone: zone,
		calendar: 'gregory',
		numberingSystem: 'latn',
		hourCycle: 'h23',
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		second: 'numeric'
	});
	clocks.set(zone, clock);
	return clock;
}
