/**
 * A trend as plain data, ready to be drawn: what stands where, and at which places the cursor stops. No words, no colours
 * and no pixels, so that it can be tested, and made once for the person's screen and the care contact's.
 *
 * The x axis is the wall clock the person lived by (`wallMs`): days are equally wide over changes to summer time, and a
 * morning stays a morning for a reader in another zone.
 */
import { must } from '$lib/domain/assert';
import type { ChartDefinition, MeasureDefinition } from '$lib/domain/measure-definition';
import type { MeasureKind } from '$lib/domain/measures';
import {
	dailyValues,
	fiveDayMean,
	largestTriangles,
	minMaxBars,
	type MinMaxBar,
	type Point,
	type Reading,
	valuesOf
} from '$lib/domain/statistics';
import { firstDayOf, inRange, type TrendRange } from '$lib/domain/summary';
import {
	addDays,
	DAY_MS,
	dateWallMs,
	daysBetween,
	type LocalDate,
	localDate,
	partOfDay,
	wallMs
} from '$lib/domain/time';

export interface PlotPoint extends Point {
	/** Evenings are drawn hollow. */
	readonly hollow: boolean;
}

export interface PlotSeries {
	/** The field it shows. */
	readonly key: string;
	/** Colour token, `--s1` to `--s4`, and the shape that says the same in grey. */
	readonly token: 's1' | 's2' | 's3' | 's4';
	readonly shape: 'circle' | 'rectRot' | 'triangle' | 'rect';
	/** `points` up to 400 readings; beyond that `bars` from the lowest to the highest. */
	readonly points: readonly PlotPoint[];
	readonly bars: readonly MinMaxBar[];
	/** The five-day mean, or for `line` series the daily values; null is a hole. */
	readonly line: readonly { readonly x: number; readonly y: number | null }[];
	readonly lineStyle: 'ribbon' | 'line';
}

/** One place of the cursor: a reading. */
export interface PlotStop {
	readonly x: number;
	/** One for each series; null where the reading lacks it. */
	readonly ys: readonly (number | null)[];
}

export interface TrendPlot {
	readonly measure: MeasureKind;
	readonly series: readonly PlotSeries[];
	readonly stops: readonly PlotStop[];
	readonly xMin: number;
	readonly xMax: number;
	/** Days with a date under the axis. */
	readonly dateTicks: readonly LocalDate[];
	readonly yMin: number;
	readonly yMax: number;
	readonly yStep: number;
	/** True where small numbers belong at the top: 1 is the best step. */
	readonly yReversed: boolean;
}

/** Colour and shape go together, so that a series is the same in grey. */
const marks = [
	{ token: 's1', shape: 'circle' },
	{ token: 's2', shape: 'rectRot' },
	{ token: 's3', shape: 'triangle' },
	{ token: 's4', shape: 'rect' }
] as const;

type SeriesStyle = Pick<PlotSeries, 'key' | 'token' | 'shape'>;

/** The fields that are drawn, each with the next mark from the measure's own on. The others stay in words and table. */
const seriesStyles = ({ series, colour }: ChartDefinition): readonly SeriesStyle[] =>
	series.map((key, at) => ({ key, ...must(marks[(colour - 1 + at) % marks.length], 'There are four marks') }));

/** Readings beyond this are drawn as bars from lowest to highest. */
const MOST_POINTS = 400;
const BARS = 90;
const MOST_TICKS = 4;
const MOST_Y_STEPS = 6;

/** Readings come oldest first, as `CircleView.observations` gives them. */
export function trendPlot(
	measure: MeasureDefinition<MeasureKind>,
	readings: readonly Reading[],
	range: TrendRange,
	today: LocalDate
): TrendPlot {
	const kept = inRange(readings, range, today);
	const styles = seriesStyles(measure.chart);
	const first = firstDayOf(range, today) ?? (kept[0] ? localDate(kept[0].effective) : today);
	const lastReading = kept.at(-1);
	const last = lastReading && localDate(lastReading.effective) > today ? localDate(lastReading.effective) : today;
	return {
		measure: measure.kind,
		series: styles.map((style) => plotSeries(style, measure.chart.line, kept)),
		stops: kept.map(({ values, effective }) => ({
			x: wallMs(effective),
			ys: styles.map(({ key }) => values[key] ?? null)
		})),
		xMin: dateWallMs(first),
		xMax: dateWallMs(last) + DAY_MS,
		dateTicks: dateTicks(first, last),
		...yAxis(measure, kept)
	};
}

