/** Where the plan means a measure's values to lie: what a chart may show as a band, and nothing else may judge by. */
import type { MeasureKind } from '../measures';
import type { Plan } from './plan';

export type Target = Plan['measuring'][number]['targets'][number];

/** The targets of a measure in the plans in force, the newest agreement first; of several for one field its. */
export function targetsOf(plans: readonly Pick<Plan, 'measuring'>[], measure: MeasureKind): readonly Target[] {
	const all = plans.flatMap(({ measuring }) =>
		measuring.filter((each) => each.measure === measure).flatMap(({ targets }) => targets)
	);
	return all.filter((target, at) => all.findIndex(({ field }) => field === target.field) === at);
}
