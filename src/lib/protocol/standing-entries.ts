/** Entries that are stated once and can only be taken back, as those of the medicines book: which of them stand. */
import type { Entry } from './entries';
import type { EntryId, IdentityId } from './ids';
import { besideId, inStatedOrder, type Stated } from './project';

export interface Standing<E extends Entry> {
	/** The entry's own, or with its author's where somebody else's stands under that. */
	readonly id: string;
	readonly said: Stated<E>;
}

/** An entry that takes another back. */
type VoidKind = Extract<Entry, { target: EntryId; reason: string }>['kind'];

/**
 * A void counts from who stated the entry, or from the person or a co-owner. What the person or a co-owner has stated under an id
 * stands alone; of others nobody pushes anybody aside, whatever time they claim: each author's stands. `stated` are the
 * entries of the book, in any order.
 */
export function standingEntries<E extends Entry>(
	stated: readonly Stated[],
	isOne: (each: Stated) => each is Stated<E>,
	voidKind: VoidKind
): Standing<E>[] {
	const byId = new Map<EntryId, Map<IdentityId, Stated<E>>>();
	for (const each of stated.filter(isOne).sort(inStatedOrder)) {
		const authors = byId.get(each.entry.id) ?? new Map<IdentityId, Stated<E>>();
		byId.set(each.entry.id, authors);
		if (!authors.has(each.author)) authors.set(each.author, each);
	}
	const standing = new Map([...byId].map(([id, authors]) => [id, shownOf([...authors.values()])]));
	for (const { entry, author, owning } of stated) {
		if (entry.kind !== voidKind) continue;
		const shown = standing.get(entry.target);
		if (!shown) continue;
		standing.set(
			entry.target,
			shown.filter(({ said }) => !owning && said.author !== author)
		);
	}
	return [...standing.values()].flat();
}

function shownOf<E extends Entry>(said: readonly Stated<E>[]): Standing<E>[] {
	const settled = said.find(({ owning }) => owning);
	if (settled) return [{ id: settled.entry.id, said: settled }];
	return said.map((each, n) => ({ id: n === 0 ? each.entry.id : besideId(each), said: each }));
}
