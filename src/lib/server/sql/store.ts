/** The relay's store over any database of `database.ts`. */
import type { CircleId, IdentityId } from '$lib/protocol/ids';
import type { RelayStore } from '../store';
import { createCircleStore, deleteCircle, lockCircle } from './circles';
import { createCodeStore } from './codes';
import type { Database } from './database';
import { createFrameStore } from './frames';
import { createIdentityStore, createLoginStore, deleteIdentity } from './identities';
import { createInvitationStore } from './invitations';
import { createPairingStore } from './pairings';

/** Used enrolments are remembered this long, so that a link opened twice is told apart from a wrong one. */
const REMEMBER_ENROLMENTS_MS = 90 * 24 * 60 * 60 * 1000;

/** An invitation that has run out is told apart from one that never was for this long. */
const REMEMBER_INVITATIONS_MS = 30 * 24 * 60 * 60 * 1000;

/** Members who open the app less than once a year learn no more than that the circle is not there. */
const KEEP_ERASURES_MS = 400 * 24 * 60 * 60 * 1000;

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
			const gone = await tx.selectFrom('identity_tombstones').select('identity').execute();
			for (const { identity } of gone) await deleteIdentity(tx, identity as IdentityId);
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
			await tx
				.deleteFrom('erasures')
				.where('at', '<=', now - KEEP_ERASURES_MS)
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
	for (const { identity } of identities) await database.transact((tx) => deleteIdentity(tx, identity as IdentityId));
}
