/**
 * A drawn plot as plain data: what stands where, and at which places the cursor stops. No words, no colours and no pixels,
 * so that it can be tested, and made once for the person's screen and the care contact's.
 *
 * One pane for each thing that has an axis of its own, above each other over one axis of time or hours
 * (docs/decisions/0010).
 */
import type { MeasureKind } from '$lib/domain/measures';
import type { MinMaxBar, Point } from '$lib/domain/statistics';

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
	/** The five-day mean, the daily values or the medians of the hours, by `lineStyle`; null is a hole. */
	readonly line: readonly { readonly x: number; readonly y: number | null }[];
	readonly lineStyle: 'ribbon' | 'line' | 'median';
}

export interface PlotBand {
	readonly from: number | null;
	readonly to: number | null;
}

export interface PlotPane {
	readonly measure: MeasureKind;
	readonly series: readonly PlotSeries[];
	readonly yMin: number;
	readonly yMax: number;
	readonly yStep: number;
	/** True where small numbers belong at the top: 1 is the best step. */
	readonly yReversed: boolean;
	/** Where the plan means the values to lie; an end that is open reaches the edge of the pane. */
	readonly bands: readonly PlotBand[];
	/** The scale whose steps are named in the plot; null for numbers beside the axis. */
	readonly scale: string | null;
}

/** One place of the cursor. */
export interface PlotStop {
	readonly x: number;
	/** One for each series of all panes, in order; null where nothing was measured. */
	readonly ys: readonly (number | null)[];
}

/** An upright line with a name above the plot: a change of medicine. */
export interface PlotMark {
	readonly id: string;
	readonly x: number;
}

export interface TrendPlot {
	readonly panes: readonly PlotPane[];
	/** In the order of x. */
	readonly stops: readonly PlotStop[];
	/** How far a page key goes along x. */
	readonly page: number;
	readonly xMin: number;
	readonly xMax: number;
	/** Places with words under the axis. */
	readonly ticks: readonly number[];
	/** Few enough to stand centred under their places; others keep within the plot. */
	readonly ticksCentred: boolean;
	readonly marks: readonly PlotMark[];
	/** Mornings are filled and evenings hollow, and it is worth saying. */
	readonly hasParts: boolean;
}

export const allSeries = ({ panes }: TrendPlot): readonly PlotSeries[] => panes.flatMap(({ series }) => series);
