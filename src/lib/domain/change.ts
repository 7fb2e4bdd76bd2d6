/**
 * What else changed in a person's life: a medicine, or anything that may be worth remembering beside a curve. A day and a
 * name in the person's own words; nothing here knows what a medicine does.
 */
import type { LocalDate } from './time';

export const changeTypes = ['medicine.start', 'medicine.change', 'medicine.stop', 'other'] as const;
export type ChangeType = (typeof changeTypes)[number];

export interface ChangeDraft {
	readonly type: ChangeType;
	/** The day in the person's own calendar. */
	readonly day: LocalDate;
	/** The medicine, or what happened. */
	readonly name: string;
	/** The dose before and after, as the person writes it; of a change only the one that applies. */
	readonly from?: string | undefined;
	readonly to?: string | undefined;
}

/** A change that stands; one that was edited or removed has left its place to the next or to none. */
export interface Change extends ChangeDraft {
	readonly id: string;
	/** Whose word it is: a member's identity. */
	readonly by?: string | undefined;
}

/** Letters, as the stored form allows. */
export const CHANGE_NAME_LENGTH = 120;
export const DOSE_LENGTH = 64;
