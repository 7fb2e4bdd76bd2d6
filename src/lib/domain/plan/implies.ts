/**
 * Whether one condition can never be met without another being met too, for the checks of a plan. Hysteresis is left out:
 * it only ever lengthens what is met.
 */
import type { ClauseOf, Clause, Relation } from './clause';
import { isUpward } from './judge-value';
import type { Rule } from './rule';

/** True when whatever meets `a` meets `b`; false also when it cannot be told. */
export function clauseImplies(a: Clause, b: Clause): boolean {
	if (a.kind === 'value' && b.kind === 'value') {
		const isSameField = a.measure === b.measure && a.field === b.field;
		return isSameField && isAsSerious(a, b) && a.readings >= b.readings && a.withinDays <= b.withinDays;
	}
	if (a.kind === 'seriesMean' && b.kind === 'seriesMean') {
		return a.field === b.field && isAsSerious(a, b) && a.withinDays <= b.withinDays;
	}
	if (a.kind === 'weightGain' && b.kind === 'weightGain') return a.kg >= b.kg && a.days <= b.days;
	if (a.kind === 'symptom' && b.kind === 'symptom') {
		return a.field === b.field && a.step >= b.step && a.withinDays <= b.withinDays;
	}
	if (a.kind === 'health' && b.kind === 'health') return healthImplies(a, b);
	if (a.kind === 'silence' && b.kind === 'silence') return a.measure === b.measure && a.days >= b.days;
	return false;
}

interface Limit {
	readonly relation: Relation;
	readonly limit: number;
}

/** The same side, and at least as far out. */
function isAsSerious(a: Limit, b: Limit): boolean {
	if (isUpward(a.relation) !== isUpward(b.relation)) return false;
	const further = isUpward(a.relation) ? a.limit - b.limit : b.limit - a.limit;
	return further > 0 || (further === 0 && (countsLimit(b.relation) || !countsLimit(a.relation)));
}

const countsLimit = (relation: Relation): boolean => relation === 'atLeast' || relation === 'atMost';

function healthImplies(a: ClauseOf<'health'>, b: ClauseOf<'health'>): boolean {
	const further = a.direction === 'orWorse' ? a.step >= b.step : a.step <= b.step;
	return a.direction === b.direction && further && a.withinDays <= b.withinDays;
}

/** For rules of "and" and of "or"; of "so many of" only when one of them is enough or all are needed. */
export function ruleImplies(a: Rule, b: Rule): boolean {
	const impliedBy = (known: readonly Clause[]): boolean =>
		b.clauses.filter((clause) => known.some((each) => clauseImplies(each, clause))).length >= b.least;
	if (a.least === a.clauses.length) return impliedBy(a.clauses);
	return a.clauses.every((clause) => impliedBy([clause]));
}

/** True when the two can never be met at the same moment by the same reading: over 150 and under 140. */
export function excludeEachOther(a: Clause, b: Clause): boolean {
	if (a.kind === 'health' && b.kind === 'health' && a.direction !== b.direction) {
		const [worse, better] = a.direction === 'orWorse' ? [a.step, b.step] : [b.step, a.step];
		return worse > better;
	}
	const isValues = a.kind === 'value' && b.kind === 'value' && a.measure === b.measure && a.field === b.field;
	const isMeans = a.kind === 'seriesMean' && b.kind === 'seriesMean' && a.field === b.field;
	if (!isValues && !isMeans) return false;
	if (isUpward(a.relation) === isUpward(b.relation)) return false;
	const [low, high] = isUpward(a.relation) ? [a, b] : [b, a];
	return (
		low.limit > high.limit || (low.limit === high.limit && !(countsLimit(low.relation) && countsLimit(high.relation)))
	);
}
