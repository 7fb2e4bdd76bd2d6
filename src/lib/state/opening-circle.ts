/**
 * The circle while the store is still being opened: forms can be used at once, and a save waits for the store. What cannot
 * be known yet is simply not there.
 */
import { err, type Result } from '$lib/domain/result';
import type { CircleView, SaveError } from './circle-view';

/**
 * A circle that hands everything on to `opened` once that resolves; `err` there becomes the save's error. `chosen` is the
 * circle the person has chosen, null for their own: what was typed for one person is never saved with another.
 */
export function openingCircle(opened: Promise<Result<CircleView, SaveError>>, chosen: string | null): CircleView {
	const withCircle = async <T, E>(
		act: (circle: CircleView) => Promise<Result<T, E>>
	): Promise<Result<T, E | SaveError>> => {
		const result = await opened;
		if (!result.ok) return err(result.error);
		const circle = result.value;
		return chosen === null || circle.id === chosen ? act(circle) : err({ type: 'not-allowed' });
	};
	return {
		id: chosen ?? 'opening',
		mine: chosen === null,
		personName: null,
		durability: { type: 'here' },
		observations: () => [],
		observationsHere: () => [],
		series: [],
		removed: () => [],
		changes: [],
		changesHere: [],
		adjustments: [],
		planBook: null,
		measures: [],
		sharedFrom: () => null,
		missingOf: () => null,
		canWrite: () => true,
		canChange: () => false,
		canTakeBack: () => false,
		isOwn: () => true,
		nameOf: () => null,
		record: (draft) => withCircle((circle) => circle.record(draft)),
		voidObservation: (id, reason) => withCircle((circle) => circle.voidObservation(id, reason)),
		amend: (seen, draft) => withCircle((circle) => circle.amend(seen, draft)),
		recordTogether: (drafts) => withCircle((circle) => circle.recordTogether(drafts)),
		voidTogether: (ids, reason) => withCircle((circle) => circle.voidTogether(ids, reason)),
		noteChange: (draft, replaces) => withCircle((circle) => circle.noteChange(draft, replaces)),
		voidChange: (id, reason) => withCircle((circle) => circle.voidChange(id, reason)),
		noteAdjustment: (use) => withCircle((circle) => circle.noteAdjustment(use)),
		voidAdjustment: (id, reason) => withCircle((circle) => circle.voidAdjustment(id, reason)),
		sayOfPlan: (make) => withCircle((circle) => circle.sayOfPlan(make))
	};
}
