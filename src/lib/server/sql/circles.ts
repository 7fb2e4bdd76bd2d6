/** Manifests with what follows from them, and envelopes. Every write takes the circle's row first: it is the circle's lock. */
import type { Transaction } from 'kysely';
import { toBase64url } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { must } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import { EMPTY_RUN } from '$lib/protocol/api/heads';
import type { Envelope } from '$lib/protocol/envelope';
import { idBytes, type CircleId, type IdentityId } from '$lib/protocol/ids';
import type { Manifest, SignedManifest } from '$lib/protocol/manifest';
import type { Change, CircleStore, ManifestRefusal } from '../store';
import { plainBytes, writeOrRollBack, type Database } from './database';
import type { Schema } from './schema';

type CircleRow = Schema['circles'];
type Tx = Transaction<Schema>;
type StoreManifests = Parameters<CircleStore['storeManifests']>[0];

export const createCircleStore = (database: Database): CircleStore => ({
	headManifest: (circle) =>
		database.read(async (db) => {
			const row = await db
				.selectFrom('manifests')
				.select('record')
				.where('circle', '=', circle)
				.orderBy('n', 'desc')
				.limit(1)
				.executeTakeFirst();
			return row ? plainBytes(row.record) : null;
		}),

	roleIn: (circle, identity) =>
		database.read(async (db) => {
			const row = await db
				.selectFrom('members')
				.select('role')
				.where('circle', '=', circle)
				.where('identity', '=', identity)
				.where('has_left', '=', 0)
				.executeTakeFirst();
			return row?.role ?? null;
		}),

	manifestsFrom: (circle, from, maxBytes) => database.read((db) => readChain(db as Tx, circle, from, maxBytes)),

	async storeManifests(input) {
		const before = new Set<IdentityId>();
		const result = await writeOrRollBack(database, async (tx) => {
			before.clear();
			return storeManifests(tx, database.locksRows, input, before);
		});
		if (result.ok) database.announce(changesAfter(before, lastOf(input.manifests).body));
		return result;
	},

	async addEnvelopes({ circle, expected, envelopes, quota }) {
		const result = await writeOrRollBack(database, async (tx): Promise<Result<void, 'conflict' | 'full'>> => {
			const row = await lockCircle(tx, database.locksRows, circle);
			if (row?.head !== expected) return err('conflict');
			const bytes = row.bytes + (await insertEnvelopes(tx, envelopes));
			if (bytes > quota.bytes) return err('full');
			await saveCircle(tx, { ...row, bytes });
			return ok(undefined);
		});
		const readers = [...new Set(envelopes.map((envelope) => envelope.member))];
		if (result.ok) database.announce([{ type: 'circle', circle, readers }]);
		return result;
	},

	envelopesFor: (circle, member) =>
		database.read(async (db) => {
			const rows = await db
				.selectFrom('envelopes')
				.select(['gen', 'books', 'ct'])
				.where('circle', '=', circle)
				.where('member', '=', member)
				.orderBy('row')
				.execute();
			return rows.map((row) => ({
				circle,
				member,
				gen: row.gen,
				books: row.books.split(' ') as Envelope['books'],
				ct: toBase64url(plainBytes(row.ct))
			}));
		}),

	async leaveCircle(circle, identity) {
		const readers = await database.transact(async (tx) => {
			const row = await lockCircle(tx, database.locksRows, circle);
			if (!row) return [];
			await takeOut(tx, circle, identity);
			await saveCircle(tx, row);
			return membersOf(tx, circle);
		});
		database.announce([{ type: 'circle', circle, readers: [...readers, identity] }]);
	},

	saveErasure: ({ circle, record, now }) =>
		database.transact(async (tx) => {
			await tx
				.insertInto('erasures')
				.values({ circle, record, at: now })
				.onConflict((conflict) => conflict.column('circle').doUpdateSet({ record, at: now }))
				.execute();
		}),

	erasureOf: (circle) =>
		database.read(async (db) => {
			const row = await db
				.selectFrom('erasures')
				.innerJoin('tombstones', 'tombstones.circle', 'erasures.circle')
				.select('erasures.record')
				.where('erasures.circle', '=', circle)
				.executeTakeFirst();
			return row ? plainBytes(row.record) : null;
		}),

	async eraseCircle(circle, now) {
		const readers = await database.transact(async (tx) => {
			await lockCircle(tx, database.locksRows, circle);
			const members = await membersOf(tx, circle);
			await tx
				.insertInto('tombstones')
				.values({ circle, at: now })
				.onConflict((conflict) => conflict.doNothing())
				.execute();
			await deleteCircle(tx, circle);
			return members;
		});
		database.announce([{ type: 'circle', circle, readers }]);
	}
});

