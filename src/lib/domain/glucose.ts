/** Blodsocker: units, and how readings spread over the ranges of the consensus (STANDARDS A5). */
import { measuredValues, type Series } from './series';

/** Milligrams per decilitre in one mmol/L. With it 100 mg/dL is 5.5 mmol/L; the rounder 18 would show 5.6. */
const MG_DL_PER_MMOL_L = 18.0182;

/** Into mmol/L, not rounded. */
export const mgDlToMmolL = (mgDl: number): number => mgDl / MG_DL_PER_MMOL_L;

/** Into mg/dL, not rounded. */
export const mmolLToMgDl = (mmolL: number): number => mmolL * MG_DL_PER_MMOL_L;

/** Per cent of the readings, 100 in all. */
export interface GlucoseShares {
	readonly readings: number;
	/** Below 3.0 mmol/L. */
	readonly veryLow: number;
	/** 3.0 up to, not with, 3.9. */
	readonly low: number;
	/** 3.9 to 10.0, both counted. */
	readonly inRange: number;
	/** Above 10.0, to 13.9. */
	readonly high: number;
	/** Above 13.9. */
	readonly veryHigh: number;
}

/**
 * The share of readings in each range, from values in mmol/L; null without readings. A share of readings and never "time
 * in range": finger sticks are taken when somebody wonders, which says nothing of the hours between. The ranges are those
 * of the international consensus (Diabetes Care 2019;42:1593); a person's goals come from the plan.
 */
export function glucoseShares(series: Series): GlucoseShares | null {
	const values = measuredValues(series);
	if (values.length === 0) return null;
	const share = (isWithin: (mmolL: number) => boolean) => (values.filter(isWithin).length / values.length) * 100;
	return {
		readings: values.length,
		veryLow: share((mmolL) => mmolL < 3),
		low: share((mmolL) => mmolL >= 3 && mmolL < 3.9),
		inRange: share((mmolL) => mmolL >= 3.9 && mmolL <= 10),
		high: share((mmolL) => mmolL > 10 && mmolL <= 13.9),
		veryHigh: share((mmolL) => mmolL > 13.9)
	};
}
