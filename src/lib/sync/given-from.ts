/** Giving a book from a day on (docs/protocol.md S3): which epoch a right begins at, what is handed over, and to whom. */
import { keyCommit, type GrantKey } from '$lib/protocol/envelope';
import type { Access } from '$lib/domain/rights';
import type { LocalDate } from '$lib/domain/time';
import type { BookId, IdentityId } from '$lib/protocol/ids';
import { memberOf, type Member } from '$lib/protocol/manifest';
import { nextEpoch } from '$lib/protocol/membership-plan';
import type { Roster } from '$lib/protocol/roster';
import { isWindowed } from '$lib/protocol/window';
import { givenFrom, kindOf, type CircleAccess } from './circle-access';

/** A grant that is to be made: what of a book a member reads that was written before. */
export interface Given {
	readonly member: IdentityId;
	readonly book: BookId;
	readonly day: LocalDate;
}

/**
 * The rights a member holds when they are given these from a day on (null: everything). A book they had from that very day
 * stays as it is; an earlier day is a new grant beside what they have; a later one, or any where they had it whole, takes
 * away and so begins a new epoch (M5).
 */
export function rightsFrom(
	access: CircleAccess,
	member: IdentityId,
	wanted: readonly { readonly book: BookId; readonly access: Access }[],
	from: LocalDate | null
): { readonly rights: Member['rights']; readonly given: readonly Given[] } {
	const head = access.chain.head.body;
	const had = memberOf(head, member)?.rights ?? [];
	const known = givenFrom(access, member);
	const given: Given[] = [];
	const rights = wanted.map(({ book, access: right }) => {
		const kind = kindOf(access, book);
		if (from === null || !kind || !isWindowed(kind)) return { book, access: right, fromEpoch: 1 };
		const before = had.find((each) => each.book === book);
		const day = known.find((each) => each.book === book)?.day;
		if (before && day === from) return { book, access: right, fromEpoch: before.fromEpoch };
		given.push({ member, book, day: from });
		const isWider = before !== undefined && day !== undefined && from < day;
		return { book, access: right, fromEpoch: isWider ? before.fromEpoch : nextEpoch(head, book) };
	});
	return { rights, given };
}

/** The same books from the days they are given from now; a book that is new to them comes whole. */
export function rightsAsTheyAre(
	access: CircleAccess,
	member: IdentityId,
	wanted: readonly { readonly book: BookId; readonly access: Access }[]
): Member['rights'] {
	const had = memberOf(access.chain.head.body, member)?.rights ?? [];
	return wanted.map((right) => ({
		...right,
		fromEpoch: had.find((each) => each.book === right.book)?.fromEpoch ?? 1
	}));
}

/**
 * The roster's people with what each is given from a day on: `grants` are new, and what no right asks for any more is
 * taken out. `people` undefined: the roster stays, when nothing of this changes it either.
 */
export function withGiven(
	access: CircleAccess,
	members: readonly Member[],
	grants: readonly (Given & GrantKey)[],
	people: Roster['people'] | undefined
): Roster['people'] | undefined {
	let isChanged = people !== undefined;
	const next = (people ?? access.roster?.people ?? []).map((person) => {
		const rights = members.find(({ identity }) => identity === person.identity)?.rights ?? [];
		const made = grants.filter(({ member }) => member === person.identity);
		const kept = (person.from ?? []).filter(
			({ book }) =>
				!made.some((each) => each.book === book) && rights.some((right) => right.book === book && right.fromEpoch > 1)
		);
		if (made.length === 0 && kept.length === (person.from ?? []).length) return person;
		isChanged = true;
		const from = [...kept, ...made.map(({ book, day, key }) => ({ book, day, key: keyCommit(key) }))];
		const { from: _, ...rest } = person;
		return from.length > 0 ? { ...rest, from } : rest;
	});
	return isChanged ? next : undefined;
}

/** Who is handed a grant's key: whom it is for, and everybody who reads the whole book and can check it (MR13). */
export function grantsToHandOut(
	members: readonly Member[],
	grants: readonly (Given & GrantKey)[]
): { readonly member: IdentityId; readonly grants: readonly GrantKey[] }[] {
	return members
		.map(({ identity, rights }) => ({
			member: identity,
			grants: grants
				.filter(
					({ member, book }) =>
						member === identity || rights.some((right) => right.book === book && right.fromEpoch === 1)
				)
				.map(({ book, key }) => ({ book, key }))
		}))
		.filter((each) => each.grants.length > 0);
}

/** Books a change gives from a day on: what waits to be sent in them is sent under the old key first. */
export const booksGiven = (given: readonly Given[] | undefined): BookId[] => [
	...new Set((given ?? []).map(({ book }) => book))
];
