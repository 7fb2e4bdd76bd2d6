/** Readings against the hour they were taken, whatever the day, with the median of each three hours. */
import { type HourBand, msOfDay } from '$lib/domain/hour-bands';
import type { MeasureDefinition } from '$lib/domain/measure-definition';
import type { MeasureKind } from '$lib/domain/measures';
import { minMaxBars, type Reading } from '$lib/domain/statistics';
import { DAY_MS, MINUTE_MS } from '$lib/domain/time';
import type { PlotPoint, PlotSeries, TrendPlot } from './plot';
import { MOST_POINTS, seriesStyles, type SeriesStyle, yAxis } from './plot-series';

const HOUR_MS = 60 * MINUTE_MS;
const BARS = 96;
/** So that the strokes of two neighbours are two. */
const STROKE_GAP_MS = 12 * MINUTE_MS;

/** `kept` are the readings of the range, `bands` are theirs. The cursor stops at each three hours that have readings. */
export function hourPlot(
	measure: MeasureDefinition<MeasureKind>,
	kept: readonly Reading[],
	bands: readonly HourBand[]
): TrendPlot {
	const { series: keys } = measure.chart;
	return {
		panes: [
			{
				measure: measure.kind,
				series: seriesStyles(measure.chart, keys).map((style) => hourSeries(style, kept, bands)),
				bands: [],
				...yAxis(measure, keys, kept, false)
			}
		],
		stops: bands.map(({ from, to, medians }) => ({
			x: ((from + to) / 2) * HOUR_MS,
			ys: keys.map((key) => medians[key] ?? null)
		})),
		page: 6 * HOUR_MS,
		xMin: 0,
		xMax: DAY_MS,
		ticks: [0, 6, 12, 18, 24].map((hour) => hour * HOUR_MS),
		ticksCentred: false,
		marks: [],
		hasParts: false
	};
}

function hourSeries(style: SeriesStyle, kept: readonly Reading[], bands: readonly HourBand[]): PlotSeries {
	const points: PlotPoint[] = [];
	for (const { values, effective } of kept) {
		const y = values[style.key];
		if (y !== undefined) points.push({ x: msOfDay(effective), y, hollow: false });
	}
	points.sort((a, b) => a.x - b.x);
	const many = points.length > MOST_POINTS;
	return {
		...style,
		lineStyle: 'median',
		points: many ? [] : points,
		bars: many ? minMaxBars(points, BARS) : [],
		line: bands.flatMap(({ from, to, medians }) => {
			const y = medians[style.key] ?? null;
			const [start, end] = [from * HOUR_MS + STROKE_GAP_MS, to * HOUR_MS - STROKE_GAP_MS];
			return [
				{ x: start, y },
				{ x: end, y },
				{ x: end, y: null }
			];
		})
	};
}
