/** From accepted entries of the medicines book to the changes that stand, by day. */
import type { Change } from '$lib/domain/change';
import { parseLocalDate } from '$lib/domain/time';
import type { ChangeAdd } from './entries';
import type { EntryId } from './ids';
import type { Stated } from './project';

/**
 * A void counts from who made the change, or from the person or a co-owner. Of two authors under one id the person's
 * stands. A day that is no real day is left out. `stated` are the entries of the book, in any order.
 */
export function projectChanges(stated: readonly Stated[]): readonly Change[] {
	const changes = new Map<EntryId, Stated<ChangeAdd>>();
	for (const each of stated) {
		if (!isAdd(each)) continue;
		const known = changes.get(each.entry.id);
		if (!known || (each.owning && !known.owning)) changes.set(each.entry.id, each);
	}
	for (const { entry, author, owning } of stated) {
		if (entry.kind !== 'change.void') continue;
		const target = changes.get(entry.target);
		if (target && (owning || target.author === author)) changes.delete(entry.target);
	}
	return [...changes.values()]
		.flatMap(({ entry }) => toChange(entry) ?? [])
		.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.id < b.id ? -1 : 1));
}

const isAdd = (each: Stated): each is Stated<ChangeAdd> => each.entry.kind === 'change.add';

function toChange({ id, type, day, name, from, to }: ChangeAdd): Change | null {
	const date = parseLocalDate(day);
	return date ? { id, type, day: date, name, from, to } : null;
}
