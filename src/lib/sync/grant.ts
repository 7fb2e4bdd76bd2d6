/** What a device hands to another device of its identity, sealed to that one's box. */
import { sealGrant } from '$lib/protocol/pairing';
import type { DeviceKeys } from '$lib/storage/keyring';

export function grantFor(device: DeviceKeys, box: Uint8Array): Promise<string> {
	const { identity, boxes, recovery, unit } = device;
	return sealGrant(
		{
			v: 1,
			identity,
			boxes,
			lookup: recovery?.lookup ?? null,
			unit: unit && { name: unit.name, contact: unit.contact, phone: unit.phone, hours: unit.hours }
		},
		box
	);
}
