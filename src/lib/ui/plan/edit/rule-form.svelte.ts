/** A limit being written: when, which zone, and what is done. The sentence it comes to is shown all along. */
import type { Clause } from '$lib/domain/plan/clause';
import { checkPlan, type PlanNotice } from '$lib/domain/plan/checks';
import type { Plan } from '$lib/domain/plan/plan';
import { type Rule, ruleSchema, type RuleZone, type Step } from '$lib/domain/plan/rule';
import { plainText, textLimits } from '$lib/domain/plan/text';
import { isMeasureKind } from '$lib/domain/measures';
import { parseNumber } from '$lib/domain/typed-number';
import { formatNumber } from '$lib/i18n/format';
import { m } from '$lib/i18n/paraglide/messages';
import { numberText } from '$lib/i18n/plan-clause-words';
import { parseCondition } from '$lib/i18n/plan-clause-parse';
import { type ClauseEntry, clauseOf, entryOf, entryOfDraft, newClause } from './clause-form';

export const stepKinds = ['call', 'do', 'measure', 'adjust', 'write'] as const;
export type StepKind = (typeof stepKinds)[number];

/** A step as typed: `what` is a contact, a measure, a medicine or words of one's own, by kind. */
export interface StepInput {
	readonly kind: StepKind;
	readonly what: string;
}

const MOST_CLAUSES = 6;
const MOST_STEPS = 6;
const MOST_QUIET_DAYS = 60;

interface RuleFormDeps {
	readonly plan: Plan;
	readonly rule: Rule | null;
	readonly newId: () => string;
}

export class RuleForm {
	readonly #deps: RuleFormDeps;
	readonly #id: string;
	zone: RuleZone = $state('yellow');
	/** How many must hold: 1 is any, `all` however many there are. */
	least: 'all' | number = $state(1);
	clauses: readonly ClauseEntry[] = $state.raw([]);
	steps: readonly StepInput[] = $state.raw([]);
	quietDays = $state('');
	sentence = $state('');
	isSentenceUnknown = $state(false);
	/** Messages stand there from the first press on. */
	isPressed = $state(false);

	readonly #read = $derived(this.clauses.map(clauseOf));

