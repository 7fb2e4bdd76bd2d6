/** How a person who loses this device would get their circle back (docs/protocol.md L2): from the code, a device, or somebody. */
import { activeDevices, readIdentityLog } from '$lib/protocol/identity-log';
import { idBytes, type IdentityId } from '$lib/protocol/ids';
import type { DeviceKeys } from '$lib/storage/keyring';
import { isHeld, type CircleAccess } from '$lib/sync/circle-access';

/** How many devices of the identity hold its keys, this one among them. */
export function devicesOf(device: DeviceKeys): number {
	const identity = readIdentityLog(device.log.map(idBytes));
	return identity.ok ? activeDevices(identity.value).length : 0;
}

/** Co-owners beside this device's person: each holds everything in the circle but `private`, and can hand it back. */
export const helpersBack = ({ chain, member }: CircleAccess): IdentityId[] =>
	chain.head.body.members.flatMap(({ identity, role }) =>
		role === 'coOwner' && identity !== member?.identity ? [identity] : []
	);

/** Whether another device of the person's, or somebody in the circle, brings back what the relay has of it: also without a code. */
export const hasHelp = (device: DeviceKeys, access: CircleAccess): boolean =>
	devicesOf(device) > 1 || (!isHeld(access) && helpersBack(access).length > 0);
