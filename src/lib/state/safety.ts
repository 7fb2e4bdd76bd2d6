/** What this device knows of how safely the person's own data lies. */
import type { SafetyFacts } from '$lib/domain/data-safety';
import type { Care, DeviceKeys } from '$lib/storage/keyring';
import { nameOf, readableBooks, type CircleAccess } from '$lib/sync/circle-access';
import { openBatch, OpenBook } from '$lib/sync/open-book';
import { holds } from './holding';
import type { Session } from './session';
import { devicesOf, hasHelp, helpersBack } from './ways-back';

export interface DeviceSafety extends Omit<SafetyFacts, 'now' | 'isPersisted' | 'isForgetful'> {
	/** Own devices that hold the data, this one among them. */
	readonly devices: number;
	/** Names of co-owners of the own circle, who can help the person back. */
	readonly helpers: readonly string[];
}

export async function readSafety(session: Session): Promise<DeviceSafety> {
	const [device, care] = await Promise.all([session.device(), session.store.readCare()]);
	const circles = await answeredFor(session);
	let [entries, waiting] = [0, 0];
	for (const access of circles) {
		const counted = await count(session, access);
		entries += counted.entries;
		waiting += counted.waiting;
	}
	const own = circles.find(({ keys }) => keys.standing === 'mine');
	return {
		...codeFacts(device, care),
		entries,
		waiting,
		isBackedUp:
			device?.relayOn === true &&
			circles.length > 0 &&
			circles.every((access) => access.keys.published && (device.recovery !== null || hasHelp(device, access))),
		file: care.file,
		devices: device ? devicesOf(device) : 0,
		helpers: own ? helpersBack(own).flatMap((identity) => nameOf(own, identity) ?? []) : []
	};
}

/** The person's own circle, and those they hold for somebody: what would be lost with this device's keys. */
async function answeredFor(session: Session): Promise<CircleAccess[]> {
	const circles: CircleAccess[] = [];
	for (const { circle, standing } of await session.store.readCircles()) {
		if (standing !== 'mine' && standing !== 'joined') continue;
		const access = await session.openCircle(circle);
		if (access && (standing === 'mine' || holds(access))) circles.push(access);
	}
	return circles;
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
