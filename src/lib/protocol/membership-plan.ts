/**
 * What a change of members takes with it (docs/protocol.md M5, 13): which books need a new key and whose frames are cut
 * where. A pure function of the state before and what is wanted; what comes out is what `extendManifestChain` asks for.
 */
import { must } from '$lib/domain/assert';
import type { BookId, IdentityId } from './ids';
import { bookOf, lossesOf, type Cut, type Loss, type Manifest, type Member } from './manifest';

export interface WantedChange {
	readonly members: readonly Member[];
	readonly invites: Manifest['invites'];
}

export interface MembershipPlan {
	/** Who reads or writes less than before, and in which book at which epoch. */
	readonly losses: readonly Loss[];
	/** Books that get a new key: each somebody lost a right in, or is given from an epoch that has not begun (S3). */
	readonly raised: readonly BookId[];
}

export function planChange(before: Manifest, wanted: Pick<WantedChange, 'members'>): MembershipPlan {
	const losses = lossesOf(before, { members: [...wanted.members] });
	const begun = wanted.members.flatMap(({ rights }) =>
		rights.filter(({ book, fromEpoch }) => fromEpoch > (bookOf(before, book)?.epoch ?? 0)).map(({ book }) => book)
	);
	return { losses, raised: [...new Set([...losses.map((loss) => loss.book), ...begun])] };
}

/** The parts of the next record that the change decides. `headsAt` answers a loser's newest known frames in a book. */
export function carryOut(
	before: Manifest,
	wanted: WantedChange,
	plan: MembershipPlan,
	deps: {
		readonly headsAt: (member: IdentityId, book: BookId) => Cut['heads'];
		readonly commitOf: (book: BookId) => string;
	}
): Pick<Manifest, 'members' | 'invites' | 'books' | 'cuts'> {
	const cuts = plan.losses.map(({ member, book, epoch }) => ({
		member,
		book,
		epoch,
		heads: deps.headsAt(member, book)
	}));
	return {
		members: [...wanted.members],
		invites: wanted.invites,
		cuts: [...before.cuts, ...cuts],
		books: before.books.map((book) =>
			plan.raised.includes(book.id) ? { ...book, epoch: book.epoch + 1, keyCommit: deps.commitOf(book.id) } : book
		)
	};
}

/** Keys of books somebody is handed: a raised book's new one, or all from an epoch on. */
export interface KeysFor {
	readonly member: IdentityId;
	readonly fresh: readonly BookId[];
	readonly whole: readonly { readonly book: BookId; readonly fromEpoch: number }[];
}

/** Who must be handed what: everyone a raised book's new key, and whoever gained a book, or more of it, its keys from there on. */
export function keysToHandOut(
	before: Manifest,
	next: Pick<Manifest, 'members'>,
	plan: MembershipPlan
): readonly KeysFor[] {
	return next.members
		.map(({ identity, rights }) => {
			const had = before.members.find((member) => member.identity === identity)?.rights ?? [];
			const gained = rights.filter(
				({ book, fromEpoch }) => !had.some((old) => old.book === book && old.fromEpoch <= fromEpoch)
			);
			const whole = gained.map(({ book, fromEpoch }) => ({ book, fromEpoch }));
			const fresh = rights.filter((right) => !gained.includes(right) && plan.raised.includes(right.book));
			return { member: identity, fresh: fresh.map(({ book }) => book), whole };
		})
		.filter(({ fresh, whole }) => fresh.length + whole.length > 0);
}

/** The epoch a raised book will have. */
export const nextEpoch = (before: Manifest, book: BookId): number =>
	must(bookOf(before, book), 'a raised book stands in the manifest').epoch + 1;
