/** Identity logs, the devices that follow from them, and logins. */
import type { Transaction } from 'kysely';
import { err, ok, type Result } from '$lib/domain/result';
import type { Identity } from '$lib/protocol/identity-log';
import type { CircleId, DeviceId, Hash, IdentityId } from '$lib/protocol/ids';
import type { Change, CodeError, IdentityStore, LoginStore } from '../store';
import { lockCircle, membersOf, saveCircle, takeOut } from './circles';
import { plainBytes, writeOrRollBack, type Database } from './database';
import type { Schema } from './schema';

export const createIdentityStore = (database: Database): IdentityStore => ({
	identityLog: (id) =>
		database.read(async (db) => {
			const rows = await db
				.selectFrom('identity_records')
				.select('record')
				.where('identity', '=', id)
				.orderBy('n')
				.execute();
			return rows.map((row) => plainBytes(row.record));
		}),

	registerIdentity: ({ identity, record, enrolment, now }) =>
		writeOrRollBack(database, async (tx) => {
			if (await isErased(tx, identity.id)) return err('expired');
			const used = enrolment === null ? ok(undefined) : await useEnrolment(tx, enrolment, identity.id, now);
			if (!used.ok) return used;
			const { id, space, head } = identity;
			const inserted = await tx
				.insertInto('identities')
				.values({ identity: id, space, n: head.n, head: head.hash, created: now })
				.onConflict((conflict) => conflict.doNothing())
				.executeTakeFirst();
			if (inserted.numInsertedOrUpdatedRows === 0n) return ok(undefined);
			await addRecord(tx, identity, record);
			return ok(undefined);
		}),

	async appendIdentityRecord({ identity, previous, record }) {
		const result = await writeOrRollBack(database, async (tx): Promise<Result<void, 'conflict'>> => {
			const { id, head } = identity;
			const moved = await tx
				.updateTable('identities')
				.set({ n: head.n, head: head.hash })
				.where('identity', '=', id)
				.where('head', '=', previous)
				.executeTakeFirst();
			if (moved.numUpdatedRows === 0n) return (await headIs(tx, id, head.hash)) ? ok(undefined) : err('conflict');
			await addRecord(tx, identity, record);
			await endLoginsOfRemoved(tx, identity);
			return ok(undefined);
		});
		if (result.ok) database.announce([{ type: 'identity', identity: identity.id }]);
		return result;
	},

	async eraseIdentity(id, now) {
		const result = await writeOrRollBack(database, (tx) => eraseIdentity(tx, database.locksRows, id, now));
		if (!result.ok) return result;
		database.announce([...result.value, { type: 'identity', identity: id }]);
		return ok(undefined);
	}
});

/** Whom to tell of the circles it has left. */
async function eraseIdentity(
	tx: Transaction<Schema>,
	locksRows: boolean,
	identity: IdentityId,
	now: number
): Promise<Result<Change[], 'conflict'>> {
	const memberships = await tx
		.selectFrom('memberships')
		.innerJoin('members', (join) =>
			join.onRef('members.circle', '=', 'memberships.circle').onRef('members.identity', '=', 'memberships.identity')
		)
		.select(['memberships.circle', 'members.role'])
		.where('memberships.identity', '=', identity)
		.orderBy('memberships.circle')
		.execute();
	if (memberships.some(({ role }) => role === 'owner')) return err('conflict');
	const changes: Change[] = [];
	for (const each of memberships) {
		const circle = each.circle as CircleId;
		const row = await lockCircle(tx, locksRows, circle);
		if (!row) continue;
		await takeOut(tx, circle, identity);
		await saveCircle(tx, row);
		changes.push({ type: 'circle', circle, readers: await membersOf(tx, circle) });
	}
	await tx
		.insertInto('identity_tombstones')
		.values({ identity, at: now })
		.onConflict((conflict) => conflict.doNothing())
		.execute();
	await deleteIdentity(tx, identity);
	return ok(changes);
}

/** Removes every row of an identity; its tombstone, if any, is the caller's. */
export async function deleteIdentity(tx: Transaction<Schema>, identity: IdentityId): Promise<void> {
	await tx.deleteFrom('recovery_files').where('owner', '=', identity).execute();
	for (const table of ['tokens', 'challenges', 'devices', 'memberships', 'identity_records', 'identities'] as const) {
		await tx.deleteFrom(table).where('identity', '=', identity).execute();
	}
}

