/**
 * Running a circle: inviting people, letting them in, changing what they see, removing them. Each is decided here, kept as
 * owed, and carried out by the sync engine at once when the relay can be reached, or later by itself.
 */
import { safetyNumber } from '$lib/crypto/safety-number';
import { toBase64url } from '$lib/crypto/bytes';
import type { BookKind } from '$lib/domain/books';
import { err, ok, type Result } from '$lib/domain/result';
import {
	grantable,
	proposedAccess,
	sharedWithEveryMember,
	type Access,
	type InvitableRole,
	type Role
} from '$lib/domain/rights';
import type { LocalDate } from '$lib/domain/time';
import { idBytes, type BookId, type CircleId, type IdentityId } from '$lib/protocol/ids';
import { invitationKeys, invitationLink } from '$lib/protocol/invitation';
import { INVITE_LIFE_MS } from '$lib/protocol/manifest-invites';
import type { StorageError } from '$lib/storage/errors';
import type { CircleWork, MadeInvite, OwedChange } from '$lib/storage/keyring';
import { kindOf, rosterPerson, type CircleAccess } from '$lib/sync/circle-access';
import type { SyncError } from '$lib/sync/engine';
import type { Session } from './session';

/** `done`: published. `waiting`: kept on this device, and carried out when the relay can be reached. */
export type Carried = { readonly type: 'done' } | { readonly type: 'waiting'; readonly reason: SyncError | null };

export interface InviteChoice {
	/** What the inviter calls the invited person, and what they are to the person. */
	readonly name: string;
	readonly relation: string;
	/** The owner only while the circle has none: it is handed over by it. */
	readonly role: InvitableRole | 'owner';
	/** What an owner or a co-owner holds is not chosen. */
	readonly rights: ReadonlyMap<BookKind, Access>;
	readonly ownName: string;
	/** The first day they are given; null: everything. */
	readonly from?: LocalDate | null | undefined;
}

/** Most people in a circle, those invited among them (docs/protocol.md 3). */
const MOST_PEOPLE = 16;

/** Makes an invitation. The value is its public key, by which it is known on this device. */
export async function makeInvite(
	session: Session,
	access: CircleAccess,
	choice: InviteChoice
): Promise<Result<string, StorageError | { readonly type: 'circle-full' }>> {
	const { members, invites } = access.chain.head.body;
	if (members.length + invites.length >= MOST_PEOPLE) return err({ type: 'circle-full' });
	const secret = session.random(32);
	const { pub } = invitationKeys(secret);
	const made: MadeInvite = {
		secret: toBase64url(secret),
		pub,
		role: choice.role,
		name: choice.name,
		relation: choice.relation,
		by: choice.ownName,
		rights: rightsFor(access, choice.role, choice.rights),
		...(choice.from && !holdsEverything(choice.role) && { from: choice.from }),
		exp: session.now() + INVITE_LIFE_MS,
		sent: false,
		answer: null
	};
	const kept = await session.store.work.update(access.chain.circle, (now) => ({
		...now,
		invites: [...now.invites, made],
		owed: [...now.owed, { do: 'invite', pub }]
	}));
	if (!kept.ok) return kept;
	await settle(session, access.chain.circle);
	return ok(pub);
}

const holdsEverything = (role: Role): boolean => role === 'owner' || role === 'coOwner';

/** What a role holds of each book: what was chosen, what every member holds, and for owners and co-owners all there is to give. */
export function rightsFor(
	access: CircleAccess,
	role: Role,
	chosen: ReadonlyMap<BookKind, Access>
): { book: BookId; access: Access }[] {
	return access.chain.head.body.books.flatMap(({ id: book }) => {
		const kind = kindOf(access, book);
		const most = kind && grantable(role, kind);
		if (!kind || !most) return [];
		if (holdsEverything(role)) return [{ book, access: most }];
		const given = sharedWithEveryMember.includes(kind) ? proposedAccess(role, kind) : (chosen.get(kind) ?? null);
		return given ? [{ book, access: given === 'w' ? most : 'r' }] : [];
	});
}

export const linkOf = (session: Session, made: MadeInvite): string =>
	invitationLink(session.relay.origin, idBytes(made.secret));

/** Carries a decision out, or keeps it until that can be done. */
export async function decide(
	session: Session,
	circle: CircleId,
	change: Exclude<OwedChange, { do: 'invite' }>
): Promise<Result<Carried, StorageError>> {
	const kept = await session.store.work.update(circle, (now) => ({ ...now, owed: [...without(now, change), change] }));
	if (!kept.ok) return kept;
	const reason = await settle(session, circle);
	const work = await session.store.work.read(circle);
	return ok(work.owed.some((owed) => isSame(owed, change)) ? { type: 'waiting', reason } : { type: 'done' });
}

/** Whoever is removed needs no other change; and of two choices for one member the later one holds. */
const without = ({ owed }: CircleWork, change: OwedChange): OwedChange[] =>
	owed.filter((each) => {
		if (isSame(each, change)) return false;
		if (!('member' in each) || !('member' in change) || each.member !== change.member) return true;
		return change.do !== 'remove' && each.do !== change.do;
	});

const isSame = (a: OwedChange, b: OwedChange): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Notes on this device, and for everybody where the roster may be changed, that both sides have read the same digits. */
export async function noteCompared(
	session: Session,
	access: CircleAccess,
	member: IdentityId,
	isRunning: boolean
): Promise<Result<void, StorageError>> {
	const { circle } = access.chain;
	const noted = await session.store.work.update(circle, (now) => ({
		...now,
		compared: [...new Set([...now.compared, member])]
	}));
	if (!noted.ok || !isRunning) {
		session.announce({ type: 'changed', circle, keys: true, books: [] });
		return noted;
	}
	const told = await decide(session, circle, { do: 'compared', member });
	return told.ok ? ok(undefined) : told;
}

export const isCompared = (access: CircleAccess, work: CircleWork | null, member: IdentityId): boolean =>
	work?.compared.includes(member) === true || rosterPerson(access, member)?.verified === 'compared';

/** The 12 digits to compare with a member, or with somebody who has answered. */
export const safetyNumberOf = (own: IdentityId, other: IdentityId): string =>
	safetyNumber(idBytes(own), idBytes(other));

/** Tells the other tabs, and tries at once; null when everything could be done. */
async function settle(session: Session, circle: CircleId): Promise<SyncError | null> {
	session.announce({ type: 'changed', circle, keys: true, books: [] });
	const synced = await session.sync();
	return synced.ok ? null : synced.error;
}
