/**
 * The relay over PostgreSQL: stateless, so that several run side by side. It outlives the server's death: idle connections
 * that break are dropped, work that fails on the way is done again, and health says when nothing helps.
 */
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { toBase64url, type RandomBytes } from '$lib/crypto/bytes';
import { createChanges } from '../changes';
import { errorKind, type RelayLog } from '../log';
import type { Database } from '../sql/database';
import { migrate } from '../sql/migrations';
import type { Schema } from '../sql/schema';
import { createSqlStore } from '../sql/store';
import type { RelayStore } from '../store';
import { createNotices } from './notices';
import { withRetry } from './retry';

/** Any number will do as long as every relay takes the same: one migrates, the others wait. */
const MIGRATION_LOCK = 7_310_575_183_467_112_549n;
const INT8 = 20;

export interface PostgresOptions {
	/** Connections of this process. */
	readonly connections?: number;
	/** How often other processes' changes are looked for when they cannot be heard. */
	readonly pollMs?: number;
	/** Where to listen for NOTIFY when `url` leads through a pooler that does not carry it. */
	readonly listenUrl?: string;
}

/** Connects and brings the schema up to date. Rejects when the server does not answer or belongs to a newer relay. */
export async function openPostgresStore(
	url: string,
	random: RandomBytes,
	log: RelayLog,
	options: PostgresOptions = {}
): Promise<RelayStore> {
	const pool = createPool(url, log, options.connections ?? 10);
	const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
	const transact: Database['transact'] = (work) => withRetry(() => db.transaction().execute(work));
	await transact(async (tx) => {
		await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(tx);
		await migrate(tx, { int: 'bigint', bytes: 'bytea' }, toBase64url(random(16)));
	});
	const changes = createChanges();
	const notices = createNotices({
		url: options.listenUrl ?? url,
		db,
		changes,
		self: toBase64url(random(9)),
		log,
		pollMs: options.pollMs ?? 2000
	});
	await notices.ready;
	const database: Database = {
		db,
		locksRows: true,
		read: (query) => withRetry(() => query(db)),
		transact,
		announce(list) {
			changes.announce(list);
			notices.send(list);
		}
	};
	return createSqlStore(database, {
		ping: async () => {
			await withRetry(() => db.selectFrom('meta').select('key').limit(1).execute());
		},
		watch: (listener, watched) => notices.watch(listener, watched),
		async close() {
			await notices.close();
			await db.destroy();
		}
	});
}

function createPool(url: string, log: RelayLog, max: number): pg.Pool {
	const pool = new pg.Pool({
		connectionString: url,
		max,
		connectionTimeoutMillis: 2000,
		query_timeout: 15_000,
		application_name: 'hemlinje',
		// Counters and times are far below 2^53.
		types: {
			getTypeParser: (oid, format) => (Number(oid) === INT8 ? Number : pg.types.getTypeParser(oid, format)) as never
		}
	});
	// Without listeners a connection's end would end the process (SECURITY F23): the pool speaks for idle ones only, one that
	// breaks between two queries of a transaction speaks for itself. Its next query then fails, and the work is done again.
	pool.on('connect', (client) => client.on('error', () => undefined));
	pool.on('error', (error) => log.error(errorKind(error), 'connection lost'));
	return pool;
}
