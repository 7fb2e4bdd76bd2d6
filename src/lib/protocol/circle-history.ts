/**
 * What has happened in a circle, read from its manifests: who was let in, what they were given and lost, and by whom. Pure;
 * nobody can leave anything out of it, because every member checks the whole chain.
 */
import type { Access, Role } from '$lib/domain/rights';
import type { BookId, IdentityId } from './ids';
import { memberOf, type Manifest, type ManifestChain, type Member } from './manifest';

/** One book of one member, before and after; null: not held. */
export interface RightChange {
	readonly book: BookId;
	readonly from: Access | null;
	readonly to: Access | null;
}

/** The first day each member was given, by a record's roster; the earliest where books differ. Null: no roster, or all. */
export type DayGiven = (body: Manifest, member: IdentityId) => string | null;

interface Made {
	/** The signer's clock. */
	readonly at: number;
	readonly by: IdentityId;
}

export type CircleEvent = Made &
	(
		| { readonly type: 'began' }
		| {
				readonly type: 'let-in';
				readonly member: IdentityId;
				readonly role: Role;
				readonly changes: readonly RightChange[];
				readonly from: string | null;
		  }
		| {
				readonly type: 'rights';
				readonly member: IdentityId;
				readonly changes: readonly RightChange[];
				readonly from: string | null;
		  }
		/** The owner's own first word in a circle that was begun for them. */
		| { readonly type: 'took-over' }
		| { readonly type: 'role'; readonly member: IdentityId; readonly role: Role }
		/** What they see begins on another day, or on none: their books are otherwise the same. */
		| { readonly type: 'since'; readonly member: IdentityId; readonly from: string | null }
		| { readonly type: 'let-go'; readonly member: IdentityId; readonly changes: readonly RightChange[] }
		| { readonly type: 'invited'; readonly role: Role; readonly exp: number }
		/** Taken back, or answered with no; one that let somebody in is told by that. */
		| { readonly type: 'withdrawn'; readonly role: Role }
		| { readonly type: 'new-keys'; readonly books: readonly BookId[] }
	);

/** Everything that happened, oldest first. */
export const circleHistory = (chain: ManifestChain, dayGiven: DayGiven = () => null): CircleEvent[] =>
	chain.records.flatMap(({ body }, index) => eventsOf(chain.records[index - 1]?.body ?? null, body, dayGiven));

function eventsOf(before: Manifest | null, now: Manifest, dayGiven: DayGiven): CircleEvent[] {
	const made: Made = { at: now.at, by: now.by.identity };
	if (!before) return [{ ...made, type: 'began' }];
	const known = [...before.members, ...now.members.filter(({ identity }) => !memberOf(before, identity))];
	const ofMembers = known.flatMap(({ identity }) =>
		memberEvents(made, identity, memberOf(before, identity), memberOf(now, identity), {
			before: dayGiven(before, identity),
			now: dayGiven(now, identity)
		})
	);
	const ofInvites = inviteEvents(made, before, now, ofMembers);
	const events = [...ofMembers, ...ofInvites];
	const raised = now.books.filter((book) => before.books.some((old) => old.id === book.id && old.epoch < book.epoch));
	// A new key that comes with a loss goes without saying.
	return events.length === 0 && raised.length > 0
		? [{ ...made, type: 'new-keys', books: raised.map((book) => book.id) }]
		: events;
}

function memberEvents(
	made: Made,
	member: IdentityId,
	before: Member | undefined,
	now: Member | undefined,
	from: { readonly before: string | null; readonly now: string | null }
): CircleEvent[] {
	const changes = rightChanges(before, now);
	if (!before && now) return [{ ...made, type: 'let-in', member, role: now.role, changes, from: from.now }];
	// Nobody gives an owner anything: what they take by themselves is what they make for themselves when they take over.
	if (now?.role === 'owner' && member === made.by && changes.length > 0) return [{ ...made, type: 'took-over' }];
	if (before && !now) return [{ ...made, type: 'let-go', member, changes }];
	const role =
		before && now && before.role !== now.role ? [{ ...made, type: 'role' as const, member, role: now.role }] : [];
	if (changes.length > 0) return [...role, { ...made, type: 'rights', member, changes, from: from.now }];
	return from.now === from.before ? role : [...role, { ...made, type: 'since', member, from: from.now }];
}

function rightChanges(before: Member | undefined, now: Member | undefined): RightChange[] {
	const books = new Set([...(before?.rights ?? []), ...(now?.rights ?? [])].map((right) => right.book));
	const accessIn = (member: Member | undefined, book: BookId) =>
		member?.rights.find((right) => right.book === book)?.access ?? null;
	return [...books]
		.map((book) => ({ book, from: accessIn(before, book), to: accessIn(now, book) }))
		.filter(({ from, to }) => from !== to);
}

function inviteEvents(made: Made, before: Manifest, now: Manifest, events: readonly CircleEvent[]): CircleEvent[] {
	const isIn = (list: Manifest['invites'], pub: string) => list.some((invite) => invite.pub === pub);
	const added = now.invites.filter(({ pub }) => !isIn(before.invites, pub));
	const gone = before.invites.filter(({ pub }) => !isIn(now.invites, pub));
	// One invitation is used by each who is let in; which one, only the roster knows.
	const used = events.filter((event) => event.type === 'let-in').length;
	return [
		...added.map(({ role, exp }) => ({ ...made, type: 'invited' as const, role, exp })),
		...gone.slice(used).map(({ role }) => ({ ...made, type: 'withdrawn' as const, role }))
	];
}
