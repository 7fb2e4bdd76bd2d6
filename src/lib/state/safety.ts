/** What this device knows of how safely the person's own data lies. */
import type { SafetyFacts } from '$lib/domain/data-safety';
import { activeDevices, readIdentityLog } from '$lib/protocol/identity-log';
import { idBytes } from '$lib/protocol/ids';
import type { Care, DeviceKeys } from '$lib/storage/keyring';
import { readableBooks, type CircleAccess } from '$lib/sync/circle-access';
import { openBatch, OpenBook } from '$lib/sync/open-book';
import type { Session } from './session';

export interface DeviceSafety extends Omit<SafetyFacts, 'now' | 'isPersisted' | 'isForgetful'> {
	/** Own devices that hold the data, this one among them. */
	readonly devices: number;
}

export async function readSafety(session: Session): Promise<DeviceSafety> {
	const [device, care] = await Promise.all([session.device(), session.store.readCare()]);
	const own = (await session.store.readCircles()).find((each) => each.standing === 'mine');
	const access = own ? await session.openCircle(own.circle) : null;
	const { entries, waiting } = access ? await count(session, access) : { entries: 0, waiting: 0 };
	return {
		...codeFacts(device, care),
		entries,
		waiting,
		isBackedUp: device?.relayOn === true && device.recovery !== null && own?.published === true,
		file: care.file,
		devices: devicesOf(device)
	};
}

/** What is known of the code alone: enough for a card, and read at once. */
export const codeFacts = (device: DeviceKeys | null, care: Care): Pick<DeviceSafety, 'codeAt' | 'drilledAt'> => ({
	codeAt: device?.recovery?.confirmedAt ?? null,
	drilledAt: care.drilledAt
});

async function count(session: Session, access: CircleAccess): Promise<{ entries: number; waiting: number }> {
	let [entries, waiting] = [0, 0];
	for (const { book, kind } of readableBooks(access)) {
		entries += (await OpenBook.open(session.store, access, book, kind)).stated.length;
		for (const { frame } of await session.store.waiting(access.chain.circle, book))
			waiting += openBatch(access, frame)?.entries.length ?? 0;
	}
	return { entries, waiting };
}

function devicesOf(device: DeviceKeys | null): number {
	const identity = device && readIdentityLog(device.log.map(idBytes));
	return identity?.ok ? activeDevices(identity.value).length : 0;
}
