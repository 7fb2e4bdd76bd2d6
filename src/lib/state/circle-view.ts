/**
 * What a screen may know and do about one circle (krets). `CircleState` implements it; components depend on this alone.
 */
import type { Change, ChangeDraft } from '$lib/domain/change';
import type { MeasureKind } from '$lib/domain/measures';
import type { MeasuringSeries } from '$lib/domain/measuring-series';
import type { Observation, ObservationDraft, RemovedObservation, VoidReason } from '$lib/domain/observation';
import type { AdjustmentUse } from '$lib/domain/plan/adjustment';
import type { Result } from '$lib/domain/result';
import type { LocalDate } from '$lib/domain/time';
import type { EntryId, Hash } from '$lib/protocol/ids';
import type { MemberAt } from '$lib/protocol/member-at';
import type { PlanEntry } from '$lib/protocol/plan-entries';
import type { Stated } from '$lib/protocol/project';
import type { Failed } from './guarded';

/** Why a save did not happen. Nothing was written; the form keeps what was typed. */
export type SaveError =
	| { readonly type: 'storage-full' }
	| { readonly type: 'storage-unavailable' }
	/** The database was written by a newer version of the app: reload to update. */
	| { readonly type: 'newer-app' }
	/** Another tab has locked the app, or changed what opens it. */
	| { readonly type: 'locked' }
	/** Local data is missing although this device has been used: the way back must be shown. */
	| { readonly type: 'wiped' }
	| { readonly type: 'not-allowed' }
	/** It is older than what somebody in the circle was given, and the person did not want them to see it. */
	| { readonly type: 'held-back' }
	| Failed;

/** Why a correction was not made. */
export type ChangeError =
	| SaveError
	/** It was taken away meanwhile, in another tab or by somebody else. */
	| { readonly type: 'gone' }
	/** It was amended meanwhile: what stands there now has not been seen by whoever corrects. */
	| { readonly type: 'changed' };

/** The plan book as it stands; `projectPlan` makes versions of it, apart from the first screens that need none. */
export interface PlanBook {
	/** The entries that count, in order. Another list whenever something was said. */
	readonly stated: readonly Stated[];
	readonly memberAt: MemberAt;
}

/** What only the open circle knows when something is said of the plan. */
export interface PlanFacts {
	readonly id: EntryId;
	/** The newest manifest: in what capacity the writer speaks. */
	readonly manifest: Hash;
	/** UTC milliseconds. */
	readonly at: number;
}

/** Where the newest data is safe, in the order of PROTOCOL 14 L2. */
export type Durability =
	{ readonly type: 'here' } | { readonly type: 'sending'; readonly waiting: number } | { readonly type: 'backed-up' };

export interface CircleView {
	readonly id: string;
	/** True for the person's own circle. */
	readonly mine: boolean;
	/** The person's name as shown to members; null while nobody has needed one. */
	readonly personName: string | null;
	readonly durability: Durability;
	/** Observations of a measure, oldest first, amendments applied, voids left out. Reactive. */
	observations(measure: MeasureKind): readonly Observation[];
	/** The same without what was read in from earlier circles: what somebody who is let in can be given. Reactive. */
	observationsHere(measure: MeasureKind): readonly Observation[];
	/** Series of home blood pressures, oldest first. Reactive. */
	readonly series: readonly MeasuringSeries[];
	/** Observations of a measure that were taken out of view, in that order. Reactive. */
	removed(measure: MeasureKind): readonly RemovedObservation[];
	/** Medicines and other changes that stand, by day. Reactive. */
	readonly changes: readonly Change[];
	/** The same without earlier circles'. Reactive. */
	readonly changesHere: readonly Change[];
	/** Bounded self-adjustments that were made, oldest first. Reactive. */
	readonly adjustments: readonly AdjustmentUse[];
	/** Null when this reader does not hold the plan. Reactive. */
	readonly planBook: PlanBook | null;
	/** Measures whose books this reader holds. */
	readonly measures: readonly MeasureKind[];
	/** The first day this reader was given of a book; null for all of it. */
	sharedFrom(book: MeasureKind | 'medicines'): LocalDate | null;
	/** What was given from a day on and has not all come, or does not open. Reactive. */
	missingOf(book: MeasureKind | 'medicines'): 'partial' | 'closed' | null;
	canWrite(book: MeasureKind | 'medicines' | 'plan'): boolean;
	/** One's own, and for the person and a co-owner anyone's (docs/protocol.md 3). */
	canChange(observation: Observation): boolean;
	/** The same of a medicine's change. */
	canTakeBack(change: Change): boolean;
	/** True for this device's own identity, and for those the person had in earlier circles. */
	isOwn(author: string): boolean;
	/** The name of whoever wrote it; null when that is this device's own identity, or nobody known. */
	nameOf(author: string | undefined): string | null;
	/** Durable when it resolves `ok`; the value is the entry's id, for undo. */
	record(draft: ObservationDraft): Promise<Result<string, SaveError>>;
	/** Hides an observation by a new entry (`obs.void`); the original stays in the log. */
	voidObservation(id: string, reason: VoidReason): Promise<Result<void, SaveError>>;
	/** Replaces the version `seen` shows by `draft` (`obs.amend`), and settles the conflict it shows. The original is kept. */
	amend(seen: Observation, draft: ObservationDraft): Promise<Result<void, ChangeError>>;
	/** Several of one measure, all or none. The values are the entries' ids, for undo. */
	recordTogether(drafts: readonly ObservationDraft[]): Promise<Result<readonly string[], SaveError>>;
	/** Hides several of one measure, all or none. */
	voidTogether(ids: readonly string[], reason: VoidReason): Promise<Result<void, SaveError>>;
	/** Notes a change; with `replaces` in place of another, which stays in the log. The value is its id. */
	noteChange(draft: ChangeDraft, replaces?: string): Promise<Result<string, SaveError>>;
	/** Takes a change out of view; the original stays in the log. */
	voidChange(id: string, reason: 'undo' | 'mistake'): Promise<Result<void, SaveError>>;
	/** Notes that a medicine was adjusted as the plan allows. The value is its id. */
	noteAdjustment(
		use: Pick<AdjustmentUse, 'medicine' | 'name' | 'step' | 'effective'>
	): Promise<Result<string, SaveError>>;
	voidAdjustment(id: string, reason: 'undo' | 'mistake'): Promise<Result<void, SaveError>>;
	/** Proposes, accepts or declines. `make` is called when the circle is there, which it may begin with. */
	sayOfPlan(make: (facts: PlanFacts) => PlanEntry): Promise<Result<void, SaveError>>;
}
