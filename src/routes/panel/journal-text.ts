/** What is copied to the record: plain lines that say where the values come from, when, how, and means with their counts. */
import { measures, type MeasureKind } from '$lib/domain/measures';
import { lastDayOf, type MeasuringSeries } from '$lib/domain/measuring-series';
import type { Observation, ObservationSource } from '$lib/domain/observation';
import { mean, valuesOf, type MeansByPart } from '$lib/domain/statistics';
import { firstDayOf, inRange, shownMean, summarise, type Summary, type TrendRange } from '$lib/domain/summary';
import { daysBetween, localDate, type LocalDate } from '$lib/domain/time';
import { formatClock, formatNumber, type Moment } from '$lib/i18n/format';
import { seriesJournalLine } from '$lib/i18n/series-words';
import { m } from '$lib/i18n/paraglide/messages';
import { fieldValueText, measureName, unitName, valueText, valueWithUnit } from '$lib/i18n/measure-words';

export interface JournalInput {
	/** As the person wrote it. */
	readonly name: string;
	readonly unit: string;
	readonly kinds: readonly MeasureKind[];
	readonly observations: (kind: MeasureKind) => readonly Observation[];
	/** Series of home blood pressures, oldest first. */
	readonly series: readonly MeasuringSeries[];
	/** The zone of the plan as one line; empty without a plan. */
	readonly plan?: string;
	readonly range: TrendRange;
	/** The unit's own day and clock. */
	readonly today: LocalDate;
	readonly now: Moment;
}

/** The text as it is pasted, one fact a line. */
export function journalText(input: JournalInput): string {
	const { name, unit, kinds, range, today, now } = input;
	const kept = kinds
		.filter((kind) => input.observations(kind).length > 0)
		.map((kind) => ({ kind, readings: inRange(input.observations(kind), range, today) }));
	const first = firstDayOf(range, today) ?? today;
	const shownSeries = kinds.includes('bloodPressure') ? input.series.filter((one) => lastDayOf(one) >= first) : [];
	return [
		m.panel_journal_head({ unit }),
		m.panel_journal_person({ name }),
		m.panel_journal_period({
			from: first,
			to: today,
			days: daysBetween(first, today) + 1,
			day: today,
			clock: formatClock(now)
		}),
		...(input.plan ? ['', input.plan] : []),
		...(shownSeries.length > 0
			? ['', ...shownSeries.map((one) => seriesJournalLine(one, input.observations('bloodPressure')))]
			: []),
		...kept.flatMap(({ kind, readings }) => ['', ...measureLines(kind, readings, range, today)]),
		'',
		m.panel_journal_foot()
	].join('\n');
}

function measureLines(
	kind: MeasureKind,
	readings: readonly Observation[],
	range: TrendRange,
	today: LocalDate
): string[] {
	const summary = summarise(measures[kind], readings, range, today);
	const [first, last] = [readings[0], readings.at(-1)];
	const measure = measureName(kind);
	if (!summary || !first || !last) return [m.panel_journal_none({ measure })];
	return [
		[meanLine(kind, summary), ...partLines(kind, summary)].join(' '),
		...(kind === 'bloodPressure' ? pulseLine(readings) : []),
		m.panel_journal_latest({
			value: valueWithUnit(kind, last.values),
			day: localDate(last.effective),
			clock: formatClock(last.effective)
		}),
		m.panel_journal_times({ first: dateAndClock(first), last: dateAndClock(last) }),
		m.panel_journal_sources({ sources: sourceWords(readings) })
	];
}

const dateAndClock = ({ effective }: Observation): string => `${localDate(effective)} ${formatClock(effective)}`;

function meanLine(kind: MeasureKind, summary: Summary): string {
	const measure = measureName(kind);
	const { mostCommon } = summary;
	const [lead] = measures[kind].fields;
	if (mostCommon)
		return m.panel_journal_common({
			measure,
			value: lead ? fieldValueText(lead, mostCommon.value) : '',
			count: mostCommon.count,
			total: summary.count
		});
	return m.panel_journal_mean({ measure, value: meanValue(kind, summary, 'all') ?? '', count: summary.count });
}

/** Mornings and evenings apart, where there are both. */
function partLines(kind: MeasureKind, summary: Summary): string[] {
	const count = (part: 'morning' | 'evening') => summary.means['systolic']?.[part]?.count ?? 0;
	if (kind !== 'bloodPressure' || count('morning') === 0 || count('evening') === 0) return [];
	return [
		m.panel_journal_part_morning({ value: meanValue(kind, summary, 'morning') ?? '', count: count('morning') }),
		m.panel_journal_part_evening({ value: meanValue(kind, summary, 'evening') ?? '', count: count('evening') })
	];
}

/** The pulse a meter shows with the pressure. */
function pulseLine(readings: readonly Observation[]): string[] {
	const pulse = mean(valuesOf(readings, 'pulse'));
	if (!pulse) return [];
	const value = `${formatNumber(shownMean(pulse, 0))}${unitName('/min')}`;
	return [m.panel_journal_mean({ measure: m.panel_journal_pulse_too(), value, count: pulse.count })];
}

/** A mean as shown, with its unit; null where there is none. Pressures are in mmHg without saying so on screen, here it is said. */
export function meanValue(kind: MeasureKind, summary: Summary, part: keyof MeansByPart): string | null {
	const means = measures[kind].fields.flatMap(({ key, decimals }) => {
		const found = summary.means[key]?.[part];
		return found ? [[key, shownMean(found, decimals)] as const] : [];
	});
	const [lead] = measures[kind].fields;
	const values = Object.fromEntries(means);
	if (!lead || values[lead.key] === undefined) return null;
	return kind === 'bloodPressure'
		? `${valueText(kind, values)}\u00a0${unitName('mm[Hg]')}`
		: valueWithUnit(kind, values);
}

const sourceNames: { readonly [K in ObservationSource['kind']]: (inputs: { count: number }) => string } = {
	manual: (inputs) => m.panel_journal_manual(inputs),
	device: (inputs) => m.panel_journal_device(inputs),
	import: (inputs) => m.panel_journal_import(inputs)
};

function sourceWords(readings: readonly Observation[]): string {
	return (['manual', 'device', 'import'] as const)
		.map((kind) => ({ kind, count: readings.filter(({ source }) => source.kind === kind).length }))
		.filter(({ count }) => count > 0)
		.map(({ kind, count }) => sourceNames[kind]({ count }))
		.join(', ');
}
