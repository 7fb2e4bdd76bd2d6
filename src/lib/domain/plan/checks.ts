/**
 * What may be wrong with a plan before it is agreed, each with a name and the lines it is about; the sentences are in the
 * catalogue. A problem makes the plan say what nobody means; a warning asks. Neither stops anyone from saving a draft.
 */
import { type MeasureKind, measures } from '../measures';
import { booksOfClause, type Clause, type KnownClause, measureOfClause } from './clause';
import { excludeEachOther, ruleImplies } from './implies';
import { isUpward } from './judge-value';
import type { Plan, TemplateId } from './plan';
import type { Rule } from './rule';
import { signatureMeasures } from './templates';

/** `rule`, `rules` and `clause` are ids. */
export type PlanNotice =
	/** Two clauses that are both needed exclude each other: the rule can never be met. */
	| { readonly type: 'never-met'; readonly rule: string }
	/** Whenever the yellow rule is met, the red one is met too: yellow would never be seen. */
	| { readonly type: 'yellow-hidden'; readonly yellow: string; readonly red: string }
	/** A limit no reading can have. */
	| { readonly type: 'impossible-limit'; readonly rule: string; readonly clause: KnownClause }
	/** The value to clear at lies beyond the limit, or the gain to clear at above the gain. */
	| { readonly type: 'clear-beyond-limit'; readonly rule: string; readonly clause: KnownClause }
	/** A target band outside what can be measured. */
	| { readonly type: 'impossible-target'; readonly measuring: string; readonly measure: MeasureKind }
	/** A line points at a contact or medicine that is not in the plan. */
	| { readonly type: 'points-at-nothing'; readonly line: string }
	| { readonly type: 'no-contact' }
	| { readonly type: 'no-fixed-contact' }
	| { readonly type: 'contact-without-phone'; readonly contact: string }
	| { readonly type: 'no-red-rule' }
	/** Red says nothing of whom to call. */
	| { readonly type: 'red-without-call'; readonly rule: string }
	/** A rule rests on something the measuring plan does not ask for. */
	| { readonly type: 'not-measured'; readonly measure: MeasureKind }
	/** The template is for something else than what the person measures. */
	| { readonly type: 'other-disease'; readonly template: TemplateId; readonly missing: readonly MeasureKind[] };

const problems: readonly PlanNotice['type'][] = [
	'never-met',
	'yellow-hidden',
	'impossible-limit',
	'clear-beyond-limit',
	'impossible-target',
	'points-at-nothing',
	'no-contact'
];

export const isProblem = ({ type }: PlanNotice): boolean => problems.includes(type);

/** Problems first. `used` is what the person has recorded anything of; empty when nothing is known of it. */
export function checkPlan(plan: Plan, used: readonly MeasureKind[]): readonly PlanNotice[] {
	const notices = [
		...plan.rules.flatMap(ruleNotices),
		...hiddenYellows(plan.rules),
		...targetNotices(plan),
		...danglingLines(plan),
		...contactNotices(plan),
		...redNotices(plan.rules),
		...unmeasured(plan),
		...otherDisease(plan.template, used)
	];
	return [...notices.filter(isProblem), ...notices.filter((notice) => !isProblem(notice))];
}

function ruleNotices({ id: rule, least, clauses }: Rule): readonly PlanNotice[] {
	const needsAll = least === clauses.length;
	const isNever = needsAll && clauses.some((a, place) => clauses.slice(place + 1).some((b) => excludeEachOther(a, b)));
	return [
		...(isNever ? [{ type: 'never-met' as const, rule }] : []),
		...known(clauses).flatMap((clause): PlanNotice[] => [
			...(hasPossibleLimit(clause) ? [] : [{ type: 'impossible-limit' as const, rule, clause }]),
			...(clearsBeyond(clause) ? [{ type: 'clear-beyond-limit' as const, rule, clause }] : [])
		])
	];
}

const known = (clauses: readonly Clause[]): readonly KnownClause[] =>
	clauses.flatMap((clause) => (clause.kind === 'newer' ? [] : [clause]));

/** By the hard limits of what can be recorded (STANDARDS A9). A step that no question has is impossible too. */
function hasPossibleLimit(clause: KnownClause): boolean {
	if (clause.kind === 'weightGain' || clause.kind === 'silence') return true;
	const measure = measures[measureOfClause(clause)];
	const key = clause.kind === 'health' ? measure.fields[0]?.key : clause.field;
	const hard = measure.fields.find((field) => field.key === key)?.hard;
	const limit = clause.kind === 'value' || clause.kind === 'seriesMean' ? clause.limit : clause.step;
	// A symptom at step 0 is met by every "no".
	const least = clause.kind === 'symptom' ? 1 : hard?.min;
	return hard !== undefined && least !== undefined && least <= limit && limit <= hard.max;
}

