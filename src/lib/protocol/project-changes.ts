/** From accepted entries of the medicines book to the changes that stand, by day. */
import type { Change } from '$lib/domain/change';
import { parseLocalDate } from '$lib/domain/time';
import type { AcceptedFrame } from './accept';
import type { ChangeAdd } from './entries';
import type { EntryId, IdentityId } from './ids';

interface Stated {
	readonly entry: ChangeAdd;
	readonly author: IdentityId;
	readonly owning: boolean;
}

/**
 * A void counts from who made the change, or from the person or a co-owner. Of two authors under one id the person's
 * stands. A day that is no real day is left out.
 */
export function projectChanges(frames: readonly AcceptedFrame[]): readonly Change[] {
	const stated = new Map<EntryId, Stated>();
	for (const { batch, author, role } of frames) {
		const owning = isOwning(role);
		for (const entry of batch.entries) {
			if (entry.kind !== 'change.add') continue;
			const known = stated.get(entry.id);
			if (!known || (owning && !known.owning)) stated.set(entry.id, { entry, author, owning });
		}
	}
	for (const { batch, author, role } of frames) {
		for (const entry of batch.entries) {
			if (entry.kind !== 'change.void') continue;
			const target = stated.get(entry.target);
			if (target && (isOwning(role) || target.author === author)) stated.delete(entry.target);
		}
	}
	return [...stated.values()]
		.flatMap(({ entry }) => toChange(entry) ?? [])
		.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.id < b.id ? -1 : 1));
}

const isOwning = (role: AcceptedFrame['role']): boolean => role === 'owner' || role === 'coOwner';

function toChange({ id, type, day, name, from, to }: ChangeAdd): Change | null {
	const date = parseLocalDate(day);
	return date ? { id, type, day: date, name, from, to } : null;
}
