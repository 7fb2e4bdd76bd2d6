/**
 * Entries of the plan book: a whole version is proposed, accepted or declined (docs/protocol.md 8).
 *
 * The version stands in its entry as text, sealed and kept byte by byte. Whoever answers names the hash of what they read
 * and of who proposed it, so that an answer can never come to stand for other words, or for the same words of another.
 */
import * as z from 'zod/mini';
import { utf8 } from '$lib/crypto/bytes';
import { labelledHash } from '$lib/crypto/hash';
import {
	MAX_PLAN_BYTES,
	parsePlan,
	type Plan,
	type PlanReadError,
	type PlanWriteError,
	writePlan
} from '$lib/domain/plan/plan';
import { textSchema } from '$lib/domain/plan/text';
import { err, ok, type Result } from '$lib/domain/result';
import { entryIdSchema, hashSchema, hashText, identityIdSchema, type EntryId, type IdentityId } from './ids';
import { jsonDepth, MAX_DEPTH } from './json';

/** Names one version: a hash of its author and of all its entry says. */
export const planRefSchema = hashSchema;
export type PlanRef = z.infer<typeof planRefSchema>;

/** The newest manifest the writer knew: it says in what capacity they speak, also to who reads this from a cache. */
const manifest = hashSchema;
/** Versions that were in force as the writer knew it: what this one is meant to take the place of. */
const over = z.array(planRefSchema).check(z.maxLength(8));

export const planProposeSchema = z.strictObject({
	kind: z.literal('plan.propose'),
	v: z.literal(1),
	id: entryIdSchema,
	/** The version it changes; null for a first one. */
	base: z.nullable(planRefSchema),
	over,
	/** The member whose agreement it needs besides the person's; null for a plan of the person's own. */
	careContact: z.nullable(identityIdSchema),
	plan: z.string().check(z.minLength(2), z.maxLength(MAX_PLAN_BYTES)),
	manifest,
	at: z.int()
});

/** In what capacity: for the person (who may have a stand-in), as the care contact it names, or a helper for its own tasks. */
export const parties = ['person', 'careContact', 'helper'] as const;
export type Party = (typeof parties)[number];

export const planAcceptSchema = z.strictObject({
	kind: z.literal('plan.accept'),
	v: z.literal(1),
	id: entryIdSchema,
	target: planRefSchema,
	as: z.enum(parties),
	over,
	manifest,
	at: z.int()
});

export const planDeclineSchema = z.strictObject({
	kind: z.literal('plan.decline'),
	v: z.literal(1),
	id: entryIdSchema,
	target: planRefSchema,
	as: z.enum(parties),
	reason: z.optional(textSchema('long')),
	manifest,
	at: z.int()
});

export type PlanPropose = z.infer<typeof planProposeSchema>;
export type PlanAccept = z.infer<typeof planAcceptSchema>;
export type PlanDecline = z.infer<typeof planDeclineSchema>;
export type PlanEntry = PlanPropose | PlanAccept | PlanDecline;

/** The name of a version that `author` proposed. A copy of it by somebody else is another version. */
export function planRef(author: IdentityId, proposal: PlanPropose): PlanRef {
	const { id, base, over, careContact, plan, manifest, at } = proposal;
	// An array has one way to be written; there is no canonical form to disagree about.
	const said = JSON.stringify([author, id, base, over, careContact, plan, manifest, at]);
	return hashText(labelledHash('hl/plan/1', utf8(said)));
}

export interface ProposalInput extends Pick<PlanPropose, 'base' | 'over' | 'careContact' | 'manifest' | 'at'> {
	readonly id: EntryId;
	readonly plan: Plan;
}

/** The entry that proposes a version; every reason why it cannot be written, otherwise. */
export function createProposal({ plan, ...rest }: ProposalInput): Result<PlanPropose, readonly PlanWriteError[]> {
	const text = writePlan(plan);
	return text.ok ? ok({ kind: 'plan.propose', v: 1, ...rest, plan: text.value }) : text;
}

/** The version in an entry. */
export function readProposal({ plan }: Pick<PlanPropose, 'plan'>): Result<Plan, PlanReadError> {
	if (jsonDepth(plan) > MAX_DEPTH) return err({ type: 'unreadable' });
	try {
		return parsePlan(JSON.parse(plan));
	} catch (cause) {
		if (cause instanceof SyntaxError) return err({ type: 'unreadable' });
		throw cause;
	}
}
