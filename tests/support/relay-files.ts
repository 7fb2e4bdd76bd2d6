/** Fresh stores of both kinds, each alone in its file or database, removed afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '$lib/crypto/random';
import { silentLog } from '$lib/server/log';
import { openPostgresStore } from '$lib/server/postgres/open';
import { openSqliteStore } from '$lib/server/sqlite/open';
import type { RelayStore } from '$lib/server/store';
import { createDatabase } from './postgres';

export interface StorePlace {
	/** Opens the store; again for a second process or a restart. The caller closes it. */
	open(): Promise<RelayStore>;
	remove(): Promise<void>;
}

export interface SqlitePlace extends StorePlace {
	readonly folder: string;
	readonly file: string;
}

export function createSqlitePlace(): SqlitePlace {
	const folder = mkdtempSync(join(tmpdir(), 'hemlinje-relay-'));
	const file = join(folder, 'hemlinje.db');
	return {
		folder,
		file,
		open: () => openSqliteStore(file, systemRandom),
		remove: () => Promise.resolve(rmSync(folder, { recursive: true, force: true }))
	};
}

/** `pollMs`: how soon a relay that cannot hear NOTIFY finds out by itself. */
export async function createPostgresPlace(
	postgresUrl: string,
	pollMs = 2000
): Promise<StorePlace & { readonly url: string }> {
	const database = await createDatabase(postgresUrl);
	return {
		url: database.url,
		open: () => openPostgresStore(database.url, systemRandom, silentLog, { pollMs }),
		remove: () => database.drop()
	};
}
