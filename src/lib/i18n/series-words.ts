/** A series of home blood pressures (mätserie) in words, wherever one is shown: its own screen, Trender, Panel. */
import { homeBpResult, type HomeBpResult } from '$lib/domain/home-bp';
import type { CurrentSession } from '$lib/domain/home-bp-progress';
import { type MeasuringSeries, lastDayOf, readingsIn } from '$lib/domain/measuring-series';
import type { Observation } from '$lib/domain/observation';
import { againstTarget, type Target } from '$lib/domain/plan/targets';
import { shownPressure, type ShownPressure, type ShownValue } from '$lib/domain/shown-pressure';
import type { PressureMean } from '$lib/domain/pressure-mean';
import { dateWallMs, type LocalDate, wallTime } from '$lib/domain/time';
import { formatClock, formatDayShort, formatNumber, formatRange, formatRelativeDay, type Moment } from './format';
import { numberLabel } from './number-words';
import { m } from './paraglide/messages';

/** `136/84`, with a decimal where the whole number would say something else than the mean does. */
export const shownPressureText = ({ systolic, diastolic }: ShownPressure): string =>
	`${shownText(systolic)}/${shownText(diastolic)}`;

const shownText = ({ value, decimals }: ShownValue): string => formatNumber(value, decimals);

export const spokenPressure = ({ systolic, diastolic }: ShownPressure): string =>
	m.series_result_spoken({ systolic: shownText(systolic), diastolic: shownText(diastolic) });

/** The mean of a part of the series as it is written; null without readings. */
export const partMean = (mean: PressureMean | null): ShownPressure | null =>
	mean && shownPressure(mean.systolic.mean, mean.diastolic.mean);

/** What is missing before the mean is valid, the most first said: "4 mätningar saknas."; empty when nothing is. */
export function missingWords({ missing }: HomeBpResult): string {
	if (missing.readings > 0) return m.series_result_missing_readings({ count: missing.readings });
	return missing.days > 0 ? m.series_result_missing_days({ count: missing.days }) : '';
}

/** "Inte giltig än, 4 mätningar saknas.", "Giltig." */
export function statusWords({ missing }: HomeBpResult): string {
	if (missing.readings > 0) return m.series_status_readings({ count: missing.readings });
	return missing.days > 0 ? m.series_status_days({ count: missing.days }) : m.series_status_valid();
}

/** "Du kan mäta nu, till kl. 11.00.", "Nästa gång: kväll i dag, kl. 17.00 till kl. 24.00."; empty when none is left. */
export function nextSessionWords(current: CurrentSession | null, now: Moment): string {
	if (!current) return '';
	const until = wallTime(current.until).minutes === 0 ? m.series_midnight() : formatClock(current.until);
	if (current.state === 'open') return m.series_next_open({ until });
	return m.series_next({
		part: m.series_part({ part: current.part }).toLowerCase(),
		day: formatRelativeDay(current.from, now),
		from: formatClock(current.from),
		until
	});
}

/** "24 mätningar på 6 dagar". */
const countsWords = ({ usedReadings, usedDays }: HomeBpResult): string =>
	m.series_counts({ readings: usedReadings, days: usedDays });

/** "24 mätningar på 6 dagar räknas med. Första dagen är utelämnad." */
export function basisWords({ protocol }: MeasuringSeries, result: HomeBpResult): string {
	return [
		m.series_result_basis({ counts: countsWords(result) }),
		...(result.excludedDays.length > 0 ? [m.series_result_dropped_days({ count: result.excludedDays.length })] : []),
		...(protocol.dropFirstOfSession > 0 ? [m.series_result_dropped_first()] : [])
	].join(' ');
}

/** `12–18 nov`. */
export function seriesDays(series: MeasuringSeries, now: Moment): string {
	return m.series_list_days({ from: shortDate(series.start, now), to: shortDate(lastDayOf(series), now) });
}

const shortDate = (date: LocalDate, now: Moment): string =>
	formatDayShort({ utc: dateWallMs(date), offset: 0 }, now).replace('.', '');

/** One line for the record of the care contact: days, protocol, and the mean with how much it rests on. */
export function seriesJournalLine(series: MeasuringSeries, pressures: readonly Observation[]): string {
	const result = homeBpResult(readingsIn(series, pressures), series.protocol);
	return m.series_journal({
		from: series.start,
		to: lastDayOf(series),
		protocol: m.series_preset({ id: series.protocol.id }),
		result: journalResult(series, result)
	});
}

function journalResult({ protocol }: MeasuringSeries, result: HomeBpResult): string {
	if (!result.shown) return m.series_journal_none();
	const value = shownPressureText(result.shown);
	const counted = { value, counts: countsWords(result) };
	const text = (mean: PressureMean | null): string => {
		const shown = partMean(mean);
		return shown ? shownPressureText(shown) : '–';
	};
	return result.completeness === 'valid'
		? m.series_journal_valid({ ...counted, morning: text(result.morning), evening: text(result.evening) })
		: m.series_journal_preliminary({ ...counted, minimum: protocol.minimum.readings });
}

const againstWords = {
	below: (words: { field: string; value: string; target: string }) => m.series_target_below(words),
	within: (words: { field: string; value: string; target: string }) => m.series_target_within(words),
	above: (words: { field: string; value: string; target: string }) => m.series_target_above(words)
};

/**
 * "Planens mål. Övre 138: över målet, 120–135. Undre 80: i målet, 70–80." By the number that is shown; empty where the plan
 * has no target for a pressure.
 */
export function targetComparison(shown: ShownPressure, targets: readonly Target[]): string {
	const parts = targets.flatMap((target) => {
		const value = target.field === 'systolic' || target.field === 'diastolic' ? shown[target.field] : undefined;
		if (!value) return [];
		const words = {
			field: numberLabel(target.field),
			value: formatNumber(value.value, value.decimals),
			target: targetEnds(target)
		};
		return againstWords[againstTarget(value.value, target)](words);
	});
	return parts.length === 0 ? '' : m.series_target({ parts: parts.join('. ') });
}

/** `120–135`; of one end, `minst 120` or `högst 135`. */
function targetEnds({ min, max }: Target): string {
	if (min !== undefined && max !== undefined) return formatRange(min, max);
	const has = min === undefined ? 'max' : 'min';
	const end = formatNumber(min ?? max ?? 0);
	return m.plan_target({ has, field: '', min: end, max: end }).trim();
}
