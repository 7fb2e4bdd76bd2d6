/** Changing what one member sees and may do: what was chosen, what that takes and gives, and how it went. */
import { shareableBooks, type BookKind, type ShareableBook } from '$lib/domain/books';
import { must } from '$lib/domain/assert';
import type { Access } from '$lib/domain/rights';
import type { IdentityId } from '$lib/protocol/ids';
import type { App } from '$lib/state/app.svelte';
import { decide, rightsFor, type Carried } from '$lib/state/circle-members';
import type { CircleState } from '$lib/state/circle-state.svelte';
import type { OtherMember } from '$lib/state/other-members';
import type { StorageError } from '$lib/storage/errors';
import { bookOfKind, kindOf } from '$lib/sync/circle-access';

/** Books by what becomes of them. */
export interface RightsDifference {
	/** Not seen any more. */
	readonly lost: readonly ShareableBook[];
	/** Seen, and no longer written. */
	readonly less: readonly ShareableBook[];
	readonly gained: readonly ShareableBook[];
	/** Seen before, and now written too. */
	readonly more: readonly ShareableBook[];
}

export class MemberEdit {
	readonly #app: App;
	readonly #circle: CircleState;
	readonly member: OtherMember;
	readonly #before: ReadonlyMap<BookKind, Access>;
	rights = $state.raw<ReadonlyMap<BookKind, Access>>(new Map());
	isBusy = $state(false);
	/** Pressed without anything to save, or with nothing left. */
	missing = $state<'change' | 'books' | null>(null);
	error = $state.raw<StorageError | null>(null);

	constructor(app: App, circle: CircleState, member: OtherMember) {
		this.#app = app;
		this.#circle = circle;
		this.member = member;
		this.#before = new Map(
			shareableBooks.flatMap((book) => {
				const access = circle.accessOf(member.identity, book);
				return access ? [[book, access] as const] : [];
			})
		);
		this.rights = this.#before;
	}

	get identity(): IdentityId {
		return this.member.identity as IdentityId;
	}

	get difference(): RightsDifference {
		const of = (which: (from: Access | null, to: Access | null) => boolean) =>
			shareableBooks.filter((book) => which(this.#before.get(book) ?? null, this.rights.get(book) ?? null));
		return {
			lost: of((from, to) => from !== null && to === null),
			less: of((from, to) => from === 'w' && to === 'r'),
			gained: of((from, to) => from === null && to !== null),
			more: of((from, to) => from === 'r' && to === 'w')
		};
	}

	choose(book: ShareableBook, access: Access | null): void {
		this.missing = null;
		const rights = new Map(this.rights);
		if (access) rights.set(book, access);
		else rights.delete(book);
		this.rights = rights;
	}

	/** Whether there is something to confirm. */
	check(): boolean {
		const { lost, less, gained, more } = this.difference;
		if (lost.length + less.length + gained.length + more.length === 0) this.missing = 'change';
		else this.missing = this.rights.size === 0 ? 'books' : null;
		return this.missing === null;
	}

	save(): Promise<Carried | null> {
		const access = must(this.#circle.access, 'a member is in an open circle');
		const { identity, role } = this.member;
		const before = access.chain.head.body.members.find((each) => each.identity === identity)?.rights ?? [];
		// Books no screen lists, e.g. a conversation of theirs or a later version's, stay as they are.
		const others = before.filter(({ book }) => !shareableBooks.some((kind) => bookOfKind(access, kind) === book));
		const chosen = rightsFor(access, role, this.rights).filter(({ book }) => {
			const kind = kindOf(access, book);
			return kind !== null && (shareableBooks as readonly string[]).includes(kind);
		});
		const rights = [...others.map(({ book, access: given }) => ({ book, access: given })), ...chosen];
		return this.#carry({ do: 'rights', member: this.identity, rights });
	}

	remove(): Promise<Carried | null> {
		return this.#carry({ do: 'remove', member: this.identity });
	}

	async #carry(change: Parameters<typeof decide>[2]): Promise<Carried | null> {
		const { circle } = must(this.#circle.access, 'a member is in an open circle').chain;
		this.isBusy = true;
		this.error = null;
		const carried = await decide(this.#app.session, circle, change);
		this.isBusy = false;
		if (carried.ok) return carried.value;
		this.error = carried.error;
		return null;
	}
}
