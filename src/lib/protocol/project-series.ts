/** From accepted entries of the blood pressure book to the series of home blood pressures in it, oldest first. */
import type { MeasuringSeries } from '$lib/domain/measuring-series';
import { parseLocalDate } from '$lib/domain/time';
import type { SeriesStart } from './entries';
import { inStatedOrder, type Stated } from './project';

/**
 * A series whose first day is no real day is left out. Of two starts under one id the person's or a co-owner's stands. Whoever may
 * write in the book may end any series in it. `stated` are the entries of the book, in any order.
 */
export function projectSeries(stated: readonly Stated[]): readonly MeasuringSeries[] {
	const starts = new Map<string, SeriesStart>();
	const ends = new Map<string, number>();
	const series = stated.filter(({ entry }) => entry.kind === 'series.start' || entry.kind === 'series.end');
	for (const { entry } of series.sort(owningFirst)) {
		if (entry.kind === 'series.start' && !starts.has(entry.id)) starts.set(entry.id, entry);
		if (entry.kind === 'series.end') ends.set(entry.target, Math.min(entry.at, ends.get(entry.target) ?? Infinity));
	}
	return [...starts.values()]
		.flatMap(({ id, protocol, start, at }) => {
			const day = parseLocalDate(start);
			return day ? [{ at, series: { id, protocol, start: day, endedAt: ends.get(id) ?? null } }] : [];
		})
		.sort((a, b) => a.at - b.at || (a.series.id < b.series.id ? -1 : 1))
		.map(({ series }) => series);
}

const owningFirst = (a: Stated, b: Stated): number => Number(b.owning) - Number(a.owning) || inStatedOrder(a, b);
