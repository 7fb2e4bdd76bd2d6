/**
 * A limit tried on what has already been measured, before it is saved: "hade larmat 9 gånger på 90 dagar". It counts; whether
 * that is much is for people to say.
 */
import { addDays, daysBetween, type LocalDate } from '../time';
import { alarmDays, dateOfDay, type RuleClauses, ruleHistory } from './rule-history';
import { dayNumber, type PlanData } from './timeline';

export interface Rehearsal {
	/** Days in the stretch. */
	readonly days: number;
	/** Days on which it would have been met at some moment, oldest first. */
	readonly raised: readonly LocalDate[];
	/** First day of each alarm: days in a row, and days within the quiet days, are one. */
	readonly alarms: readonly LocalDate[];
	/** Days on which it could not be said. */
	readonly unknownDays: number;
}

export interface Stretch {
	readonly from: LocalDate;
	/** Counted too. */
	readonly to: LocalDate;
}

/** The last so many days, today counted. */
export const lastDays = (days: number, today: LocalDate): Stretch => ({ from: addDays(today, 1 - days), to: today });

/**
 * Every day is judged after each of its readings and at its end, by what was known then. Takes one sorting of the readings
 * and a few steps for each reading and day.
 */
export function rehearse(
	rule: RuleClauses & { readonly quietDays?: number | undefined },
	data: PlanData,
	{ from, to }: Stretch
): Rehearsal {
	const { onDay } = ruleHistory(rule, data);
	const first = dayNumber(from);
	const days = Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, day) => first + day);
	const verdicts = days.map(onDay);
	const raised = days.filter((_, place) => verdicts[place] === 'met');
	return {
		days: days.length,
		raised: raised.map(dateOfDay),
		alarms: alarmDays(raised, rule.quietDays).map(dateOfDay),
		unknownDays: verdicts.filter((verdict) => verdict === 'unknown').length
	};
}
