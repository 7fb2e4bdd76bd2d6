/** What the plans in force of a circle aim at, for screens that show a measure. */
import type { MeasureKind } from '$lib/domain/measures';
import { type Target, targetsOf } from '$lib/domain/plan/targets';
import { projectPlan } from '$lib/protocol/project-plan';
import type { PlanBook } from './circle-view';

export function targetsIn(book: PlanBook | null, measure: MeasureKind): readonly Target[] {
	if (!book || book.stated.length === 0) return [];
	const { inForce } = projectPlan(book.stated, book.memberAt);
	return targetsOf(
		inForce.flatMap(({ plan }) => plan ?? []),
		measure
	);
}
