/**
 * Draws a trend with Chart.js. Loaded only when a chart is about to be seen; everything else about a trend is in
 * `trend-plot.ts` and `plot-words.ts`. Colours and type come from the page's tokens at the time of drawing.
 */
import {
	Chart,
	type ChartDataset,
	type ChartOptions,
	LinearScale,
	LineController,
	LineElement,
	type Plugin,
	PointElement
} from 'chart.js';
import { drawPoint } from 'chart.js/helpers';
import { DAY_MS, dateWallMs } from '$lib/domain/time';
import type { PlotWords } from './plot-words';
import type { PlotSeries, TrendPlot } from './trend-plot';

Chart.register(LineController, LineElement, PointElement, LinearScale);

/** What is to be seen. */
export interface TrendPicture {
	readonly plot: TrendPlot;
	readonly words: PlotWords;
	/** Index of the stop the cursor stands at. */
	readonly cursor: number | null;
}

export interface TrendDrawing {
	show(picture: TrendPicture): void;
	/** Draws again with the page's present colours and text size. */
	refresh(): void;
	/** The stop nearest to a place on the screen; null without stops. */
	nearestStop(clientX: number): number | null;
	destroy(): void;
}

type LineChart = Chart<'line', { x: number; y: number }[]>;

export function drawTrend(canvas: HTMLCanvasElement, first: TrendPicture): TrendDrawing {
	let picture = first;
	let look = readLook(canvas);
	const current = () => ({ ...picture, look });
	const chart: LineChart = new Chart(canvas, {
		type: 'line',
		data: { datasets: datasets(first.plot, look) },
		options: options(current()),
		plugins: [seriesNames(current), cursorLine(current)]
	});
	const redraw = () => {
		chart.data.datasets = datasets(picture.plot, look);
		chart.options = options(current());
		chart.update('none');
	};
	return {
		show(next) {
			const sameData = next.plot === picture.plot && next.words === picture.words;
			picture = next;
			if (sameData) chart.draw();
			else redraw();
		},
		refresh() {
			look = readLook(canvas);
			redraw();
		},
		nearestStop: (clientX) => nearestStop(chart, picture.plot, clientX),
		destroy: () => chart.destroy()
	};
}

/** The tokens a drawing needs, and how large the page's text is. */
interface Look {
	readonly token: (name: string) => string;
	/** `text-s` in pixels: 18 at normal text size. */
	readonly textPx: number;
	readonly font: string;
}

function readLook(element: HTMLElement): Look {
	const style = getComputedStyle(element);
	return {
		token: (name) => style.getPropertyValue(`--${name}`).trim(),
		textPx: parseFloat(getComputedStyle(document.documentElement).fontSize),
		font: style.getPropertyValue('--font')
	};
}

type Drawn = TrendPicture & { readonly look: Look };

/** 28 % and 40 % in two hexadecimal digits. */
const RIBBON_ALPHA = '47';
const BAR_ALPHA = '66';

function datasets(plot: TrendPlot, look: Look): ChartDataset<'line', { x: number; y: number }[]>[] {
	return plot.series.flatMap((series) => [
		{ ...lineLook(series, look), data: holed(series.line), order: series.bars.length > 0 ? 1 : 3 },
		{ ...barLook(series, look), data: barStrokes(series), order: 2 },
		{ ...pointLook(series, look), data: [...series.points], order: 1 }
	]);
}

/** Chart.js breaks a line at NaN. */
const holed = (line: PlotSeries['line']) => line.map(({ x, y }) => ({ x, y: y ?? NaN }));

/** Each bar as an upright stroke of one broken line. */
const barStrokes = ({ bars }: PlotSeries) =>
	bars.flatMap(({ x, min, max }) => [
		{ x, y: min },
		{ x, y: max === min ? max + 0.01 : max },
		{ x, y: NaN }
	]);

/** A ribbon under the points; over bars, and for a daily series, a line. */
const lineLook = ({ token, lineStyle, bars }: PlotSeries, look: Look) => {
	const isRibbon = lineStyle === 'ribbon' && bars.length === 0;
	return {
		borderColor: look.token(token) + (isRibbon ? RIBBON_ALPHA : ''),
		borderWidth: isRibbon ? 9 : 3,
		borderCapStyle: 'round' as const,
		borderJoinStyle: 'round' as const,
		pointRadius: 0,
		spanGaps: false
	};
};

const barLook = ({ token }: PlotSeries, look: Look) => ({
	borderColor: look.token(token) + BAR_ALPHA,
	borderWidth: 2.5,
	borderCapStyle: 'round' as const,
	pointRadius: 0,
	spanGaps: false
});

const pointLook = ({ token, shape, points }: PlotSeries, look: Look) => ({
	showLine: false,
	clip: false as const,
	pointStyle: shape,
	pointRadius: points.map((_, at) => radius(shape, at === points.length - 1 ? LAST_RADIUS : RADIUS)),
	pointBorderWidth: 2,
	pointBorderColor: look.token(token),
	pointBackgroundColor: points.map(({ hollow }) => (hollow ? look.token('paper') : look.token(token)))
});

const RADIUS = 3.4;
const LAST_RADIUS = 5;
const CURSOR_RADIUS = 7;

/** Shapes of one radius differ in area; these look alike. */
const radius = (shape: PlotSeries['shape'], size: number): number => (shape === 'circle' ? size : size * 1.25);

