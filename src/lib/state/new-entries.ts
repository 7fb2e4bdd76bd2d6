/** What a person or contact says, as entries that can be sealed. */
import { measures } from '$lib/domain/measures';
import type { ObservationDraft } from '$lib/domain/observation';
import type { ObsAdd, ObsVoid, Receipt } from '$lib/protocol/entries';
import type { EntryId } from '$lib/protocol/ids';

export function observationEntry(draft: ObservationDraft, id: EntryId): ObsAdd {
	const { measure, values, effective, source, context, note } = draft;
	const units = measures[measure].fields.filter((field) => field.key in values).map((field) => [field.key, field.unit]);
	return {
		kind: 'obs.add',
		v: 1,
		id,
		measure,
		values: { ...values },
		units: Object.fromEntries(units) as Record<string, string>,
		effective: { ...effective },
		source: { ...source },
		...(context ? { context: { ...context } } : {}),
		...(note ? { note } : {})
	};
}

/** A mark in the log. What had been looked at stands only in one that says so. */
export const receiptEntry = (
	{
		outcome,
		at,
		name,
		seen
	}: Pick<Receipt, 'outcome' | 'at'> & { readonly name: string | null; readonly seen: NonNullable<Receipt['seen']> },
	id: EntryId
): Receipt => ({
	kind: 'receipt',
	v: 1,
	id,
	outcome,
	at,
	...(name ? { name } : {}),
	...(outcome === 'seen' ? { seen } : {})
});

/** What takes an observation out of view. */
export const voidEntry = ({ target, reason }: Pick<ObsVoid, 'target' | 'reason'>, id: EntryId): ObsVoid => ({
	kind: 'obs.void',
	v: 1,
	id,
	target,
	reason
});
