/** How a rule has stood, day by day, as its readings tell: for "since when", for repeats, and for the rehearsal of a limit. */
import { addDays, type LocalDate } from '../time';
import type { Clause } from './clause';
import { combined, type Finding, type Verdict } from './finding';
import { createJudge, type Judge } from './judge';
import type { Rule } from './rule';
import { type AsOf, asOfDay, asOfReading, type PlanData } from './timeline';

export type RuleClauses = Pick<Rule, 'least' | 'clauses'>;

/** What a clause came to, and which one it was. */
export interface ClauseResult {
	readonly clause: Clause;
	readonly finding: Finding;
}

export interface RuleHistory {
	readonly at: (asOf: AsOf) => { readonly verdict: Verdict; readonly clauses: readonly ClauseResult[] };
	/** Met at any moment of a day, if only until it was measured again; else what the end of the day said. */
	readonly onDay: (day: number) => Verdict;
}

export function ruleHistory({ least, clauses }: RuleClauses, data: PlanData): RuleHistory {
	const judged = clauses.map((clause) => ({ clause, judge: createJudge(clause, data) }));
	const at = (asOf: AsOf) => {
		const results = judged.map(({ clause, judge }): ClauseResult => ({ clause, finding: judge.at(asOf) }));
		return { verdict: combined(results.map(verdictOf), least), clauses: results };
	};
	// Made when first asked for: a rule that is not met has no history to tell.
	let moments: ReadonlyMap<number, readonly AsOf[]> | null = null;
	return {
		at,
		onDay: (day) => {
			moments ??= momentsByDay(judged.map(({ judge }) => judge));
			const isMet = (moments.get(day) ?? []).some((asOf) => at(asOf).verdict === 'met');
			return isMet ? 'met' : at(asOfDay(day)).verdict;
		}
	};
}

const verdictOf = ({ finding }: ClauseResult): Verdict => finding.verdict;

/** Every moment at which an answer can change within a day. */
function momentsByDay(judges: readonly Judge[]): ReadonlyMap<number, readonly AsOf[]> {
	const byDay = new Map<number, AsOf[]>();
	for (const point of judges.flatMap(({ points }) => points)) {
		const known = byDay.get(point.day);
		if (known) known.push(asOfReading(point));
		else byDay.set(point.day, [asOfReading(point)]);
	}
	return byDay;
}

/**
 * Days on which a rule was met, as alarms: days in a row are one, and so are days with no more than `quietDays` from one to
 * the next. Gives the first day of each. Days come in order.
 */
export function alarmDays(days: readonly number[], quietDays = 1): readonly number[] {
	return days.filter((day, place) => {
		const before = days[place - 1];
		return before === undefined || day - before > Math.max(1, quietDays);
	});
}

/** The local day of a day number. */
export const dateOfDay = (day: number): LocalDate => addDays('1970-01-01' as LocalDate, day);
