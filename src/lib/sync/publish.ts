/** Circles begun on this device go to the relay once their person has a recovery code. */
import { ok, type Result } from '$lib/domain/result';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import type { CircleAccess } from './circle-access';
import type { SyncChange, SyncError } from './engine';
import { envelopesFor } from './envelopes';
import type { RelayClient } from './relay-client';

interface PublishDeps {
	readonly store: LocalStore;
	readonly relay: RelayClient;
	readonly open: (keys: CircleKeys) => Promise<CircleAccess | null>;
	readonly onChange: (change: SyncChange) => void | Promise<void>;
}

/** Those of these circles the relay has not been told of, with their own person's keys. One that is refused holds up no other. */
export async function publishCircles(
	{ store, relay, open, onChange }: PublishDeps,
	device: DeviceKeys,
	circles: readonly CircleKeys[]
): Promise<Result<void, SyncError>> {
	let problem: Result<void, SyncError> = ok(undefined);
	for (const keys of circles) {
		// The recovery code is made first, always: before it nobody has said that the values may leave.
		const isBegunHere = keys.standing === 'mine' || keys.standing === 'joined';
		if (keys.published || !isBegunHere || device.recovery === null) continue;
		const access = await open(keys);
		const self = access?.identities.get(device.identity);
		if (!access?.member || !self) continue;
		const books = access.member.rights.map((right) => right.book);
		const sent = await relay.createCircle(keys.manifests, await envelopesFor(access, self, books));
		if (!sent.ok) {
			problem = sent;
			continue;
		}
		await store.updateCircle(keys.circle, (now) => ({ ...(now ?? keys), published: true }));
		void onChange({ circle: keys.circle, keys: true, books: [] });
	}
	return problem;
}
