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
	/** Books that get a new key: each somebody lost a right in. */
	readonly raised: readonly BookId[];
}

export function planChange(before: Manifest, wanted: Pick<WantedChange, 'members'>): MembershipPlan {
	const losses = lossesOf(before, { members: [...wanted.members] });
	return { losses, raised: [...new Set(losses.map((loss) => loss.book))] };
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

/** Who must be handed what: everyone a raised book's new key, and whoever gained a book all its keys. */
export function keysToHandOut(
	before: Manifest,
	next: Pick<Manifest, 'members'>,
	plan: MembershipPlan
): readonly { readonly member: IdentityId; readonly fresh: readonly BookId[]; readonly whole: readonly BookId[] }[] {
	return next.members
		.map(({ identity, rights }) => {
			const had = new Set(
				before.members.find((member) => member.identity === identity)?.rights.map((right) => right.book)
			);
			const whole = rights.map((right) => right.book).filter((book) => !had.has(book));
			const fresh = rights.map((right) => right.book).filter((book) => had.has(book) && plan.raised.includes(book));
			return { member: identity, fresh, whole };
		})
		.filter(({ fresh, whole }) => fresh.length + whole.length > 0);
}

/** The epoch a raised book will have. */
export const nextEpoch = (before: Manifest, book: BookId): number =>
	must(bookOf(before, book), 'a raised book stands in the manifest').epoch + 1;
