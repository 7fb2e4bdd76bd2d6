/** One reading of a list in words: when it was, and under which circumstances. */
import type { Observation, VoidReason } from '$lib/domain/observation';
import { partOfDay } from '$lib/domain/time';
import { formatDayShort, formatRelativeDay, type Moment } from '$lib/i18n/format';
import { answersInList, contextInList, valueWithUnit } from '$lib/i18n/measure-words';
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

/** Answers, circumstances and the person's own note; empty for most. */
export function circumstances({
	measure,
	values,
	context,
	note
}: Pick<Observation, 'measure' | 'values' | 'context' | 'note'>): string {
	return [...answersInList(measure, values), ...contextInList(context), ...(note ? [note] : [])].join(', ');
}

/** **Ändrad, först 143/80**, or that two people changed it without knowing; undefined for one that stands as recorded. */
export function changedSentence({ measure, amended, conflicting, earlier }: Observation): string | undefined {
	if (conflicting) return m.trends_conflicting();
	const [first] = earlier ?? [];
	if (!amended) return undefined;
	return first ? m.trends_amended_from({ value: valueWithUnit(measure, first.values) }) : m.trends_amended();
}

/** Why a reading was taken away: as it is chosen, and as it stands afterwards. */
export const reasonName = (reason: VoidReason): string => m.trends_reason({ reason });
