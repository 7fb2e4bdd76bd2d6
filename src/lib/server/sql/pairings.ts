/** Mailboxes of devices that are being let in: a few sealed notes each, gone after minutes. */
import { err, ok, type Result } from '$lib/domain/result';
import { toBase64url } from '$lib/crypto/bytes';
import type { PairingStore } from '../store';
import { plainBytes, writeOrRollBack, type Database } from './database';

export const createPairingStore = (database: Database): PairingStore => ({
	putPairingNote: ({ id, step, ct, now, exp, most }) =>
		writeOrRollBack(database, async (tx): Promise<Result<void, 'already-used' | 'not-found' | 'full'>> => {
			// What has run out and was not swept yet is no mailbox any more.
			await tx.deleteFrom('pairings').where('id', '=', id).where('exp', '<=', now).execute();
			const before = step === 0 ? null : await noteAt(tx, id, step - 1);
			if (step > 0 && !before) return err('not-found');
			const inserted = await tx
				.insertInto('pairings')
				.values({ id, step, ct, exp: before?.exp ?? exp })
				.onConflict((conflict) => conflict.doNothing())
				.executeTakeFirst();
			if (inserted.numInsertedOrUpdatedRows !== 1n) {
				const stored = await noteAt(tx, id, step);
				const isSame = stored && toBase64url(plainBytes(stored.ct)) === toBase64url(ct);
				return isSame ? ok(undefined) : err('already-used');
			}
			if (step > 0) return ok(undefined);
			const { count } = await tx
				.selectFrom('pairings')
				.select((select) => select.fn.countAll<number | string | bigint>().as('count'))
				.where('step', '=', 0)
				.executeTakeFirstOrThrow();
			return Number(count) > most ? err('full') : ok(undefined);
		}),

	pairingNotes: (id, now) =>
		database.read(async (db) => {
			const rows = await db
				.selectFrom('pairings')
				.select('ct')
				.where('id', '=', id)
				.where('exp', '>', now)
				.orderBy('step')
				.execute();
			return rows.map((row) => plainBytes(row.ct));
		})
});

const noteAt = (tx: Parameters<Parameters<Database['transact']>[0]>[0], id: string, step: number) =>
	tx.selectFrom('pairings').select(['ct', 'exp']).where('id', '=', id).where('step', '=', step).executeTakeFirst();
