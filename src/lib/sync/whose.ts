/** What a circle's chain says of its people: in whose place somebody was invited, who has said that it is their own, and who is owed a cut. */
import { must } from '$lib/domain/assert';
import { personIn } from '$lib/protocol/holder';
import type { DeviceId, IdentityId } from '$lib/protocol/ids';
import { memberOf } from '$lib/protocol/manifest';
import type { CircleAccess } from './circle-access';

/**
 * Whose place an invitation was made in: the person, or their holder, as the record has it that the invitation first stands in.
 * So one that is answered after the circle was handed over is still the same. Null for one no record holds.
 */
export function personOfInvite({ chain }: CircleAccess, pub: string): IdentityId | null {
	const first = chain.records.find(({ body }) => body.invites.some((invite) => invite.pub === pub));
	return (first && personIn(first.body)?.identity) ?? null;
}

/** True when this identity has itself said, by a record it signed as owner, that the circle is its own. */
export const isOwnByWord = ({ chain }: CircleAccess, identity: IdentityId): boolean =>
	chain.records.some(({ body }) => body.by.identity === identity && memberOf(body, identity)?.role === 'owner');

/**
 * Own devices that were taken out while their person was in the circle, and that no cut of it names. That a record knows of
 * the removal is not enough: anybody's next record notes it, and only a cut ends what the device could still write.
 */
export function uncutDevices({ member, identities, chain }: CircleAccess): DeviceId[] {
	const identity = member && identities.get(member.identity);
	if (!identity) return [];
	const bodies = chain.records.map(({ body }) => body);
	const lastOut = bodies.findLastIndex((body) => !memberOf(body, identity.id));
	const since = must(memberOf(bodies[lastOut + 1] ?? chain.head.body, identity.id), 'a member stands there').idHead.n;
	const cut = new Set(
		chain.head.body.cuts
			.filter((each) => each.member === identity.id && each.listedOnly)
			.flatMap(({ heads }) => heads.map(({ device }) => device))
	);
	return [...identity.devices.values()].flatMap(({ id, removedAt }) =>
		removedAt !== null && removedAt > since && !cut.has(id) ? [id] : []
	);
}
