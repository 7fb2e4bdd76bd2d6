/** The key that seals everything on this device. Without an app lock it lies beside the data (docs/threat-model.md). */
import type { RandomBytes } from '$lib/crypto/bytes';
import { WRITER_VERSION, type HemlinjeDatabase } from './database';
import { MASTER_KEY_ROW } from './keyring';

/** The local master key; made with the database, never anywhere else. */
export async function openMasterKey(database: HemlinjeDatabase, random: RandomBytes): Promise<Uint8Array> {
	const fresh = random(32);
	return database.transaction('rw', ['meta', 'keys'], async () => {
		const row = await database.keys.get(MASTER_KEY_ROW);
		if (row) return row.bytes;
		await database.keys.put({ id: MASTER_KEY_ROW, bytes: fresh });
		if (!(await database.meta.get('minWriter'))) await database.meta.put({ id: 'minWriter', value: WRITER_VERSION });
		return fresh;
	});
}
