/** Circles of people who have no device with the app yet: begun for them, held in their place, and ended (docs/protocol.md M1a). */
import { initialBookKinds } from '$lib/domain/books';
import { grantable } from '$lib/domain/rights';
import { err, ok, type Result } from '$lib/domain/result';
import { idBytes, type CircleId } from '$lib/protocol/ids';
import { holderOf, isInCharge } from '$lib/protocol/holder';
import type { StorageError } from '$lib/storage/errors';
import type { DeviceKeys } from '$lib/storage/keyring';
import type { CircleAccess } from '$lib/sync/circle-access';
import { createCircle, type Beginning } from '$lib/sync/create';
import { eraseCircle } from '$lib/sync/erase';
import type { RelayError } from '$lib/sync/relay-client';
import type { Session } from './session';

/** For whom a circle is begun that is not one's own: what they are called, and what whoever begins it is called. */
export interface HeldFor {
	readonly person: string;
	readonly holder: string;
}

/** This identity is the circle's co-owner and acts for the person; the book `private` is left out, which their own device makes. */
const heldFor = ({ person, holder }: HeldFor, { identity }: DeviceKeys): Beginning => ({
	role: 'coOwner',
	actsFor: true,
	standing: 'joined',
	kinds: initialBookKinds.filter((kind) => grantable('coOwner', kind) !== null),
	names: { person, people: [{ identity, name: holder }] }
});

/** Begins a circle for somebody else, on this device alone. The value is its id. */
export async function beginFor(session: Session, held: HeldFor): Promise<Result<CircleId, StorageError>> {
	const device = await session.ensureIdentity();
	if (!device.ok) return device;
	const { random, now, space } = session;
	const circle = createCircle(
		{ random, now, space },
		device.value,
		idBytes(device.value.sign),
		heldFor(held, device.value)
	);
	const kept = await session.store.updateCircle(circle.circle, () => circle);
	if (!kept.ok) return kept;
	session.announce({ type: 'changed', circle: circle.circle, keys: true, books: [] });
	return ok(circle.circle);
}

/** Whether this device's person holds the circle for somebody. */
export const holds = ({ chain, member }: CircleAccess): boolean =>
	member !== undefined && holderOf(chain.head.body)?.identity === member.identity;

export type EndError = RelayError | StorageError | { readonly type: 'not-allowed' };

/**
 * Ends a circle of this device's person, or one they hold that was never taken over: at the relay with their signed word, then
 * here. Needs the relay once the circle is there; what others have fetched stays with them.
 */
export async function endCircle(session: Session, access: CircleAccess): Promise<Result<void, EndError>> {
	const { circle, head } = access.chain;
	const device = await session.device();
	if (!device) return err({ type: 'wiped' });
	if (!isInCharge(head.body, device.identity)) return err({ type: 'not-allowed' });
	if (access.keys.published) {
		session.relay.useLogin({ identity: device.identity, device: device.device, signSecret: idBytes(device.sign) });
		const erased = await eraseCircle(session.relay, device, circle, session.now());
		if (!erased.ok) return erased;
		session.relay.forgetHeads();
	}
	// The relay is not asked after what this device has ended itself.
	const at = session.now();
	const noted = await session.store.updateCircle(circle, (now) => ({ ...(now ?? access.keys), erased: { at } }));
	if (!noted.ok) return noted;
	const forgotten = await session.store.forgetCircle(circle);
	if (forgotten.ok) session.announce({ type: 'changed', circle, keys: true, books: [] });
	return forgotten;
}
