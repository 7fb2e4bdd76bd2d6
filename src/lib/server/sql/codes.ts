/** What is looked up by a code: enrolments, used invitations, the recovery store. */
import { toBase64url } from '$lib/crypto/bytes';
import { err, ok, type Result } from '$lib/domain/result';
import { idBytes } from '$lib/protocol/ids';
import type { CodeStore } from '../store';
import { plainBytes, writeOrRollBack, type Database } from './database';

export const createCodeStore = (database: Database): CodeStore => ({
	saveEnrolment: ({ hash, exp }) =>
		database.transact(async (tx) => {
			await tx.insertInto('enrolments').values({ hash, exp, used_by: null }).execute();
		}),

	acceptInvite: ({ id, circle, now }) =>
		database.transact(async (tx) => {
			await tx
				.insertInto('invite_uses')
				.values({ id, circle, at: now })
				.onConflict((conflict) => conflict.doNothing())
				.execute();
			const row = await tx.selectFrom('invite_uses').select('circle').where('id', '=', id).executeTakeFirst();
			return row?.circle === circle;
		}),

	addRecoveryFile: ({ id, owner, file, maxFiles }) =>
		writeOrRollBack(database, async (tx): Promise<Result<void, 'conflict' | 'not-found' | 'full'>> => {
			const owned = await tx
				.selectFrom('recovery_files')
				.select('owner')
				.where('id', '=', id)
				.limit(1)
				.executeTakeFirst();
			if (owned && owned.owner !== owner) return err('not-found');
			const ct = idBytes(file.ct);
			const inserted = await tx
				.insertInto('recovery_files')
				.values({ id, kind: file.kind, gen: placeOf(file), owner, ct })
				.onConflict((conflict) => conflict.doNothing())
				.executeTakeFirst();
			if (inserted.numInsertedOrUpdatedRows === 1n) {
				const count = await tx
					.selectFrom('recovery_files')
					.select((select) => select.fn.countAll<number>().as('count'))
					.where('owner', '=', owner)
					.executeTakeFirstOrThrow();
				return Number(count.count) > maxFiles ? err('full') : ok(undefined);
			}
			const stored = await tx
				.selectFrom('recovery_files')
				.select('ct')
				.where('id', '=', id)
				.where('kind', '=', file.kind)
				.where('gen', '=', placeOf(file))
				.executeTakeFirst();
			return stored && toBase64url(plainBytes(stored.ct)) === file.ct ? ok(undefined) : err('conflict');
		}),

	recoveryFiles: (id) =>
		database.read(async (db) => {
			const rows = await db
				.selectFrom('recovery_files')
				.select(['kind', 'gen', 'ct'])
				.where('id', '=', id)
				.orderBy('gen')
				.orderBy('kind')
				.execute();
			return rows.map((row) => ({ kind: row.kind, gen: row.gen, ct: toBase64url(plainBytes(row.ct)) }));
		})
});

/** There is one root; box files stand at their generation. */
const placeOf = (file: { kind: 'root' | 'box'; gen: number }): number => (file.kind === 'root' ? 0 : file.gen);
