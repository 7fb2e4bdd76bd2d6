/**
 * A plan being written: what stands in it, what is typed and not yet a line, and whose agreement is asked. Kept as a draft
 * at every change, so that nothing is lost when the page is left, the phone rings or the network goes.
 */
import * as z from 'zod/mini';
import { checkPlan, isProblem, type PlanNotice } from '$lib/domain/plan/checks';
import { withFixedContact } from '$lib/domain/plan/contact-of-plan';
import { diffPlans } from '$lib/domain/plan/diff';
import { planDraftToStored, readPlanDraft, tidyPlan } from '$lib/domain/plan/draft';
import type { Contact } from '$lib/domain/plan/lines';
import { emptyPlan, type Plan, type TemplateId } from '$lib/domain/plan/plan';
import { planFromTemplate } from '$lib/domain/plan/plan-from-template';
import { planLines } from '$lib/domain/plan/plan-lines';
import { plainText } from '$lib/domain/plan/text';
import { measureKinds } from '$lib/domain/measures';
import type { Result } from '$lib/domain/result';
import { templateText } from '$lib/i18n/plan-words';
import type { IdentityId } from '$lib/protocol/ids';
import { type PlanRef, planRefSchema } from '$lib/protocol/plan-entries';
import type { CirclePlan, ProposeError } from '$lib/state/circle-plan.svelte';
import type { DraftKeeper } from '$lib/state/draft-keeper';

/** Lists of lines, each with an id. */
export type ListSection =
	| 'matters'
	| 'goals'
	| 'actions'
	| 'green'
	| 'measuring'
	| 'rules'
	| 'medicines'
	| 'contacts'
	| 'covers'
	| 'appointments'
	| 'capacities';
export type LineIn<S extends ListSection> = Plan[S][number];

/** Fields in which a line is begun by its text alone. */
export const quickLists = ['matters', 'goals', 'me', 'relative', 'care', 'green'] as const;
export type QuickList = (typeof quickLists)[number];

const draftSchema = z.object({
	v: z.literal(1),
	base: z.nullable(planRefSchema),
	plan: z.unknown(),
	typed: z.record(z.string(), z.string()),
	careContact: z.nullable(z.string()),
	at: z.int()
});

export interface EditorDeps {
	readonly plan: CirclePlan;
	readonly drafts: DraftKeeper;
	readonly newId: () => string;
	readonly now: () => number;
	/** The version to begin from; null for the one in force, or none. */
	readonly from: PlanRef | null;
	/** The fixed care contact a new plan begins with: the unit that is shared with, or the unit itself. */
	readonly contact: Omit<Contact, 'id'> | null;
	/** Care contacts who can be asked to agree, the likeliest first. */
	readonly approvers: readonly IdentityId[];
}

export class PlanEditor {
	readonly #deps: EditorDeps;
	/** Null until it is begun. */
	plan: Plan | null = $state.raw(null);
	typed: Readonly<Record<QuickList, string>> = $state.raw(NOTHING_TYPED);
	careContact: IdentityId | null = $state(null);
	base: PlanRef | null = $state(null);
	isOpen = $state(false);
	/** When what is gone on with was last written, in UTC milliseconds; null for a fresh beginning. */
	resumedAt: number | null = $state(null);
	sending: { readonly busy: boolean; readonly error: ProposeError | null } = $state.raw({ busy: false, error: null });
	/** Pressed once with nothing in it. */
	isNothing = $state(false);

