/** What is drawn over and around the values: names, named steps, marks and the cursor. */
import type { Plugin } from 'chart.js';
import { drawPoint } from 'chart.js/helpers';
import { allSeries, type PlotPane, type PlotSeries } from './plot';
import type { TrendPicture } from './draw-trend';
import type { Look } from './plot-look';
import { placeLabels } from './place-labels';

export type Drawn = TrendPicture & { readonly look: Look };

/** The scale of a pane, from the top. */
export const scaleOf = (pane: number): string => `y${pane}`;

const CURSOR_RADIUS = 7;

/** Shapes of one radius differ in area; these look alike. */
export const radius = (shape: PlotSeries['shape'], size: number): number => (shape === 'circle' ? size : size * 1.25);

type Scale = { getPixelForValue(value: number): number; getValueForPixel(pixel: number): number | undefined };
type Place = {
	readonly ctx: CanvasRenderingContext2D;
	readonly chartArea: { left: number; right: number; top: number; bottom: number };
	readonly scales: Readonly<Record<string, Scale>>;
};

export function plotDecor(current: () => Drawn): Plugin<'line'>[] {
	const plugin = (
		id: string,
		when: 'beforeDatasetsDraw' | 'afterDatasetsDraw',
		draw: (drawn: Drawn, place: Place) => void
	) => ({
		id,
		[when]: (chart: Place) => {
			chart.ctx.save();
			draw(current(), chart);
			chart.ctx.restore();
		}
	});
	return [
		plugin('bands', 'beforeDatasetsDraw', drawBands),
		plugin('marks', 'beforeDatasetsDraw', drawMarks),
		plugin('steps', 'beforeDatasetsDraw', drawSteps),
		plugin('names', 'afterDatasetsDraw', drawNames),
		plugin('cursor', 'afterDatasetsDraw', drawCursor)
	];
}

/** Text that stays readable over lines and points. */
function haloed(ctx: CanvasRenderingContext2D, look: Look, text: string, left: number, baseline: number): void {
	ctx.lineJoin = 'round';
	ctx.lineWidth = 5;
	ctx.strokeStyle = look.token('paper');
	ctx.strokeText(text, left, baseline);
	ctx.fillText(text, left, baseline);
}

const boldFont = ({ textPx, font }: Look): string => `700 ${textPx}px ${font}`;

const ROW_HEIGHT = 1.35;
const LABEL_GAP = 10;
/** Clear of the highest number of the axis, in text heights. */
const LABEL_LIFT = 0.75;

const labelsOf = ({ plot, words }: Drawn, xOf: (x: number) => number) =>
	plot.marks.map(({ id, x }) => ({ x: xOf(x), text: words.mark(id) }));

/** How many rows of names there will be above the plot, before anything is laid out: near enough. */
export function markRows(drawn: Drawn, canvas: HTMLCanvasElement): 0 | 1 | 2 {
	const { plot, look } = drawn;
	const ctx = canvas.getContext('2d');
	if (plot.marks.length === 0 || !ctx) return 0;
	ctx.font = boldFont(look);
	const width = canvas.clientWidth;
	const left = look.textPx * 2.2;
	const xOf = (x: number) => left + ((x - plot.xMin) / (plot.xMax - plot.xMin)) * (width - left);
	const room = { left: 0, right: width, rows: 2, gap: LABEL_GAP };
	const placed = placeLabels(labelsOf(drawn, xOf), room, (text) => ctx.measureText(text).width);
	return placed.some(({ row }) => row === 1) ? 2 : 1;
}

/** A pale field between dotted edges; an edge outside the pane is not drawn. */
function drawBands({ plot, look }: Drawn, { ctx, chartArea: { left, right }, scales }: Place): void {
	ctx.strokeStyle = look.token('band-edge');
	ctx.lineWidth = 1.8;
	ctx.setLineDash([2, 4]);
	for (const [at, { bands, yMin, yMax }] of plot.panes.entries()) {
		const y = scales[scaleOf(at)];
		if (!y) continue;
		for (const { from, to } of bands) {
			const [low, high] = [Math.max(from ?? yMin, yMin), Math.min(to ?? yMax, yMax)];
			if (low >= high) continue;
			const top = y.getPixelForValue(high);
			ctx.fillStyle = look.token('band');
			ctx.fillRect(left, top, right - left, y.getPixelForValue(low) - top);
			for (const edge of [from, to]) {
				if (edge === null || edge < yMin || edge > yMax) continue;
				ctx.beginPath();
				ctx.moveTo(left, y.getPixelForValue(edge));
				ctx.lineTo(right, y.getPixelForValue(edge));
				ctx.stroke();
			}
		}
	}
	ctx.setLineDash([]);
}

function drawMarks(drawn: Drawn, { ctx, chartArea, scales }: Place): void {
	const { plot, look } = drawn;
	const x = scales['x'];
	if (!x || plot.marks.length === 0) return;
	ctx.font = boldFont(look);
	const room = { left: 0, right: chartArea.right + 8, rows: markRows(drawn, ctx.canvas) === 2 ? 2 : 1, gap: LABEL_GAP };
	const placed = placeLabels(
		labelsOf(drawn, (at) => x.getPixelForValue(at)),
		room,
		(text) => ctx.measureText(text).width
	);
	// Above the name of the highest step, where steps have names.
	const lift = plot.panes.length === 1 && plot.panes[0]?.scale !== null ? look.textPx * 1.7 : 0;
	ctx.strokeStyle = look.token('ink-2');
	ctx.lineWidth = 1.8;
	ctx.setLineDash([2, 4]);
	for (const mark of plot.marks) {
		const left = x.getPixelForValue(mark.x);
		ctx.beginPath();
		ctx.moveTo(left, chartArea.top - 2 - lift);
		ctx.lineTo(left, chartArea.bottom);
		ctx.stroke();
	}
	ctx.setLineDash([]);
	ctx.fillStyle = look.token('ink');
	for (const { text, left, row } of placed) {
		haloed(ctx, look, text, left, chartArea.top - lift - look.textPx * (LABEL_LIFT + row * ROW_HEIGHT));
	}
}

