/**
 * What has to be done about the person's own devices before anything else in a pass: what other devices have said is taken
 * in, devices the person has taken out are taken out, the identity's box is renewed after it, and the recovery store is
 * given every box. Each is taken again until it is done, by whichever device comes by (docs/protocol.md 5, 13).
 */
import { createBoxKey, sealTo, type BoxKey } from '$lib/crypto/boxes';
import { toBase64url, type RandomBytes } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import { activeDevice, activeDevices, owesRotation, type Identity } from '$lib/protocol/identity-log';
import { idBytes } from '$lib/protocol/ids';
import type { DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import type { SyncError } from './engine';
import { announceIdentity, sendRecovery } from './announce';
import { isNewCode, isShutOut, ownIdentity, refreshOwnLog, sayInOwnLog } from './own-log';
import { boxContent, sealRecoveryFile } from './recovery';
import type { RelayClient } from './relay-client';

export interface OwnDevicesDeps {
	readonly store: LocalStore;
	readonly relay: RelayClient;
	readonly random: RandomBytes;
	readonly now: () => number;
}

/**
 * Brings the own log in step with the relay's, sends what this device owes of it, and carries out what is owed by it. The
 * device's row as it then is; `shut-out` when the log says that this device is out. `changed` also when it then failed.
 */
export async function bringOwnLogUp(
	deps: OwnDevicesDeps,
	before: DeviceKeys
): Promise<{ readonly changed: boolean; readonly result: Result<DeviceKeys, SyncError> }> {
	const result = await inStep(deps, before);
	const now = result.ok ? result.value : await deps.store.readDevice();
	return { changed: now?.log.length !== before.log.length, result };
}

async function inStep(deps: OwnDevicesDeps, before: DeviceKeys): Promise<Result<DeviceKeys, SyncError>> {
	let device = before;
	if (isShutOut(device)) return err({ type: 'shut-out' });
	for (let left = MOST_TRIES; ; left -= 1) {
		if (device.relay.registered) {
			const fresh = await refreshOwnLog(deps);
			if (!fresh.ok) return fresh;
			device = fresh.value;
			if (isShutOut(device)) return err({ type: 'shut-out' });
		}
		const told = await announceIdentity(deps, device);
		if (told.ok) break;
		const isOvertaken = told.error.type === 'refused' && told.error.code === 'conflict';
		if (!isOvertaken || !device.relay.registered || left === 0) return told;
	}
	if (await owesAnything(deps.store, device)) {
		const settled = await settle(deps);
		if (!settled.ok) return settled;
	}
	return ok((await deps.store.readDevice()) ?? device);
}

/** How often another device may come first before the pass gives up. */
const MOST_TRIES = 3;

/** Whether the log, or this device, owes something that `settle` would do. */
async function owesAnything(store: LocalStore, device: DeviceKeys): Promise<boolean> {
	if (owesRotation(device.log.map(idBytes)) || missingFiles(device).length > 0) return true;
	return (await store.devices.readWork()).remove.length > 0;
}

/** Carries out what is owed. The own log has been sent before. */
async function settle(deps: OwnDevicesDeps): Promise<Result<void, SyncError>> {
	for (const step of [removeOwed, rotateOwed, keepRecoveryStore]) {
		const done = await step(deps);
		if (!done.ok) return done;
	}
	return sendRecovery(deps);
}

async function removeOwed(deps: OwnDevicesDeps): Promise<Result<void, SyncError>> {
	for (const device of (await deps.store.devices.readWork()).remove) {
		const said = await sayInOwnLog(deps, (identity, own) => {
			const isThere = activeDevice(identity, device) && activeDevice(identity, own.device)?.admin;
			return Promise.resolve(isThere ? { says: { kind: 'removeDevice', device } } : null);
		});
		if (!said.ok) return said;
		const noted = await deps.store.devices.updateWork((now) => ({
			...now,
			remove: now.remove.filter((each) => each !== device)
		}));
		if (!noted.ok) return noted;
	}
	return ok(undefined);
}

/** A new box that no removed device can open, sealed to every device that stays. */
async function rotateOwed(deps: OwnDevicesDeps): Promise<Result<void, SyncError>> {
	const said = await sayInOwnLog(deps, async (identity, device) => {
		if (!owesRotation(device.log.map(idBytes))) return null;
		const box = createBoxKey(deps.random);
		const gen = identity.box.gen + 1;
		return {
			says: { kind: 'rotateBox', box: { gen, pub: toBase64url(box.pub) }, sealed: await sealedTo(identity, box) },
			keep: (now) => ({ ...now, boxes: [...now.boxes, { gen, secret: toBase64url(box.secret) }] })
		};
	});
	return said.ok ? ok(undefined) : said;
}

const sealedTo = (identity: Identity, box: BoxKey) =>
	Promise.all(
		activeDevices(identity).map(async (device) => ({
			device: device.id,
			ct: toBase64url(await sealTo(device.box, box.secret))
		}))
	);

/** Box generations held here that no file of the recovery store is known for; none as long as the log names no code. */
function missingFiles({ recovery, boxes, log }: DeviceKeys): DeviceKeys['boxes'] {
	if (!recovery || !log.some(isNewCode)) return [];
	return boxes.filter(({ gen }) => !recovery.files.some((file) => file.kind === 'box' && file.gen === gen));
}

/**
 * The code on paper opens every box, also those made since. What another device has put there already is taken as it is; the
 * rest is added, sent and read back as for a new code.
 */
async function keepRecoveryStore({ store, relay }: OwnDevicesDeps): Promise<Result<void, SyncError>> {
	const device = must(await store.readDevice(), 'only a device with keys has a store');
	const { recovery } = device;
	if (!recovery || missingFiles(device).length === 0) return ok(undefined);
	const kept = await relay.recoveryFiles(recovery.lookup);
	const isThere = kept.ok || (kept.error.type === 'refused' && kept.error.code === 'not-found');
	if (!isThere) return kept;
	const there = kept.ok ? kept.value : [];
	const isSent = device.relay.recoverySent >= recovery.files.length;
	const known = [
		...recovery.files,
		...there.filter((file) => !recovery.files.some((mine) => mine.kind === file.kind && mine.gen === file.gen))
	];
	const recipient = ownIdentity(device).recovery;
	const lacking = device.boxes.filter(({ gen }) => !known.some((file) => file.kind === 'box' && file.gen === gen));
	const made = recipient
		? await Promise.all(lacking.map((box) => sealRecoveryFile(recipient, boxContent(device.identity, box))))
		: [];
	return store.updateDevice((now) =>
		now.recovery?.lookup === recovery.lookup && now.recovery.files.length === recovery.files.length
			? {
					...now,
					recovery: { ...now.recovery, files: [...known, ...made] },
					relay: { ...now.relay, recoverySent: isSent ? known.length : now.relay.recoverySent }
				}
			: now
	);
}
