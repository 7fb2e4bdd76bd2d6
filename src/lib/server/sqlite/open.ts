/**
 * The relay on one SQLite file: write-ahead log, every commit on disk before it is acknowledged (`synchronous = FULL`,
 * SECURITY F22), one writer. Other processes (`npm run unit`) may write beside it; they wait for each other.
 */
import BetterSqlite3 from 'better-sqlite3';
import {
	CompiledQuery,
	Kysely,
	SqliteDialect,
	SqliteDriver,
	type DatabaseConnection,
	type SqliteDialectConfig
} from 'kysely';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { toBase64url, type RandomBytes } from '$lib/crypto/bytes';
import { createChanges } from '../changes';
import { StoreUnavailable, type RelayStore } from '../store';
import type { Database } from '../sql/database';
import { migrate } from '../sql/migrations';
import type { Schema } from '../sql/schema';
import { createSqlStore } from '../sql/store';

/** Opens, or makes, the file with its folder. Throws when it is no database or belongs to a newer relay. */
export async function openSqliteStore(file: string, random: RandomBytes): Promise<RelayStore> {
	mkdirSync(dirname(file), { recursive: true });
	const connection = openConnection(file);
	const db = new Kysely<Schema>({ dialect: new ImmediateSqliteDialect({ database: withStatementCache(connection) }) });
	await db.transaction().execute((tx) => migrate(tx, { int: 'integer', bytes: 'blob' }, toBase64url(random(16))));
	const changes = createChanges();
	const database: Database = {
		db,
		locksRows: false,
		read: (query) => naming(() => query(db)),
		transact: (work) => naming(() => db.transaction().execute(work)),
		announce: changes.announce
	};
	return createSqlStore(database, {
		ping: async () => {
			await naming(() => db.selectFrom('meta').select('key').limit(1).execute());
		},
		watch: (listener) => changes.watch(listener),
		close: () => db.destroy()
	});
}

function openConnection(file: string): BetterSqlite3.Database {
	const connection = new BetterSqlite3(file, { timeout: 5000 });
	connection.pragma('journal_mode = WAL');
	connection.pragma('synchronous = FULL');
	// Deleted rows are overwritten: what a person erased is gone from the file too.
	connection.pragma('secure_delete = ON');
	connection.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
	return connection;
}

/** Every transaction of ours writes: taking the writer's place at once leaves no upgrade that could fail half way. */
class ImmediateSqliteDialect extends SqliteDialect {
	readonly #config: SqliteDialectConfig;
	constructor(config: SqliteDialectConfig) {
		super(config);
		this.#config = config;
	}
	override createDriver(): SqliteDriver {
		return new ImmediateSqliteDriver(this.#config);
	}
}

class ImmediateSqliteDriver extends SqliteDriver {
	override async beginTransaction(connection: DatabaseConnection): Promise<void> {
		for (const until = Date.now() + WAIT_FOR_WRITER_MS; ;) {
			try {
				await connection.executeQuery(CompiledQuery.raw('begin immediate'));
				return;
			} catch (error) {
				if (!isBusy(error) || Date.now() > until) throw error;
				await new Promise((resolve) => setTimeout(resolve, 5));
			}
		}
	}
}

/** Another process holds the writer's place, for a transaction's length. Waiting here leaves this one able to answer. */
const WAIT_FOR_WRITER_MS = 5000;
const BUSY_TIMEOUT_MS = 20;

const isBusy = (error: unknown): boolean =>
	error instanceof BetterSqlite3.SqliteError && error.code.startsWith('SQLITE_BUSY');

/** Statements are prepared once each; their texts come from our own queries, so there are not many. */
function withStatementCache(connection: BetterSqlite3.Database): BetterSqlite3.Database {
	const statements = new Map<string, BetterSqlite3.Statement>();
	const prepare = (source: string): BetterSqlite3.Statement => {
		const known = statements.get(source);
		if (known) return known;
		const statement = connection.prepare(source);
		if (statements.size < 500) statements.set(source, statement);
		return statement;
	};
	return { prepare, close: () => connection.close() } as unknown as BetterSqlite3.Database;
}

/** Translates what the file system or a busy database says into the port's one failure; anything else is a bug. */
async function naming<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		const code = error instanceof BetterSqlite3.SqliteError ? error.code : '';
		if (code === 'SQLITE_FULL') throw new StoreUnavailable('full', error);
		if (/^SQLITE_(BUSY|LOCKED|IOERR|READONLY|CANTOPEN)/.test(code)) throw new StoreUnavailable('unreachable', error);
		throw error;
	}
}
