/**
 * Roles and what each may hold. The manifest says who reads and writes which book; this table says what a role can be
 * given at all, what is proposed at the invitation, and which kinds of entry a role may write (docs/protocol.md 3).
 */
import { measureKinds } from './measures';
import type { BookKind } from './books';

/**
 * owner: the person. coOwner: spouse or child (närstående medägare). relative: närstående. viewer: only reads.
 * careContact: a care unit or professional (fast vårdkontakt). helper: a unit with a relative's rights (hemtjänst).
 */
export const roles = ['owner', 'coOwner', 'relative', 'viewer', 'careContact', 'helper'] as const;
export type Role = (typeof roles)[number];

/** Whom a link can invite. Units come by their own card; the person only into a circle that somebody began for them. */
export const invitableRoles = ['relative', 'viewer', 'coOwner'] as const;
export type InvitableRole = (typeof invitableRoles)[number];

/** `r` reads, `w` reads and writes. */
export type Access = 'r' | 'w';

export const entryKinds = [
	'obs.add',
	'obs.amend',
	'obs.void',
	'series.start',
	'series.end',
	'change.add',
	'change.void',
	'adjust.use',
	'adjust.void',
	'tick',
	'untick',
	'plan.propose',
	'plan.accept',
	'plan.decline',
	'field.set',
	'msg',
	'receipt',
	'heartbeat'
] as const;
export type EntryKind = (typeof entryKinds)[number];

/** The most a role can be given in a book; null = never. */
export function grantable(role: Role, book: BookKind): Access | null {
	if (role === 'owner') return 'w';
	if (book === 'private') return null;
	if (role === 'coOwner') return 'w';
	if (book === 'log') return 'w';
	if (book === 'profile') return 'r';
	if (book === 'messages') return role === 'viewer' ? 'r' : 'w';
	if (role === 'viewer') return 'r';
	if (role === 'careContact') return book === 'symptoms' || book === 'habits' || book === 'medicines' ? 'r' : 'w';
	return 'w';
}

/** Books everyone in a circle holds, whatever else is chosen. */
export const sharedWithEveryMember: readonly BookKind[] = ['profile', 'log'];

/** What the invitation proposes; each line can be unticked except those of `sharedWithEveryMember`. */
export function proposedAccess(role: Role, book: BookKind): Access | null {
	const most = grantable(role, book);
	if (most === null || role === 'owner' || role === 'coOwner' || sharedWithEveryMember.includes(book)) return most;
	if ((measureKinds as readonly string[]).includes(book)) return 'r';
	if (role === 'careContact') return book === 'plan' || book === 'messages' ? 'w' : 'r';
	return role === 'viewer' ? 'r' : most;
}

/** Kinds of entry a role may write in a book it has `w` in. Anything else counts as a fact nobody had the right to state. */
export function mayWriteKind(role: Role, book: BookKind, kind: EntryKind): boolean {
	if (book === 'log') return kind === 'receipt' || kind === 'heartbeat';
	if (kind === 'series.start' || kind === 'series.end') return book === 'bloodPressure' && role !== 'viewer';
	if (kind.startsWith('change.') || kind.startsWith('adjust.')) return book === 'medicines' && role !== 'viewer';
	if (role === 'owner' || role === 'coOwner') return kind !== 'receipt' && kind !== 'heartbeat';
	if (role === 'viewer') return false;
	if (book === 'plan') {
		return kind === 'plan.propose' || ((kind === 'plan.accept' || kind === 'plan.decline') && role !== 'relative');
	}
	if (book === 'messages') return kind === 'msg';
	if (book === 'routines') return kind === 'tick' || kind === 'untick' || kind === 'field.set';
	if (book === 'medicines') return false;
	return kind === 'obs.add' || kind === 'obs.amend' || kind === 'obs.void';
}
