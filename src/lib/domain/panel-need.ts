/**
 * Who needs the care contact, and why. What a value means is the plan's business, never this file's: it is told the zone of
 * the plan, and counts values and days.
 *
 * Order: a red and a yellow zone nobody at the unit has looked at, somebody new who wants to share, a plan that waits for the
 * unit's answer, values nobody at the unit has seen, silence for a week, the rest.
 */
import { measureKinds, type MeasureKind } from './measures';
import type { Effective } from './observation';
import type { Zone } from './plan/evaluate';
import { daysBetween, effectiveAt, localDate, type LocalDate } from './time';

/** Days without a value, or since somebody looked, before silence is worth a look. */
const SILENT_DAYS = 7;

/** The unit's newest mark, as its receipt tells it. */
export interface LastSeen {
	/** UTC milliseconds. */
	readonly at: number;
	/** The newest measurement that was there, by measure. */
	readonly until: Readonly<Partial<Record<MeasureKind, number>>>;
}

export interface PatientFacts {
	readonly standing: 'invited' | 'joined';
	/** UTC milliseconds. */
	readonly sharedAt: number;
	/** Measured when, oldest first. */
	readonly measured: Readonly<Partial<Record<MeasureKind, readonly Effective[]>>>;
	readonly seen: LastSeen | null;
	/** By the plan in force; null without one, or without the plan being shared. */
	readonly zone: PlanZone | null;
	/** A version of the plan waits for the unit's answer. UTC milliseconds of the oldest; null without. */
	readonly askedAt: number | null;
}

export interface PlanZone {
	readonly zone: Zone;
	/** UTC milliseconds of the newest reading a met rule rests on, or of the day it was met; null where nothing is met. */
	readonly since: number | null;
}

/** `none`: nothing waits. */
export type Reason = 'red' | 'yellow' | 'invited' | 'asked' | 'new' | 'silent' | 'none';

export interface NewValues {
	readonly measure: MeasureKind;
	readonly count: number;
}

export interface Need {
	readonly reason: Reason;
	/** Since the unit last looked; measures without any are left out. */
	readonly news: readonly NewValues[];
	/** Days since the last value, or since sharing began, from a week on; also when somebody has looked since. */
	readonly silentDays: number | null;
	/** What has waited longest goes first; of silence the longest. UTC milliseconds. */
	readonly since: number;
}

/** What a need is told from, counted: what does not change with the day alone, and costs no more for a longer history. */
export interface CountedFacts extends Omit<PatientFacts, 'measured'> {
	/** Values nobody at the unit has seen, with the first of them (UTC milliseconds); measures without any are left out. */
	readonly unseen: readonly (NewValues & { readonly first: number })[];
	/** The newest measurement of all; null without any. */
	readonly last: Effective | null;
}

/** `today` is the unit's own day in `zone`. */
export const needOf = (facts: PatientFacts, today: LocalDate, zone: string): Need =>
	needFrom(countFacts(facts), today, zone);

export function countFacts({ measured, ...facts }: PatientFacts): CountedFacts {
	const unseen = measureKinds.flatMap((measure) => {
		const instants = unseenOf(measured[measure] ?? [], measure, facts.seen);
		return instants.length > 0 ? [{ measure, count: instants.length, first: Math.min(...instants) }] : [];
	});
	const last = measureKinds
		.flatMap((measure) => measured[measure]?.at(-1) ?? [])
		.reduce<Effective | null>((latest, each) => (latest && latest.utc > each.utc ? latest : each), null);
	return { ...facts, unseen, last };
}

/** The same need from facts that were counted before, on any day. */
export function needFrom(facts: CountedFacts, today: LocalDate, zone: string): Need {
	if (facts.standing === 'invited') return { reason: 'invited', news: [], silentDays: null, since: facts.sharedAt };
	const silence = silenceOf(facts, today, zone);
	const news = facts.unseen.map(({ measure, count }) => ({ measure, count }));
	const alarm = alarmOf(facts);
	if (alarm) return { ...alarm, news, silentDays: silence.days };
	if (facts.askedAt !== null) return { reason: 'asked', news, silentDays: silence.days, since: facts.askedAt };
	if (news.length > 0) {
		const since = Math.min(...facts.unseen.map(({ first }) => first));
		return { reason: 'new', news, silentDays: silence.days, since };
	}
	const isSilent = silence.days !== null && !lookedLately(facts.seen, today, zone);
	return { reason: isSilent ? 'silent' : 'none', news: [], silentDays: silence.days, since: silence.since };
}

/** A red or yellow zone that rests on something nobody at the unit has looked at since. */
function alarmOf({ zone, seen }: Pick<CountedFacts, 'zone' | 'seen'>): Pick<Need, 'reason' | 'since'> | null {
	const since = zone?.since ?? null;
	if (since === null || (zone?.zone !== 'red' && zone?.zone !== 'yellow')) return null;
	return seen && seen.at >= since ? null : { reason: zone.zone, since };
}

/**
 * Instants of one measure that the newest mark does not cover. A mark never covers what was measured after it was made:
 * a clock ahead of time must not hide the days in between.
 */
function unseenOf(measured: readonly Effective[], measure: MeasureKind, seen: LastSeen | null): readonly number[] {
	const covered = seen ? Math.min(seen.until[measure] ?? -Infinity, seen.at) : -Infinity;
	return measured.map(({ utc }) => utc).filter((utc) => utc > covered);
}

function silenceOf(
	{ last, sharedAt }: CountedFacts,
	today: LocalDate,
	zone: string
): { days: number | null; since: number } {
	const from = last ?? effectiveAt(sharedAt, zone);
	const days = daysBetween(localDate(from), today);
	return { days: days >= SILENT_DAYS ? days : null, since: from.utc };
}

function lookedLately(seen: LastSeen | null, today: LocalDate, zone: string): boolean {
	return seen !== null && daysBetween(localDate(effectiveAt(seen.at, zone)), today) < SILENT_DAYS;
}

export const panelFilters = ['needs', 'red', 'yellow', 'asked', 'invited', 'silent', 'all'] as const;
export type PanelFilter = (typeof panelFilters)[number];

/**
 * Whether a patient stands under a filter. **Röd**, **Gul** and **Tyst för länge** also hold those somebody has looked at
 * since.
 */
export function isUnder(filter: PanelFilter, need: Need, zone: Zone | null): boolean {
	switch (filter) {
		case 'needs':
			return need.reason !== 'none';
		case 'red':
		case 'yellow':
			return zone === filter;
		case 'asked':
		case 'invited':
			return need.reason === filter;
		case 'silent':
			return need.silentDays !== null;
		case 'all':
			return true;
	}
}

const rank: Readonly<Record<Reason, number>> = {
	red: 0,
	yellow: 1,
	invited: 2,
	asked: 3,
	new: 4,
	silent: 5,
	none: 6
};

interface Rankable {
	readonly id: string;
	readonly name: string;
	readonly need: Need;
}

/** By need, then longest waiting; where nothing waits, by name as `locale` sorts it. The same order whatever came in. */
export function byNeed<R extends Rankable>(rows: readonly R[], locale: string): R[] {
	const names = new Intl.Collator(locale);
	return [...rows].sort(
		(a, b) =>
			rank[a.need.reason] - rank[b.need.reason] ||
			(a.need.reason === 'none' ? 0 : a.need.since - b.need.since) ||
			names.compare(a.name, b.name) ||
			(a.id < b.id ? -1 : 1)
	);
}
