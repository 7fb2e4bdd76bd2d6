/**
 * Numbers and times as people write them. Pure: the locale, and where it matters the time, are arguments.
 * Wall clocks come from the fact itself (`utc` + `offset`), never from the reader's time zone.
 */
import type { Effective } from '$lib/domain/observation';
import { getLocale, type Locale } from './paraglide/runtime';

/** British English: day before month and a 24-hour clock, so that only the words differ. */
const tags: Readonly<Record<Locale, string>> = { sv: 'sv-SE', en: 'en-GB' };
/** An instant and the minutes east of UTC that the person lived by. */
export type Moment = Pick<Effective, 'utc' | 'offset'>;

const dayMs = 86_400_000;

const cache = new Map<string, Intl.DateTimeFormat>();

/** Formatters are slow to make; a list of readings asks for the same one for every row. */
function dateFormat(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = `${locale}${JSON.stringify(options)}`;
	const known = cache.get(key);
	if (known) return known;
	const made = new Intl.DateTimeFormat(tags[locale], { ...options, timeZone: 'UTC' });
	cache.set(key, made);
	return made;
}

const wallClock = (when: Moment): number => when.utc + when.offset * 60_000;
const dayNumber = (when: Moment): number => Math.floor(wallClock(when) / dayMs);
const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The instant and wall clock of this device right now. */
export function deviceMoment(utc: number): Moment {
	return { utc, offset: -new Date(utc).getTimezoneOffset() };
}

/** `76,4` in Swedish, `76.4` in English, always with `decimals` decimals and a true minus sign. */
export function formatNumber(value: number, decimals = 0, locale: Locale = getLocale()): string {
	return numberFormat(locale, decimals).format(value).replace('-', '−');
}

const numberFormats = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: Locale, decimals: number): Intl.NumberFormat {
	const key = `${locale}${decimals}`;
	const known = numberFormats.get(key);
	if (known) return known;
	const made = new Intl.NumberFormat(tags[locale], {
		minimumFractionDigits: decimals,
		maximumFractionDigits: decimals
	});
	numberFormats.set(key, made);
	return made;
}

/** `120–135`, with an en dash. */
export function formatRange(min: number, max: number, decimals = 0, locale: Locale = getLocale()): string {
	return `${formatNumber(min, decimals, locale)}–${formatNumber(max, decimals, locale)}`;
}

/** `134/78`. */
export function formatPressure(systolic: number, diastolic: number): string {
	return `${formatNumber(systolic)}/${formatNumber(diastolic)}`;
}

/** `kl. 07.15` in Swedish, `07:15` in English. The space does not break. */
export function formatClock(when: Moment, locale: Locale = getLocale()): string {
	const clock = formatClockDigits(when, locale);
	return locale === 'sv' ? `kl.\u00a0${clock}` : clock;
}

/** `07.15` in Swedish, `07:15` in English: where there is no room for `kl.`. */
export function formatClockDigits(when: Moment, locale: Locale = getLocale()): string {
	const [hours, minutes] = new Date(wallClock(when)).toISOString().slice(11, 16).split(':');
	return `${hours}${locale === 'sv' ? '.' : ':'}${minutes}`;
}

/** `Måndag 16 november` / `Monday 16 November`: a heading. */
export function formatDayHeading(when: Moment, locale: Locale = getLocale()): string {
	const format = dateFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
	return capitalised(format.format(wallClock(when)).replace(',', ''));
}

/** `16 november`, with the year when it is not the reader's: `16 november 2024`. */
export function formatDay(when: Moment, now: Moment, locale: Locale = getLocale()): string {
	return dateFormat(locale, { day: 'numeric', month: 'long', ...yearUnlessNow(when, now) }).format(wallClock(when));
}

/** `16 nov.`: for charts and narrow columns. */
export function formatDayShort(when: Moment, now: Moment, locale: Locale = getLocale()): string {
	return dateFormat(locale, { day: 'numeric', month: 'short', ...yearUnlessNow(when, now) }).format(wallClock(when));
}

/** `i dag`, `i går`, or the day. */
export function formatRelativeDay(when: Moment, now: Moment, locale: Locale = getLocale()): string {
	const daysAgo = dayNumber(now) - dayNumber(when);
	if (daysAgo !== 0 && daysAgo !== 1) return formatDay(when, now, locale);
	return relativeFormat[locale][daysAgo];
}

const relativeFormat: Readonly<Record<Locale, Readonly<Record<0 | 1, string>>>> = {
	sv: { 0: 'i\u00a0dag', 1: 'i\u00a0går' },
	en: { 0: 'today', 1: 'yesterday' }
};

function yearUnlessNow(when: Moment, now: Moment): Intl.DateTimeFormatOptions {
	const year = (moment: Moment): number => new Date(wallClock(moment)).getUTCFullYear();
	return year(when) === year(now) ? {} : { year: 'numeric' };
}
