/**
 * What of a book a reader sees who was given it from a day on (docs/protocol.md S3). Days are the readings' own: the
 * calendar the person lived by when it was measured. Pure, so that whoever holds the originals comes to the same.
 */
import type { BookKind } from '$lib/domain/books';
import { isMeasureKind } from '$lib/domain/measures';
import { lastDayOf } from '$lib/domain/measuring-series';
import { localDate, type LocalDate } from '$lib/domain/time';
import type { Entry } from './entries';
import type { EntryId } from './ids';
import { ObservationIndex, type Stated } from './project';
import { projectSeries } from './project-series';

/** Books that are given from a day on. The plan, the names and the log mean nothing in part, and are always whole. */
export const isWindowed = (kind: BookKind): boolean => isMeasureKind(kind) || kind === 'medicines';

/**
 * The entries from `from` on, with all that belongs to each of them, in the order given:
 *
 * - a reading by the day it shows under now, with every version and void of it. One that was moved out of the window by a
 *   correction is left out whole, one that was moved into it comes whole;
 * - a series whose last day is not before the window, with its end;
 * - a change or an adjustment by its day, with its void.
 *
 * What this app cannot date is left out.
 */
export function withinWindow(kind: BookKind, stated: readonly Stated[], from: LocalDate): Stated[] {
	if (!isWindowed(kind)) return [...stated];
	const firsts = new Set<EntryId>([...readingsFrom(stated, from), ...seriesFrom(stated, from)]);
	for (const { entry } of stated) if (isEventFrom(entry, from)) firsts.add(entry.id);
	const kept = withAmendments(firsts, stated);
	return stated.filter(({ entry }) => (isAbout(entry) ? kept.has(entry.target) : kept.has(entry.id)));
}

/** A correction, a void or an end: it goes where what it is about goes. */
const isAbout = (
	entry: Entry
): entry is Extract<Entry, { kind: 'obs.void' | 'series.end' | 'change.void' | 'adjust.void' }> =>
	entry.kind === 'obs.void' ||
	entry.kind === 'series.end' ||
	entry.kind === 'change.void' ||
	entry.kind === 'adjust.void';

function readingsFrom(stated: readonly Stated[], from: LocalDate): EntryId[] {
	const index = new ObservationIndex();
	index.add(stated);
	const shown = new Map([...index.observations, ...index.removed].map(({ id, effective }) => [id, effective]));
	return stated.flatMap(({ entry }) =>
		entry.kind === 'obs.add' && localDate(shown.get(entry.id) ?? entry.effective) >= from ? [entry.id] : []
	);
}

const seriesFrom = (stated: readonly Stated[], from: LocalDate): EntryId[] =>
	projectSeries(stated).flatMap((series) => (lastDayOf(series) >= from ? [series.id as EntryId] : []));

const isEventFrom = (entry: Entry, from: LocalDate): boolean =>
	entry.kind === 'change.add'
		? entry.day >= from
		: entry.kind === 'adjust.use'
			? localDate(entry.effective) >= from
			: false;

/** These ids, and those of every amendment that leads back to one of them. */
function withAmendments(firsts: ReadonlySet<EntryId>, stated: readonly Stated[]): ReadonlySet<EntryId> {
	const amendsOf = new Map<EntryId, EntryId[]>();
	for (const { entry } of stated) {
		if (entry.kind !== 'obs.amend') continue;
		const known = amendsOf.get(entry.target);
		if (known) known.push(entry.id);
		else amendsOf.set(entry.target, [entry.id]);
	}
	const kept = new Set<EntryId>();
	for (const waiting = [...firsts]; waiting.length > 0;) {
		const id = waiting.pop() as EntryId;
		if (kept.has(id)) continue;
		kept.add(id);
		waiting.push(...(amendsOf.get(id) ?? []));
	}
	return kept;
}
