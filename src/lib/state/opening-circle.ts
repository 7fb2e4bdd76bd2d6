/**
 * The circle while the store is still being opened: forms can be used at once, and a save waits for the store. What cannot
 * be known yet is simply not there.
 */
import { err, type Result } from '$lib/domain/result';
import type { CircleView, SaveError } from './circle-view';
import type { DraftKeeper } from './draft-keeper';

export interface Opened {
	readonly circle: CircleView;
	readonly drafts: DraftKeeper;
}

/** A circle that hands everything on to `opened` once that resolves; `err` there becomes the save's error. */
export function openingCircle(opened: Promise<Result<Opened, SaveError>>): CircleView {
	const withCircle = async <T, E>(
		act: (circle: CircleView) => Promise<Result<T, E>>
	): Promise<Result<T, E | SaveError>> => {
		const result = await opened;
		return result.ok ? act(result.value.circle) : err(result.error);
	};
	return {
		id: 'opening',
		mine: true,
		personName: null,
		durability: { type: 'here' },
		observations: () => [],
		series: [],
		removed: () => [],
		changes: [],
		canWrite: () => true,
		canChange: () => false,
		nameOf: () => null,
		record: (draft) => withCircle((circle) => circle.record(draft)),
		voidObservation: (id, reason) => withCircle((circle) => circle.voidObservation(id, reason)),
		amend: (seen, draft) => withCircle((circle) => circle.amend(seen, draft)),
		recordTogether: (drafts) => withCircle((circle) => circle.recordTogether(drafts)),
		voidTogether: (ids, reason) => withCircle((circle) => circle.voidTogether(ids, reason)),
		noteChange: (draft, replaces) => withCircle((circle) => circle.noteChange(draft, replaces)),
		voidChange: (id, reason) => withCircle((circle) => circle.voidChange(id, reason))
	};
}

/** Drafts that wait for the store; without one there are none. */
export function openingDrafts(opened: Promise<Result<Opened, SaveError>>): DraftKeeper {
	const drafts = opened.then((result) => (result.ok ? result.value.drafts : null));
	return {
		load: async (form) => (await drafts)?.load(form),
		save: async (form, value) => (await drafts)?.save(form, value),
		clear: async (form) => (await drafts)?.clear(form)
	};
}
