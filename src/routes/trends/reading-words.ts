/** One reading of a list in words: when it was, and under which circumstances. */
import { measures } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import { partOfDay } from '$lib/domain/time';
import { formatDayShort, formatRelativeDay, type Moment } from '$lib/i18n/format';
import { answersInWords, contextInList } from '$lib/i18n/measure-words';
import { m } from '$lib/i18n/paraglide/messages';

/** `i dag, morgon`, `15 nov, kväll`. */
export function dayAndPart({ effective }: Pick<Observation, 'effective'>, now: Moment): string {
	const part = partOfDay(effective) === 'morning' ? m.trends_legend_morning() : m.trends_legend_evening();
	return m.trends_day_part({ day: shortDay(effective, now), part });
}

/** `i dag`, `i går`, `15 nov`. */
export function shortDay(when: Moment, now: Moment): string {
	const days =
		Math.floor((now.utc + now.offset * 60_000) / 86_400_000) -
		Math.floor((when.utc + when.offset * 60_000) / 86_400_000);
	return days === 0 || days === 1 ? formatRelativeDay(when, now) : formatDayShort(when, now).replace('.', '');
}

/** Answers, circumstances, the person's own note, and that it was changed; empty for most. */
export function circumstances({ measure, values, context, note, amended, conflicting }: Observation): string {
	const changed = conflicting ? [m.trends_conflicting()] : amended ? [m.trends_amended()] : [];
	// Ten whole questions are a table's matter.
	const answers = measures[measure].chart.series.length > 0 ? answersInWords(measure, values) : [];
	return [...answers, ...contextInList(context), ...(note ? [note] : []), ...changed].join(', ');
}
