/** Changing what one member sees and may do: what was chosen, what that takes and gives, and how it went. */
import { shareableBooks, type BookKind, type ShareableBook } from '$lib/domain/books';
import { must } from '$lib/domain/assert';
import type { Access } from '$lib/domain/rights';
import type { IdentityId } from '$lib/protocol/ids';
import type { App } from '$lib/state/app.svelte';
import { decide, rightsFor, type Carried } from '$lib/state/circle-members';
import type { LocalDate } from '$lib/domain/time';
import { deviceToday } from '$lib/i18n/day-words';
import type { CircleState } from '$lib/state/circle-state.svelte';
import type { OtherMember } from '$lib/state/other-members';
import type { StorageError } from '$lib/storage/errors';
import { bookOfKind, kindOf } from '$lib/sync/circle-access';
import { FromChoice } from '../from-choice.svelte';

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
	/** From which day they see, as it is now and as it is chosen. */
	readonly from: FromChoice;
	readonly #dayBefore: LocalDate | null;
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
		const days = [...this.#before.keys()].flatMap((book) => circle.dayGiven(member.identity, book) ?? []);
		this.#dayBefore = days.sort()[0] ?? null;
		this.from = new FromChoice(deviceToday(), this.#dayBefore);
	}

	/** A day is chosen by the person alone: only an owner's device hands over what others wrote (S3). */
	get givesFrom(): boolean {
		return this.member.role !== 'coOwner' && this.#circle.role === 'owner';
	}

	/** How the day that is chosen differs from the one that holds; null when it is the same. */
	get dayChange(): { readonly type: 'earlier' | 'later'; readonly day: LocalDate | null } | null {
		if (!this.givesFrom || this.from.day === this.#dayBefore) return null;
		const { day } = this.from;
		const isEarlier = day === null || (this.#dayBefore !== null && day < this.#dayBefore);
		return { type: isEarlier ? 'earlier' : 'later', day };
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
		if (this.givesFrom && !this.from.check()) return false;
		if (lost.length + less.length + gained.length + more.length === 0 && !this.dayChange) this.missing = 'change';
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
		const from = this.givesFrom ? { from: this.from.day } : {};
		return this.#carry({ do: 'rights', member: this.identity, rights, ...from });
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
