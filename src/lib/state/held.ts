/** What every screen may need of a circle that is held for somebody, and where a circle's newest data is safe; small, for the first load. */
import type { DeviceKeys } from '$lib/storage/keyring';
import { isHeld, nameOf, personOf, type CircleAccess } from '$lib/sync/circle-access';

/** Who holds a circle in the person's place. */
export interface Held {
	/** Empty while nobody has named them. */
	readonly by: string;
	/** It is this device's person. */
	readonly isMine: boolean;
}

export function heldIn(access: CircleAccess): Held | null {
	if (!isHeld(access)) return null;
	const { identity } = personOf(access);
	return { by: nameOf(access, identity) ?? '', isMine: identity === access.member?.identity };
}

/** Whether what the relay has of the circle outlasts this device. In somebody else's circle the way back is that person. */
export async function isBackedUp(
	device: DeviceKeys | null,
	access: CircleAccess | null,
	isOthers: boolean
): Promise<boolean> {
	if (!device?.relayOn || !access?.keys.published) return false;
	return isOthers || device.recovery !== null || (await import('./ways-back')).hasHelp(device, access);
}
