/**
 * How safely a person's data lies, from facts alone, and the one thing that would make it better (docs/protocol.md 14). Says
 * nothing of the person's health; every time is milliseconds since 1970.
 */

const DAY_MS = 86_400_000;
/** After the code was made, and after each time the paper was tried. */
const DRILL_DAYS = { first: 30, later: 365 } as const;
/** Nobody is asked about a backup before there is something to lose (L2). */
const ASK_AFTER = { days: 7, values: 10 } as const;
/** A file older than this is hardly a backup. */
const FILE_DAYS = 90;
/** How long a card that was put off stays away. */
export const PUT_OFF_MS = 7 * DAY_MS;

export interface SafetyFacts {
	readonly now: number;
	/** Entries on this device, of every kind. */
	readonly entries: number;
	/** Of them, those the relay does not have yet. */
	readonly waiting: number;
	/** The relay has the circle, and a way back exists. */
	readonly isBackedUp: boolean;
	/** When the recovery code was typed back at its making; null while there is none. */
	readonly codeAt: number | null;
	/** When the whole code was last tried. */
	readonly drilledAt: number | null;
	/** The newest backup file made here. */
	readonly file: { readonly at: number; readonly entries: number } | null;
	/** The browser has promised to keep the data; null where it cannot say. */
	readonly isPersisted: boolean | null;
	/** A browser that empties pages nobody has opened for a week, while the app is not installed. */
	readonly isForgetful: boolean;
}

/** What to do next, the most needed first; null when there is nothing more to do here. */
export type SafetyStep = 'make-code' | 'send' | 'install' | 'persist' | 'try-code' | 'make-file' | null;

/** Entries that would be gone if the device were lost now: on no way back, whichever is best. */
export function entriesAtRisk({ entries, waiting, isBackedUp, file }: SafetyFacts): number {
	const withRelay = isBackedUp ? Math.min(waiting, entries) : entries;
	const withFile = file ? Math.max(0, entries - file.entries) : entries;
	return Math.min(withRelay, withFile);
}

export function nextSafetyStep(facts: SafetyFacts): SafetyStep {
	const { now, codeAt, isBackedUp, waiting, file } = facts;
	if (codeAt === null) return 'make-code';
	if (!isBackedUp || waiting > 0) return 'send';
	if (facts.isForgetful) return 'install';
	if (facts.isPersisted === false) return 'persist';
	if (isDrillDue(facts)) return 'try-code';
	if (!file || now - file.at > FILE_DAYS * DAY_MS) return 'make-file';
	return null;
}

/** Time to find the paper and type it back: a month after it was made, then once a year. */
export function isDrillDue({ now, codeAt, drilledAt }: Pick<SafetyFacts, 'now' | 'codeAt' | 'drilledAt'>): boolean {
	if (codeAt === null) return false;
	const days = drilledAt === null ? DRILL_DAYS.first : DRILL_DAYS.later;
	return now - (drilledAt ?? codeAt) >= days * DAY_MS;
}

export interface CardFacts extends Pick<
	SafetyFacts,
	'now' | 'codeAt' | 'drilledAt' | 'file' | 'isPersisted' | 'isForgetful'
> {
	readonly values: number;
	/** When the oldest value was measured; null without any. */
	readonly firstAt: number | null;
	/** Put off until then. */
	readonly askAfter: number | null;
}

/**
 * The card on **Idag**: a way back is missing, the browser may clear the values meanwhile, or the paper should be tried. One at
 * a time, and never while put off. Of the browser nobody is told more than once: what was put off before has been read.
 */
export function safetyCard(facts: CardFacts): 'backup' | 'browser' | 'drill' | null {
	const { now, codeAt, file, values, firstAt, askAfter } = facts;
	if (askAfter !== null && now < askAfter) return null;
	if (codeAt !== null) return isDrillDue(facts) ? 'drill' : null;
	if (file && now - file.at <= FILE_DAYS * DAY_MS) return null;
	const isOld = firstAt !== null && now - firstAt >= ASK_AFTER.days * DAY_MS;
	if (values >= ASK_AFTER.values || isOld) return 'backup';
	const mayClear = facts.isForgetful || facts.isPersisted === false;
	return mayClear && values > 0 && askAfter === null ? 'browser' : null;
}