/** A member's access ends until a manifest has left them out. */
export async function takeOut(tx: Tx, circle: CircleId, identity: IdentityId): Promise<void> {
	await tx
		.updateTable('members')
		.set({ has_left: 1 })
		.where('circle', '=', circle)
		.where('identity', '=', identity)
		.execute();
	await tx.deleteFrom('rights').where('circle', '=', circle).where('identity', '=', identity).execute();
	await tx.deleteFrom('memberships').where('identity', '=', identity).where('circle', '=', circle).execute();
}

async function storeManifests(
	tx: Tx,
	locksRows: boolean,
	input: StoreManifests,
	before: Set<IdentityId>
): Promise<Result<void, ManifestRefusal>> {
	const head = lastOf(input.manifests);
	const circle = head.body.circle;
	const begun = input.expected === null ? await beginCircle(tx, head.body, input) : ok(undefined);
	if (!begun.ok) return begun;
	const row = await lockCircle(tx, locksRows, circle);
	if (!row) return err('conflict');
	const isRepeat = row.head === head.hash;
	if (!isRepeat && row.head !== (input.expected ?? '')) return err('conflict');

	for (const member of await membersOf(tx, circle)) before.add(member);
	const recordBytes = isRepeat ? 0 : await insertManifests(tx, circle, input.manifests);
	if (!isRepeat) await deriveFrom(tx, head.body, before);
	const bytes = row.bytes + recordBytes + (await insertEnvelopes(tx, input.envelopes));
	if (bytes > input.quota.bytes) return err('full');
	await saveCircle(tx, { ...row, n: head.body.n, head: head.hash, bytes });
	return ok(undefined);
}

/** Makes the circle's row with an empty head, unless it was erased or the demo space is full. A row already there stays. */
async function beginCircle(tx: Tx, manifest: Manifest, input: StoreManifests): Promise<Result<void, ManifestRefusal>> {
	const { circle, space } = manifest;
	const grave = await tx.selectFrom('tombstones').select('circle').where('circle', '=', circle).executeTakeFirst();
	if (grave) return err('erased');
	if (space === 'demo' && (await countDemoCircles(tx)) >= input.demoCircles) return err('full');
	await tx
		.insertInto('circles')
		.values({ circle, space, n: 0, head: '', frames: 0, bytes: 0, version: 0, created: input.now })
		.onConflict((conflict) => conflict.doNothing())
		.execute();
	return ok(undefined);
}

async function countDemoCircles(tx: Tx): Promise<number> {
	const row = await tx
		.selectFrom('circles')
		.select((select) => select.fn.countAll<number>().as('count'))
		.where('space', '=', 'demo')
		.executeTakeFirstOrThrow();
	return Number(row.count);
}

/** The circle's row, held until the transaction ends. */
export async function lockCircle(tx: Tx, locksRows: boolean, circle: CircleId): Promise<CircleRow | undefined> {
	const query = tx.selectFrom('circles').selectAll().where('circle', '=', circle);
	return (locksRows ? query.forUpdate() : query).executeTakeFirst();
}

/** Writes a locked row back and raises its version. */
export async function saveCircle(tx: Tx, row: CircleRow): Promise<void> {
	const { n, head, frames, bytes, version } = row;
	await tx
		.updateTable('circles')
		.set({ n, head, frames, bytes, version: version + 1 })
		.where('circle', '=', row.circle)
		.execute();
}

