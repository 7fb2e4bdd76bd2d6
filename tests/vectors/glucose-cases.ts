/** `glucose-cases.json`: conversions from mg/dL as a meter would show them, and one set of readings in mmol/L. */
import { glucoseShares, mgDlToMmolL } from '$lib/domain/glucose';
import { roundedTo } from '$lib/domain/rounding';
import { measuredValues } from '$lib/domain/series';
import { coefficientOfVariation, sampleSd } from '$lib/domain/spread';
import { mean } from '$lib/domain/statistics';
import * as z from 'zod';
import type { CaseResult } from './case-result';
import { malformed, roundedTo4, runCases, type Tolerance } from './judge';

const fileSchema = z.object({
	conversions: z.array(z.unknown()).default([]),
	tirCase: z.unknown().optional()
});

/** What other factors would give stands beside each, to show where it matters; ours is 18.0182. */
const conversionSchema = z.object({ mgdl: z.number(), mmol_1dp: z.number() });

const number = z.nullish(z.number());

const sharesSchema = z.object({
	values: z.array(z.nullable(z.number())),
	expected: z.strictObject({
		n: z.int().optional(),
		tbr2_lt3_0: number,
		tbr1_3_0to3_8: number,
		tir_3_9to10_0: number,
		tar1_10_1to13_9: number,
		tar2_gt13_9: number,
		mean: number,
		sd: number,
		cvPercent: number
	})
});

export function run(json: unknown): CaseResult[] {
	const file = fileSchema.safeParse(json);
	if (!file.success) return [malformed('the whole file', file.error)];
	const { conversions, tirCase } = file.data;
	return [
		...runCases('conversion', conversions, conversionSchema, ({ mgdl, mmol_1dp }) => ({
			expected: { mmol_1dp },
			got: { mmol_1dp: roundedTo(mgDlToMmolL(mgdl), 1) }
		})),
		...runCases('tirCase', tirCase === undefined ? [] : [tirCase], sharesSchema, ({ values, expected }) => {
			const shares = glucoseShares(values);
			return {
				expected,
				got: {
					n: shares?.readings ?? 0,
					tbr2_lt3_0: shares?.veryLow ?? null,
					tbr1_3_0to3_8: shares?.low ?? null,
					tir_3_9to10_0: shares?.inRange ?? null,
					tar1_10_1to13_9: shares?.high ?? null,
					tar2_gt13_9: shares?.veryHigh ?? null,
					mean: mean(measuredValues(values))?.value ?? null,
					sd: sampleSd(values),
					cvPercent: coefficientOfVariation(values)
				},
				tolerance
			};
		})
	];
}

/** Half of the last decimal and a hair: shares have one, the CV two, mean and SD four. */
const tolerance: Tolerance = (field, scale) => {
	if (field === 'mean' || field === 'sd') return roundedTo4(field, scale);
	return field === 'cvPercent' ? 0.005_001 : field === 'n' ? 0 : 0.050_001;
};
