/** Rows that can only be there together and are not: something has emptied a part of the database, or all of it (D2). */
import type { BookId, CircleId, Hash } from '$lib/protocol/ids';
import type { HemlinjeDatabase, Space } from './database';
import { StorageAbort } from './errors';
import { DEVICE_ROW, deviceKeysSchema, LOCK_CHOICES_ROW, LOCK_ROW, MASTER_KEY_ROW, openValue } from './keyring';
import type { Markers } from './markers';
import { checkKey, type MasterKey } from './master-key';

/** Rows of the keyring that can be there before anything was recorded. */
const BESIDE_THE_DEVICE = [MASTER_KEY_ROW, LOCK_ROW, LOCK_CHOICES_ROW];

/**
 * Throws `wiped` where parts are missing. `masterKey` null: the store is locked, and only what is plain is looked at. A key
 * that another tab has replaced opens nothing and is no loss: `locked`.
 */
export async function checkParts(
	database: HemlinjeDatabase,
	masterKey: MasterKey | null,
	markers: Markers,
	space: Space
): Promise<void> {
	// Asked first, and all the rest of one moment: another tab may be making the device, or sealing anew what waits.
	const wasInstalled = markers.isInstalled(space);
	const isThere = await database.transaction('r', ['meta', 'keys', 'frames', 'blocks', 'heads', 'outbox'], async () => {
		const device = await database.keys.get(DEVICE_ROW);
		if (!device) {
			if (wasInstalled || (await hasOtherRows(database))) throw new StorageAbort({ type: 'wiped' });
			return false;
		}
		if (masterKey) {
			await checkKey(database, masterKey);
			const opened = openValue(masterKey.bytes, DEVICE_ROW, device.bytes, deviceKeysSchema);
			if (!opened) throw new StorageAbort({ type: 'wiped' });
		}
		if (await hasLostFrames(database)) throw new StorageAbort({ type: 'wiped' });
		return true;
	});
	// Site data cleared without the database: the second witness is put back.
	if (isThere) markers.markInstalled(space);
}

async function hasOtherRows({ keys, frames, blocks, heads, outbox }: HemlinjeDatabase): Promise<boolean> {
	const counts = await Promise.all([
		keys.where('id').noneOf(BESIDE_THE_DEVICE).count(),
		frames.count(),
		blocks.count(),
		heads.count(),
		outbox.count()
	]);
	return counts.some((count) => count > 0);
}

async function hasLostFrames({ frames, blocks, heads }: HemlinjeDatabase): Promise<boolean> {
	const known = await heads.toArray();
	if (known.length === 0) return (await frames.count()) + (await blocks.count()) > 0;
	const own = known.flatMap((head) =>
		head.hash === null ? [] : [[head.circle, head.book, head.hash] as [CircleId, BookId, Hash]]
	);
	return (await frames.bulkGet(own)).some((frame) => frame === undefined);
}