async function insertManifests(tx: Tx, circle: CircleId, manifests: readonly SignedManifest[]): Promise<number> {
	for (const { body, bytes } of manifests)
		await tx.insertInto('manifests').values({ circle, n: body.n, record: bytes }).execute();
	return manifests.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** Brings members, rights and books in line with a new head, and ends the logins of whoever is out. */
async function deriveFrom(tx: Tx, manifest: Manifest, before: ReadonlySet<IdentityId>): Promise<void> {
	const { circle } = manifest;
	const left = await tx
		.selectFrom('members')
		.select('identity')
		.where('circle', '=', circle)
		.where('has_left', '=', 1)
		.execute();
	const gone = new Set(left.map((row) => row.identity));
	await tx.deleteFrom('members').where('circle', '=', circle).execute();
	await tx.deleteFrom('rights').where('circle', '=', circle).execute();
	for (const { identity, role, rights } of manifest.members) {
		const hasLeft = gone.has(identity);
		await tx
			.insertInto('members')
			.values({ circle, identity, role, has_left: hasLeft ? 1 : 0 })
			.execute();
		if (hasLeft || rights.length === 0) continue;
		await tx
			.insertInto('rights')
			.values(rights.map(({ book, access }) => ({ circle, identity, book, access })))
			.execute();
	}
	await deriveMemberships(tx, manifest, before, gone);
	await deriveBooks(tx, manifest);
}

async function deriveMemberships(
	tx: Tx,
	{ circle, members }: Manifest,
	before: ReadonlySet<IdentityId>,
	gone: ReadonlySet<string>
): Promise<void> {
	const now = new Set(members.map((member) => member.identity));
	const removed = [...before].filter((identity) => !now.has(identity));
	if (removed.length > 0) {
		await tx.deleteFrom('memberships').where('identity', 'in', removed).where('circle', '=', circle).execute();
		await tx.deleteFrom('tokens').where('identity', 'in', removed).execute();
	}
	const staying = [...now].filter((identity) => !gone.has(identity));
	if (staying.length === 0) return;
	await tx
		.insertInto('memberships')
		.values(staying.map((identity) => ({ identity, circle })))
		.onConflict((conflict) => conflict.doNothing())
		.execute();
}

async function deriveBooks(tx: Tx, { circle, books }: Manifest): Promise<void> {
	await tx
		.insertInto('books')
		.values(books.map(({ id, epoch }) => ({ circle, book: id, epoch, pos: 0, run: EMPTY_RUN })))
		.onConflict((conflict) =>
			conflict.columns(['circle', 'book']).doUpdateSet((set) => ({ epoch: set.ref('excluded.epoch') }))
		)
		.execute();
}

/** Adds the rows that are not there yet; answers the bytes they take. */
async function insertEnvelopes(tx: Tx, envelopes: readonly Envelope[]): Promise<number> {
	let bytes = 0;
	for (const { circle, member, gen, books, ct } of envelopes) {
		const sealed = idBytes(ct);
		const last = await tx
			.selectFrom('envelopes')
			.select((select) => select.fn.max('row').as('row'))
			.where('circle', '=', circle)
			.where('member', '=', member)
			.executeTakeFirst();
		const inserted = await tx
			.insertInto('envelopes')
			.values({
				circle,
				member,
				ct_hash: toBase64url(sha256(sealed)),
				row: Number(last?.row ?? 0) + 1,
				gen,
				books: books.join(' '),
				ct: sealed
			})
			.onConflict((conflict) => conflict.doNothing())
			.executeTakeFirst();
		if (inserted.numInsertedOrUpdatedRows === 1n) bytes += sealed.length;
	}
	return bytes;
}

/** Everyone in the circle who has not left. */
export async function membersOf(tx: Tx, circle: CircleId): Promise<IdentityId[]> {
	const rows = await tx
		.selectFrom('members')
		.select('identity')
		.where('circle', '=', circle)
		.where('has_left', '=', 0)
		.execute();
	return rows.map((row) => row.identity as IdentityId);
}

async function readChain(db: Tx, circle: CircleId, from: number, maxBytes: number): Promise<Uint8Array[]> {
	const records: Uint8Array[] = [];
	for (let bytes = 0; ;) {
		const rows = await db
			.selectFrom('manifests')
			.select('record')
			.where('circle', '=', circle)
			.where('n', '>=', from + records.length)
			.orderBy('n')
			.limit(16)
			.execute();
		for (const { record } of rows) {
			bytes += record.length;
			if (bytes > maxBytes && records.length > 0) return records;
			records.push(plainBytes(record));
		}
		if (rows.length < 16) return records;
	}
}

/** Removes every row of a circle; its tombstone, if any, is the caller's. */
export async function deleteCircle(tx: Tx, circle: CircleId): Promise<void> {
	await tx.deleteFrom('frames').where('circle', '=', idBytes(circle)).execute();
	for (const identity of await allMembers(tx, circle)) {
		await tx.deleteFrom('memberships').where('identity', '=', identity).where('circle', '=', circle).execute();
	}
	for (const table of ['members', 'rights', 'books', 'envelopes', 'invitations', 'manifests', 'circles'] as const) {
		await tx.deleteFrom(table).where('circle', '=', circle).execute();
	}
}

async function allMembers(tx: Tx, circle: CircleId): Promise<string[]> {
	const rows = await tx.selectFrom('members').select('identity').where('circle', '=', circle).execute();
	return rows.map((row) => row.identity);
}

function changesAfter(before: ReadonlySet<IdentityId>, { circle, members }: Manifest): Change[] {
	const now = new Set(members.map((member) => member.identity));
	const removed = [...before].filter((identity) => !now.has(identity));
	return [
		{ type: 'circle', circle, readers: [...new Set([...before, ...now])] },
		...removed.map((identity) => ({ type: 'identity', identity }) as const)
	];
}

const lastOf = (manifests: readonly SignedManifest[]): SignedManifest =>
	must(manifests.at(-1), 'a chain has at least one record');
