/** The schema's history: a gap-free list, run in order at start under a lock. A released step is never changed. */
import { sql, type CreateTableBuilder, type Kysely, type Transaction } from 'kysely';
import { assert } from '$lib/domain/assert';
import type { Schema } from './schema';

/** Names of the two column types the databases call differently. */
export interface ColumnTypes {
	readonly int: 'integer' | 'bigint';
	readonly bytes: 'blob' | 'bytea';
}

interface Migration {
	readonly id: number;
	readonly up: (tx: Transaction<Schema>, types: ColumnTypes, incarnation: string) => Promise<void>;
}

const migrations: readonly Migration[] = [
	{ id: 1, up: createTables },
	{ id: 2, up: createInvitations },
	{ id: 3, up: createErasures },
	{ id: 4, up: createPairings }
];

/**
 * Brings the schema up to date inside `tx`, which the caller has opened under the database's migration lock.
 * Throws when the database was written by a newer relay.
 */
export async function migrate(tx: Transaction<Schema>, types: ColumnTypes, incarnation: string): Promise<void> {
	await tx.schema
		.createTable('migrations')
		.ifNotExists()
		.addColumn('id', types.int, (column) => column.primaryKey())
		.execute();
	const done = (await tx.selectFrom('migrations').select('id').orderBy('id').execute()).map((row) => row.id);
	assert(
		done.every((id, index) => id === index + 1) && done.length <= migrations.length,
		'The database belongs to a newer relay.'
	);
	for (const { id, up } of migrations.slice(done.length)) {
		await up(tx, types, incarnation);
		await tx.insertInto('migrations').values({ id }).execute();
	}
}

async function createTables(tx: Transaction<Schema>, types: ColumnTypes, incarnation: string): Promise<void> {
	const key: readonly Column[] = [
		['key', 'text'],
		['value', 'text']
	];
	await createTable(tx, types, 'meta', key, ['key']);
	await tx.insertInto('meta').values({ key: 'incarnation', value: incarnation }).execute();
	for (const [table, columns, primary] of tables) await createTable(tx, types, table, columns, primary);
	for (const [name, table, columns, unique] of indexes) {
		const index = tx.schema
			.createIndex(name)
			.on(table)
			.columns([...columns]);
		await (unique ? index.unique() : index).execute();
	}
}

/** Invitations of people: the sealed card, and the first signed answer. */
async function createInvitations(tx: Transaction<Schema>, types: ColumnTypes): Promise<void> {
	const columns: readonly Column[] = [
		['id', 'text'],
		['circle', 'text'],
		['pub', 'text'],
		['exp', 'int'],
		['ct', 'bytes'],
		['answered_by', 'text', 'null'],
		['acceptance', 'bytes', 'null']
	];
	await createTable(tx, types, 'invitations', columns, ['id']);
	await tx.schema.createIndex('invitations_by_circle').on('invitations').columns(['circle']).execute();
}

/** Erased identities, and what owners of erased circles have signed. */
async function createErasures(tx: Transaction<Schema>, types: ColumnTypes): Promise<void> {
	const tombstones: readonly Column[] = [
		['identity', 'text'],
		['at', 'int']
	];
	const erasures: readonly Column[] = [
		['circle', 'text'],
		['record', 'bytes'],
		['at', 'int']
	];
	await createTable(tx, types, 'identity_tombstones', tombstones, ['identity']);
	await createTable(tx, types, 'erasures', erasures, ['circle']);
}

/** Mailboxes for devices that are being let in. */
async function createPairings(tx: Transaction<Schema>, types: ColumnTypes): Promise<void> {
	const columns: readonly Column[] = [
		['id', 'text'],
		['step', 'int'],
		['ct', 'bytes'],
		['exp', 'int']
	];
	await createTable(tx, types, 'pairings', columns, ['id', 'step']);
}

type Column = readonly [name: string, type: 'text' | 'int' | 'bytes', nullable?: 'null'];
type TableName = keyof Schema;

