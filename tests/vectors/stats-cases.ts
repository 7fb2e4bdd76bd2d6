/** `stats-cases.json`: values in order, a null where a day is missing; `days` where they are not one a day. */
import { movingAverage } from '$lib/domain/moving-average';
import { processLimits } from '$lib/domain/process-limits';
import { measuredValues, type Series } from '$lib/domain/series';
import { coefficientOfVariation, extent, median, sampleSd } from '$lib/domain/spread';
import { mean } from '$lib/domain/statistics';
import { averageRealVariability, rootMeanSquareDifference } from '$lib/domain/successive-differences';
import { type DayPoint, fitLine, trendVerdict } from '$lib/domain/trend';
import * as z from 'zod';
import type { CaseResult } from './case-result';
import { malformed, roundedTo4, runCases, type Tolerance } from './judge';

const fileSchema = z.object({ cases: z.array(z.unknown()) });

const number = z.nullish(z.number());
const numbers = z.array(z.nullable(z.number()));

/** Strict, so that a statistic we do not know fails and is not passed over. */
const caseSchema = z
	.object({
		id: z.string(),
		values: numbers,
		days: z.array(z.int()).optional(),
		expected: z.strictObject({
			n: z.int().optional(),
			mean: number,
			median: number,
			sd: number,
			cvPercent: number,
			min: number,
			max: number,
			range: number,
			arv: number,
			rmssd: number,
			xmr: z.nullish(
				z.strictObject({
					centre: number,
					meanMovingRange: number,
					unpl: number,
					lnpl: number,
					urlMovingRange: number,
					sigma: number,
					outside: z.array(z.int()).optional()
				})
			),
			ewma: z.nullish(z.strictObject({ lambda_: z.number(), start: z.literal('first value'), values: numbers })),
			ols: z.nullish(
				z.strictObject({
					x: z.literal('days'),
					slopePerDay: number,
					intercept: number,
					residualSd: number,
					slopeSe: number,
					tCritical95: number,
					ci95: z.nullish(z.tuple([z.number(), z.number()])),
					trend: z.nullish(z.enum(['rising', 'falling', 'no-clear-trend']))
				})
			)
		})
	})
	.refine(({ values, days }) => !days || days.length === values.length, 'there is a day for each value');

type Expected = z.infer<typeof caseSchema>['expected'];

export function run(json: unknown): CaseResult[] {
	const file = fileSchema.safeParse(json);
	if (!file.success) return [malformed('the whole file', file.error)];
	return runCases('case', file.data.cases, caseSchema, ({ values, days, expected }) => ({
		expected,
		got: {
			...singleNumbers(values),
			xmr: limitsOf(values),
			ewma: levelOf(values, expected.ewma?.lambda_),
			ols: lineOf(
				values.map((value, at) => ({ day: days?.[at] ?? at, value })),
				expected.ols
			)
		},
		tolerance
	}));
}

function singleNumbers(values: Series) {
	const measured = measuredValues(values);
	return {
		n: measured.length,
		mean: mean(measured)?.value ?? null,
		median: median(values),
		sd: sampleSd(values),
		cvPercent: coefficientOfVariation(values),
		...(extent(values) ?? { min: null, max: null, range: null }),
		arv: averageRealVariability(values),
		rmssd: rootMeanSquareDifference(values)
	};
}

function limitsOf(values: Series) {
	const limits = processLimits(values);
	if (limits === null) return null;
	const { upper, lower, upperMovingRange, ...alike } = limits;
	return { ...alike, unpl: upper, lnpl: lower, urlMovingRange: upperMovingRange };
}

const levelOf = (values: Series, weight: number | undefined) => ({
	lambda_: weight,
	start: 'first value',
	values: movingAverage(values, weight)
});

/** The line and its verdict. A case that expects no line asks for the verdict alone: too few values to show one. */
function lineOf(points: readonly DayPoint[], expected: Expected['ols']) {
	const trend = trendVerdict(points);
	const line = fitLine(points);
	return line === null || (expected === null && trend === null) ? null : { x: 'days', ...line, trend };
}

/** The bounds of an interval follow a t of three decimals, so they are off by a part of their size. */
const tolerance: Tolerance = (field, scale) => (field === 'ci95' ? 0.001 * scale : roundedTo4(field, scale));