function clearsBeyond(clause: KnownClause): boolean {
	if (clause.kind === 'weightGain') return clause.clear !== undefined && clause.clear > clause.kg;
	if (clause.kind !== 'value' || clause.clear === undefined) return false;
	return isUpward(clause.relation) ? clause.clear > clause.limit : clause.clear < clause.limit;
}

function hiddenYellows(rules: readonly Rule[]): readonly PlanNotice[] {
	const reds = rules.filter(({ zone }) => zone === 'red');
	return rules.flatMap((yellow): PlanNotice[] => {
		const red = yellow.zone === 'yellow' && reds.find((each) => ruleImplies(yellow, each));
		return red ? [{ type: 'yellow-hidden', yellow: yellow.id, red: red.id }] : [];
	});
}

function targetNotices({ measuring }: Plan): readonly PlanNotice[] {
	return measuring.flatMap(({ id, measure, targets }): PlanNotice[] => {
		const isPossible = targets.every(({ field, min, max }) => {
			const hard = measures[measure].fields.find(({ key }) => key === field)?.hard;
			return hard && (min ?? hard.min) >= hard.min && (max ?? hard.max) <= hard.max;
		});
		return isPossible ? [] : [{ type: 'impossible-target', measuring: id, measure }];
	});
}

function danglingLines(plan: Plan): readonly PlanNotice[] {
	const contacts = new Set(['112', '1177', ...plan.contacts.map(({ id }) => id)]);
	const medicines = new Set(plan.medicines.map(({ id }) => id));
	const matters = new Set(plan.matters.map(({ id }) => id));
	const rules = plan.rules.filter(({ steps }) =>
		steps.some((step) => {
			if (step.kind === 'call' || step.kind === 'write') return !contacts.has(step.contact);
			return step.kind === 'adjust' && !medicines.has(step.medicine);
		})
	);
	const others = [
		...plan.goals.filter((goal) => goal.matters !== undefined && !matters.has(goal.matters)),
		...plan.medicines.filter(({ adjust }) => adjust && !contacts.has(adjust.contact)),
		...plan.covers.filter(({ contact }) => !contacts.has(contact))
	];
	const singles = [
		...(plan.fixedContact !== undefined && !contacts.has(plan.fixedContact) ? ['fixedContact'] : []),
		...(plan.assessment?.contact !== undefined && !contacts.has(plan.assessment.contact) ? ['assessment'] : [])
	];
	return [...[...rules, ...others].map(({ id }) => id), ...singles].map((line) => ({
		type: 'points-at-nothing',
		line
	}));
}

function contactNotices({ contacts, fixedContact }: Plan): readonly PlanNotice[] {
	if (contacts.length === 0) return [{ type: 'no-contact' }];
	const silent = contacts.filter(({ phone }) => phone === undefined);
	return [
		...(fixedContact === undefined ? [{ type: 'no-fixed-contact' as const }] : []),
		...silent.map(({ id }) => ({ type: 'contact-without-phone' as const, contact: id }))
	];
}

function redNotices(rules: readonly Rule[]): readonly PlanNotice[] {
	const reds = rules.filter(({ zone }) => zone === 'red');
	if (reds.length === 0) return [{ type: 'no-red-rule' }];
	const silent = reds.filter(({ steps }) => !steps.some(({ kind }) => kind === 'call'));
	return silent.map(({ id }) => ({ type: 'red-without-call', rule: id }));
}

/** Everything the rules of a plan rest on: what has to be shared for a reader to see its zone. */
export const booksOfPlan = ({ rules }: { readonly rules: readonly Rule[] }): readonly MeasureKind[] => [
	...new Set(rules.flatMap(({ clauses }) => known(clauses).flatMap(booksOfClause)))
];

function unmeasured({ rules, measuring }: Plan): readonly PlanNotice[] {
	const measured = new Set(measuring.map(({ measure }) => measure));
	const needed = new Set(rules.flatMap(({ clauses }) => known(clauses).map(measureOfClause)));
	return [...needed].filter((measure) => !measured.has(measure)).map((measure) => ({ type: 'not-measured', measure }));
}

function otherDisease(template: TemplateId, used: readonly MeasureKind[]): readonly PlanNotice[] {
	const missing = signatureMeasures[template].filter((measure) => !used.includes(measure));
	return used.length > 0 && missing.length > 0 ? [{ type: 'other-disease', template, missing }] : [];
}