function options({ plot, words, look }: Drawn): ChartOptions<'line'> {
	const font = { family: look.font, size: look.textPx };
	return {
		responsive: true,
		maintainAspectRatio: false,
		animation: false,
		events: [],
		parsing: false,
		layout: { padding: { top: look.textPx / 2, right: 8 } },
		scales: {
			x: {
				type: 'linear',
				min: plot.xMin,
				max: plot.xMax,
				grid: { display: false },
				border: { display: false },
				afterBuildTicks: (scale) => {
					scale.ticks = dateTicks({ plot, words, look }, scale.width, scale.ctx).map((value) => ({ value }));
				},
				ticks: {
					font,
					color: look.token('ink-2'),
					autoSkip: false,
					maxRotation: 0,
					// A week has room for its dates under their days; longer ranges keep theirs within the plot.
					align: plot.xMax - plot.xMin <= 14 * DAY_MS ? 'center' : 'inner',
					callback: (value) => dateAt(plot, words, Number(value))
				}
			},
			y: {
				type: 'linear',
				min: plot.yMin,
				max: plot.yMax,
				reverse: plot.yReversed,
				grid: { color: look.token('hair'), drawTicks: false },
				border: { display: false },
				// The scale leaves the padding on both sides; the numbers stand on the page's left edge.
				afterFit: (scale) => {
					scale.width -= Y_PADDING;
				},
				ticks: {
					font,
					color: look.token('ink-2'),
					stepSize: plot.yStep,
					autoSkip: false,
					padding: Y_PADDING,
					callback: (value) => words.value(Number(value))
				}
			}
		}
	};
}

const Y_PADDING = 6;

const noon = (wall: number): number => wall + DAY_MS / 2;

/** A date stands at its noon; where four would crowd, the first and the last are left. */
function dateTicks(
	{ plot, words, look }: Omit<Drawn, 'cursor'>,
	width: number,
	ctx: CanvasRenderingContext2D
): number[] {
	ctx.font = `${look.textPx}px ${look.font}`;
	const widest = Math.max(...plot.dateTicks.map((date) => ctx.measureText(words.date(date)).width));
	const fits = plot.dateTicks.length * (widest + look.textPx / 2) <= width;
	const dates = fits ? plot.dateTicks : [plot.dateTicks[0], plot.dateTicks.at(-1)];
	return dates.flatMap((date) => (date ? noon(dateWallMs(date)) : []));
}

function dateAt(plot: TrendPlot, words: PlotWords, wall: number): string {
	const date = plot.dateTicks.find((one) => noon(dateWallMs(one)) === wall);
	return date ? words.date(date) : '';
}

/** Names in the plot in place of a legend: above the first readings, with a halo that keeps them readable. */
function seriesNames(current: () => Drawn): Plugin<'line'> {
	return {
		id: 'seriesNames',
		afterDatasetsDraw({ ctx, chartArea, scales }) {
			const { plot, words, look } = current();
			const [x, y] = [scales['x'], scales['y']];
			if (plot.series.length < 2 || !x || !y) return;
			ctx.save();
			ctx.font = `700 ${look.textPx}px ${look.font}`;
			ctx.textBaseline = 'alphabetic';
			ctx.lineJoin = 'round';
			ctx.lineWidth = 5;
			for (const series of plot.series) {
				const name = words.seriesName(series.key);
				const left = chartArea.left + 8;
				const right = left + ctx.measureText(name).width + 8;
				const under = highest(series, x.getValueForPixel(left - 8) ?? 0, x.getValueForPixel(right) ?? 0);
				if (under === null) continue;
				const baseline = Math.max(y.getPixelForValue(under) - 12, chartArea.top + look.textPx * 0.8);
				ctx.strokeStyle = look.token('paper');
				ctx.strokeText(name, left, baseline);
				ctx.fillStyle = look.token(series.token);
				ctx.fillText(name, left, baseline);
			}
			ctx.restore();
		}
	};
}

/** The highest value between two places, or the first one of all where there is none. */
function highest({ points, bars }: PlotSeries, from: number, to: number): number | null {
	const tops = [...points, ...bars.map(({ x, max }) => ({ x, y: max }))];
	const near = tops.filter(({ x }) => x >= from && x <= to);
	const counted = near.length > 0 ? near : tops.slice(0, 1);
	return counted.length > 0 ? Math.max(...counted.map(({ y }) => y)) : null;
}

/** The cursor: an upright line, and the reading's points larger. */
function cursorLine(current: () => Drawn): Plugin<'line'> {
	return {
		id: 'cursorLine',
		afterDatasetsDraw({ ctx, chartArea, scales }) {
			const { plot, cursor, look } = current();
			const stop = cursor === null ? undefined : plot.stops[cursor];
			const [x, y] = [scales['x'], scales['y']];
			if (!stop || !x || !y) return;
			const left = x.getPixelForValue(stop.x);
			ctx.save();
			ctx.strokeStyle = look.token('ink');
			ctx.lineWidth = 2;
			ctx.beginPath();
			ctx.moveTo(left, chartArea.top);
			ctx.lineTo(left, chartArea.bottom);
			ctx.stroke();
			for (const [at, { token, shape }] of plot.series.entries()) {
				const value = stop.ys[at] ?? null;
				if (value === null) continue;
				ctx.fillStyle = look.token(token);
				ctx.strokeStyle = look.token('paper');
				const style = { pointStyle: shape, radius: radius(shape, CURSOR_RADIUS), rotation: 0, borderWidth: 2 };
				drawPoint(ctx, style, left, y.getPixelForValue(value));
			}
			ctx.restore();
		}
	};
}

function nearestStop(chart: LineChart, { stops }: TrendPlot, clientX: number): number | null {
	const wall = chart.scales['x']?.getValueForPixel(clientX - chart.canvas.getBoundingClientRect().left);
	if (wall === undefined || stops.length === 0) return null;
	const distance = (at: number) => Math.abs((stops[at]?.x ?? Infinity) - wall);
	return stops.reduce((best, _, at) => (distance(at) < distance(best) ? at : best), 0);
}
