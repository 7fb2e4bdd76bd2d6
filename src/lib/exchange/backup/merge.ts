/**
 * What of a backup is to be written, given what is there. By entry id: the same file twice adds nothing, and an interrupted
 * restore goes on by being done again.
 */
import type { BookKind } from '$lib/domain/books';
import { isMeasureKind } from '$lib/domain/measures';
import { mayWriteKind } from '$lib/domain/rights';
import type { Entry } from '$lib/protocol/entries';
import type { CircleId, IdentityId } from '$lib/protocol/ids';
import type { Backup, BackupLine } from './format';

export interface Present {
	/** The circle the backup is restored to, and who restores; null where nothing has been saved yet. */
	readonly circle: CircleId | null;
	readonly identity: IdentityId | null;
	/** Ids of every entry there, whatever its book. */
	readonly entries: ReadonlySet<string>;
	/** Values are saved there: another circle's are not mixed with them without asking. */
	readonly hasValues: boolean;
}

export interface Merge {
	/** To be written, in order, book by book. */
	readonly add: readonly { readonly book: BookKind; readonly entries: readonly Entry[] }[];
	/** How many of them are measured values. */
	readonly readings: number;
	/** Already there. */
	readonly already: number;
	/** Facts that only another person can state, such as a care contact's mark, and plans of another identity. */
	readonly leftOut: number;
	/** The file is another circle's, and this one has values of its own. */
	readonly isOtherCircle: boolean;
}

export function mergeBackup({ header, lines }: Backup, present: Present): Merge {
	const byBook = new Map<BookKind, Entry[]>();
	const seen = new Set(present.entries);
	let [readings, already, leftOut] = [0, 0, 0];
	for (const line of lines) {
		if (seen.has(line.entry.id)) already += 1;
		else if (!isRestorable(line, header.identity === present.identity)) leftOut += 1;
		else {
			seen.add(line.entry.id);
			const entries = byBook.get(line.book) ?? [];
			byBook.set(line.book, entries);
			entries.push(line.entry);
			if (line.entry.kind === 'obs.add') readings += 1;
		}
	}
	return {
		add: [...byBook].map(([book, entries]) => ({ book, entries })),
		readings,
		already,
		leftOut,
		isOtherCircle: present.hasValues && present.circle !== header.circle
	};
}

/** An accepted plan names who proposed it, so it holds for that identity alone. */
function isRestorable({ book, own, entry }: BackupLine, isSameIdentity: boolean): boolean {
	if (book === 'log' || book === 'messages' || book === 'profile') return false;
	if (book === 'plan' && !(own && isSameIdentity)) return false;
	const isMeasured = entry.kind === 'obs.add' || entry.kind === 'obs.amend';
	if (isMeasured && isMeasureKind(book) && entry.measure !== book) return false;
	return mayWriteKind('owner', book, entry.kind);
}
