/**
 * Erasing at the relay: the circles this identity owns, each with a signed word for those who were in it, then the identity
 * itself with its logins and recovery files. Every step can be taken again: what is gone already is no error.
 */
import { toBase64url } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import { signErasure } from '$lib/protocol/erasure';
import { holderOf } from '$lib/protocol/holder';
import { idBytes, type CircleId, type IdentityId } from '$lib/protocol/ids';
import { parseManifest } from '$lib/protocol/manifest';
import type { DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import type { RelayClient, RelayError } from './relay-client';

export interface EraseDeps {
	readonly store: LocalStore;
	readonly relay: RelayClient;
	readonly now: () => number;
}

/** `ok` when the relay has nothing of this identity any more. */
export async function eraseAtRelay({ store, relay, now }: EraseDeps): Promise<Result<void, RelayError>> {
	const device = must(await store.readDevice(), 'a device that erases is somebody');
	if (!device.relayOn) return ok(undefined);
	const gone = await isGone(relay, device.identity);
	if (!gone.ok || gone.value) return gone.ok ? ok(undefined) : gone;
	relay.useLogin({ identity: device.identity, device: device.device, signSecret: idBytes(device.sign) });
	for (const { circle, standing, manifests } of await store.readCircles()) {
		const head = standing === 'joined' ? parseManifest(idBytes(manifests.at(-1) ?? '')) : null;
		// What is held for somebody who has not taken it over goes with whoever holds it: nobody else could ever change it.
		if (standing !== 'mine' && !(head && holderOf(head.body)?.identity === device.identity)) continue;
		const erased = await eraseCircle(relay, device, circle, now());
		if (!erased.ok) return erased;
	}
	const removed = await relay.remove(`/identities/${device.identity}`);
	if (removed.ok) return ok(undefined);
	// An answer that was lost: the login is gone with the identity.
	const after = removed.error.type === 'refused' ? await isGone(relay, device.identity) : ok(false);
	return after.ok && after.value ? ok(undefined) : removed;
}

/** True when the relay does not know the identity: it was erased, or never came there. */
async function isGone(relay: RelayClient, identity: IdentityId): Promise<Result<boolean, RelayError>> {
	const log = await relay.identityLog(identity);
	if (log.ok) return ok(false);
	return isUnknown(log.error) ? ok(true) : err(log.error);
}

/** Erases one circle with the signed word of this device, whose person owns it or holds it for somebody. */
export async function eraseCircle(
	relay: RelayClient,
	device: DeviceKeys,
	circle: CircleId,
	at: number
): Promise<Result<void, RelayError>> {
	const by = { identity: device.identity, device: device.device };
	const word = signErasure({ v: 1, circle, by, at, log: device.log }, idBytes(device.sign));
	const told = await relay.tell('PUT', `/circles/${circle}/erasure`, { erasure: toBase64url(word.bytes) });
	if (!told.ok && !isUnknown(told.error)) return told;
	const erased = await relay.remove(`/circles/${circle}`);
	return erased.ok || isUnknown(erased.error) ? ok(undefined) : erased;
}

const isUnknown = (error: RelayError): boolean => error.type === 'refused' && error.code === 'not-found';
