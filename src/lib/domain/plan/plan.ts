/**
 * The written plan: one version of it, whole and immutable. A change is a new version (`protocol/plan-entries.ts`).
 *
 * Who wrote a line, and when, is not repeated in it: it follows from the signed version where the line first stood so
 * (`origins.ts`), and so cannot say something else than the signature does.
 */
import * as z from 'zod/mini';
import { err, ok, type Result } from '../result';
import { clauseToStored } from './clause';
import { lineIdSchema, localDateSchema } from './fields';
import {
	actionSchema,
	appointmentSchema,
	assessmentSchema,
	capacitySchema,
	contactSchema,
	coverSchema,
	goalSchema,
	measuringSchema,
	medicineSchema,
	sipSchema,
	textLineSchema
} from './lines';
import { ruleSchema } from './rule';
import { textSchema } from './text';
import { isTextLimit, type TextTooLong, textTooLong } from './text-limits';

/** Raised when anything but a kind of clause, a measure, a symptom or a source is added: an older app shows such a plan as newer. */
const PLAN_VERSION = 1;

export const templateIds = ['heartFailure', 'hypertension', 'diabetes', 'copd', 'general'] as const;
export type TemplateId = (typeof templateIds)[number];

const upTo = <T extends z.core.$ZodType>(most: number, line: T) => z.array(line).check(z.maxLength(most));

export const planSchema = z
	.strictObject({
		v: z.literal(PLAN_VERSION),
		/** What it was begun from. */
		template: z.enum(templateIds),
		matters: upTo(10, textLineSchema),
		story: z.optional(textSchema('story')),
		goals: upTo(20, goalSchema),
		actions: upTo(40, actionSchema),
		measuring: upTo(20, measuringSchema),
		/** What holds as long as the zone is green. */
		green: upTo(10, textLineSchema),
		rules: upTo(40, ruleSchema),
		medicines: upTo(40, medicineSchema),
		contacts: upTo(20, contactSchema),
		/** Min fasta vårdkontakt: one of the contacts. */
		fixedContact: z.optional(lineIdSchema),
		covers: upTo(20, coverSchema),
		appointments: upTo(40, appointmentSchema),
		capacities: upTo(20, capacitySchema),
		assessment: z.optional(assessmentSchema),
		sip: z.optional(sipSchema),
		followUp: z.optional(localDateSchema)
	})
	.check(z.refine(hasOwnIds, 'every line has an id of its own'));
export type Plan = z.infer<typeof planSchema>;

/** Ids join lines of two versions, so no two lines of one version share one; the same for clauses. */
function hasOwnIds(plan: z.infer<typeof planSchema>): boolean {
	const { matters, goals, actions, measuring, green, rules, medicines, contacts, covers, appointments, capacities } =
		plan;
	const lines = [
		matters,
		goals,
		actions,
		measuring,
		green,
		rules,
		medicines,
		contacts,
		covers,
		appointments,
		capacities
	];
	const lineIds = lines.flat().map(({ id }) => id);
	const clauseIds = rules.flatMap(({ clauses }) => clauses.map(({ id }) => id));
	return new Set(lineIds).size === lineIds.length && new Set(clauseIds).size === clauseIds.length;
}

/** `newer`: written by a newer app; kept, named and not read in part. */
export type PlanReadError = { readonly type: 'newer'; readonly v: number } | { readonly type: 'unreadable' };

const versionSchema = z.looseObject({ v: z.int().check(z.minimum(PLAN_VERSION + 1)) });

/** A stored plan, already parsed from JSON. */
export function parsePlan(stored: unknown): Result<Plan, PlanReadError> {
	const plan = planSchema.safeParse(stored);
	if (plan.success) return ok(plan.data);
	const newer = versionSchema.safeParse(stored);
	return err(newer.success ? { type: 'newer', v: newer.data.v } : { type: 'unreadable' });
}

/** Bytes of a plan as a string inside an entry: with entry and batch around it, it fits in one frame (60 KiB before padding). */
export const MAX_PLAN_BYTES = 48 * 1024;

/** Why a version cannot be written. Nothing is lost: what was typed is still in the form. */
export type PlanWriteError =
	| TextTooLong
	/** All of it together is too long. */
	| { readonly type: 'plan-too-large'; readonly bytes: number; readonly most: number }
	/** Names the places, as `medicines.2.name`. */
	| { readonly type: 'invalid'; readonly places: readonly string[] };

/** A version as the text that is stored. Gives every fault at once. */
export function writePlan(plan: Plan): Result<string, readonly PlanWriteError[]> {
	const stored = { ...plan, rules: plan.rules.map((rule) => ({ ...rule, clauses: rule.clauses.map(clauseToStored) })) };
	const parsed = planSchema.safeParse(stored);
	if (!parsed.success) {
		const { issues } = parsed.error;
		const places = issues.filter((issue) => !isTextLimit(issue)).map(({ path }) => path.join('.'));
		const tooLong = issues.filter(isTextLimit).map((issue) => textTooLong(stored, issue));
		return err([...tooLong, ...(places.length > 0 ? [{ type: 'invalid' as const, places }] : [])]);
	}
	const text = JSON.stringify(stored);
	const bytes = new TextEncoder().encode(JSON.stringify(text)).length;
	return bytes > MAX_PLAN_BYTES ? err([{ type: 'plan-too-large', bytes, most: MAX_PLAN_BYTES }]) : ok(text);
}

/** A plan with nothing in it. */
export const emptyPlan = (template: TemplateId = 'general'): Plan => ({
	v: PLAN_VERSION,
	template,
	matters: [],
	goals: [],
	actions: [],
	measuring: [],
	green: [],
	rules: [],
	medicines: [],
	contacts: [],
	covers: [],
	appointments: [],
	capacities: []
});
