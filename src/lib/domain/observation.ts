/**
 * One measured fact, as every layer above storage knows it. Immutable: a correction is a new fact that points at this one.
 */
import type { MeasureKind } from './measures';

/**
 * When it was measured: the instant, and the wall clock the person lived by. The person's day and morning follow from
 * `utc + offset`, wherever and whenever it is read later.
 */
export interface Effective {
	/** Milliseconds since 1970-01-01T00:00Z. */
	readonly utc: number;
	/** Minutes east of UTC at that instant in that zone. */
	readonly offset: number;
	/** IANA zone name, e.g. `Europe/Stockholm`. */
	readonly zone: string;
}

/** Where the numbers came from. `manual` = typed by a person. */
export interface ObservationSource {
	readonly kind: 'manual' | 'device' | 'import';
	readonly name?: string | undefined;
}

/** What a form hands over to be recorded. `values` are in the units of the measure's definition. */
export interface ObservationDraft {
	readonly measure: MeasureKind;
	readonly values: Readonly<Record<string, number>>;
	readonly effective: Effective;
	readonly source: ObservationSource;
	/** Folded-away context, e.g. `{ arm: 'left', posture: 'sitting' }`. */
	readonly context?: Readonly<Record<string, string>> | undefined;
	readonly note?: string | undefined;
}

/** One version of a recorded observation: as it was first recorded, or as an amendment made it. */
export interface ObservationVersion extends Omit<ObservationDraft, 'measure'> {
	/** Id of the entry that holds it. */
	readonly id: string;
	/** Identity of whoever wrote it. */
	readonly by: string;
}

/** A recorded observation after amendments, voids left out. */
export interface Observation extends ObservationDraft {
	/** Id of the entry that first recorded it; stable through amendments. */
	readonly id: string;
	/** Device that signed the newest version. */
	readonly device: string;
	/** Identity of whoever first recorded it: theirs to change. */
	readonly by?: string | undefined;
	/** True when an amendment replaced the first values; the original is kept. */
	readonly amended: boolean;
	/** Id of the version shown, when that is an amendment: what the next amendment replaces. */
	readonly version?: string | undefined;
	/** What the version shown has replaced, the first recorded one first. Absent for one never amended. */
	readonly earlier?: readonly ObservationVersion[] | undefined;
	/** True when two amendments of the same entry were made without knowing of each other. */
	readonly conflicting: boolean;
	/** The versions made without knowing of the one shown, and not yet chosen among. Absent without conflict. */
	readonly rivals?: readonly ObservationVersion[] | undefined;
	/** Set on a value that is a field of another measure's observation, and is changed or removed there. */
	readonly within?: MeasureKind | undefined;
}

/**
 * Why a reading was taken out of view, as stored. `undo`: at once after the save. `mistake`: no reason given, or none of
 * these. A newer app may know more.
 */
export const voidReasons = ['undo', 'mistake', 'wrongValue', 'wrongPerson', 'badReading', 'duplicate'] as const;
export type VoidReason = (typeof voidReasons)[number];

/** An observation that was taken out of view. It stays in the log, and can be found. */
export interface RemovedObservation extends Observation {
	/** Unknown ones of a newer app count as `mistake`. */
	readonly reason: VoidReason;
}
