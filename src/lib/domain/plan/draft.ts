/**
 * A plan while it is being written: texts may be far too long or not there yet, and nothing of it may be lost. What is kept
 * of it is read back as it was; what is proposed of it is made tidy first.
 */
import { must } from '../assert';
import { clauseToStored } from './clause';
import { parsePlan, type Plan, planSchema } from './plan';
import { plainText } from './text';

/** As plain JSON, to be kept. */
export const planDraftToStored = (plan: Plan): unknown => ({
	...plan,
	rules: plan.rules.map((rule) => ({ ...rule, clauses: rule.clauses.map(clauseToStored) }))
});

type Path = readonly PropertyKey[];

/** What was kept. Null for what is no plan, or a newer app's. Only texts may break the rules a version has to keep. */
export function readPlanDraft(stored: unknown): Plan | null {
	const first = planSchema.safeParse(stored);
	if (first.success) return first.data;
	const { issues } = first.error;
	const places = issues.map(({ path }) => path);
	if (!places.every((path) => typeof partAt(stored, path) === 'string')) return null;
	const standIn = places.reduce((kept, path) => withPart(kept, path, 'x'), stored);
	const plan = parsePlan(standIn);
	if (!plan.ok) return null;
	return places.reduce<unknown>((kept, path) => withPart(kept, path, partAt(stored, path)), plan.value) as Plan;
}

function partAt(of: unknown, path: Path): unknown {
	return path.reduce<unknown>((part, key) => (isBranch(part) ? part[key] : undefined), of);
}

function withPart(of: unknown, [key, ...rest]: Path, part: unknown): unknown {
	if (key === undefined) return part;
	const branch = must(isBranch(of) ? of : null, 'a place that was named is there');
	const changed = withPart(branch[key], rest, part);
	return Array.isArray(branch)
		? branch.map((each, at) => (at === key ? changed : (each as unknown)))
		: { ...branch, [key]: changed };
}

const isBranch = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
	typeof value === 'object' && value !== null;

/** Lists whose lines stand or fall with one text. */
const textLists = ['matters', 'goals', 'actions', 'green'] as const;

/** Ready to be proposed: hidden signs and outer space gone from every text, empty parts left out, empty lines too. */
export function tidyPlan(plan: Plan): Plan {
	const plain = plainParts(plan) as Plan;
	const lists = textLists.map((list) => [list, plain[list].filter(({ text }) => text !== undefined)] as const);
	return { ...plain, ...Object.fromEntries(lists) };
}

function plainParts(value: unknown): unknown {
	if (typeof value === 'string') return plainText(value);
	if (Array.isArray(value)) return value.map(plainParts);
	if (!isBranch(value)) return value;
	const parts = Object.entries(value).map(([key, part]) => [key, plainParts(part)] as const);
	return Object.fromEntries(parts.filter(([, part]) => part !== '' && part !== undefined));
}
