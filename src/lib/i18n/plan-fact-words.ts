/** What has happened, for the head of a zone: "Vikten har gått upp 2,3 kg på 3 dagar." The clause itself is told by `whyWords`. */
import { type Clause, measureOfClause } from '$lib/domain/plan/clause';
import { tellingClauses, type ZoneResult } from '$lib/domain/plan/evaluate';
import type { ClauseResult } from '$lib/domain/plan/rule-history';
import { formatNumber, formatRelativeDay, type Moment } from './format';
import { answersInWords, measureInSentence } from './measure-words';
import { measureName, unitName, valueWithUnit } from './number-words';
import { numberText } from './plan-clause-words';
import { type ReadingOf, unknownWords, whyWords } from './plan-words';
import { m } from './paraglide/messages';

/** A sentence that says the same to the person and to whoever helps. */
function factWords(result: ClauseResult, readingOf: ReadingOf, now: Moment): string {
	const { clause, finding } = result;
	if (finding.verdict === 'unknown') return unknownWords(finding.why, now);
	return factOf(clause, finding.readings, readingOf, now) ?? whyWords(result, readingOf, now);
}

/** What makes a zone what it is, the same thing once; nothing of a green one. */
export const zoneFacts = (result: ZoneResult, readingOf: ReadingOf, now: Moment): readonly string[] =>
	clauseFacts(tellingClauses(result), readingOf, now);

/** The same of the clauses that tell it. */
export const clauseFacts = (telling: readonly ClauseResult[], readingOf: ReadingOf, now: Moment): readonly string[] => [
	...new Set(telling.map((each) => factWords(each, readingOf, now)))
];

function factOf(clause: Clause, ids: readonly string[], readingOf: ReadingOf, now: Moment): string | null {
	if (clause.kind === 'newer' || clause.kind === 'seriesMean') return null;
	const measure = measureOfClause(clause);
	if (clause.kind === 'silence') {
		const { days } = clause;
		return m.plan_fact_silence({ days, count: formatNumber(days), measure: measureInSentence(measure) });
	}
	const readings = ids.flatMap((id) => readingOf(measure, id) ?? []);
	const last = readings.at(-1);
	if (!last) return null;
	const day = formatRelativeDay(last.effective, now);
	if (clause.kind === 'weightGain') {
		const [from, to] = [readings[0]?.values['weight'], last.values['weight']];
		if (from === undefined || to === undefined) return null;
		const kg = `${numberText(to - from)}\u00a0${unitName('kg')}`;
		return m.plan_fact_gain({ days: clause.days, count: formatNumber(clause.days), kg });
	}
	if (clause.kind === 'symptom') {
		const value = last.values[clause.field];
		const [answer] = value === undefined ? [] : answersInWords(measure, { [clause.field]: value });
		return answer === undefined ? null : m.plan_fact_answer({ answer, day });
	}
	const words = { field: measureName(measure), value: valueWithUnit(measure, last.values), day };
	if (clause.kind === 'health' || clause.readings === 1) return m.plan_fact_value(words);
	return m.plan_fact_row({ ...words, count: formatNumber(clause.readings) });
}
