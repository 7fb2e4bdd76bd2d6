/** The relay's store over any database of `database.ts`. */
import type { Transaction } from 'kysely';
import type { CircleId } from '$lib/protocol/ids';
import type { RelayStore } from '../store';
import { createCircleStore, deleteCircle, lockCircle } from './circles';
import { createCodeStore } from './codes';
import type { Database } from './database';
import { createFrameStore } from './frames';
import { createIdentityStore, createLoginStore } from './identities';
import { createInvitationStore } from './invitations';
import { createPairingStore } from './pairings';
import type { Schema } from './schema';

/** Used enrolments are remembered this long, so that a link opened twice is told apart from a wrong one. */
const REMEMBER_ENROLMENTS_MS = 90 * 24 * 60 * 60 * 1000;

/** An invitation that has run out is told apart from one that never was for this long. */
const REMEMBER_INVITATIONS_MS = 30 * 24 * 60 * 60 * 1000;

export const createSqlStore = (
	database: Database,
	lifecycle: Pick<RelayStore, 'ping' | 'watch' | 'close'>
): RelayStore => ({
	...createIdentityStore(database),
	...createLoginStore(database),
	...createCircleStore(database),
	...createFrameStore(database),
	...createCodeStore(database),
	...createInvitationStore(database),
	...createPairingStore(database),
	...lifecycle,

	incarnation: () =>
		database.read(async (db) => {
			const row = await db
				.selectFrom('meta')
				.select('value')
				.where('key', '=', 'incarnation')
				.executeTakeFirstOrThrow();
			return row.value;
		}),

	markRestored: (incarnation) =>
		database.transact(async (tx) => {
			await tx.updateTable('meta').set({ value: incarnation }).where('key', '=', 'incarnation').execute();
			await tx.deleteFrom('tokens').execute();
			const erased = await tx.selectFrom('tombstones').select('circle').execute();
			for (const { circle } of erased) await deleteCircle(tx, circle as CircleId);
		}),

	async sweep({ now, demoBefore }) {
		await database.transact(async (tx) => {
			await tx.deleteFrom('challenges').where('exp', '<=', now).execute();
			await tx.deleteFrom('tokens').where('exp', '<=', now).execute();
			await tx.deleteFrom('pairings').where('exp', '<=', now).execute();
			await tx
				.deleteFrom('enrolments')
				.where('exp', '<=', now - REMEMBER_ENROLMENTS_MS)
				.execute();
			await tx
				.deleteFrom('invitations')
				.where('exp', '<=', now - REMEMBER_INVITATIONS_MS)
				.execute();
		});
		await sweepDemo(database, demoBefore);
	}
});

/** One circle or identity a transaction: nobody waits long for the writer. */
async function sweepDemo(database: Database, before: number): Promise<void> {
	const circles = await database.read((db) =>
		db.selectFrom('circles').select('circle').where('space', '=', 'demo').where('created', '<=', before).execute()
	);
	for (const { circle } of circles) {
		await database.transact(async (tx) => {
			await lockCircle(tx, database.locksRows, circle as CircleId);
			await deleteCircle(tx, circle as CircleId);
		});
	}
	const identities = await database.read((db) =>
		db.selectFrom('identities').select('identity').where('space', '=', 'demo').where('created', '<=', before).execute()
	);
	for (const { identity } of identities) await database.transact((tx) => deleteIdentity(tx, identity));
}

async function deleteIdentity(tx: Transaction<Schema>, identity: string): Promise<void> {
	await tx.deleteFrom('recovery_files').where('owner', '=', identity).execute();
	for (const table of ['tokens', 'challenges', 'devices', 'memberships', 'identity_records', 'identities'] as const) {
		await tx.deleteFrom(table).where('identity', '=', identity).execute();
	}
}