const tables: readonly (readonly [TableName, readonly Column[], readonly string[]])[] = [
	[
		'identities',
		[
			['identity', 'text'],
			['space', 'text'],
			['n', 'int'],
			['head', 'text'],
			['created', 'int']
		],
		['identity']
	],
	[
		'identity_records',
		[
			['identity', 'text'],
			['n', 'int'],
			['record', 'bytes']
		],
		['identity', 'n']
	],
	[
		'devices',
		[
			['identity', 'text'],
			['device', 'text'],
			['sign', 'bytes'],
			['removed', 'int']
		],
		['identity', 'device']
	],
	[
		'memberships',
		[
			['identity', 'text'],
			['circle', 'text']
		],
		['identity', 'circle']
	],
	[
		'circles',
		[
			['circle', 'text'],
			['space', 'text'],
			['n', 'int'],
			['head', 'text'],
			['frames', 'int'],
			['bytes', 'int'],
			['version', 'int'],
			['created', 'int']
		],
		['circle']
	],
	[
		'manifests',
		[
			['circle', 'text'],
			['n', 'int'],
			['record', 'bytes']
		],
		['circle', 'n']
	],
	[
		'members',
		[
			['circle', 'text'],
			['identity', 'text'],
			['role', 'text'],
			['has_left', 'int']
		],
		['circle', 'identity']
	],
	[
		'rights',
		[
			['circle', 'text'],
			['identity', 'text'],
			['book', 'text'],
			['access', 'text']
		],
		['circle', 'identity', 'book']
	],
	[
		'books',
		[
			['circle', 'text'],
			['book', 'text'],
			['epoch', 'int'],
			['pos', 'int'],
			['run', 'bytes']
		],
		['circle', 'book']
	],
	[
		'frames',
		[
			['circle', 'bytes'],
			['book', 'bytes'],
			['pos', 'int'],
			['device', 'bytes'],
			['seq', 'int'],
			['hash', 'bytes'],
			['bytes', 'bytes']
		],
		['circle', 'book', 'pos']
	],
	[
		'envelopes',
		[
			['circle', 'text'],
			['member', 'text'],
			['ct_hash', 'text'],
			['row', 'int'],
			['gen', 'int'],
			['books', 'text'],
			['ct', 'bytes']
		],
		['circle', 'member', 'ct_hash']
	],
	[
		'tombstones',
		[
			['circle', 'text'],
			['at', 'int']
		],
		['circle']
	],
	[
		'challenges',
		[
			['nonce', 'text'],
			['identity', 'text'],
			['device', 'text'],
			['exp', 'int']
		],
		['nonce']
	],
	[
		'tokens',
		[
			['hash', 'text'],
			['identity', 'text'],
			['device', 'text'],
			['exp', 'int']
		],
		['hash']
	],
	[
		'enrolments',
		[
			['hash', 'text'],
			['exp', 'int'],
			['used_by', 'text', 'null']
		],
		['hash']
	],
	[
		'invite_uses',
		[
			['id', 'text'],
			['circle', 'text'],
			['at', 'int']
		],
		['id']
	],
	[
		'recovery_files',
		[
			['id', 'text'],
			['kind', 'text'],
			['gen', 'int'],
			['owner', 'text'],
			['ct', 'bytes']
		],
		['id', 'kind', 'gen']
	]
];

const indexes: readonly (readonly [string, TableName, readonly string[], boolean])[] = [
	['frames_by_device', 'frames', ['circle', 'book', 'device', 'seq'], true],
	['tokens_by_identity', 'tokens', ['identity'], false],
	['recovery_by_owner', 'recovery_files', ['owner'], false],
	['circles_by_space', 'circles', ['space', 'created'], false],
	['identities_by_space', 'identities', ['space', 'created'], false]
];

async function createTable(
	db: Kysely<Schema>,
	types: ColumnTypes,
	name: TableName,
	columns: readonly Column[],
	primary: readonly string[]
): Promise<void> {
	const sqlType = { text: 'text', int: types.int, bytes: types.bytes } as const;
	let table: CreateTableBuilder<string, string> = db.schema.createTable(name);
	for (const [column, type, nullable] of columns) {
		table = table.addColumn(column, sql.raw(sqlType[type]), (built) => (nullable ? built : built.notNull()));
	}
	await table.addPrimaryKeyConstraint(`${name}_key`, [...primary]).execute();
}
