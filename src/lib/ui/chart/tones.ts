/**
 * A plot as tones: time along x, pitch along the axis of values, so that the ear follows what the eye would. Pure; the
 * playing is in `play-tones.ts`.
 */
import { largestTriangles } from '$lib/domain/statistics';
import type { PlotPane, PlotSeries, TrendPlot } from './plot';

export interface Tone {
	/** Seconds from the start. */
	readonly at: number;
	readonly seconds: number;
	/** Hertz; null is the click of a hole in the data. */
	readonly pitch: number | null;
	/** Evenings sound softer than mornings. */
	readonly evening: boolean;
	/** -1 left to 1 right: the first series from the left. */
	readonly pan: number;
}

export const TUNE_SECONDS = 5;
/** Two octaves either side of the middle of most voices. */
const [LOWEST_HZ, HIGHEST_HZ] = [220, 880];
const MOST_TONES = 120;
const LONGEST_TONE = 0.35;

/** Every series from the oldest on. The axis of a pane is its range of pitches; up in the plot is up in pitch. */
export function tonesOf({ panes, xMin, xMax }: TrendPlot): readonly Tone[] {
	const voices = panes.flatMap((pane) => pane.series.map((series) => ({ pane, series })));
	const secondsAt = (x: number) => ((x - xMin) / (xMax - xMin)) * TUNE_SECONDS;
	return voices
		.flatMap(({ pane, series }, voice) => {
			const pan = voices.length === 1 ? 0 : -0.7 + (1.4 * voice) / (voices.length - 1);
			const points = heardPoints(series);
			const seconds = Math.min(LONGEST_TONE, Math.max(0.06, TUNE_SECONDS / Math.max(points.length, 1)));
			return [
				...points.map(({ x, y, evening }) => ({ at: secondsAt(x), seconds, pitch: pitchOf(y, pane), evening, pan })),
				...holesOf(series).map((x) => ({ at: secondsAt(x), seconds: 0.02, pitch: null, evening: false, pan }))
			];
		})
		.sort((a, b) => a.at - b.at);
}

/** The readings, or where they are too many to tell apart, their curve. */
function heardPoints({ points, line, lineStyle }: PlotSeries): { x: number; y: number; evening: boolean }[] {
	const curve = line.flatMap(({ x, y }) => (y === null ? [] : [{ x, y, evening: false }]));
	if (lineStyle === 'median') return curve.filter((_, at) => at % 2 === 0);
	const heard = points.length > 0 ? points.map(({ x, y, hollow }) => ({ x, y, evening: hollow })) : curve;
	return [...largestTriangles(heard, MOST_TONES)];
}

/** One place for each hole of the curve, however many days it lasts. Between hours nothing is missing. */
const holesOf = ({ line, lineStyle }: PlotSeries): number[] =>
	lineStyle === 'median'
		? []
		: line.flatMap(({ x, y }, at) => (y === null && at > 0 && line[at - 1]?.y !== null ? [x] : []));

/** Equal steps of the axis are equal steps for the ear. */
function pitchOf(y: number, { yMin, yMax, yReversed }: PlotPane): number {
	const height = yMax === yMin ? 0.5 : (y - yMin) / (yMax - yMin);
	const up = Math.min(1, Math.max(0, yReversed ? 1 - height : height));
	return LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** up;
}
