/** What Panel says, in words. */
import { measures, type MeasureKind } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import type { NewValues, PanelFilter } from '$lib/domain/panel-need';
import { formatClock, formatDay, formatNumber, formatRelativeDay, type Moment } from '$lib/i18n/format';
import { m } from '$lib/i18n/paraglide/messages';
import { clauseFacts } from '$lib/i18n/plan-fact-words';
import { getLocale } from '$lib/i18n/paraglide/runtime';
import type { SaveError } from '$lib/state/circle-view';
import type { SyncStatus } from '$lib/state/live-sync';
import { measureInSentence } from '$lib/i18n/measure-words';
import type { Patient } from './patient.svelte';

/** Of a reading that carries more, such as a pressure with its pulse, the values of this measure alone. Answers are all of it. */
export function shownValues(measure: MeasureKind, values: Observation['values']): Observation['values'] {
	const { entry, fields } = measures[measure];
	const own = fields.filter(({ required }) => required || entry === 'questions');
	return Object.fromEntries(own.flatMap(({ key }) => (values[key] === undefined ? [] : [[key, values[key]]])));
}

/** `blodtryck, vikt och puls`. */
export const measureList = (kinds: readonly MeasureKind[]): string =>
	listed(kinds.map((kind) => measureInSentence(kind)));

/** `3 nya blodtryck och 1 ny vikt`. */
export const newsWords = (news: readonly NewValues[]): string =>
	listed(news.map(({ measure, count }) => m.measure_new({ kind: measure, count })));

const listed = (words: readonly string[]): string =>
	new Intl.ListFormat(getLocale(), { type: 'conjunction' }).format(words);

/** `i dag kl. 08.04`. */
export const whenWords = (utc: number, now: Moment): string => {
	const at = { utc, offset: now.offset };
	return `${formatRelativeDay(at, now)} ${formatClock(at)}`;
};

/** How old a value is, in few words: `i dag kl. 07.15`, from two days on the day alone. */
export function ageWords(when: Moment, now: Moment): string {
	const day = formatRelativeDay(when, now);
	return day === formatDay(when, now) ? day : `${day} ${formatClock(when)}`;
}

export interface ReasonWords {
	readonly reason: string;
	readonly detail: string;
}

/** Why somebody stands where they stand in the list, and when the unit last looked. */
export function reasonWords(patient: Patient, now: Moment): ReasonWords {
	const { need, seen, last } = patient;
	const looked = seen
		? m.panel_seen_day({ day: formatRelativeDay({ utc: seen.at, offset: now.offset }, now) })
		: m.panel_not_seen();
	const count = need.silentDays;
	const silence = count === null ? '' : last ? m.panel_silent({ count }) : m.panel_silent_never({ count });
	if (need.reason === 'red' || need.reason === 'yellow')
		return { reason: patientFacts(patient, now).join(' '), detail: looked };
	if (need.reason === 'asked') return { reason: m.panel_asked(), detail: looked };
	if (need.news.length > 0) return { reason: `${newsWords(need.news)}. ${silence}`.trim(), detail: looked };
	if (silence) return { reason: silence, detail: looked };
	return { reason: last ? m.panel_nothing_new() : m.panel_no_values_yet(), detail: looked };
}

/** More than these do not fit a row. */
const MOST_FACTS = 2;

/** What makes the plan's zone what it is, in short. */
export const patientFacts = ({ zone, readingOf }: Patient, now: Moment): readonly string[] =>
	zone ? clauseFacts(zone.telling, readingOf, now).slice(0, MOST_FACTS) : [];

const titles: { readonly [F in PanelFilter]: (inputs: { count: number }) => string } = {
	needs: (inputs) => m.panel_title_needs(inputs),
	red: (inputs) => m.panel_title_red(inputs),
	yellow: (inputs) => m.panel_title_yellow(inputs),
	asked: (inputs) => m.panel_title_asked(inputs),
	invited: (inputs) => m.panel_title_invited(inputs),
	silent: (inputs) => m.panel_title_silent(inputs),
	all: (inputs) => m.panel_title_all(inputs)
};

export const filterNames: { readonly [F in PanelFilter]: () => string } = {
	needs: () => m.panel_filter_needs(),
	red: () => m.panel_filter_red(),
	yellow: () => m.panel_filter_yellow(),
	asked: () => m.panel_filter_asked(),
	invited: () => m.panel_filter_invited(),
	silent: () => m.panel_filter_silent(),
	all: () => m.panel_filter_all()
};

/** The heading of the list; while nobody is there, what the filter is called. As long as people are read there may be more. */
export function titleWords(filter: PanelFilter, count: number, isReading: boolean): string {
	if (count === 0) return filterNames[filter]();
	const title = titles[filter]({ count });
	return isReading ? m.panel_title_least({ title }) : title;
}

/** How many a filter holds. As long as people are read there may be more, and nobody is no answer. */
export function countWords(count: number, isReading: boolean): string {
	if (!isReading) return formatNumber(count);
	return count === 0 ? '…' : m.panel_count_least({ count: formatNumber(count) });
}

/** When the list was fetched, or that it could not be. `null` where the relay was never reached by this tab. */
export function fetchedWords(status: SyncStatus, syncedAt: number | null, now: Moment): string {
	const at = syncedAt === null ? null : { utc: syncedAt, offset: now.offset };
	const clock = at && formatClock(at);
	const isToday = at !== null && formatRelativeDay(at, now) === formatRelativeDay(now, now);
	const when = at && (isToday ? clock : whenWords(at.utc, now));
	switch (status) {
		case 'unreachable':
			return when ? m.panel_unreachable({ when }) : m.panel_unreachable_never();
		case 'refused':
			return when ? m.panel_refused({ when }) : m.panel_refused_never();
		case 'went-back':
			return m.panel_went_back();
		case 'cloned':
			return m.panel_cloned();
		case 'shut-out':
			return m.devices_out_unit_short();
		case 'local':
		case 'syncing':
		case 'synced':
			if (!at || !clock) return m.panel_fetching();
			return isToday
				? m.panel_fetched({ clock })
				: m.panel_fetched_other_day({ day: formatRelativeDay(at, now), clock });
	}
}

/** True where something must be said about the sync, not only told. */
export const isTrouble = (status: SyncStatus): boolean =>
	status !== 'local' && status !== 'syncing' && status !== 'synced';

/** Why a mark or an answer was not saved, and what to do. */
export function saveErrorWords(error: SaveError): string {
	switch (error.type) {
		case 'storage-full':
			return m.panel_save_full();
		case 'storage-unavailable':
		case 'wiped':
		case 'failed':
			return m.panel_save_failed();
		case 'newer-app':
			return m.panel_save_newer();
		case 'locked':
			return m.lock_elsewhere();
		case 'not-allowed':
			return m.panel_save_not_allowed();
		case 'held-back':
			return m.record_fail_held_back();
	}
}
