/** From which day somebody sees what, in one circle, and whether what was handed over can be trusted (docs/protocol.md S3). */
import type { BookKind } from '$lib/domain/books';
import { localDate, parseLocalDate, type LocalDate } from '$lib/domain/time';
import type { Entry } from '$lib/protocol/entries';
import type { IdentityId } from '$lib/protocol/ids';
import { accessOf } from '$lib/protocol/manifest';
import { bookOfKind, givenFrom, givesFrom, nameOf, type CircleAccess } from '$lib/sync/circle-access';
import type { OpenBook } from '$lib/sync/open-book';
import type { Earlier } from './earlier-question.svelte';

/** Somebody who was given a book from a day on. */
export interface FromReader {
	readonly identity: IdentityId;
	readonly name: string;
	readonly day: LocalDate;
}

/** The first day a member was given of a book; null for all of it, and for a book they do not hold. */
export function dayGiven(access: CircleAccess, identity: string, kind: BookKind): LocalDate | null {
	const book = bookOfKind(access, kind);
	return givenFrom(access, identity as IdentityId).find((each) => each.book === book)?.day ?? null;
}

/** Who would read something of this day although it is older than what they were given, because it is sealed now. */
function readersBefore(access: CircleAccess, kind: BookKind, about: LocalDate): readonly FromReader[] {
	const book = bookOfKind(access, kind);
	const own = access.member?.identity;
	return access.chain.head.body.members.flatMap((member) => {
		if (!book || member.identity === own || accessOf(member, book) === null) return [];
		const day = dayGiven(access, member.identity, kind);
		if (day === null || about >= day) return [];
		return [{ identity: member.identity, name: nameOf(access, member.identity) ?? '', day }];
	});
}

/** What is older among entries that are about to be sealed than what somebody was given who will read them. Null: nothing. */
export function earlierAmong(
	access: CircleAccess,
	batches: readonly (readonly [BookKind, readonly Entry[]])[]
): Earlier | null {
	if (!givesFrom(access.chain.head.body)) return null;
	const found = batches.flatMap(([kind, entries]) =>
		entries.flatMap((entry) => {
			const day = dayOf(entry);
			const readers = day === null ? [] : readersBefore(access, kind, day);
			return day !== null && readers.length > 0 ? [{ day, readers }] : [];
		})
	);
	const days = found.map(({ day }) => day).sort();
	const [day] = days;
	if (day === undefined) return null;
	const readers = new Map(found.flatMap((each) => each.readers).map((reader) => [reader.identity, reader]));
	return { readers: [...readers.values()], day, count: found.length };
}

/** The day an entry is about; null for one that says nothing of any day. */
function dayOf(entry: Entry): LocalDate | null {
	switch (entry.kind) {
		case 'obs.add':
		case 'obs.amend':
		case 'adjust.use':
			return localDate(entry.effective);
		case 'change.add':
			return parseLocalDate(entry.day) ?? null;
		default:
			return null;
	}
}

/** What this reader was given of a book has not all come, or does not open; null when it has. */
export function missingOf(access: CircleAccess, book: OpenBook): 'partial' | 'closed' | null {
	const own = access.member && givenFrom(access, access.member.identity).find((each) => each.book === book.book);
	if (!own) return null;
	const states = book.grants.filter(({ key }) => key === own.key).map(({ state }) => state);
	if (states.includes('read')) return null;
	return states.includes('closed') ? 'closed' : 'partial';
}

/** Members to whom something was handed over that is not what stands here, by their names. */
export const deceivedBy = (access: CircleAccess, books: Iterable<OpenBook>): readonly string[] => [
	...new Set(
		[...books].flatMap(({ grants }) =>
			grants
				.filter(({ state }) => state === 'differs')
				.flatMap(({ key }) =>
					(access.roster?.people ?? [])
						.filter(({ from }) => from?.some((each) => each.key === key))
						.map(({ name }) => name)
				)
		)
	)
];
