/** `hf-weight-cases.json`: a series of weights; its last day is today, weighed or not. */
import { isWeightRuleMet, type WeightRule, weightGainG, weightRules } from '$lib/domain/weight-change';
import * as z from 'zod';
import type { CaseResult } from './case-result';
import { malformed, runCases } from './judge';

const fileSchema = z.object({ cases: z.array(z.unknown()) });

const verdict = z.nullable(z.boolean());

const caseSchema = z.object({
	id: z.string(),
	weightsKg: z.array(z.object({ day: z.int(), kg: z.nullable(z.number()) })).min(1),
	expected: z.strictObject({
		maxGain1to3d: z.nullish(z.number()),
		esc_gt2kg_within3d: verdict.optional(),
		rot_3lb_1d: verdict.optional(),
		rot_5lb_3d: verdict.optional(),
		us_zone_5lb_week: verdict.optional(),
		fi_gt2kg_3to7d: verdict.optional()
	})
});

export function run(json: unknown): CaseResult[] {
	const file = fileSchema.safeParse(json);
	if (!file.success) return [malformed('the whole file', file.error)];
	return runCases('case', file.data.cases, caseSchema, ({ weightsKg, expected }) => {
		const today = Math.max(...weightsKg.map(({ day }) => day));
		const gain = weightGainG(weightsKg, today, weightRules.moreThan2KgIn3Days.window);
		const isMet = (rule: WeightRule) => isWeightRuleMet(rule, weightsKg, today);
		return {
			expected,
			got: {
				maxGain1to3d: gain === null ? null : gain / 1000,
				esc_gt2kg_within3d: isMet(weightRules.moreThan2KgIn3Days),
				rot_3lb_1d: isMet(weightRules.threePoundsIn1Day),
				rot_5lb_3d: isMet(weightRules.fivePoundsIn3Days),
				us_zone_5lb_week: isMet(weightRules.fivePoundsInAWeek),
				fi_gt2kg_3to7d: isMet(weightRules.moreThan2KgIn3To7Days)
			}
		};
	});
}
