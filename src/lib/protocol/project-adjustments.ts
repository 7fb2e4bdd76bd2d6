/** From accepted entries of the medicines book to the bounded self-adjustments that were made and stand. */
import type { AdjustmentUse } from '$lib/domain/plan/adjustment';
import type { AdjustUse } from './entries';
import type { Stated } from './project';
import { standingEntries } from './standing-entries';

/** Those that stand, oldest first. `stated` are the entries of the book, in any order. */
export function projectAdjustments(stated: readonly Stated[]): readonly AdjustmentUse[] {
	return standingEntries(stated, isUse, 'adjust.void')
		.map(({ id, said: { entry, author } }) => {
			const { medicine, name, step, effective } = entry;
			return { id, medicine, name, step, effective, by: author };
		})
		.sort((a, b) => a.effective.utc - b.effective.utc || (a.id < b.id ? -1 : 1));
}

const isUse = (each: Stated): each is Stated<AdjustUse> => each.entry.kind === 'adjust.use';