function plotSeries(style: SeriesStyle, lineStyle: PlotSeries['lineStyle'], readings: readonly Reading[]): PlotSeries {
	const points = readings.flatMap(({ values, effective }): PlotPoint[] => {
		const y = values[style.key];
		return y === undefined ? [] : [{ x: wallMs(effective), y, hollow: partOfDay(effective) === 'evening' }];
	});
	const many = points.length > MOST_POINTS;
	return {
		...style,
		lineStyle,
		points: many ? [] : points,
		bars: many ? minMaxBars(points, BARS) : [],
		line: lineStyle === 'ribbon' ? ribbon(readings, style.key) : dailyLine(points, many)
	};
}

/** The five-day mean at the noon of each day; long ones are thinned stretch by stretch, so that holes stay holes. */
function ribbon(readings: readonly Reading[], key: string): PlotSeries['line'] {
	const days = fiveDayMean(dailyValues(readings, key));
	const line = days.map(({ date, value }) => ({ x: dateWallMs(date) + DAY_MS / 2, y: value }));
	return line.length > MOST_POINTS ? thinned(line) : line;
}

/** From reading to reading; a local day without any is a hole. */
function dailyLine(points: readonly PlotPoint[], many: boolean): PlotSeries['line'] {
	const line = points.flatMap((point, at): PlotSeries['line'][number][] => {
		const before = points[at - 1];
		const isHole = before !== undefined && Math.floor(point.x / DAY_MS) - Math.floor(before.x / DAY_MS) > 1;
		const here = { x: point.x, y: point.y };
		return isHole ? [{ x: (before.x + point.x) / 2, y: null }, here] : [here];
	});
	return many ? thinned(line) : line;
}

function thinned(line: PlotSeries['line']): PlotSeries['line'] {
	return stretches(line).flatMap((stretch, at) => {
		const share = Math.max(3, Math.round((stretch.length / line.length) * MOST_POINTS));
		const kept: PlotSeries['line'] = largestTriangles(stretch, share);
		const [start] = stretch;
		return at === 0 || !start ? kept : [{ x: start.x, y: null }, ...kept];
	});
}

/** The unbroken parts of a line. */
function stretches(line: PlotSeries['line']): readonly (readonly Point[])[] {
	const found: Point[][] = [];
	let broken = true;
	for (const { x, y } of line) {
		if (y === null) broken = true;
		else if (broken) {
			found.push([{ x, y }]);
			broken = false;
		} else found.at(-1)?.push({ x, y });
	}
	return found;
}

/** Up to four days, as evenly apart as whole days allow, the first and the last among them. */
function dateTicks(first: LocalDate, last: LocalDate): readonly LocalDate[] {
	const days = daysBetween(first, last);
	const steps = Math.min(MOST_TICKS - 1, days);
	return Array.from({ length: steps + 1 }, (_, at) =>
		addDays(first, steps === 0 ? 0 : Math.round((at * days) / steps))
	);
}

function yAxis(
	{ fields, chart }: MeasureDefinition,
	readings: readonly Reading[]
): Pick<TrendPlot, 'yMin' | 'yMax' | 'yStep' | 'yReversed'> {
	const lead = fields.find(({ key }) => key === chart.series[0]);
	if (lead?.scale !== undefined) {
		const { min: yMin, max: yMax } = lead.hard;
		return { yMin, yMax, yStep: chart.yStep, yReversed: lead.bestFirst === true };
	}
	const values = chart.series.flatMap((key) => valuesOf(readings, key));
	const low = values.reduce((least, value) => Math.min(least, value), Infinity);
	const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
	if (low > high) return { yMin: 0, yMax: chart.yStep, yStep: chart.yStep, yReversed: false };
	const yStep = stepFor(high - low, chart.yStep);
	const yMin = Math.floor(low / yStep) * yStep;
	const yMax = Math.max(Math.ceil(high / yStep) * yStep, yMin + 2 * yStep);
	return { yMin, yMax, yStep, yReversed: false };
}

/** The measure's own step, made coarser until few enough lines are needed. */
function stepFor(span: number, step: number): number {
	const factor = [1, 2, 5, 10, 20, 50, 100].find((one) => span / (one * step) <= MOST_Y_STEPS);
	return step * (factor ?? 200);
}
