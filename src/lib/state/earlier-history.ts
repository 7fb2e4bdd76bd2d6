/** What a person's circle goes on from: circles that were read in from an archive, opened and read. */
import type { BookKind } from '$lib/domain/books';
import type { IdentityId } from '$lib/protocol/ids';
import { memberAtIn, type MemberAt } from '$lib/protocol/member-at';
import type { Stated } from '$lib/protocol/project';
import type { EarlierCircle } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import { isHeld, nameOf, personNameOf, personOf, readableBooks, type CircleAccess } from '$lib/sync/circle-access';
import { openEarlier } from '$lib/sync/earlier';
import { OpenBook } from '$lib/sync/open-book';
import { receiptsIn, type SeenReceipt } from './circle-books.svelte';
import { ContinuedBook, inOneLine } from './continued-book';

/** One circle of them, opened with its owner's eyes. */
export interface EarlierPart {
	readonly row: EarlierCircle;
	readonly access: CircleAccess;
	readonly books: ReadonlyMap<BookKind, OpenBook>;
	/** The marks in its log, newest first. */
	readonly receipts: readonly SeenReceipt[];
}

export class EarlierHistory {
	/** Oldest first. */
	readonly parts: readonly EarlierPart[];

	private constructor(parts: readonly EarlierPart[]) {
		this.parts = parts;
	}

	/** Null when nothing was ever read in. */
	static async open(store: LocalStore): Promise<EarlierHistory | null> {
		if (!(await store.earlier.hasAny())) return null;
		const parts: EarlierPart[] = [];
		for (const row of (await store.earlier.readAll()).sort((a, b) => a.madeAt - b.madeAt)) {
			const access = openEarlier(row);
			if (!access.ok) continue;
			const books = new Map<BookKind, OpenBook>();
			for (const { book, kind } of readableBooks(access.value)) {
				const opened = await OpenBook.open(store, access.value, book, kind);
				books.set(kind, opened);
				void OpenBook.keep(store, [opened]);
			}
			const log = books.get('log');
			parts.push({ row, access: access.value, books, receipts: log ? receiptsIn(log, access.value) : [] });
		}
		return parts.length > 0 ? new EarlierHistory(parts) : null;
	}

	/** Same circles, as far as they are here: then nothing is to be opened anew. */
	async isOf(store: LocalStore): Promise<boolean> {
		const rows = await store.earlier.readAll();
		return rows.length === this.parts.length && rows.every(({ circle, readAt }) => this.#has(circle, readAt));
	}

	#has(circle: string, readAt: number): boolean {
		return this.parts.some(({ row }) => row.circle === circle && row.readAt === readAt);
	}

	/** The name somebody had there; null for the person's own identities, and for who was not there. */
	nameOf(identity: IdentityId): string | null {
		if (this.isOwn(identity)) return null;
		return this.parts.map(({ access }) => nameOf(access, identity)).find((name) => name !== null) ?? null;
	}

	/** The person's own name as it was last known. */
	get ownName(): string | null {
		return this.parts.map(({ access }) => personNameOf(access)).findLast(Boolean) ?? null;
	}

	/** An identity the person had. Whoever held a circle for them, or saved one for them as co-owner, is somebody else. */
	isOwn(identity: string): boolean {
		return this.parts.some(({ access }) => !isHeld(access) && personOf(access).identity === identity);
	}

	/** Observations of a measure's book that goes on from here; null when none was measured before. */
	continued(kind: BookKind): ContinuedBook | null {
		const stated = inOneLine(this.parts.map(({ books }) => books.get(kind)?.stated ?? []));
		return stated.length > 0 ? new ContinuedBook(stated) : null;
	}

	/** What stands beside the observations of a kind of book, in earlier circles and then in the present one. */
	beside(kind: BookKind, present: readonly Stated[]): readonly Stated[] {
		return inOneLine([...this.parts.map(({ books }) => books.get(kind)?.beside ?? []), present]);
	}

	/** In what capacity somebody spoke, in any of the circles. */
	memberAt(present: MemberAt): MemberAt {
		const all = [present, ...this.parts.map(({ access }) => memberAtIn(access.chain))];
		return (manifest, author) => {
			for (const memberAt of all) {
				const member = memberAt(manifest, author);
				if (member) return member;
			}
			return undefined;
		};
	}
}
