/** The words of a drawn plot, made by whoever shows it. */
import type { Change } from '$lib/domain/change';
import type { DayMean, DayPair } from '$lib/domain/day-pairs';
import type { HourBand } from '$lib/domain/hour-bands';
import type { FieldDefinition, MeasureDefinition } from '$lib/domain/measure-definition';
import { type MeasureKind, measures } from '$lib/domain/measures';
import { roundedTo } from '$lib/domain/rounding';
import type { Reading } from '$lib/domain/statistics';
import { dateWallMs, type LocalDate, localDate } from '$lib/domain/time';
import { changeShort } from '$lib/i18n/change-words';
import { formatClock, formatDayShort, formatNumber, formatRelativeDay, type Moment } from '$lib/i18n/format';
import { bandName, fieldLabel, fieldValueText, measureName, spokenValue, stepName } from '$lib/i18n/measure-words';
import { m } from '$lib/i18n/paraglide/messages';
import type { PlotPane } from './plot';

export interface PlotWords {
	/** What the chart shows and how to move in it, for a screen reader. */
	readonly label: string;
	/** Written in the plot, where a pane has several series. */
	readonly seriesName: (key: string) => string;
	/** Above a pane, where there are several. */
	readonly paneName: (pane: PlotPane) => string;
	/** Under the axis: `16 nov`. */
	readonly tick: (x: number) => string;
	/** Beside the axis. */
	readonly value: (y: number, pane: PlotPane) => string;
	/** The name of a step of a named scale, in the plot. */
	readonly step: (y: number, scale: string) => string;
	/** What is at a stop of the cursor: `16 november kl. 07.15: 134 över 78`. */
	readonly stop: (at: number) => string;
	/** Above a mark: `Enalapril 5 → 10 mg`. */
	readonly mark: (id: string) => string;
}

interface OverTime {
	readonly now: Moment;
	/** The range in words. */
	readonly over: string;
	readonly changes: readonly Change[];
}

/** Words for `trendPlot` of the same readings. */
export function trendWords(
	{ kind, entry }: MeasureDefinition<MeasureKind>,
	kept: readonly Reading[],
	{ now, over, changes }: OverTime
): PlotWords {
	const changesByDay = namesByDay(changes);
	return {
		...axisWords(now, changes),
		label: m.trends_chart({ measure: measureName(kind), over }),
		paneName: ({ measure, series }) =>
			entry === 'questions' ? fieldLabel(series[0]?.key ?? '') : measureName(measure),
		stop: (at) => {
			const reading = kept[at];
			if (!reading) return '';
			const said = m.trends_stop({
				day: formatRelativeDay(reading.effective, now),
				clock: formatClock(reading.effective),
				value: spokenValue(kind, reading.values)
			});
			return [said, ...(changesByDay.get(localDate(reading.effective)) ?? [])].join('. ');
		}
	};
}

/** One of the two in `pairPlot`: a measure, or one of its questions. */
export interface Compared {
	readonly measure: MeasureKind;
	/** Set where one question stands for itself. */
	readonly field: FieldDefinition | null;
}

export const comparedName = ({ measure, field }: Compared): string =>
	field ? fieldLabel(field.key) : measureName(measure);

/** What a day has of it, as spoken; null where it has nothing. */
function spokenDay({ measure, field }: Compared, mean: DayMean | null): string | null {
	if (!field) return mean && spokenValue(measure, mean.values);
	const value = mean?.values[field.key];
	return value === undefined ? null : fieldValueText(field, value);
}

/** Words for `pairPlot` of the same days. */
export function pairWords(
	pair: readonly [Compared, Compared],
	days: readonly DayPair[],
	{ now, over, changes }: OverTime
): PlotWords {
	const changesByDay = namesByDay(changes);
	const part = (which: Compared, mean: DayMean | null) =>
		m.trends_pair_part({ measure: comparedName(which), value: spokenDay(which, mean) ?? m.trends_pair_none() });
	return {
		...axisWords(now, changes),
		label: m.trends_pair_chart({ first: comparedName(pair[0]), second: comparedName(pair[1]), over }),
		paneName: ({ measure, series }) =>
			measures[measure].entry === 'questions' ? fieldLabel(series[0]?.key ?? '') : measureName(measure),
		stop: (at) => {
			const day = days[at];
			if (!day) return '';
			const said = m.trends_pair_stop({
				day: formatRelativeDay({ utc: dateWallMs(day.date), offset: 0 }, now),
				first: part(pair[0], day.first),
				second: part(pair[1], day.second)
			});
			return [said, ...(changesByDay.get(day.date) ?? [])].join('. ');
		}
	};
}

/** Words for `hourPlot` of the same bands. */
export function hourWords(
	measure: MeasureDefinition<MeasureKind>,
	bands: readonly HourBand[],
	over: string
): PlotWords {
	return {
		...valueWords,
		label: m.trends_hours_chart({ measure: measureName(measure.kind), over }),
		tick: (x) => String(Math.round(x / 3_600_000)).padStart(2, '0'),
		mark: () => '',
		stop: (at) => {
			const band = bands[at];
			if (!band) return '';
			return m.trends_hours_stop({
				band: bandName(band.from, band.to),
				value: spokenValue(measure.kind, shownMedians(measure, band)),
				count: m.trends_readings({ count: band.count })
			});
		}
	};
}

/** The medians of three hours as they are shown. */
export const shownMedians = (measure: MeasureDefinition, { medians }: HourBand): Readonly<Record<string, number>> =>
	Object.fromEntries(
		measure.fields.flatMap(({ key, decimals }) => {
			const value = medians[key];
			return value === undefined ? [] : [[key, roundedTo(value, decimals)]];
		})
	);

const valueWords = {
	seriesName: fieldLabel,
	paneName: ({ measure }: PlotPane) => measureName(measure),
	// All numbers of an axis have the decimals its steps need.
	value: (y: number, { yStep }: PlotPane) => formatNumber(y, Number.isInteger(yStep) ? 0 : 1),
	step: (y: number, scale: string) => stepName(scale, y)
};

const axisWords = (now: Moment, changes: readonly Change[]) => ({
	...valueWords,
	tick: (x: number) => formatDayShort({ utc: x, offset: 0 }, now).replace('.', ''),
	mark: (id: string) => {
		const change = changes.find((one) => one.id === id);
		return change ? changeShort(change) : '';
	}
});

function namesByDay(changes: readonly Change[]): ReadonlyMap<LocalDate, readonly string[]> {
	const names = new Map<LocalDate, string[]>();
	for (const change of changes) names.set(change.day, [...(names.get(change.day) ?? []), changeShort(change)]);
	return names;
}
