/**
 * Draws a plot with Chart.js. Loaded only when a chart is about to be seen; everything else about a plot is in `plot.ts`
 * and `plot-words.ts`. Colours and type come from the page's tokens at the time of drawing.
 */
import {
	Chart,
	type ChartDataset,
	type ChartOptions,
	LinearScale,
	LineController,
	LineElement,
	PointElement
} from 'chart.js';
import { nearestTo } from '$lib/domain/sorted';
import type { PlotPane, PlotSeries, TrendPlot } from './plot';
import { type Drawn, markRows, plotDecor, radius, scaleOf } from './plot-decor';
import { type Look, readLook } from './plot-look';
import type { PlotWords } from './plot-words';

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
		options: options(current(), canvas),
		plugins: plotDecor(current)
	});
	const redraw = () => {
		chart.data.datasets = datasets(picture.plot, look);
		chart.options = options(current(), canvas);
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
		nearestStop: (clientX) => {
			const wall = chart.scales['x']?.getValueForPixel(clientX - canvas.getBoundingClientRect().left);
			return wall === undefined ? null : nearestTo(picture.plot.stops, wall, ({ x }) => x);
		},
		destroy: () => chart.destroy()
	};
}

/** 28, 40 and 53 % in two hexadecimal digits. */
const RIBBON_ALPHA = '47';
const BAR_ALPHA = '66';
const QUIET_ALPHA = '88';

function datasets(plot: TrendPlot, look: Look): ChartDataset<'line', { x: number; y: number }[]>[] {
	return plot.panes.flatMap(({ series }, pane) =>
		series.flatMap((one) => {
			const yAxisID = scaleOf(pane);
			const isOver = one.bars.length > 0 || one.lineStyle === 'median';
			return [
				{ ...lineLook(one, look), yAxisID, data: holed(one.line), order: isOver ? 1 : 3 },
				{ ...barLook(one, look), yAxisID, data: barStrokes(one), order: 2 },
				{ ...pointLook(one, look), yAxisID, data: [...one.points], order: one.lineStyle === 'median' ? 2 : 1 }
			];
		})
	);
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

/** A ribbon under the points; over bars, and for a daily series, a line; for the hours strokes over it all. */
const lineLook = ({ token, lineStyle, bars }: PlotSeries, look: Look) => {
	const isRibbon = lineStyle === 'ribbon' && bars.length === 0;
	return {
		borderColor: look.token(token) + (isRibbon ? RIBBON_ALPHA : ''),
		borderWidth: isRibbon ? 9 : lineStyle === 'median' ? 5 : 3,
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

function pointLook({ token, shape, points, lineStyle }: PlotSeries, look: Look) {
	const isQuiet = lineStyle === 'median';
	const colour = look.token(token) + (isQuiet ? QUIET_ALPHA : '');
	const size = (at: number) => (at === points.length - 1 && !isQuiet ? LAST_RADIUS : RADIUS);
	return {
		showLine: false,
		clip: false as const,
		pointStyle: shape,
		pointRadius: points.map((_, at) => radius(shape, size(at))),
		pointBorderWidth: isQuiet ? 0 : 2,
		pointBorderColor: colour,
		pointBackgroundColor: points.map(({ hollow }) => (hollow ? look.token('paper') : colour))
	};
}

const RADIUS = 3.4;
const LAST_RADIUS = 5;

function options(drawn: Drawn, canvas: HTMLCanvasElement): ChartOptions<'line'> {
	const { plot } = drawn;
	const rows = markRows(drawn, canvas);
	return {
		responsive: true,
		maintainAspectRatio: false,
		animation: false,
		events: [],
		parsing: false,
		layout: { padding: { top: roomAbove(drawn, rows), right: 8 } },
		scales: {
			x: xScale(drawn),
			...Object.fromEntries(plot.panes.map((pane, at) => [scaleOf(at), yScale(drawn, pane, at)]))
		}
	};
}

/** Of a name above the plot, in text heights. */
const ROW_HEIGHT = 1.35;

/** For the names of marks, and where steps have names for that of the highest. */
function roomAbove({ plot, look }: Drawn, rows: number): number {
	const isNamed = plot.panes.length === 1 && plot.panes[0]?.scale !== null;
	return rows * look.textPx * ROW_HEIGHT + (isNamed ? look.textPx * 1.7 : look.textPx / 2);
}

function xScale({ plot, words, look }: Drawn) {
	return {
		type: 'linear' as const,
		min: plot.xMin,
		max: plot.xMax,
		grid: { display: false },
		border: { display: false },
		afterBuildTicks: (scale: { width: number; ctx: CanvasRenderingContext2D; ticks: { value: number }[] }) => {
			scale.ticks = roomyTicks({ plot, words, look }, scale.width, scale.ctx).map((value) => ({ value }));
		},
		ticks: {
			font: { family: look.font, size: look.textPx },
			color: look.token('ink-2'),
			autoSkip: false,
			maxRotation: 0,
			align: plot.ticksCentred ? ('center' as const) : ('inner' as const),
			callback: (value: number | string) => words.tick(Number(value))
		}
	};
}

const Y_PADDING = 6;
/** Of the height of a pane among others: for its name, and to keep its lowest points clear of the next one's name. */
const HEAD = 0.3;
const TAIL = 0.14;

/** Panes stand above each other in one column, so that their days are in line. */
function yScale({ plot, words, look }: Drawn, pane: PlotPane, at: number) {
	const { yMin, yMax, yStep, yReversed, scale } = pane;
	const steps = Math.round((yMax - yMin) / yStep);
	// A low pane has room for every second number.
	const every = plot.panes.length > 1 && steps > 2 ? 2 : 1;
	const [head, tail] = plot.panes.length > 1 ? [HEAD, TAIL].map((part) => (yMax - yMin) * part) : [];
	const [above = 0, below = 0] = yReversed ? [tail, head] : [head, tail];
	return {
		type: 'linear' as const,
		axis: 'y' as const,
		position: 'left' as const,
		...(plot.panes.length > 1 ? { stack: 'panes', weight: -at } : {}),
		min: yMin - below,
		max: yMax + above,
		reverse: yReversed,
		grid: { color: look.token('hair'), drawTicks: false },
		border: { display: false },
		afterBuildTicks: (axis: { ticks: { value: number }[] }) => {
			axis.ticks = Array.from({ length: steps + 1 }, (_, step) => ({ value: yMin + step * yStep }));
		},
		// The scale leaves the padding on both sides; the numbers stand on the page's left edge.
		afterFit: (axis: { width: number }) => {
			axis.width = scale === null ? axis.width - Y_PADDING : Math.min(axis.width, Y_PADDING);
		},
		ticks: {
			font: { family: look.font, size: look.textPx },
			color: look.token('ink-2'),
			autoSkip: false,
			padding: Y_PADDING,
			// Steps with names are named in the plot, where they take no width from it.
			callback: (value: number | string, at: number) =>
				scale === null && at % every === 0 ? words.value(Number(value), pane) : ''
		}
	};
}

/** Where all would crowd, the first and the last are left. */
function roomyTicks(
	{ plot, words, look }: Omit<Drawn, 'cursor'>,
	width: number,
	ctx: CanvasRenderingContext2D
): readonly number[] {
	ctx.font = `${look.textPx}px ${look.font}`;
	const widest = Math.max(...plot.ticks.map((x) => ctx.measureText(words.tick(x)).width));
	const fits = plot.ticks.length * (widest + look.textPx / 2) <= width;
	return fits ? plot.ticks : [plot.ticks[0], plot.ticks.at(-1)].flatMap((x) => x ?? []);
}
