/** Judges "the weight has gone up more than so much within so many days" (STANDARDS A3). */
import { weightGainG } from '../weight-change';
import type { ClauseOf } from './clause';
import { type Finding, found, unknown } from './finding';
import type { Judge } from './judge';
import { type AsOf, lastPlace, type PlanReading, type Point, pointsOf } from './timeline';

const inGrams = (kg: number): number => Math.round(kg * 1000);

/**
 * From the lowest weight of the days before to that of today; of several weights a day the first counts, as the one weighed
 * in the morning. Without a weight of today nothing is known: "väg dig". Held until no more than `clear` is left of the gain
 * above the weight it began from, also when the days have moved on past that weight.
 */
export function createWeightJudge(clause: ClauseOf<'weightGain'>, readings: readonly PlanReading[]): Judge {
	const points = firstOfEachDay(pointsOf(readings, 'weight', 'highest'));
	const held = clause.clear === undefined ? [] : heldFrom(clause, points, clause.clear);
	return { points, at: (asOf) => judge(clause, points, held, asOf) };
}

function judge(
	clause: ClauseOf<'weightGain'>,
	points: readonly Point[],
	held: readonly (Point | null)[],
	asOf: AsOf
): Finding {
	const place = lastPlace(points, asOf);
	const today = points[place];
	if (!today || today.day < asOf.day) {
		return unknown({ type: 'no-reading', measure: 'weight', last: today?.effective ?? null });
	}
	const lowest = lowestBefore(clause, points, place);
	if (lowest && gainG(lowest, today) > inGrams(clause.kg)) return found(true, [lowest, today]);
	const from = held[place];
	if (from) return found(true, [from, today], true);
	return lowest ? found(false, [lowest, today]) : unknown({ type: 'too-few', measure: 'weight', have: 1, need: 2 });
}

function firstOfEachDay(points: readonly Point[]): readonly Point[] {
	let latest = -Infinity;
	return points.filter(({ day }) => {
		const isFirst = day > latest;
		latest = Math.max(latest, day);
		return isFirst;
	});
}

const gainG = (from: Point, to: Point): number =>
	weightGainG(
		[
			{ day: 0, kg: from.value },
			{ day: 1, kg: to.value }
		],
		1,
		{ from: 1, to: 1 }
	) ?? 0;

/** The lowest of the days before, the newest of equals; null when none of them was weighed. */
function lowestBefore({ days }: ClauseOf<'weightGain'>, points: readonly Point[], place: number): Point | null {
	const today = points[place];
	let lowest: Point | null = null;
	for (let at = place - 1; at >= 0; at -= 1) {
		const point = points[at];
		if (!point || !today || point.day < today.day - days) break;
		if (!lowest || point.value < lowest.value) lowest = point;
	}
	return lowest;
}

/** For every weight, the one the gain began from, while it is held. */
function heldFrom(clause: ClauseOf<'weightGain'>, points: readonly Point[], clear: number): readonly (Point | null)[] {
	let from: Point | null = null;
	return points.map((point, place) => {
		if (from && gainG(from, point) <= inGrams(clear)) from = null;
		const lowest = from ? null : lowestBefore(clause, points, place);
		if (lowest && gainG(lowest, point) > inGrams(clause.kg)) from = lowest;
		return from;
	});
}
