/**
 * Readings over time. The x axis is the wall clock the person lived by (`wallMs`): days are equally wide over changes to
 * summer time, and a morning stays a morning for a reader in another zone.
 */
import type { MeasureDefinition } from '$lib/domain/measure-definition';
import type { MeasureKind } from '$lib/domain/measures';
import type { Target } from '$lib/domain/plan/targets';
import type { Change } from '$lib/domain/change';
import type { DayPair } from '$lib/domain/day-pairs';
import type { Reading } from '$lib/domain/statistics';
import { firstDayOf, type TrendRange } from '$lib/domain/summary';
import { addDays, DAY_MS, dateWallMs, daysBetween, type LocalDate, localDate, wallMs } from '$lib/domain/time';
import type { PlotMark, PlotPane, PlotSeries, TrendPlot } from './plot';
import { plotSeries, seriesStyles, yAxis } from './plot-series';

/** What a plot shows over time: a measure, which of its fields, and the readings of the range (`inRange`). */
export interface Shown {
	readonly measure: MeasureDefinition<MeasureKind>;
	readonly keys: readonly string[];
	readonly kept: readonly Reading[];
}

interface Span {
	readonly range: TrendRange;
	readonly today: LocalDate;
	readonly changes?: readonly Change[] | undefined;
	/** Of the plan in force, for the measure that is shown alone. */
	readonly targets?: readonly Target[] | undefined;
}

/** One measure. Questions get a pane each: their steps lie on top of each other. */
export function trendPlot(measure: MeasureDefinition<MeasureKind>, kept: readonly Reading[], span: Span): TrendPlot {
	const { series } = measure.chart;
	return {
		panes: panesOf({ measure, keys: series, kept }, false, [], span.targets),
		stops: kept.map(({ values, effective }) => ({
			x: wallMs(effective),
			ys: series.map((key) => values[key] ?? null)
		})),
		hasParts: measure.chart.byHour === true,
		...axisOfDays([kept], span)
	};
}

/** Two measures above each other, with a stop for each day that has any of them (`dayPairs` of the same readings). */
export function pairPlot(first: Shown, second: Shown, pairs: readonly DayPair[], span: Span): TrendPlot {
	const upper = panesOf(first, true);
	const taken = upper.flatMap(({ series }) => series.map(({ token }) => token));
	return {
		panes: [...upper, ...panesOf(second, true, taken)],
		stops: pairs.map((pair) => ({
			x: noon(dateWallMs(pair.date)),
			ys: [
				...first.keys.map((key) => pair.first?.values[key] ?? null),
				...second.keys.map((key) => pair.second?.values[key] ?? null)
			]
		})),
		hasParts: false,
		...axisOfDays([first.kept, second.kept], span)
	};
}

function panesOf(
	{ measure, keys, kept }: Shown,
	isShared: boolean,
	taken: readonly PlotSeries['token'][] = [],
	targets: readonly Target[] = []
): readonly PlotPane[] {
	const groups = measure.entry === 'questions' ? keys.map((key) => [key]) : [keys];
	const shared = isShared || groups.length > 1;
	const styles = seriesStyles(measure.chart, keys, taken);
	return groups.map((group) => ({
		measure: measure.kind,
		series: styles.filter(({ key }) => group.includes(key)).map((style) => plotSeries(style, measure.chart, kept)),
		bands: targets
			.filter(({ field }) => group.includes(field))
			.map(({ min, max }) => ({ from: min ?? null, to: max ?? null })),
		...yAxis(measure, group, kept, shared)
	}));
}

const MOST_TICKS = 4;
/** A week has room for its dates under their days. */
const CENTRED_DAYS = 14;

function axisOfDays(
	lists: readonly (readonly Reading[])[],
	{ range, today, changes = [] }: Span
): Pick<TrendPlot, 'xMin' | 'xMax' | 'ticks' | 'ticksCentred' | 'marks' | 'page'> {
	const dates = lists.flatMap((kept) => [kept[0], kept.at(-1)].flatMap((one) => (one ? localDate(one.effective) : [])));
	const first = firstDayOf(range, today) ?? dates.reduce((least, date) => (date < least ? date : least), today);
	const last = dates.reduce((most, date) => (date > most ? date : most), today);
	return {
		xMin: dateWallMs(first),
		xMax: dateWallMs(last) + DAY_MS,
		ticks: dateTicks(first, last).map((date) => noon(dateWallMs(date))),
		ticksCentred: daysBetween(first, last) < CENTRED_DAYS,
		marks: changes.filter(({ day }) => day >= first && day <= last).map(toMark),
		page: 7 * DAY_MS
	};
}

const noon = (wall: number): number => wall + DAY_MS / 2;

const toMark = ({ id, day }: Change): PlotMark => ({ id, x: noon(dateWallMs(day)) });

/** Up to four days, as evenly apart as whole days allow, the first and the last among them. */
function dateTicks(first: LocalDate, last: LocalDate): readonly LocalDate[] {
	const days = daysBetween(first, last);
	const steps = Math.min(MOST_TICKS - 1, days);
	return Array.from({ length: steps + 1 }, (_, at) =>
		addDays(first, steps === 0 ? 0 : Math.round((at * days) / steps))
	);
}
