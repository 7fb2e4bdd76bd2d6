/** What a device seals its next frames of a circle with. */
import { idBytes, type BookId } from '$lib/protocol/ids';
import type { DeviceKeys } from '$lib/storage/keyring';
import type { WriteContext } from '$lib/storage/record';
import { writingEpoch, type CircleAccess } from './circle-access';

/** What this device seals with in a circle; a book's key is looked up and checked once. */
export function writeContext(access: CircleAccess, device: DeviceKeys, skewMs: number | null): WriteContext {
	const epochs = new Map<BookId, ReturnType<typeof writingEpoch>>();
	return {
		circle: access.chain.circle,
		device: device.device,
		signSecret: idBytes(device.sign),
		manifest: access.chain.head.hash,
		...(skewMs === null || Math.abs(skewMs) < 120_000 ? {} : { skewMs: Math.round(skewMs) }),
		epochOf(book) {
			const epoch = epochs.get(book) ?? writingEpoch(access, book);
			epochs.set(book, epoch);
			return epoch;
		}
	};
}
