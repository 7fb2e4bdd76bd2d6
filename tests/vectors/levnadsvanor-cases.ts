/** `levnadsvanor-cases.json`: living habits; diet in points, activity in minutes, alcohol in glasses. */
import {
	type DietScore,
	HABITS_RULE_BEFORE_2023,
	isAlcoholRisk,
	scoreActivity,
	scoreDiet
} from '$lib/domain/habits-score';
import { HABITS_RULE } from '$lib/domain/questionnaires';
import * as z from 'zod';
import type { CaseResult } from './case-result';
import { malformed, runCases } from './judge';

const cases = z.array(z.unknown()).default([]);
const fileSchema = z.object({ diet: cases, activity: cases, alcohol: cases, oldAlcohol: cases });

const points = z.int().min(0).max(3);
/** Vegetables, fruit, fish, sweets. */
const dietSchema = z.object({
	answers: z.tuple([points, points, points, points]),
	score: z.int(),
	cat: z.enum(['follows-advice', 'between', 'betydande-ohalsosamma'])
});

const activitySchema = z.object({
	trainingMin: z.nullable(z.number().min(0)),
	everydayMin: z.nullable(z.number().min(0)),
	activityMinutes: z.nullable(z.number()),
	sufficient: z.nullable(z.boolean())
});

const alcoholSchema = z.object({
	perWeek: z.nullable(z.number().min(0)),
	bingePerMonth: z.nullable(z.number().min(0)),
	risk: z.nullable(z.boolean())
});

/** By the limits that held before 2023-09-12, which knew women and men. */
const oldAlcoholSchema = alcoholSchema.extend({ sex: z.enum(['woman', 'man']) });

export function run(json: unknown): CaseResult[] {
	const file = fileSchema.safeParse(json);
	if (!file.success) return [malformed('the whole file', file.error)];
	const { diet, activity, alcohol, oldAlcohol } = file.data;
	return [
		...runCases('diet', diet, dietSchema, ({ answers: [vegetables, fruit, fish, sweets], score, cat }) => {
			const got = scoreDiet({ vegetables, fruit, fish, sweets });
			return { expected: { score, cat }, got: got && { score: got.points, cat: categoryNames[got.category] } };
		}),
		...runCases('activity', activity, activitySchema, ({ trainingMin, everydayMin, ...expected }) => {
			const got = scoreActivity(trainingMin, everydayMin);
			return {
				expected,
				got: { activityMinutes: got?.minutes ?? null, sufficient: got?.isSufficient ?? null }
			};
		}),
		...runCases('alcohol', alcohol, alcoholSchema, ({ risk, ...drinking }) => ({
			expected: { risk },
			got: { risk: isAlcoholRisk(drinkingOf(drinking), HABITS_RULE) }
		})),
		...runCases('oldAlcohol', oldAlcohol, oldAlcoholSchema, ({ risk, sex, ...drinking }) => ({
			expected: { risk },
			got: { risk: isAlcoholRisk(drinkingOf(drinking), HABITS_RULE_BEFORE_2023, sex) }
		}))
	];
}

const categoryNames: Record<DietScore['category'], z.infer<typeof dietSchema>['cat']> = {
	'follows-advice': 'follows-advice',
	between: 'between',
	'considerably-unhealthy': 'betydande-ohalsosamma'
};

const drinkingOf = ({ perWeek, bingePerMonth }: { perWeek: number | null; bingePerMonth: number | null }) => ({
	glassesAWeek: perWeek,
	heavyOccasionsAMonth: bingePerMonth
});
