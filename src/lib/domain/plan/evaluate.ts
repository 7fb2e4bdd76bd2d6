/**
 * The zone of a plan, computed on the device from the plan's own rules and the readings alone.
 *
 * - A red rule that is met makes it red, whatever else is unknown.
 * - Else a yellow rule that is met makes it yellow; when a red one is unknown, that is said (`isRedUnknown`).
 * - Else one unknown rule makes it unknown. So does a plan without rules.
 * - Green is what is left: every rule is known not to be met. Absence never makes green (ARCHITECTURE 1.4).
 */
import type { MeasureKind } from '../measures';
import type { Effective } from '../observation';
import type { LocalDate } from '../time';
import type { Clause } from './clause';
import type { Verdict } from './finding';
import { createJudge } from './judge';
import type { Rule } from './rule';
import { type ClauseResult, dateOfDay, ruleHistory, type RuleHistory } from './rule-history';
import { type AsOf, asOfNow, type PlanData } from './timeline';

export type Zone = 'green' | 'yellow' | 'red' | 'unknown';

export interface RuleResult {
	readonly rule: Rule;
	readonly verdict: Verdict;
	readonly clauses: readonly ClauseResult[];
	/** While it is met. */
	readonly alarm: RuleAlarm | null;
}

export interface RuleAlarm {
	/** First of the days in a row on which it was met. */
	readonly since: LocalDate;
	/** It was met shortly before as well, within the rule's quiet days: nobody needs to be told anew. */
	readonly isRepeat: boolean;
}

export interface ZoneResult {
	readonly zone: Zone;
	/** The rules that decide: the met ones of a red or yellow zone, the unknown ones of an unknown; all of a green. */
	readonly reasons: readonly RuleResult[];
	/** Every rule, in the plan's order. */
	readonly rules: readonly RuleResult[];
	/** The zone is not red, and cannot be said not to be. */
	readonly isRedUnknown: boolean;
	/** What to record to know more, the most serious first. */
	readonly ask: readonly MeasureKind[];
}

/** What a clause comes to at `now`, which is the instant and the wall clock where the person is. Pure; needs no network. */
export function evaluateClause(clause: Clause, data: PlanData, now: Effective): ClauseResult {
	return { clause, finding: createJudge(clause, data).at(asOfNow(now)) };
}

/** Of several plans in force at once, hand over the rules of all: then the most serious of them decides. */
export function evaluatePlan(
	{ rules }: { readonly rules: readonly Rule[] },
	data: PlanData,
	now: Effective
): ZoneResult {
	const results = rules.map((rule) => evaluateRule(rule, data, now));
	const having = (zone: Rule['zone'], verdict: Verdict) =>
		results.filter((result) => result.rule.zone === zone && result.verdict === verdict);
	const [red, yellow] = [having('red', 'met'), having('yellow', 'met')];
	const unknown = [...having('red', 'unknown'), ...having('yellow', 'unknown')];
	const isRedUnknown = red.length === 0 && (rules.length === 0 || having('red', 'unknown').length > 0);
	const rest = { rules: results, isRedUnknown, ask: measuresToAsk(unknown) };
	if (red.length > 0) return { zone: 'red', reasons: red, ...rest };
	if (yellow.length > 0) return { zone: 'yellow', reasons: yellow, ...rest };
	if (unknown.length > 0 || rules.length === 0) return { zone: 'unknown', reasons: unknown, ...rest };
	return { zone: 'green', reasons: results, ...rest };
}

function evaluateRule(rule: Rule, data: PlanData, now: Effective): RuleResult {
	const history = ruleHistory(rule, data);
	const asOf = asOfNow(now);
	const { verdict, clauses } = history.at(asOf);
	return { rule, verdict, clauses, alarm: verdict === 'met' ? alarmOf(rule, history, asOf) : null };
}

/** Looks back no longer than this: who has been yellow for a year knows it. */
const MOST_DAYS_BACK = 366;

function alarmOf({ quietDays = 1 }: Rule, history: RuleHistory, { day }: AsOf): RuleAlarm {
	const isMet = (at: number): boolean => history.onDay(at) === 'met';
	let since = day;
	while (day - since < MOST_DAYS_BACK && isMet(since - 1)) since -= 1;
	const quiet = Array.from({ length: quietDays - 1 }, (_, back) => since - 2 - back);
	return { since: dateOfDay(since), isRepeat: quiet.some(isMet) };
}

/** The clauses a zone is told by: of a red or yellow one those that are met, of an unknown one those that cannot be said. */
export function tellingClauses({ zone, reasons }: Pick<ZoneResult, 'zone' | 'reasons'>): readonly ClauseResult[] {
	if (zone === 'green') return [];
	const wanted = zone === 'unknown' ? 'unknown' : 'met';
	return reasons.flatMap(({ clauses }) => clauses.filter(({ finding }) => finding.verdict === wanted));
}

/** A reading, or an answer to the questions, would help: not where the book is closed or the app too old. */
function measuresToAsk(unknown: readonly RuleResult[]): readonly MeasureKind[] {
	const asked = unknown.flatMap(({ clauses }) =>
		clauses.flatMap(({ finding }): MeasureKind[] => {
			if (finding.verdict !== 'unknown') return [];
			const { why } = finding;
			if (why.type === 'no-reading' || why.type === 'too-few') return [why.measure];
			return why.type === 'unanswered' ? ['symptoms'] : [];
		})
	);
	return [...new Set(asked)];
}
