/**
 * Invitations in the manifest (docs/protocol.md M6): which may be added, and that one that was taken out or used does not
 * change on its way. The secret behind `pub` is in a link; the relay and the manifest know its public part only.
 */
import { invitableRoles } from '$lib/domain/rights';
import type { Manifest } from './manifest';

/** An invitation can be answered this long after it was made. */
export const INVITE_LIFE_MS = 7 * 24 * 60 * 60 * 1000;

type Invite = Manifest['invites'][number];

/** Every invitation of `next` stood there before, as it was, or is a new one within its bounds. */
export const invitesFollow = (previous: Manifest | null, next: Manifest): boolean =>
	next.invites.every((invite) => {
		const before = previous?.invites.find((each) => each.pub === invite.pub);
		return before ? before.role === invite.role && before.exp === invite.exp : isNewInvite(invite, previous, next);
	});

function isNewInvite({ role, exp }: Invite, previous: Manifest | null, { at, members }: Manifest): boolean {
	const hasOwner = [...(previous?.members ?? []), ...members].some((member) => member.role === 'owner');
	// Whoever began a circle for somebody else invites them into their own place.
	const isInvitable = (invitableRoles as readonly string[]).includes(role) || (role === 'owner' && !hasOwner);
	return isInvitable && exp > at && exp <= at + INVITE_LIFE_MS;
}
