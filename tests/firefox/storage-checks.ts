/** What storage relies on, tried in Firefox, whose IndexedDB commits at other moments than Chromium's. */

import Dexie from 'dexie';
import { type Check, expectEqual } from './check';

export const checks: readonly Check[] = [
	{
		name: 'one strict transaction keeps a row and its head together through a reopening',
		async run() {
			const open = () => {
				const database = new Dexie(`check-${name}`, { chromeTransactionDurability: 'strict' });
				database.version(1).stores({ frames: 'seq', heads: 'book' });
				return database;
			};
			const name = crypto.randomUUID();
			const database = open();
			await database.transaction('rw', 'frames', 'heads', async () => {
				await database.table('frames').add({ seq: 1, bytes: new Uint8Array([7]) });
				await database.table('heads').put({ book: 'a', seq: 1 });
			});
			database.close();

			const again = open();
			expectEqual(await again.table('heads').get('a'), { book: 'a', seq: 1 }, 'the head was not kept');
			expectEqual(await again.table('frames').count(), 1, 'the frame was not kept');
			await again.delete();
		}
	},
	{
		name: 'a transaction that fails keeps nothing',
		async run() {
			const database = new Dexie(`check-${crypto.randomUUID()}`);
			database.version(1).stores({ frames: 'seq' });
			const failed = await database
				.transaction('rw', 'frames', async () => {
					await database.table('frames').add({ seq: 1 });
					throw new Error('stopped on purpose');
				})
				.then(
					() => false,
					() => true
				);
			expectEqual(failed, true, 'the transaction did not fail');
			expectEqual(await database.table('frames').count(), 0, 'half of the save was kept');
			await database.delete();
		}
	}
];
