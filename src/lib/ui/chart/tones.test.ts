import { expect, test } from 'vitest';
import type { PlotPane, PlotSeries, TrendPlot } from './plot';
import { tonesOf, TUNE_SECONDS } from './tones';

const series = (
	points: readonly [x: number, y: number, hollow?: boolean][],
	line: PlotSeries['line'] = []
): PlotSeries => ({
	key: 'weight',
	token: 's1',
	shape: 'circle',
	points: points.map(([x, y, hollow = false]) => ({ x, y, hollow })),
	bars: [],
	line,
	lineStyle: 'line'
});
const pane = (of: readonly PlotSeries[], yReversed = false): PlotPane => ({
	measure: 'weight',
	series: of,
	yMin: 0,
	yMax: 10,
	yStep: 1,
	bands: [],
	yReversed,
	scale: null
});
const plot = (...panes: PlotPane[]): TrendPlot => ({
	panes,
	stops: [],
	page: 7,
	xMin: 0,
	xMax: 100,
	ticks: [],
	ticksCentred: true,
	marks: [],
	hasParts: false
});

test('time runs along x, and the ends of the axis are two octaves apart', () => {
	const tones = tonesOf(
		plot(
			pane([
				series([
					[0, 0],
					[50, 5],
					[100, 10, true]
				])
			])
		)
	);
	expect(tones.map(({ at, pitch, evening }) => [at, Math.round(pitch ?? 0), evening])).toEqual([
		[0, 220, false],
		[TUNE_SECONDS / 2, 440, false],
		[TUNE_SECONDS, 880, true]
	]);
});

test('up in the plot is up in pitch, also where the best step is the smallest number', () => {
	const [best, worst] = tonesOf(
		plot(
			pane(
				[
					series([
						[0, 0],
						[100, 10]
					])
				],
				true
			)
		)
	);
	expect([best?.pitch, worst?.pitch]).toEqual([880, 220]);
});

test('a hole is one click, however long', () => {
	const line = [1, 2, null, null, null, 3].map((y, at) => ({ x: at * 20, y }));
	const clicks = tonesOf(plot(pane([series([[0, 1]], line)]))).filter(({ pitch }) => pitch === null);
	expect(clicks.map(({ at }) => at)).toEqual([2]);
});

test('several series come from different sides, in the order of time', () => {
	const tones = tonesOf(
		plot(
			pane([
				series([
					[10, 1],
					[90, 1]
				])
			]),
			pane([series([[50, 1]])])
		)
	);
	expect(tones.map(({ pan }) => pan)).toEqual([-0.7, 0.7, -0.7]);
});

test('thousands of readings stay a tune', () => {
	const many = Array.from({ length: 400 }, (_, x): [number, number] => [x / 4, x % 10]);
	expect(tonesOf(plot(pane([series(many)]))).length).toBeLessThanOrEqual(120);
});
