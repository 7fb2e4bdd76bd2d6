/** Keys handed to this device's member: asked for, opened, and kept where they fit. */
import { toBase64url } from '$lib/crypto/bytes';
import { ok, type Result } from '$lib/domain/result';
import { matchesCommit, openEnvelope } from '$lib/protocol/envelope';
import { idBytes } from '$lib/protocol/ids';
import { commitOf } from '$lib/protocol/manifest';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import type { CircleAccess } from './circle-access';
import type { SyncError } from './engine';
import type { RelayClient } from './relay-client';

/** The keys held after opening own envelopes. A key that does not match its commitment is left out (M3). */
export async function pullKeys(
	relay: RelayClient,
	access: CircleAccess,
	device: DeviceKeys
): Promise<Result<Pick<CircleKeys, 'keys' | 'grants'>, SyncError>> {
	const rows = await relay.envelopes(access.chain.circle);
	if (!rows.ok) return rows;
	const keys = [...access.keys.keys];
	const grants = new Map((access.keys.grants ?? []).map((grant) => [grant.key, grant]));
	for (const row of rows.value) {
		const box = device.boxes.find((each) => each.gen === row.gen);
		const opened = row.circle === access.chain.circle && box ? await openEnvelope(row, idBytes(box.secret)) : null;
		for (const { book, epoch, key } of opened?.keys ?? []) {
			const commit = commitOf(access.chain, book, epoch);
			const isNew = !keys.some((each) => each.book === book && each.epoch === epoch);
			if (isNew && commit && matchesCommit(key, commit)) keys.push({ book, epoch, key: toBase64url(key) });
		}
		// What a grant's key commits to stands in the roster and the snapshot: one that fits neither opens nothing.
		for (const { book, key } of opened?.grants ?? []) grants.set(toBase64url(key), { book, key: toBase64url(key) });
	}
	return ok({ keys, ...(grants.size > 0 && { grants: [...grants.values()] }) });
}
