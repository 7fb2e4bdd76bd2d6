/** Fresh stores of both kinds, each alone in its file or database, removed afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';
import { systemRandom } from '$lib/crypto/random';
import { silentLog } from '$lib/server/log';
import { openPostgresStore } from '$lib/server/postgres/open';
import { openSqliteStore } from '$lib/server/sqlite/open';
import type { RelayStore } from '$lib/server/store';
import { createDatabase } from './postgres';

export interface StorePlace {
	/** Opens the store; again for a second process or a restart. The caller closes it. */
	open(): Promise<RelayStore>;
	/** Writes graves into the database as an operator carries them over after a restore (docs/operations.md). */
	bury(grave: { readonly circle: string; readonly identity: string }): Promise<void>;
	remove(): Promise<void>;
}

export interface SqlitePlace extends StorePlace {
	readonly folder: string;
	readonly file: string;
	/** A store of its own that begins with what this one holds now, as a backup that is put to use. */
	openCopy(): Promise<RelayStore>;
}

export function createSqlitePlace(): SqlitePlace {
	const folder = mkdtempSync(join(tmpdir(), 'hemlinje-relay-'));
	const file = join(folder, 'hemlinje.db');
	return {
		folder,
		file,
		open: () => openSqliteStore(file, systemRandom),
		openCopy() {
			const copy = join(folder, 'copy.db');
			const database = new Database(file);
			database.prepare('vacuum into ?').run(copy);
			database.close();
			return openSqliteStore(copy, systemRandom);
		},
		bury({ circle, identity }) {
			const database = new Database(file);
			database.prepare('insert into tombstones (circle, at) values (?, 1)').run(circle);
			database.prepare('insert into identity_tombstones (identity, at) values (?, 1)').run(identity);
			database.close();
			return Promise.resolve();
		},
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
		async bury({ circle, identity }) {
			const client = new pg.Client(database.url);
			await client.connect();
			await client.query('insert into tombstones (circle, at) values ($1, 1)', [circle]);
			await client.query('insert into identity_tombstones (identity, at) values ($1, 1)', [identity]);
			await client.end();
		},
		remove: () => database.drop()
	};
}
