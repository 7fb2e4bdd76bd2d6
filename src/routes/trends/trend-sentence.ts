/** The one sentence above a trend, from its summary. */
import { must } from '$lib/domain/assert';
import type { FieldDefinition, MeasureDefinition } from '$lib/domain/measure-definition';
import type { HourBand } from '$lib/domain/hour-bands';
import type { MeasureKind } from '$lib/domain/measures';
import type { MeansByPart, Reading } from '$lib/domain/statistics';
import { shownMean, type Summary, type TrendRange } from '$lib/domain/summary';
import { formatNumber, formatRelativeDay, type Moment } from '$lib/i18n/format';
import { m } from '$lib/i18n/paraglide/messages';
import { bandName, fieldLabel, fieldValueText, valueText, valueWithUnit } from '$lib/i18n/measure-words';
import { shownMedians } from '$lib/ui/chart/plot-words';
import { comparedRange } from './range-words';
import type { Pair } from './pair';

export interface TrendSentence {
	readonly text: string;
	/** The part that is set strong: the number itself. */
	readonly strong: string;
}

/** The range in words, as it stands in a sentence: "på 30 dagar". `days` is how far "all" reaches. */
export function overRange(range: TrendRange, days: number): string {
	switch (range) {
		case '7d':
			return m.trends_over_7d();
		case '30d':
			return m.trends_over_30d();
		case '90d':
			return m.trends_over_90d();
		case '1y':
			return m.trends_over_1y();
		case 'all':
			return days === 1 ? m.trends_over_day() : m.trends_over_days({ days: formatNumber(days) });
	}
}

/** `kept` are the readings in the range, oldest first; `summary` is theirs. */
export function trendSentence(
	measure: MeasureDefinition<MeasureKind>,
	kept: readonly Reading[],
	summary: Summary,
	over: string,
	now: Moment
): TrendSentence {
	const last = must(kept.at(-1), 'A summary has readings');
	const [lead] = measure.fields;
	if (measure.entry === 'questions' && (!summary.mostCommon || measure.chart.series.length === 0)) {
		const value = valueText(measure.kind, last.values);
		const { count } = summary;
		return { text: m.trends_answered({ count, over, day: formatRelativeDay(last.effective, now) }), strong: value };
	}
	if (summary.mostCommon && lead) return commonAnswer(measure, lead, summary, over);
	if (summary.count === 1) {
		const value = valueWithUnit(measure.kind, last.values);
		return { text: m.trends_single({ over, value }), strong: value };
	}
	const value = valueWithUnit(measure.kind, meanValues(measure, summary, 'all'));
	const mean = m.trends_mean({ value, over, count: formatNumber(summary.count) });
	return { text: [mean, ...addition(measure, last, summary, now)].join(' '), strong: value };
}

function commonAnswer(
	{ entry }: MeasureDefinition,
	field: FieldDefinition,
	{ mostCommon, means }: Summary,
	over: string
): TrendSentence {
	const { value: step, count: most } = must(mostCommon, 'A measure in steps');
	// Of many questions, each is left out at times: the total is that of this one.
	const count = must(means[field.key]?.all, 'What is most common has values').count;
	const value = fieldValueText(field, step);
	const words = { value, count: formatNumber(most), total: formatNumber(count), over };
	if (entry === 'questions') {
		return { text: m.trends_common_of({ ...words, field: fieldLabel(field.key) }), strong: value };
	}
	return { text: count === 1 ? m.trends_single_answer({ over, value }) : m.trends_common(words), strong: value };
}

/** What more is worth saying: how evenings compare, or what a weight is now. */
function addition(measure: MeasureDefinition<MeasureKind>, last: Reading, summary: Summary, now: Moment): string[] {
	if (measure.chart.line === 'line') {
		const value = valueWithUnit(measure.kind, last.values);
		return [m.trends_latest({ value, day: formatRelativeDay(last.effective, now) })];
	}
	const above = summary.eveningAboveMorning;
	if (above === null) return [];
	const difference = formatNumber(Math.abs(above));
	return [above > 0 ? m.trends_evening_higher({ difference }) : m.trends_evening_lower({ difference })];
}

/** Against the hour: when most readings are taken, and what lies in their middle. */
export function hoursSentence(
	measure: MeasureDefinition<MeasureKind>,
	bands: readonly HourBand[]
): TrendSentence | null {
	const [most, next] = [...bands].sort((a, b) => b.count - a.count || a.from - b.from);
	if (!most) return null;
	const words = (band: HourBand) => ({
		band: bandName(band.from, band.to),
		value: valueWithUnit(measure.kind, shownMedians(measure, band)),
		count: m.trends_readings({ count: band.count })
	});
	const text = [m.trends_hours_most(words(most)), ...(next ? [m.trends_hours_next(words(next))] : [])].join(' ');
	return { text, strong: words(most).value };
}

/** Of two over each other: the range of each and how many days have both. Never which leads the other. */
export function pairSentence({ which, kept, days }: Pair, over: string): TrendSentence {
	const count = days.filter(({ first, second }) => first && second).length;
	const text = m.trends_pair_sentence({
		first: comparedRange(which[0], kept[0]),
		second: comparedRange(which[1], kept[1]),
		days: count === 0 ? m.trends_pair_no_days({ over }) : m.trends_pair_days({ count, over })
	});
	return { text, strong: '' };
}

/** The means of a part of the day as shown, by field; fields without readings left out. */
function meanValues(
	measure: MeasureDefinition<MeasureKind>,
	summary: Summary,
	part: keyof MeansByPart
): Record<string, number> {
	return Object.fromEntries(
		measure.fields.flatMap(({ key, decimals }) => {
			const mean = summary.means[key]?.[part];
			return mean ? [[key, shownMean(mean, decimals)]] : [];
		})
	);
}

/** `133/77`, the mean of the mornings or evenings; null where there are none. */
export function partMean(
	measure: MeasureDefinition<MeasureKind>,
	summary: Summary,
	part: 'morning' | 'evening'
): string | null {
	const values = meanValues(measure, summary, part);
	const [lead] = measure.fields;
	return lead && values[lead.key] !== undefined ? valueWithUnit(measure.kind, values) : null;
}
