/** **Mer om värdena** in words: what is known of each field, and what is not yet. */
import type { FieldDefinition } from '$lib/domain/measure-definition';
import { roundedTo } from '$lib/domain/rounding';
import type { DayPattern, Direction, MoreFacts } from '$lib/domain/series-facts';
import { dateWallMs, type LocalDate } from '$lib/domain/time';
import { formatDayShort, formatNumber, type Moment } from '$lib/i18n/format';
import { unitName } from '$lib/i18n/measure-words';
import { m } from '$lib/i18n/paraglide/messages';

/** Of a statistic: one more decimal than the values have, where they are whole and small. */
function amount({ decimals, unit }: FieldDefinition, value: number): string {
	const shown = Math.abs(value) < 10 ? decimals + 1 : decimals;
	const text = formatNumber(roundedTo(value, shown), shown);
	const name = unitName(unit);
	return name === '' ? text : name.startsWith('/') ? `${text}${name}` : `${text}\u00a0${name}`;
}

export const spreadText = (field: FieldDefinition, sd: number): string => `± ${amount(field, sd)}`;

export const dayToDayText = amount;

/** A month where the values reach over one; of less, a week, so that no number reaches past the data. */
const MONTH_DAYS = 30;
const WEEK_DAYS = 7;

export function directionText(
	field: FieldDefinition,
	{ verdict, slopePerDay, ci95 }: Direction,
	spanDays: number
): string {
	const days = spanDays >= MONTH_DAYS ? MONTH_DAYS : WEEK_DAYS;
	const [low, high] = ci95;
	const words = {
		slope: signed(field, slopePerDay * days),
		low: signed(field, low * days),
		high: signed(field, high * days),
		per: days === MONTH_DAYS ? m.trends_facts_month() : m.trends_facts_week()
	};
	return verdict === 'no-clear-trend' ? m.trends_facts_level(words) : m.trends_facts_slope(words);
}

const signed = (field: FieldDefinition, value: number): string => (value > 0 ? '+' : '') + amount(field, value);

/** More than these are told by number. */
const MOST_SHOWN = 3;

/** The newest first; empty where there are none. */
export function patternTexts({ patterns, outside }: MoreFacts, now: Moment): readonly string[] {
	const newest = [...patterns].sort((a, b) => (a.to < b.to ? 1 : -1));
	const shown = newest.slice(0, MOST_SHOWN).map((pattern) => patternText(pattern, now));
	const earlier = newest.length - shown.length;
	return [
		...shown,
		...(earlier > 0 ? [m.trends_facts_earlier({ count: earlier })] : []),
		...(outside.length > 0 ? [outsideText(outside, now)] : [])
	];
}

const patternText = ({ type, from, to, days }: DayPattern, now: Moment): string =>
	m.trends_facts_pattern({ type, days: formatNumber(days), from: dayText(from, now), to: dayText(to, now) });

function outsideText(outside: readonly LocalDate[], now: Moment): string {
	const newest = [...outside].reverse().slice(0, MOST_SHOWN);
	const earlier = outside.length - newest.length;
	const days = newest.map((date) => dayText(date, now)).join(', ');
	return m.trends_facts_outside({
		count: outside.length,
		days: earlier > 0 ? `${days} ${m.trends_facts_earlier({ count: earlier })}` : days
	});
}

const dayText = (date: LocalDate, now: Moment): string =>
	formatDayShort({ utc: dateWallMs(date), offset: 0 }, now).replace('.', '');