async function isErased(tx: Transaction<Schema>, identity: IdentityId): Promise<boolean> {
	const grave = await tx
		.selectFrom('identity_tombstones')
		.select('identity')
		.where('identity', '=', identity)
		.executeTakeFirst();
	return grave !== undefined;
}

/** One update decides who gets the token: of several racing for it exactly one changes the row. */
async function useEnrolment(
	tx: Transaction<Schema>,
	hash: Hash,
	identity: IdentityId,
	now: number
): Promise<Result<void, CodeError>> {
	const used = await tx
		.updateTable('enrolments')
		.set({ used_by: identity })
		.where('hash', '=', hash)
		.where('used_by', 'is', null)
		.where('exp', '>', now)
		.executeTakeFirst();
	if (used.numUpdatedRows === 1n) return ok(undefined);
	const found = await tx.selectFrom('enrolments').select('used_by').where('hash', '=', hash).executeTakeFirst();
	if (!found) return err('not-found');
	if (found.used_by === identity) return ok(undefined);
	return err(found.used_by === null ? 'expired' : 'already-used');
}

async function headIs(tx: Transaction<Schema>, identity: IdentityId, hash: Hash): Promise<boolean> {
	const row = await tx.selectFrom('identities').select('head').where('identity', '=', identity).executeTakeFirst();
	return row?.head === hash;
}

async function addRecord(tx: Transaction<Schema>, identity: Identity, record: Uint8Array): Promise<void> {
	await tx.insertInto('identity_records').values({ identity: identity.id, n: identity.head.n, record }).execute();
	const devices = [...identity.devices.values()].map((device) => ({
		identity: identity.id,
		device: device.id,
		sign: device.sign,
		removed: device.removedAt === null ? (0 as const) : (1 as const)
	}));
	await tx
		.insertInto('devices')
		.values(devices)
		.onConflict((conflict) =>
			conflict.columns(['identity', 'device']).doUpdateSet((set) => ({ removed: set.ref('excluded.removed') }))
		)
		.execute();
}

async function endLoginsOfRemoved(tx: Transaction<Schema>, identity: Identity): Promise<void> {
	const removed = [...identity.devices.values()]
		.filter((device) => device.removedAt !== null)
		.map((device) => device.id);
	if (removed.length === 0) return;
	await tx.deleteFrom('tokens').where('identity', '=', identity.id).where('device', 'in', removed).execute();
}

export const createLoginStore = (database: Database): LoginStore => ({
	deviceKey: ({ identity, device }) =>
		database.read(async (db) => {
			const row = await db
				.selectFrom('devices')
				.select('sign')
				.where('identity', '=', identity)
				.where('device', '=', device)
				.where('removed', '=', 0)
				.executeTakeFirst();
			return row ? plainBytes(row.sign) : null;
		}),

	saveChallenge: ({ nonce, caller, exp }) =>
		database.transact(async (tx) => {
			await tx
				.insertInto('challenges')
				.values({ nonce, ...caller, exp })
				.execute();
		}),

	takeChallenge: ({ nonce, caller, now }) =>
		database.transact(async (tx) => {
			const taken = await tx
				.deleteFrom('challenges')
				.where('nonce', '=', nonce)
				.where('identity', '=', caller.identity)
				.where('device', '=', caller.device)
				.returning('exp')
				.executeTakeFirst();
			return taken !== undefined && taken.exp > now;
		}),

	saveToken: ({ hash, caller, exp }) =>
		database.transact(async (tx) => {
			await tx
				.insertInto('tokens')
				.values({ hash, ...caller, exp })
				.execute();
		}),

	// The device is looked at again: a token given out while its device was being removed never works.
	findToken: (hash, now) =>
		database.read(async (db) => {
			const row = await db
				.selectFrom('tokens')
				.innerJoin('devices', (join) =>
					join.onRef('devices.identity', '=', 'tokens.identity').onRef('devices.device', '=', 'tokens.device')
				)
				.select(['tokens.identity', 'tokens.device', 'tokens.exp'])
				.where('tokens.hash', '=', hash)
				.where('tokens.exp', '>', now)
				.where('devices.removed', '=', 0)
				.executeTakeFirst();
			return row
				? { caller: { identity: row.identity as IdentityId, device: row.device as DeviceId }, exp: row.exp }
				: null;
		})
});
