/** From readings to a series and its axis of values. */
import { must } from '$lib/domain/assert';
import type { ChartDefinition, MeasureDefinition } from '$lib/domain/measure-definition';
import type { MeasureKind } from '$lib/domain/measures';
import {
	dailyValues,
	fiveDayMean,
	largestTriangles,
	minMaxBars,
	type Point,
	type Reading,
	valuesOf
} from '$lib/domain/statistics';
import { DAY_MS, partOfDay, wallMs } from '$lib/domain/time';
import type { PlotPane, PlotPoint, PlotSeries } from './plot';

/** Colour and shape go together, so that a series is the same in grey. */
const marks = [
	{ token: 's1', shape: 'circle' },
	{ token: 's2', shape: 'rectRot' },
	{ token: 's3', shape: 'triangle' },
	{ token: 's4', shape: 'rect' }
] as const;

export type SeriesStyle = Pick<PlotSeries, 'key' | 'token' | 'shape'>;

/** The fields that are drawn, each with the next mark from the measure's own on, past those already `taken`. */
export function seriesStyles(
	{ colour }: Pick<ChartDefinition, 'colour'>,
	keys: readonly string[],
	taken: readonly PlotSeries['token'][] = []
): readonly SeriesStyle[] {
	const inTurn = marks.map((_, at) => must(marks[(colour - 1 + at) % marks.length], 'There are four marks'));
	const free = [...inTurn.filter(({ token }) => !taken.includes(token)), ...inTurn];
	return keys.map((key, at) => ({ key, ...must(free[at], 'A measure draws at most four fields') }));
}

/** Readings beyond this are drawn as bars from lowest to highest. */
export const MOST_POINTS = 400;
const BARS = 90;

export function plotSeries(
	style: SeriesStyle,
	{ line, byHour }: ChartDefinition,
	readings: readonly Reading[]
): PlotSeries {
	const points: PlotPoint[] = [];
	for (const { values, effective } of readings) {
		const y = values[style.key];
		if (y === undefined) continue;
		points.push({ x: wallMs(effective), y, hollow: byHour === true && partOfDay(effective) === 'evening' });
	}
	const many = points.length > MOST_POINTS;
	return {
		...style,
		lineStyle: line,
		points: many ? [] : points,
		bars: many ? minMaxBars(points, BARS) : [],
		line: line === 'ribbon' ? ribbon(readings, style.key) : dailyLine(points, many)
	};
}

/** The five-day mean at the noon of each day; long ones are thinned stretch by stretch, so that holes stay holes. */
function ribbon(readings: readonly Reading[], key: string): PlotSeries['line'] {
	const days = fiveDayMean(dailyValues(readings, key));
	const line = days.map(({ day, value }) => ({ x: day * DAY_MS + DAY_MS / 2, y: value }));
	return line.length > MOST_POINTS ? thinned(line) : line;
}

/** From reading to reading; a local day without any is a hole. */
function dailyLine(points: readonly PlotPoint[], many: boolean): PlotSeries['line'] {
	const line: PlotSeries['line'][number][] = [];
	let before: Point | undefined;
	for (const { x, y } of points) {
		const isHole = before && Math.floor(x / DAY_MS) - Math.floor(before.x / DAY_MS) > 1;
		if (before && isHole) line.push({ x: (before.x + x) / 2, y: null });
		line.push({ x, y });
		before = { x, y };
	}
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

const MOST_Y_STEPS = 6;
/** Panes that share a plot are low. */
const MOST_Y_STEPS_SHARED = 4;

type Axis = Pick<PlotPane, 'yMin' | 'yMax' | 'yStep' | 'yReversed' | 'scale'>;

/** The axis of the fields that share a pane. `shared`: of several panes in the plot. */
export function yAxis(
	{ fields, chart }: MeasureDefinition<MeasureKind>,
	keys: readonly string[],
	readings: readonly Reading[],
	shared: boolean
): Axis {
	const lead = fields.find(({ key }) => key === keys[0]);
	if (lead?.scale !== undefined) {
		const { min: yMin, max: yMax } = lead.hard;
		const yStep = shared && lead.isNumbered ? (yMax - yMin) / 2 : chart.yStep;
		return { yMin, yMax, yStep, yReversed: lead.bestFirst === true, scale: lead.isNumbered ? null : lead.scale };
	}
	const values = keys.flatMap((key) => valuesOf(readings, key));
	const low = values.reduce((least, value) => Math.min(least, value), Infinity);
	const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
	const isEmpty = low > high;
	const yStep = isEmpty ? chart.yStep : stepFor(high - low, chart.yStep, shared ? MOST_Y_STEPS_SHARED : MOST_Y_STEPS);
	const yMin = isEmpty ? 0 : Math.floor(low / yStep) * yStep;
	const leastSteps = isEmpty || shared ? 1 : 2;
	const yMax = Math.max(isEmpty ? 0 : Math.ceil(high / yStep) * yStep, yMin + leastSteps * yStep);
	return { yMin, yMax, yStep, yReversed: false, scale: null };
}

/** The measure's own step, made coarser until few enough lines are needed. */
function stepFor(span: number, step: number, most: number): number {
	const factor = [1, 2, 5, 10, 20, 50, 100].find((one) => span / (one * step) <= most);
	return step * (factor ?? 200);
}
