/** A fresh SQLite store in a folder of its own, removed afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '$lib/crypto/bytes';
import { openSqliteStore } from '$lib/server/sqlite/open';
import type { RelayStore } from '$lib/server/store';

export async function openTemporaryStore(): Promise<{ store: RelayStore; file: string; remove: () => void }> {
	const folder = mkdtempSync(join(tmpdir(), 'hemlinje-relay-'));
	const file = join(folder, 'hemlinje.db');
	const store = await openSqliteStore(file, systemRandom);
	return { store, file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