/** Clear of the points on the line. */
const STEP_LIFT = 11;

/** Names of steps stand on their own line, at the left end, and take no width from the plot. */
function drawSteps({ plot, words, look }: Drawn, { ctx, scales }: Place): void {
	ctx.font = `${look.textPx}px ${look.font}`;
	ctx.fillStyle = look.token('ink-2');
	for (const [at, { scale, yMin, yMax, yStep, yReversed }] of plot.panes.entries()) {
		const y = scales[scaleOf(at)];
		if (!y || scale === null) continue;
		const [shared, ends] = [plot.panes.length > 1, [yMin, yMax]];
		for (let value = yMin; value <= yMax; value += yStep) {
			// A low pane has room for the names of its ends.
			if (shared && !ends.includes(value)) continue;
			const isTop = value === (yReversed ? yMin : yMax);
			// The top step of a pane stands under its line: above it is the pane's name.
			const below = isTop && shared;
			const baseline = y.getPixelForValue(value) + (below ? look.textPx : -STEP_LIFT);
			haloed(ctx, look, words.step(value, scale), 0, baseline);
		}
	}
}

/** Names in the plot in place of a legend: of each pane where there are several, of each series where a pane has several. */
function drawNames(drawn: Drawn, place: Place): void {
	const { plot, look } = drawn;
	place.ctx.font = boldFont(look);
	for (const [at, pane] of plot.panes.entries()) {
		const y = place.scales[scaleOf(at)];
		if (!y) continue;
		if (plot.panes.length > 1) drawPaneName(drawn, pane, y, place);
		else if (pane.series.length > 1) for (const series of pane.series) drawSeriesName(drawn, series, y, place);
	}
}

/** The name of a pane, and after it those of its series, where it has several, in their colours. */
function drawPaneName({ words, look }: Drawn, pane: PlotPane, y: Scale, { ctx }: Place): void {
	const baseline = y.getPixelForValue(pane.yReversed ? pane.yMin : pane.yMax) - look.textPx * 0.55;
	const [only] = pane.series;
	const names = [
		{ text: words.paneName(pane), token: pane.series.length === 1 && only ? only.token : 'ink' },
		...(pane.series.length > 1 ? pane.series.map(({ key, token }) => ({ text: words.seriesName(key), token })) : [])
	];
	let left = 0;
	for (const { text, token } of names) {
		ctx.fillStyle = look.token(token);
		haloed(ctx, look, text, left, baseline);
		left += ctx.measureText(text).width + look.textPx * 0.6;
	}
}

/** Above the first readings. */
function drawSeriesName({ words, look }: Drawn, series: PlotSeries, y: Scale, { ctx, chartArea, scales }: Place): void {
	const x = scales['x'];
	const name = words.seriesName(series.key);
	const left = chartArea.left + 8;
	const right = left + ctx.measureText(name).width + 8;
	const under = x && highest(series, x.getValueForPixel(left - 8) ?? 0, x.getValueForPixel(right) ?? 0);
	if (under === undefined || under === null) return;
	ctx.fillStyle = look.token(series.token);
	haloed(ctx, look, name, left, Math.max(y.getPixelForValue(under) - 12, chartArea.top + look.textPx * 0.8));
}

/** The highest value between two places, or the first one of all where there is none. */
function highest({ points, bars }: PlotSeries, from: number, to: number): number | null {
	const tops = [...points, ...bars.map(({ x, max }) => ({ x, y: max }))];
	const near = tops.filter(({ x }) => x >= from && x <= to);
	const counted = near.length > 0 ? near : tops.slice(0, 1);
	return counted.length > 0 ? Math.max(...counted.map(({ y }) => y)) : null;
}

/** The cursor: an upright line through all panes, and the points at it larger. */
function drawCursor({ plot, cursor, look }: Drawn, { ctx, chartArea, scales }: Place): void {
	const stop = cursor === null ? undefined : plot.stops[cursor];
	const x = scales['x'];
	if (!stop || !x) return;
	const left = x.getPixelForValue(stop.x);
	ctx.strokeStyle = look.token('ink');
	ctx.lineWidth = 2;
	ctx.beginPath();
	ctx.moveTo(left, chartArea.top);
	ctx.lineTo(left, chartArea.bottom);
	ctx.stroke();
	const paneOf = plot.panes.flatMap(({ series }, pane) => series.map(() => pane));
	for (const [at, { token, shape }] of allSeries(plot).entries()) {
		const value = stop.ys[at] ?? null;
		const y = scales[scaleOf(paneOf[at] ?? 0)];
		if (value === null || !y) continue;
		ctx.fillStyle = look.token(token);
		ctx.strokeStyle = look.token('paper');
		const style = { pointStyle: shape, radius: radius(shape, CURSOR_RADIUS), rotation: 0, borderWidth: 2 };
		drawPoint(ctx, style, left, y.getPixelForValue(value));
	}
}
