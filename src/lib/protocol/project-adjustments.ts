/** From accepted entries of the medicines book to the bounded self-adjustments that were made and stand. */
import type { AdjustmentUse } from '$lib/domain/plan/adjustment';
import type { AdjustUse } from './entries';
import type { EntryId } from './ids';
import type { Stated } from './project';

/**
 * A void counts from who noted the use, or from the person or a co-owner. Of two authors under one id the person's stands.
 * Oldest first. `stated` are the entries of the book, in any order.
 */
export function projectAdjustments(stated: readonly Stated[]): readonly AdjustmentUse[] {
	const uses = new Map<EntryId, Stated<AdjustUse>>();
	for (const each of stated) {
		if (!isUse(each)) continue;
		const known = uses.get(each.entry.id);
		if (!known || (each.owning && !known.owning)) uses.set(each.entry.id, each);
	}
	for (const { entry, author, owning } of stated) {
		if (entry.kind !== 'adjust.void') continue;
		const target = uses.get(entry.target);
		if (target && (owning || target.author === author)) uses.delete(entry.target);
	}
	return [...uses.values()]
		.map(({ entry: { id, medicine, name, step, effective }, author }) => ({
			id,
			medicine,
			name,
			step,
			effective,
			by: author
		}))
		.sort((a, b) => a.effective.utc - b.effective.utc || (a.id < b.id ? -1 : 1));
}

const isUse = (each: Stated): each is Stated<AdjustUse> => each.entry.kind === 'adjust.use';
