/** What differs between two versions of a plan, line by line. Only the order of lines is no difference. */
import type { Plan } from './plan';
import { isSameLine, lineKey, type PlanLine, planLines } from './plan-lines';

export type PlanChange =
	| { readonly type: 'added'; readonly after: PlanLine }
	| { readonly type: 'removed'; readonly before: PlanLine }
	| { readonly type: 'changed'; readonly before: PlanLine; readonly after: PlanLine };

/** In the order of the page: what was added and changed as in `after`, then what was removed. */
export function diffPlans(before: Plan, after: Plan): readonly PlanChange[] {
	const [old, now] = [linesByKey(before), linesByKey(after)];
	const kept = [...now].flatMap(([key, line]): PlanChange[] => {
		const was = old.get(key);
		if (!was) return [{ type: 'added', after: line }];
		return isSameLine(was, line) ? [] : [{ type: 'changed', before: was, after: line }];
	});
	const removed = [...old].flatMap(([key, line]): PlanChange[] =>
		now.has(key) ? [] : [{ type: 'removed', before: line }]
	);
	return [...kept, ...removed];
}

const linesByKey = (plan: Plan): ReadonlyMap<string, PlanLine> =>
	new Map(planLines(plan).map((line) => [lineKey(line), line]));
