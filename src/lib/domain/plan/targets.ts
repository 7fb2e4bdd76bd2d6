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

/** Where a value lies; both ends are in the target. */
export function againstTarget(value: number, { min, max }: Target): 'below' | 'within' | 'above' {
	if (min !== undefined && value < min) return 'below';
	return max !== undefined && value > max ? 'above' : 'within';
}
