/**
 * What a screen may know and do about one circle (krets). `CircleState` implements it; components depend on this alone.
 */
import type { Change, ChangeDraft } from '$lib/domain/change';
import type { MeasureKind } from '$lib/domain/measures';
import type { MeasuringSeries } from '$lib/domain/measuring-series';
import type { Observation, ObservationDraft, RemovedObservation, VoidReason } from '$lib/domain/observation';
import type { Result } from '$lib/domain/result';

/** Why a save did not happen. Nothing was written; the form keeps what was typed. */
export type SaveError =
	| { readonly type: 'storage-full' }
	| { readonly type: 'storage-unavailable' }
	/** The database was written by a newer version of the app: reload to update. */
	| { readonly type: 'newer-app' }
	/** Local data is missing although this device has been used: the way back must be shown. */
	| { readonly type: 'wiped' }
	| { readonly type: 'not-allowed' };

/** Why a correction was not made. */
export type ChangeError =
	| SaveError
	/** It was taken away meanwhile, in another tab or by somebody else. */
	| { readonly type: 'gone' }
	/** It was amended meanwhile: what stands there now has not been seen by whoever corrects. */
	| { readonly type: 'changed' };

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
	/** Series of home blood pressures, oldest first. Reactive. */
	readonly series: readonly MeasuringSeries[];
	/** Observations of a measure that were taken out of view, in that order. Reactive. */
	removed(measure: MeasureKind): readonly RemovedObservation[];
	/** Medicines and other changes that stand, by day. Reactive. */
	readonly changes: readonly Change[];
	canWrite(book: MeasureKind | 'medicines'): boolean;
	/** One's own, and for the person and a co-owner anyone's (docs/protocol.md 3). */
	canChange(observation: Observation): boolean;
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
}
