/** Judges "the newest reading, or so many in a row, lie beyond a limit". */
import type { ClauseOf, Relation } from './clause';
import { type Finding, found, unknown } from './finding';
import type { Judge } from './judge';
import { type AsOf, lastPlace, type PlanReading, type Point, pointsOf } from './timeline';

/** Whether a value lies on the side of the limit that a clause speaks of. */
export function isBeyond(value: number, relation: Relation, limit: number): boolean {
	switch (relation) {
		case 'over':
			return value > limit;
		case 'atLeast':
			return value >= limit;
		case 'under':
			return value < limit;
		case 'atMost':
			return value <= limit;
	}
}

/** True where high values are the serious ones. */
export const isUpward = (relation: Relation): boolean => relation === 'over' || relation === 'atLeast';

export function createValueJudge(clause: ClauseOf<'value'>, readings: readonly PlanReading[]): Judge {
	const points = pointsOf(readings, clause.field, isUpward(clause.relation) ? 'highest' : 'lowest');
	const held = heldFrom(clause, points);
	return { points, at: (asOf) => judge(clause, points, held, asOf) };
}

function judge(clause: ClauseOf<'value'>, points: readonly Point[], held: readonly number[], asOf: AsOf): Finding {
	const { measure, relation, limit, withinDays, readings: need } = clause;
	const place = lastPlace(points, asOf);
	const last = points[place];
	if (!last || asOf.day - last.day >= withinDays) {
		return unknown({ type: 'no-reading', measure, last: last?.effective ?? null });
	}
	const row = points.slice(Math.max(0, place + 1 - need), place + 1).filter(({ day }) => asOf.day - day < withinDays);
	const isRow = row.every(({ value }) => isBeyond(value, relation, limit));
	if (isRow && row.length === need) return found(true, row);
	const from = points[held[place] ?? -1];
	if (from) return found(true, from === last ? [last] : [from, last], true);
	// One reading that does not lie beyond it breaks the row, however many are missing.
	return isRow ? unknown({ type: 'too-few', measure, have: row.length, need }) : found(false, row);
}

/**
 * For every reading, the place of the one that met the clause and has not been cleared since; -1 where there is none. Without
 * a value to come back to nothing is held.
 */
function heldFrom(clause: ClauseOf<'value'>, points: readonly Point[]): readonly number[] {
	const { relation, limit, readings: need, withinDays, clear } = clause;
	if (clear === undefined) return [];
	const hasCleared = (value: number): boolean => (isUpward(relation) ? value <= clear : value >= clear);
	let row = 0;
	let from = -1;
	return points.map(({ value, day }, place) => {
		row = isBeyond(value, relation, limit) ? row + 1 : 0;
		const first = points[place + 1 - need];
		const isMet = row >= need && first !== undefined && day - first.day < withinDays;
		if (from === -1 ? isMet : hasCleared(value) && row === 0) from = from === -1 ? place : -1;
		return from;
	});
}
