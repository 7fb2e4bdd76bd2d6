/**
 * A circle begun for somebody who has no device in it yet (docs/protocol.md M1a). Until the person joins as owner, the first
 * co-owner among its members holds it in their place. Pure functions of a manifest: relay and clients ask the same.
 */
import type { IdentityId } from './ids';
import type { Manifest, Member } from './manifest';

type Members = Pick<Manifest, 'members'>;

const isOwner = ({ role }: Member): boolean => role === 'owner';

/** Who holds the circle for the person; undefined once the person is in it. */
export const holderOf = ({ members }: Members): Member | undefined =>
	members.some(isOwner) ? undefined : members.find(({ role }) => role === 'coOwner');

/** The person's place: their own membership, or their holder's while they have none. */
export const personIn = (manifest: Members): Member | undefined => manifest.members.find(isOwner) ?? holderOf(manifest);

/** Whether a member decides in the person's place: an owner, or who holds the circle for them. They may erase it. */
export const isInCharge = (manifest: Members, identity: IdentityId): boolean =>
	manifest.members.some((member) => member.identity === identity && isOwner(member)) ||
	holderOf(manifest)?.identity === identity;
