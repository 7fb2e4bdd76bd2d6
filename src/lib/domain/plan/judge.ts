/**
 * What a clause means: a judge is made once from the readings, and then asked about any moment.
 *
 * The newest reading counts, so that "rest and measure again" can lower a zone as well as raise it. A reading older than the
 * clause's window says nothing. Hysteresis follows from the readings themselves, in their own order: no state is kept.
 */
import { unreachable } from '../assert';
import { measures } from '../measures';
import { booksOfClause, type Clause, type ClauseOf, measureOfClause } from './clause';
import { type Finding, found, unknown } from './finding';
import { createMeanJudge } from './judge-mean';
import { createValueJudge } from './judge-value';
import { createWeightJudge } from './judge-weight';
import {
	anyPointsOf,
	type AsOf,
	dayNumber,
	lastPlace,
	type PlanData,
	type PlanReading,
	type Point,
	pointsOf
} from './timeline';

export interface Judge {
	/** What can be said at a moment. */
	readonly at: (asOf: AsOf) => Finding;
	/** Where its answer can change, besides with the day: the readings it looks at, oldest first. */
	readonly points: readonly Point[];
}

export function createJudge(clause: Clause, data: PlanData): Judge {
	if (clause.kind === 'newer') return always(unknown({ type: 'newer-clause' }));
	const closed = booksOfClause(clause).find((book) => data.readings(book) === null);
	const readings = data.readings(measureOfClause(clause));
	if (closed || !readings)
		return always(unknown({ type: 'book-unreadable', measure: closed ?? measureOfClause(clause) }));
	switch (clause.kind) {
		case 'value':
			return createValueJudge(clause, readings);
		case 'seriesMean':
			return createMeanJudge(clause, readings, data.series);
		case 'weightGain':
			return createWeightJudge(clause, readings);
		case 'symptom':
			return createSymptomJudge(clause, readings);
		case 'health':
			return createHealthJudge(clause, readings);
		case 'silence':
			return createSilenceJudge(clause, readings, data);
		default:
			return unreachable(clause);
	}
}

const always = (finding: Finding): Judge => ({ at: () => finding, points: [] });

/** The newest answer to this question. An answer left out is not a "no". */
function createSymptomJudge({ field, step, withinDays }: ClauseOf<'symptom'>, readings: readonly PlanReading[]): Judge {
	const answers = pointsOf(readings, field, 'highest');
	const all = anyPointsOf(readings);
	return {
		points: answers,
		at: (asOf) => {
			const answer = newestWithin(answers, asOf, withinDays);
			if (answer) return found(answer.value >= step, [answer]);
			if (newestWithin(all, asOf, withinDays)) return unknown({ type: 'unanswered', field });
			return unknown({ type: 'no-reading', measure: 'symptoms', last: newest(all, asOf)?.effective ?? null });
		}
	};
}

const healthKey = measures.selfRatedHealth.fields[0]?.key ?? 'step';

function createHealthJudge(
	{ step, direction, withinDays }: ClauseOf<'health'>,
	readings: readonly PlanReading[]
): Judge {
	const points = pointsOf(readings, healthKey, direction === 'orWorse' ? 'highest' : 'lowest');
	return {
		points,
		at: (asOf) => {
			const point = newestWithin(points, asOf, withinDays);
			if (point) return found(direction === 'orWorse' ? point.value >= step : point.value <= step, [point]);
			return unknown({ type: 'no-reading', measure: 'selfRatedHealth', last: newest(points, asOf)?.effective ?? null });
		}
	};
}

/**
 * The one clause that absence meets. The days are those between the last reading, or the plan's first day, or the first day
 * this reader was given, and today.
 */
function createSilenceJudge(
	{ measure, days }: ClauseOf<'silence'>,
	readings: readonly PlanReading[],
	{ since, givenFrom }: PlanData
): Judge {
	const points = anyPointsOf(readings);
	const begun = Math.max(...[since, givenFrom?.(measure)].map((day) => (day ? dayNumber(day) : -Infinity)));
	return {
		points,
		at: (asOf) => {
			const last = newest(points, asOf);
			const from = Math.max(last?.day ?? -Infinity, begun);
			return found(asOf.day - from > days, last ? [last] : []);
		}
	};
}

const newest = (points: readonly Point[], asOf: AsOf): Point | undefined => points[lastPlace(points, asOf)];

function newestWithin(points: readonly Point[], asOf: AsOf, withinDays: number): Point | undefined {
	const point = newest(points, asOf);
	return point && asOf.day - point.day < withinDays ? point : undefined;
}
