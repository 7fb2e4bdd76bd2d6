/** Keys handed out: sealed to a member's identity box, in as many rows as they need. */
import { sealEnvelope, sealGrantEnvelope, type Envelope, type EpochKey, type GrantKey } from '$lib/protocol/envelope';
import type { Identity } from '$lib/protocol/identity-log';
import type { BookId } from '$lib/protocol/ids';
import { heldKeys, type CircleAccess } from './circle-access';

/** Keys in one envelope: its size limit leaves room for these. */
const KEYS_IN_ENVELOPE = 100;

/** Every key of these books, sealed to a member's identity box, in as many rows as they need. */
export const envelopesFor = (access: CircleAccess, identity: Identity, books: readonly BookId[]): Promise<Envelope[]> =>
	envelopesOf(
		access,
		identity,
		books.flatMap((book) => heldKeys(access, book))
	);

/** These keys, sealed to a member's identity box. */
export function envelopesOf(access: CircleAccess, identity: Identity, keys: readonly EpochKey[]): Promise<Envelope[]> {
	const to = boxOf(identity);
	const parts = Array.from({ length: Math.ceil(keys.length / KEYS_IN_ENVELOPE) }, (_, part) =>
		keys.slice(part * KEYS_IN_ENVELOPE, (part + 1) * KEYS_IN_ENVELOPE)
	);
	return Promise.all(parts.map((part) => sealEnvelope(to, access.chain.circle, part)));
}

/** These grants' keys, sealed to a member's identity box. */
export const grantEnvelope = (
	access: CircleAccess,
	identity: Identity,
	grants: readonly GrantKey[]
): Promise<Envelope> => sealGrantEnvelope(boxOf(identity), access.chain.circle, grants);

const boxOf = ({ id, box }: Identity) => ({ member: id, gen: box.gen, box: box.pub });
