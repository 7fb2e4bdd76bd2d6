/** A right as it is shown: what somebody may do with a book, in the words of the matrix. */
import { shareableBooks, type BookKind, type ShareableBook } from '$lib/domain/books';
import { grantable, type Access, type Role } from '$lib/domain/rights';
import type { LocalDate } from '$lib/domain/time';
import { m } from '$lib/i18n/paraglide/messages';
import { bookName } from '$lib/i18n/measure-words';
import type { ShownRight } from '$lib/ui/shown-right';

/** A relative who may write in the plan makes proposals: it is in force when the person says yes. */
export function shownRight(role: Role, book: BookKind, access: Access | null): ShownRight {
	if (access === null) return 'none';
	if (access === 'r') return 'read';
	return book === 'plan' && (role === 'relative' || role === 'helper') ? 'propose' : 'write';
}

export const rightWord = (right: ShownRight): string =>
	({
		read: m.common_right_read(),
		write: m.common_right_write(),
		propose: m.common_right_propose(),
		none: m.common_right_none()
	})[right];

/** What a role can be given in a book, least first; null: nothing. */
export const levelsFor = (role: Role, book: BookKind): readonly (Access | null)[] => {
	const most = grantable(role, book);
	return most === 'w' ? [null, 'r', 'w'] : most === 'r' ? [null, 'r'] : [null];
};

export interface GivenRow {
	readonly book: string;
	readonly label: string;
	readonly right: ShownRight;
	/** The first day of it that is seen; null for everything. */
	readonly from: LocalDate | null;
}

/** Books somebody holds, in the order they are chosen in. Those every member holds go without saying. */
export const givenRows = (
	role: Role,
	accessOf: (book: ShareableBook) => Access | null,
	fromOf: (book: ShareableBook) => LocalDate | null = () => null
): GivenRow[] =>
	shareableBooks.flatMap((book) => {
		const access = accessOf(book);
		return access ? [{ book, label: bookName(book), right: shownRight(role, book, access), from: fromOf(book) }] : [];
	});

export const isShareable = (kind: string): kind is ShareableBook =>
	(shareableBooks as readonly string[]).includes(kind);
