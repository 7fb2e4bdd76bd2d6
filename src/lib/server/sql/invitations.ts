/** Invitations of people: sealed cards and the first signed answer to each. */
import type { Transaction } from 'kysely';
import { err, ok, type Result } from '$lib/domain/result';
import { toBase64url } from '$lib/crypto/bytes';
import type { CircleId, IdentityId } from '$lib/protocol/ids';
import type { Change, InvitationStore } from '../store';
import { lockCircle, saveCircle } from './circles';
import { plainBytes, writeOrRollBack, type Database } from './database';
import type { Schema } from './schema';

export const createInvitationStore = (database: Database): InvitationStore => ({
	saveInvitation: ({ id, circle, pub, exp, ct, quota }) =>
		writeOrRollBack(database, async (tx): Promise<Result<void, 'conflict' | 'full'>> => {
			const row = await lockCircle(tx, database.locksRows, circle);
			if (!row) return err('conflict');
			const inserted = await tx
				.insertInto('invitations')
				.values({ id, circle, pub, exp, ct, answered_by: null, acceptance: null })
				.onConflict((conflict) => conflict.doNothing())
				.executeTakeFirst();
			if (inserted.numInsertedOrUpdatedRows === 1n) {
				const bytes = row.bytes + ct.length;
				if (bytes > quota.bytes) return err('full');
				await saveCircle(tx, { ...row, bytes });
				return ok(undefined);
			}
			const stored = await tx.selectFrom('invitations').selectAll().where('id', '=', id).executeTakeFirst();
			const isSame =
				stored?.circle === circle && stored.pub === pub && toBase64url(plainBytes(stored.ct)) === toBase64url(ct);
			return isSame ? ok(undefined) : err('conflict');
		}),

	invitation: (id) =>
		database.read(async (db) => {
			const row = await db.selectFrom('invitations').selectAll().where('id', '=', id).executeTakeFirst();
			return row
				? {
						circle: row.circle as CircleId,
						pub: row.pub,
						exp: row.exp,
						ct: plainBytes(row.ct),
						answer:
							row.answered_by !== null && row.acceptance
								? { by: row.answered_by as IdentityId, acceptance: plainBytes(row.acceptance) }
								: null
					}
				: null;
		}),

	async answerInvitation(input) {
		const result = await writeOrRollBack(database, (tx) => answer(tx, database.locksRows, input));
		if (!result.ok) return result;
		if (result.value) database.announce([result.value]);
		return ok(undefined);
	},

	answersTo: (circle) =>
		database.read(async (db) => {
			const rows = await db
				.selectFrom('invitations')
				.select(['pub', 'acceptance'])
				.where('circle', '=', circle)
				.where('acceptance', 'is not', null)
				.orderBy('id')
				.execute();
			return rows.flatMap(({ pub, acceptance }) => (acceptance ? [{ pub, acceptance: plainBytes(acceptance) }] : []));
		})
});

/** Whom to tell of a first answer; null when this very identity had answered before. */
async function answer(
	tx: Transaction<Schema>,
	locksRows: boolean,
	{ id, by, acceptance }: Parameters<InvitationStore['answerInvitation']>[0]
): Promise<Result<Change | null, 'already-used' | 'not-found'>> {
	const found = await tx.selectFrom('invitations').select('circle').where('id', '=', id).executeTakeFirst();
	const circle = found && (await lockCircle(tx, locksRows, found.circle as CircleId));
	if (!circle) return err('not-found');
	// Read under the circle's lock: of two who answer at once one comes second.
	const row = await tx.selectFrom('invitations').select('answered_by').where('id', '=', id).executeTakeFirst();
	if (row?.answered_by === by) return ok(null);
	if (row?.answered_by !== null) return err('already-used');
	await tx.updateTable('invitations').set({ answered_by: by, acceptance }).where('id', '=', id).execute();
	await saveCircle(tx, circle);
	const readers = await tx
		.selectFrom('members')
		.select('identity')
		.where('circle', '=', circle.circle)
		.where('role', 'in', ['owner', 'coOwner'])
		.where('has_left', '=', 0)
		.execute();
	return ok({
		type: 'circle',
		circle: circle.circle as CircleId,
		readers: readers.map((each) => each.identity as IdentityId)
	});
}
