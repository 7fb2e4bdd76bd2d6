/** What a save of the form does: a new reading is recorded, or one that stands is changed (`reading-change.ts`). */
import type { MeasureKind } from '$lib/domain/measures';
import type { Observation, ObservationDraft } from '$lib/domain/observation';
import type { Result } from '$lib/domain/result';
import type { ChangeError, CircleView } from '$lib/state/circle-view';

export type TargetError =
	| ChangeError
	/** Nothing in the form differs from what stands there already. */
	| { readonly type: 'unchanged' };

export interface RecordTarget {
	/** Where what is typed is kept until it is saved. */
	readonly draftName: string;
	/** What is being changed; null for a new reading. */
	readonly original: Observation | null;
	/** The zone whose clock the time is chosen on, where it is not the one the person lives by now. */
	readonly zone?: string | undefined;
	/** The reading before this one, to tell a slip of the finger by. */
	previous(): Observation | undefined;
	/** The value is the observation's id. */
	save(draft: ObservationDraft): Promise<Result<string, TargetError>>;
	undo(id: string): Promise<Result<void, TargetError>>;
}

/** Asks the circle anew each time: the first save of another tab may put another in its place. */
export function newReading(
	measure: MeasureKind,
	deps: { readonly circle: Pick<CircleView, 'id' | 'mine' | 'observations' | 'record' | 'voidObservation'> },
	zone?: string
): RecordTarget {
	return {
		/** One's own circle has no lasting id before its first value. */
		get draftName() {
			return `record:${deps.circle.mine ? 'mine' : deps.circle.id}:${measure}`;
		},
		original: null,
		zone,
		previous: () => deps.circle.observations(measure).at(-1),
		save: (draft) => deps.circle.record(draft),
		undo: (id) => deps.circle.voidObservation(id, 'undo')
	};
}
