/** What came of judging a clause: one of three, never a guess, with what it rests on. */
import type { MeasureKind } from '../measures';
import type { Effective } from '../observation';

/** `unknown` is "vet inte": a missing reading is never taken for a good one. */
export type Verdict = 'met' | 'notMet' | 'unknown';

/** Why nothing can be said, and so what would help. */
export type UnknownReason =
	/** Nothing recorded that is new enough; `last` is the newest there is. */
	| { readonly type: 'no-reading'; readonly measure: MeasureKind; readonly last: Effective | null }
	/** Readings are there, but too few of them in the time the clause looks at. */
	| { readonly type: 'too-few'; readonly measure: MeasureKind; readonly have: number; readonly need: number }
	/** The questions were answered and this one was left out. */
	| { readonly type: 'unanswered'; readonly field: string }
	/** This reader does not hold the book: "bygger på symtom som du inte ser". */
	| { readonly type: 'book-unreadable'; readonly measure: MeasureKind }
	/** Written by a newer app. */
	| { readonly type: 'newer-clause' };

export type Finding =
	| {
			readonly verdict: 'met' | 'notMet';
			/** Ids of the entries it rests on, oldest first; empty for silence without any reading. */
			readonly readings: readonly string[];
			/** When the newest of them was made; null without. */
			readonly at: Effective | null;
			/** Met only because it was met before and has not come back far enough (hysteresis). */
			readonly isHeld: boolean;
	  }
	| { readonly verdict: 'unknown'; readonly why: UnknownReason };

export const unknown = (why: UnknownReason): Finding => ({ verdict: 'unknown', why });

interface Basis {
	readonly id: string;
	readonly effective: Effective;
}

/** Rests on points, oldest first. */
export const found = (isMet: boolean, points: readonly Basis[], isHeld = false): Finding => ({
	verdict: isMet ? 'met' : 'notMet',
	readings: points.map(({ id }) => id),
	at: points.at(-1)?.effective ?? null,
	isHeld
});

/**
 * Kleene's three-valued logic, counted: met when `least` are met, not met when even all unknown ones would not be enough.
 * With least 1 it is "or", with all of them "and".
 */
export function combined(verdicts: readonly Verdict[], least: number): Verdict {
	const met = verdicts.filter((verdict) => verdict === 'met').length;
	const possible = verdicts.filter((verdict) => verdict !== 'notMet').length;
	if (met >= least) return 'met';
	return possible < least ? 'notMet' : 'unknown';
}
