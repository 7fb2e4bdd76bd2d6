/** The person's own devices, or a care unit's: what they are called, who is among them, and taking one out. */
import type { Result } from '$lib/domain/result';
import { parseIdentityRecord, type IdentityDevice } from '$lib/protocol/identity-log';
import { idBytes, type DeviceId } from '$lib/protocol/ids';
import { openDeviceNote, type DeviceNote } from '$lib/protocol/own-notes';
import type { StorageError } from '$lib/storage/errors';
import type { DeviceKeys } from '$lib/storage/keyring';
import { ownIdentity, shutOutBy } from '$lib/sync/own-log';
import type { SyncError } from '$lib/sync/engine';
import type { Session } from './session';

export interface OwnDevice {
	readonly id: DeviceId;
	/** What the person calls it; null until somebody has named it. */
	readonly name: string | null;
	/** When it was let in, as far as anybody noted; null otherwise. */
	readonly at: number | null;
	readonly isThis: boolean;
	/** It has said itself that it is in. */
	readonly isConfirmed: boolean;
	/** Its name before, for a copied profile that became a device of its own. */
	readonly copyOf: string | null;
	/** The person has taken it out, and the relay has not been told. */
	readonly isLeaving: boolean;
}

/** Every device that is in, in the order they came; this one first. */
export async function readOwnDevices(session: Session): Promise<OwnDevice[]> {
	const device = await session.device();
	if (!device) return [];
	const { remove } = await session.store.devices.readWork();
	const identity = ownIdentity(device);
	return [...identity.devices.values()]
		.filter((each) => each.removedAt === null)
		.sort((a, b) => a.addedAt - b.addedAt)
		.map((each) => {
			const note = noteOf(device, each);
			const before = note?.copyOf && identity.devices.get(note.copyOf);
			return {
				id: each.id,
				name: note?.name || null,
				at: each.addedAt === 0 ? begunAt(device) : (note?.at ?? null),
				isThis: each.id === device.device,
				isConfirmed: each.confirmed,
				copyOf: before ? (noteOf(device, before)?.name ?? '') : null,
				isLeaving: remove.includes(each.id)
			};
		})
		.sort((a, b) => Number(b.isThis) - Number(a.isThis));
}

/** When the identity was begun, on its first device. */
function begunAt({ log }: DeviceKeys): number | null {
	const first = parseIdentityRecord(idBytes(log[0] ?? ''))?.body;
	return first?.kind === 'genesis' ? first.at : null;
}

const noteOf = ({ identity, boxes }: DeviceKeys, device: IdentityDevice): DeviceNote | null =>
	device.name === null ? null : openDeviceNote(identity, device.id, device.name, boxes);

/** What this device's own row says of it in its identity: its name, and whether it has been taken out. */
export function ownStanding(device: DeviceKeys): {
	readonly name: string | null;
	readonly shutOut: 'device' | 'code' | null;
} {
	const own = ownIdentity(device).devices.get(device.device);
	return { name: (own && noteOf(device, own)?.name) || null, shutOut: shutOutBy(device) };
}

/** Takes a device out: decided now, and carried out at once or as soon as the relay can be asked. */
export async function takeOut(session: Session, id: DeviceId): Promise<Result<void, StorageError>> {
	const noted = await session.store.devices.updateWork((now) => ({
		...now,
		remove: [...now.remove.filter((each) => each !== id), id]
	}));
	if (noted.ok) session.poke();
	return noted;
}

/** Keeps a device that was to be taken out, while nobody has heard of it. */
export const keepDevice = (session: Session, id: DeviceId): Promise<Result<void, StorageError>> =>
	session.store.devices.updateWork((now) => ({ ...now, remove: now.remove.filter((each) => each !== id) }));

/** Gives a device another name. Needs the relay: the name is a record of the identity's log. */
export async function renameDevice(session: Session, id: DeviceId, name: string): Promise<Result<void, SyncError>> {
	const { nameDevice } = await import('$lib/sync/pairing');
	const named = await nameDevice(session, id, name);
	if (named.ok) await session.updateDevice((now) => now);
	return named;
}

/** Entries that were written here and never left this device. */
export async function countUnsent(session: Session): Promise<number> {
	const circles = await session.store.readCircles();
	return (await Promise.all(circles.map(({ circle }) => session.store.countOutbox(circle)))).reduce((a, b) => a + b, 0);
}

/** The person has read that this device was a copy. */
export const forgetCopy = (session: Session): Promise<Result<void, StorageError>> =>
	session.updateDevice(({ copyOf: _, ...rest }) => rest);
