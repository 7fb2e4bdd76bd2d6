/** The bounded self-adjustment of a medicine: so many times within so many days, then contact. It counts and advises nothing. */
import type { Effective } from '../observation';
import { daysBetween, type LocalDate } from '../time';
import type { Medicine } from './lines';

/** A step that was taken, in the words the plan had then. */
export interface AdjustmentUse {
	readonly id: string;
	/** The medicine's line in the plan. */
	readonly medicine: string;
	readonly name: string;
	readonly step: string;
	readonly effective: Effective;
	/** The member who noted it. */
	readonly by: string;
}

export interface AdjustmentLeft {
	/** Times left today; 0: contact the one who is named. */
	readonly today: number;
	/** Times used of those allowed within the days that count. */
	readonly used: number;
}

/** `uses` is the day of each use, in any order. A day dated after today counts as used. */
export function adjustmentLeft(
	{ times, withinDays, mostPerDay }: NonNullable<Medicine['adjust']>,
	uses: readonly LocalDate[],
	today: LocalDate
): AdjustmentLeft {
	const used = uses.filter((day) => daysBetween(day, today) < withinDays).length;
	const usedToday = uses.filter((day) => day >= today).length;
	return { used, today: Math.max(0, Math.min(times - used, mostPerDay - usedToday)) };
}