	readonly #condition: readonly Clause[] | null = $derived.by(() => {
		const read = this.#read.map(({ clause }) => clause);
		return read.every((clause) => clause !== null) && read.length > 0 ? read : null;
	});

	/** The rule as it stands; null while a part of it is missing. */
	readonly rule: Rule | null = $derived.by(() => {
		const clauses = this.#condition;
		const steps = this.steps.map(stepOf);
		if (!clauses || !steps.every((step) => step !== null) || this.quietWrong !== null) return null;
		const quiet = parseNumber(this.quietDays, 0);
		const { rule } = this.#deps;
		const parsed = ruleSchema.safeParse({
			id: this.#id,
			zone: this.zone,
			least: this.least === 'all' ? clauses.length : Math.min(this.least, clauses.length),
			clauses: clauses.map((clause) => (clause.kind === 'newer' ? clause.raw : clause)),
			steps,
			...(quiet.ok ? { quietDays: quiet.value } : {}),
			...(rule?.source === undefined ? {} : { source: rule.source })
		});
		return parsed.success ? parsed.data : null;
	});

	/** What may be wrong with this rule in its plan. */
	readonly notices: readonly PlanNotice[] = $derived.by(() => {
		const { rule } = this;
		if (!rule) return [];
		const { plan } = this.#deps;
		const others = plan.rules.filter(({ id }) => id !== rule.id);
		return checkPlan({ ...plan, rules: [...others, rule] }, []).filter(
			(notice) =>
				('rule' in notice && notice.rule === rule.id) ||
				('yellow' in notice && (notice.yellow === rule.id || notice.red === rule.id))
		);
	});

	constructor(deps: RuleFormDeps) {
		this.#deps = deps;
		const { rule, newId, plan } = deps;
		this.#id = rule?.id ?? newId();
		if (rule) {
			this.zone = rule.zone;
			this.least = rule.least === rule.clauses.length && rule.least > 1 ? 'all' : rule.least;
			this.clauses = rule.clauses.map(entryOf);
			this.steps = rule.steps.map(inputOf);
			this.quietDays = rule.quietDays === undefined ? '' : numberText(rule.quietDays);
		} else {
			this.clauses = [newClause(newId())];
			this.steps = [{ kind: 'call', what: plan.fixedContact ?? '1177' }];
		}
	}

	get isNew(): boolean {
		return this.#deps.rule === null;
	}

	get mayAddClause(): boolean {
		return this.clauses.length < MOST_CLAUSES;
	}

	get mayAddStep(): boolean {
		return this.steps.length < MOST_STEPS;
	}

	/** Keys of a clause's fields that do not hold what they should. */
	wrongIn(at: number): readonly string[] {
		return this.isPressed ? (this.#read[at]?.wrong ?? []) : [];
	}

	get quietWrong(): string | null {
		const quiet = parseNumber(this.quietDays, 0);
		const isGood = quiet.ok ? quiet.value >= 1 && quiet.value <= MOST_QUIET_DAYS : quiet.error.type === 'empty';
		return isGood ? null : m.plan_wrong_number({ min: '1', max: numberText(MOST_QUIET_DAYS) });
	}

	stepWrong(at: number): string | undefined {
		const step = this.steps[at];
		if (!step || !this.isPressed || stepOf(step) !== null) return undefined;
		const { length } = plainText(step.what);
		if (step.kind === 'do' && length > textLimits.line)
			return m.plan_write_text_long({ length: formatNumber(length), most: formatNumber(textLimits.line) });
		return step.kind === 'do' ? m.plan_wrong_missing() : m.plan_wrong_choose();
	}

	putClause(at: number, entry: ClauseEntry): void {
		this.clauses = this.clauses.map((each, place) => (place === at ? entry : each));
	}

	addClause(): void {
		this.clauses = [...this.clauses, newClause(this.#deps.newId())];
	}

	removeClause(at: number): void {
		this.clauses = this.clauses.filter((_, place) => place !== at);
		if (typeof this.least === 'number') this.least = Math.max(1, Math.min(this.least, this.clauses.length));
	}

	putStep(at: number, step: StepInput): void {
		this.steps = this.steps.map((each, place) => (place === at ? step : each));
	}

	/** What a step of another kind begins with. */
	stepOfKind(kind: StepKind): StepInput {
		const { plan } = this.#deps;
		const what = {
			call: plan.fixedContact ?? '1177',
			write: plan.fixedContact ?? plan.contacts[0]?.id ?? '',
			measure: 'weight',
			adjust: plan.medicines.find(({ adjust }) => adjust)?.id ?? '',
			do: ''
		};
		return { kind, what: what[kind] };
	}

	addStep(): void {
		this.steps = [...this.steps, this.stepOfKind('do')];
	}

	removeStep(at: number): void {
		this.steps = this.steps.filter((_, place) => place !== at);
	}

	/** Takes the conditions of a sentence in place of those that stand. */
	useSentence(): void {
		const parsed = parseCondition(this.sentence.replace(/[.:]\s*$/u, ''));
		this.isSentenceUnknown = parsed === null;
		if (!parsed) return;
		const { clauses, least } = parsed;
		this.clauses = clauses.map((draft) => entryOfDraft(draft, this.#deps.newId()));
		this.least = least === clauses.length && least > 1 ? 'all' : least;
		this.sentence = '';
	}

	/** The rule, or null with what is missing said in the form. */
	finish(): Rule | null {
		this.isPressed = true;
		return this.rule;
	}
}

function stepOf({ kind, what }: StepInput): Step | null {
	const text = plainText(what);
	if (text === '') return null;
	switch (kind) {
		case 'call':
		case 'write':
			return { kind, contact: text };
		case 'measure':
			return isMeasureKind(text) ? { kind, measure: text } : null;
		case 'adjust':
			return { kind, medicine: text };
		case 'do':
			return text.length > textLimits.line ? null : { kind, text };
	}
}

function inputOf(step: Step): StepInput {
	switch (step.kind) {
		case 'call':
		case 'write':
			return { kind: step.kind, what: step.contact };
		case 'measure':
			return { kind: 'measure', what: step.measure };
		case 'adjust':
			return { kind: 'adjust', what: step.medicine };
		case 'do':
			return { kind: 'do', what: step.text };
	}
}