	/** As it would be proposed. */
	readonly tidy: Plan | null = $derived.by(() => this.plan && tidyPlan(this.#withTyped(this.plan)));

	readonly notices: readonly PlanNotice[] = $derived.by(() => {
		const { circle } = this.#deps.plan;
		const used = measureKinds.filter((kind) => circle.measures.includes(kind) && circle.observations(kind).length > 0);
		return this.tidy ? checkPlan(this.tidy, used) : [];
	});

	readonly problems: readonly PlanNotice[] = $derived(this.notices.filter(isProblem));
	readonly warnings: readonly PlanNotice[] = $derived(this.notices.filter((notice) => !isProblem(notice)));

	/** The version in force is another than the one this was begun from. */
	readonly isBehind: boolean = $derived.by(() => {
		const { current } = this.#deps.plan;
		return this.plan !== null && current !== null && this.base !== null && !this.#comesFrom(current.ref);
	});

	readonly before: Plan | null = $derived.by(() => {
		const base = this.base === null ? undefined : this.#deps.plan.versionOf(this.base);
		return this.#deps.plan.current?.plan ?? base?.plan ?? null;
	});

	readonly isChanged: boolean = $derived.by(
		() => this.tidy !== null && (this.before === null || diffPlans(this.before, this.tidy).length > 0)
	);

	constructor(deps: EditorDeps) {
		this.#deps = deps;
	}

	get approvers(): readonly IdentityId[] {
		return this.#deps.approvers;
	}

	/** Goes on with what was left, or begins from a version. */
	async open(): Promise<void> {
		const { plan, drafts, from } = this.#deps;
		const kept = draftSchema.safeParse(await drafts.load(this.#form));
		const draft = kept.success ? readPlanDraft(kept.data.plan) : null;
		if (kept.success && draft && (from === null || kept.data.base === from)) {
			const { base, typed, careContact, at } = kept.data;
			this.plan = draft;
			this.base = base;
			this.typed = { ...NOTHING_TYPED, ...typed };
			this.careContact = this.#approver(careContact);
			this.resumedAt = at;
		} else this.#beginFrom((from === null ? undefined : plan.versionOf(from)) ?? plan.current);
		this.isOpen = true;
	}

	#beginFrom(version: ReturnType<CirclePlan['versionOf']> | null): void {
		this.plan = version?.plan ?? null;
		this.base = version?.plan ? version.ref : null;
		this.typed = NOTHING_TYPED;
		this.careContact = version?.plan ? this.#approver(version.careContact) : (this.approvers[0] ?? null);
		this.resumedAt = null;
	}

	#approver(wanted: string | null): IdentityId | null {
		return this.approvers.find((each) => each === wanted) ?? null;
	}

	begin(template: TemplateId): void {
		const { newId, contact } = this.#deps;
		const plan = planFromTemplate(template, templateText, newId);
		this.#change(contact ? withFixedContact(plan, { ...contact, id: newId() }) : plan);
	}

	/** Lets go of the draft; what it was can be had back. */
	restart(): () => void {
		const { plan, base, typed, careContact, resumedAt } = this;
		void this.#deps.drafts.clear(this.#form);
		const { from, plan: of } = this.#deps;
		this.#beginFrom((from === null ? undefined : of.versionOf(from)) ?? of.current);
		return () => {
			Object.assign(this, { base, typed, careContact, resumedAt });
			if (plan) this.#change(plan);
		};
	}

	/** Puts a line in place of the one with its id, or last. */
	put<S extends ListSection>(section: S, line: LineIn<S>): void {
		if (!this.plan) return;
		const lines: readonly LineIn<S>[] = this.plan[section];
		const isKnown = lines.some(({ id }) => id === line.id);
		const next = isKnown ? lines.map((each) => (each.id === line.id ? line : each)) : [...lines, line];
		this.#change({ ...this.plan, [section]: next });
	}

	/** Takes a line away; gives the way back. */
	remove(section: ListSection, id: string): () => void {
		const { plan } = this;
		if (!plan) return () => undefined;
		const lines: readonly { readonly id: string }[] = plan[section];
		const at = lines.findIndex((line) => line.id === id);
		const removed = lines[at];
		this.#change({ ...plan, [section]: lines.filter((line) => line.id !== id) });
		return () => {
			if (!this.plan || !removed) return;
			const now: readonly { readonly id: string }[] = this.plan[section];
			this.#change({ ...this.plan, [section]: now.toSpliced(at, 0, removed) });
		};
	}

	/** Sets parts a plan has one of; undefined takes them away. */
	set(parts: {
		[K in 'story' | 'assessment' | 'sip' | 'followUp' | 'fixedContact']?: Plan[K] | undefined;
	}): void {
		if (!this.plan) return;
		const next = Object.entries({ ...this.plan, ...parts }).filter(([, part]) => part !== undefined);
		this.#change(Object.fromEntries(next) as Plan);
	}

	type(list: QuickList, text: string): void {
		this.typed = { ...this.typed, [list]: text };
		this.#keep();
	}

	/** Makes a line of what is typed; false when there is nothing. */
	addTyped(list: QuickList): boolean {
		if (!this.plan || plainText(this.typed[list]) === '') return false;
		const next = this.#withTyped(this.plan, [list]);
		this.typed = { ...this.typed, [list]: '' };
		this.#change(next);
		return true;
	}

	askFor(careContact: IdentityId | null): void {
		this.careContact = careContact;
		this.#keep();
	}

	/** True when it is said and kept. Otherwise everything stands as it was. */
	async propose(): Promise<boolean> {
		const { tidy } = this;
		this.isNothing = tidy === null || planLines(tidy).length === 0;
		if (!tidy || this.isNothing || this.problems.length > 0) return false;
		this.sending = { busy: true, error: null };
		const said: Result<void, ProposeError> = await this.#deps.plan.propose(tidy, this.base, this.careContact);
		this.sending = { busy: false, error: said.ok ? null : said.error };
		if (said.ok) await this.#deps.drafts.clear(this.#form);
		return said.ok;
	}

	#withTyped(plan: Plan, lists: readonly QuickList[] = quickLists): Plan {
		return lists.reduce((so, list) => {
			const text = plainText(this.typed[list]);
			if (text === '') return so;
			const id = this.#deps.newId();
			if (list === 'me' || list === 'relative' || list === 'care')
				return { ...so, actions: [...so.actions, { id, who: list, text }] };
			return { ...so, [list]: [...so[list], { id, text }] };
		}, plan);
	}

	#comesFrom(ref: PlanRef): boolean {
		const seen = new Set<string>();
		for (let at = this.base; at !== null && !seen.has(at);) {
			if (at === ref) return true;
			seen.add(at);
			at = this.#deps.plan.versionOf(at)?.base ?? null;
		}
		return false;
	}

	#change(plan: Plan): void {
		this.plan = plan;
		this.isNothing = false;
		this.#keep();
	}

	get #form(): string {
		return `plan:${this.#deps.plan.circle.id}`;
	}

	#keep(): void {
		const { plan, base, typed, careContact } = this;
		const at = this.#deps.now();
		void this.#deps.drafts.save(this.#form, {
			v: 1,
			base,
			plan: planDraftToStored(plan ?? emptyPlan()),
			typed,
			careContact,
			at
		});
	}
}

const NOTHING_TYPED: Readonly<Record<QuickList, string>> = {
	matters: '',
	goals: '',
	me: '',
	relative: '',
	care: '',
	green: ''
};
