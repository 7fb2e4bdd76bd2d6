/** From accepted entries of the medicines book to the changes that stand, by day. */
import type { Change } from '$lib/domain/change';
import { parseLocalDate } from '$lib/domain/time';
import type { ChangeAdd } from './entries';
import type { Stated } from './project';
import { standingEntries } from './standing-entries';

/** Those that stand, by day. A day that is no real day is left out. `stated` are the entries of the book, in any order. */
export function projectChanges(stated: readonly Stated[]): readonly Change[] {
	return standingEntries(stated, isAdd, 'change.void')
		.flatMap(({ id, said }) => toChange(id, said) ?? [])
		.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.id < b.id ? -1 : 1));
}

const isAdd = (each: Stated): each is Stated<ChangeAdd> => each.entry.kind === 'change.add';

function toChange(id: string, { entry, author }: Stated<ChangeAdd>): Change | null {
	const { type, day, name, from, to } = entry;
	const date = parseLocalDate(day);
	return date ? { id, by: author, type, day: date, name, from, to } : null;
}
