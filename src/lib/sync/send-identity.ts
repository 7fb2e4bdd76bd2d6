/** Makes this device's identity known to the relay. */
import { err, ok, type Result } from '$lib/domain/result';
import type { DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import type { SyncError } from './engine';
import type { RelayClient } from './relay-client';

export interface IdentityDeps {
	readonly store: LocalStore;
	readonly relay: RelayClient;
}

/** Registers the identity and sends its log and recovery store, as far as the relay has not acknowledged them. */
export async function sendIdentity(
	{ store, relay }: IdentityDeps,
	device: DeviceKeys
): Promise<Result<void, SyncError>> {
	const [genesis, ...records] = device.log;
	if (!device.relay.registered && genesis) {
		const sent = await relay.registerIdentity(genesis, device.unit?.enrolment ?? null);
		if (!sent.ok) return sent;
		if (sent.value !== device.identity) return err({ type: 'unreachable' });
		await store.updateDevice((now) => ({
			...now,
			relay: { ...now.relay, registered: true },
			unit: now.unit && { ...now.unit, enrolment: null }
		}));
	}
	for (const [index, record] of records.entries()) {
		if (index < device.relay.logSent) continue;
		const sent = await relay.appendIdentityRecord(device.identity, record);
		// A record whose answer was lost is there already: the relay's head is then this very record.
		if (
			!sent.ok &&
			!(sent.error.type === 'refused' && sent.error.code === 'conflict' && (await relayHas(relay, device, index + 1)))
		)
			return sent;
		await store.updateDevice((now) => ({ ...now, relay: { ...now.relay, logSent: index + 1 } }));
	}
	return sendRecovery({ store, relay }, device);
}

async function relayHas(relay: RelayClient, device: DeviceKeys, n: number): Promise<boolean> {
	const log = await relay.identityLog(device.identity);
	return log.ok && log.value[n] === device.log[n];
}

/**
 * Sends the recovery store's files and reads them back before the last one counts as sent: a code on paper that opens
 * nothing would be found out when it is too late.
 */
async function sendRecovery({ store, relay }: IdentityDeps, device: DeviceKeys): Promise<Result<void, SyncError>> {
	if (!device.recovery || device.relay.recoverySent >= device.recovery.files.length) return ok(undefined);
	const { lookup, files } = device.recovery;
	for (const [index, file] of files.entries()) {
		if (index < device.relay.recoverySent) continue;
		const sent = await relay.addRecoveryFile(lookup, file);
		if (!sent.ok && !(sent.error.type === 'refused' && sent.error.code === 'conflict')) return sent;
	}
	const kept = await relay.recoveryFiles(lookup);
	if (!kept.ok) return kept;
	const isComplete = files.every((file) =>
		kept.value.some((each) => each.kind === file.kind && each.gen === file.gen && each.ct === file.ct)
	);
	if (!isComplete) return err({ type: 'unreachable' });
	return store.updateDevice((now) => ({ ...now, relay: { ...now.relay, recoverySent: files.length } }));
}
