/** Rules: the clauses that lead to a zone, and what is done then. */
import * as z from 'zod/mini';
import { measureKinds } from '../measures';
import { clauseSchema } from './clause';
import { daysSchema, lineIdSchema, sourceSchema } from './fields';
import { textSchema } from './text';

/** Green has no rules: it is what is left when every rule is known not to be met. */
export const ruleZones = ['yellow', 'red'] as const;
export type RuleZone = (typeof ruleZones)[number];

/** A contact's line in the plan, or one of the two numbers everyone has. */
export const callTargetSchema = z.union([z.enum(['112', '1177']), lineIdSchema]);

/** What to do, as a closed list with words of its own, and free text beside it. */
export const stepSchema = z.discriminatedUnion('kind', [
	z.strictObject({ kind: z.literal('call'), contact: callTargetSchema }),
	z.strictObject({ kind: z.literal('write'), contact: lineIdSchema }),
	z.strictObject({ kind: z.literal('measure'), measure: z.enum(measureKinds) }),
	/** The bounded self-adjustment of a medicine in the plan. */
	z.strictObject({ kind: z.literal('adjust'), medicine: lineIdSchema }),
	z.strictObject({ kind: z.literal('do'), text: textSchema('line') })
]);
export type Step = z.infer<typeof stepSchema>;

const MOST_CLAUSES = 6;

/**
 * Met when at least `least` of its clauses are: 1 is "or", all of them is "and", and COPD asks for two of three
 * (STANDARDS A4). More "or" is another rule of the same zone.
 */
export const ruleSchema = z
	.strictObject({
		id: lineIdSchema,
		zone: z.enum(ruleZones),
		least: z.int().check(z.minimum(1), z.maximum(MOST_CLAUSES)),
		clauses: z.array(clauseSchema).check(z.minLength(1), z.maxLength(MOST_CLAUSES)),
		steps: z.array(stepSchema).check(z.minLength(1), z.maxLength(6)),
		/** After it was met, another time within so many days is a repeat and no new alarm. The zone is never silenced. */
		quietDays: z.optional(daysSchema(60)),
		/** Where its numbers come from. With a source it is a suggestion until a care contact has approved it. */
		source: z.optional(sourceSchema)
	})
	.check(z.refine(({ least, clauses }) => least <= clauses.length, 'no more than there are clauses'));
export type Rule = z.infer<typeof ruleSchema>;
