/** What a device tells the relay of itself before anything else: its identity, the log that goes with it, the recovery store. */
import { err, ok, type Result } from '$lib/domain/result';
import { parseIdentityRecord } from '$lib/protocol/identity-log';
import { idBytes } from '$lib/protocol/ids';
import type { DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import type { SyncError } from './engine';
import type { RelayClient } from './relay-client';

interface AnnounceDeps {
	readonly store: LocalStore;
	readonly relay: RelayClient;
}

/** Registers the identity, sends the records of its log that the relay lacks, then the recovery store. */
export async function announceIdentity(deps: AnnounceDeps, device: DeviceKeys): Promise<Result<void, SyncError>> {
	const { store, relay } = deps;
	const [genesis, ...records] = device.log;
	if (!device.relay.registered && genesis) {
		const sent = await relay.registerIdentity(genesis, device.unit?.enrolment ?? null);
		if (!sent.ok) return sent;
		if (sent.value !== device.identity) return err({ type: 'unreachable' });
		// A unit's token stays until the relay shows what it says it has kept.
		await store.updateDevice((now) => ({ ...now, relay: { ...device.relay, registered: true } }));
	}
	for (const [index, record] of records.entries()) {
		if (index < device.relay.logSent) continue;
		// A new code counts from its record on: what it opens must lie there before that.
		if (parseIdentityRecord(idBytes(record))?.body.kind === 'setRecovery') {
			const kept = await sendRecovery(deps);
			if (!kept.ok) return kept;
		}
		const sent = await relay.appendIdentityRecord(device.identity, record);
		// A record whose answer was lost is there already: the relay's head is then this very record.
		if (
			!sent.ok &&
			!(sent.error.type === 'refused' && sent.error.code === 'conflict' && (await relayHas(relay, device, index + 1)))
		)
			return sent;
		await store.updateDevice((now) => ({ ...now, relay: { ...now.relay, logSent: index + 1 } }));
	}
	return sendRecovery(deps);
}

async function relayHas(relay: RelayClient, device: DeviceKeys, n: number): Promise<boolean> {
	const log = await relay.identityLog(device.identity);
	return log.ok && log.value[n] === device.log[n];
}

/**
 * Sends the recovery store's files and reads them back before the last one counts as sent: a code on paper that opens
 * nothing would be found out when it is too late.
 */
export async function sendRecovery({ store, relay }: AnnounceDeps): Promise<Result<void, SyncError>> {
	const device = await store.readDevice();
	if (!device?.recovery || device.relay.recoverySent >= device.recovery.files.length) return ok(undefined);
	const { lookup, files } = device.recovery;
	/** A box that another device of the person has put there first: it knew the same secret. */
	const taken = new Set<number>();
	for (const [index, file] of files.entries()) {
		if (index < device.relay.recoverySent) continue;
		const sent = await relay.addRecoveryFile(lookup, file);
		if (!sent.ok && !(sent.error.type === 'refused' && sent.error.code === 'conflict')) return sent;
		if (!sent.ok && file.kind === 'box') taken.add(file.gen);
	}
	const kept = await relay.recoveryFiles(lookup);
	if (!kept.ok) return kept;
	const isComplete = files.every((file) =>
		kept.value.some(
			(each) =>
				each.kind === file.kind &&
				each.gen === file.gen &&
				(each.ct === file.ct || (file.kind === 'box' && taken.has(file.gen)))
		)
	);
	if (!isComplete) return err({ type: 'unreachable' });
	return store.updateDevice((now) => ({ ...now, relay: { ...now.relay, recoverySent: files.length } }));
}
