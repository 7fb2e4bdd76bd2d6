/** One reading of a list in words: when it was, and under which circumstances. */
import type { Observation } from '$lib/domain/observation';
import { partOfDay } from '$lib/domain/time';
import { formatDayShort, formatRelativeDay, type Moment } from '$lib/i18n/format';
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

/** Arm, posture, the person's own note, and that it was changed; empty for most. Unknown context of a newer app is left out. */
export function circumstances({ context, note, amended, conflicting }: Observation): string {
	const known = Object.values(context ?? {}).flatMap((value) => contextWords[value]?.() ?? []);
	const changed = conflicting ? [m.trends_conflicting()] : amended ? [m.trends_amended()] : [];
	return [...known, ...(note ? [note] : []), ...changed].join(', ');
}

const contextWords: Readonly<Record<string, () => string>> = {
	left: m.trends_left_arm,
	right: m.trends_right_arm,
	sitting: m.trends_sitting,
	lying: m.trends_lying,
	standing: m.trends_standing
};
