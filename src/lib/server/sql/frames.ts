/** Frames: positions, running hashes, and who may push and read them (docs/protocol.md R1-R3). */
import type { Transaction } from 'kysely';
import { toBase64url } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import type { Access } from '$lib/domain/rights';
import type { PushResult } from '$lib/protocol/api/frames';
import { nextRun, shortHash, shortRun, type CircleHead } from '$lib/protocol/api/heads';
import type { Frame } from '$lib/protocol/frame';
import { idBytes, type BookId, type CircleId, type DeviceId, type Hash, type IdentityId } from '$lib/protocol/ids';
import type { AuthoredFrame, Caller, Change, FrameStore, OutOfStep, PushRefusal } from '../store';
import { lockCircle, saveCircle } from './circles';
import { plainBytes, writeOrRollBack, type Database } from './database';
import type { Schema } from './schema';

type Tx = Transaction<Schema>;
type PushInput = Parameters<FrameStore['push']>[0];

export const createFrameStore = (database: Database): FrameStore => ({
	authorsOf: (circle, device) =>
		database.read(async (db) => {
			const rows = await db
				.selectFrom('members')
				.innerJoin('devices', 'devices.identity', 'members.identity')
				.select(['devices.identity', 'devices.sign'])
				.where('members.circle', '=', circle)
				.where('members.has_left', '=', 0)
				.where('devices.device', '=', device)
				.where('devices.removed', '=', 0)
				.orderBy('devices.identity')
				.execute();
			return rows.map((row) => ({ identity: row.identity as IdentityId, sign: plainBytes(row.sign) }));
		}),

	holdersOf: (device) =>
		database.read(async (db) => {
			const rows = await db
				.selectFrom('devices')
				.select(['identity', 'sign'])
				.where('device', '=', device)
				.orderBy('identity')
				.execute();
			return rows.map((row) => ({ identity: row.identity as IdentityId, sign: plainBytes(row.sign) }));
		}),

	async push(input) {
		const result = await writeOrRollBack(database, (tx) => pushAll(tx, database.locksRows, input));
		if (!result.ok) return result;
		database.announce(result.value.changes);
		return ok(result.value.results);
	},

	readableBooks: (identity, circles) =>
		database.read(async (db) => {
			if (circles.length === 0) return [];
			const rows = await db
				.selectFrom('rights')
				.select(['circle', 'book', 'access'])
				.where('identity', '=', identity)
				.where('circle', 'in', circles)
				.execute();
			return rows.map((row) => ({ circle: row.circle as CircleId, book: row.book as BookId, access: row.access }));
		}),

	framesAfter: ({ circle, book, after }, limit) =>
		database.read(async (db) => {
			const rows = await db
				.selectFrom('frames')
				.select('bytes')
				.where('circle', '=', idBytes(circle))
				.where('book', '=', idBytes(book))
				.where('pos', '>', after)
				.orderBy('pos')
				.limit(limit)
				.execute();
			return rows.map((row) => plainBytes(row.bytes));
		}),

	headsOf: (identity) => database.read((db) => readHeads(db as Tx, identity))
});

interface Pushed {
	readonly results: readonly PushResult[];
	readonly changes: readonly Change[];
}

/** Circles are locked in order of their ids, so that two pushes never wait for each other. */
async function pushAll(tx: Tx, locksRows: boolean, input: PushInput): Promise<Result<Pushed, PushRefusal>> {
	const results = new Map<AuthoredFrame, PushResult>();
	const changes: Change[] = [];
	for (const [circle, frames] of byCircle(input.frames)) {
		const opened = await openCircle(tx, locksRows, circle, frames, input);
		if (!opened) return err({ type: 'not-found' });
		for (const each of frames) {
			const stored = await storeFrame(tx, opened, each);
			if (!stored.ok) return stored;
			results.set(each, stored.value);
		}
		const readers = await closeCircle(tx, opened);
		if (readers.length > 0) changes.push({ type: 'circle', circle, readers });
	}
	return ok({ results: input.frames.map((each) => must(results.get(each), 'every frame was stored')), changes });
}

function byCircle(frames: readonly AuthoredFrame[]): [CircleId, AuthoredFrame[]][] {
	const grouped = new Map<CircleId, AuthoredFrame[]>();
	for (const each of frames) {
		const circle = each.frame.header.circle;
		grouped.set(circle, [...(grouped.get(circle) ?? []), each]);
	}
	return [...grouped].sort(([a], [b]) => (a < b ? -1 : 1));
}

type DeviceHead = { readonly seq: number; readonly hash: Hash; readonly pos: number } | null;

interface BookState {
	readonly epoch: number;
	pos: number;
	run: Uint8Array;
	moved: boolean;
	/** Newest frame of each device that has been asked for. */
	readonly heads: Map<DeviceId, DeviceHead>;
}

/** One circle during a push: its row is locked, so what is read here stays true until the commit. */
interface OpenCircle {
	readonly row: Schema['circles'];
	readonly quota: PushInput['quotas']['real'];
	readonly caller: Caller;
	readonly rights: readonly { readonly identity: string; readonly book: string; readonly access: Access }[];
	readonly activeAuthors: ReadonlySet<string>;
	/** Set for frames that were here before: whose the caller may bring back. */
	readonly returns: 'any' | 'own' | null;
	readonly books: ReadonlyMap<BookId, BookState>;
	frames: number;
	bytes: number;
}

async function openCircle(
	tx: Tx,
	locksRows: boolean,
	circle: CircleId,
	frames: readonly AuthoredFrame[],
	input: PushInput
): Promise<OpenCircle | null> {
	const row = await lockCircle(tx, locksRows, circle);
	if (!row) return null;
	const bookIds = [...new Set(frames.map((each) => each.frame.header.book))];
	const rights = await tx
		.selectFrom('rights')
		.select(['identity', 'book', 'access'])
		.where('circle', '=', circle)
		.where('book', 'in', bookIds)
		.execute();
	const books = await tx
		.selectFrom('books')
		.select(['book', 'epoch', 'pos', 'run'])
		.where('circle', '=', circle)
		.where('book', 'in', bookIds)
		.execute();
	return {
		row,
		quota: input.quotas[row.space],
		caller: input.caller,
		rights,
		activeAuthors: await activeAuthors(tx, locksRows, frames),
		returns: input.isReturn ? await returnsOf(tx, circle, input.caller) : null,
		books: new Map(
			books.map((book) => [
				book.book as BookId,
				{ epoch: book.epoch, pos: book.pos, run: plainBytes(book.run), moved: false, heads: new Map() }
			])
		),
		frames: row.frames,
		bytes: row.bytes
	};
}

/** Whoever runs the circle brings back anybody's frames, everyone else their own. */
async function returnsOf(tx: Tx, circle: CircleId, caller: Caller): Promise<'any' | 'own'> {
	const row = await tx
		.selectFrom('members')
		.select('role')
		.where('circle', '=', circle)
		.where('identity', '=', caller.identity)
		.where('has_left', '=', 0)
		.executeTakeFirst();
	return row?.role === 'owner' || row?.role === 'coOwner' ? 'any' : 'own';
}

const authorKey = (identity: string, device: string): string => `${identity} ${device}`;

/** Authors' devices that stand active, held so: a device being removed waits for this push, or this push for it. */
async function activeAuthors(
	tx: Tx,
	locksRows: boolean,
	frames: readonly AuthoredFrame[]
): Promise<ReadonlySet<string>> {
	const query = tx
		.selectFrom('devices')
		.select(['identity', 'device'])
		.where('identity', 'in', [...new Set(frames.map((each) => each.author))])
		.where('device', 'in', [...new Set(frames.map((each) => each.frame.header.device))])
		.where('removed', '=', 0)
		.orderBy('identity')
		.orderBy('device');
	const rows = await (locksRows ? query.forShare() : query).execute();
	return new Set(rows.map((row) => authorKey(row.identity, row.device)));
}

async function storeFrame(
	tx: Tx,
	circle: OpenCircle,
	{ frame, author }: AuthoredFrame
): Promise<Result<PushResult, PushRefusal>> {
	const { book: bookId, device, seq, prev, epoch } = frame.header;
	const book = circle.books.get(bookId);
	if (!book || !accessOf(circle, circle.caller.identity, bookId)) return err({ type: 'not-found' });
	const head = await deviceHead(tx, book, frame);
	const at = { book: bookId, device, seq };
	if (head && seq <= head.seq) {
		const stored = seq === head.seq ? head : await storedAt(tx, frame);
		if (stored?.hash === frame.hash) return ok({ ...at, pos: stored.pos });
		return err({ type: 'conflict', at, hash: stored?.hash ?? null, head: placeOf(head) });
	}
	const isReturned = circle.returns === 'any' || (circle.returns === 'own' && author === circle.caller.identity);
	const mayWrite = accessOf(circle, author, bookId) === 'w' && circle.activeAuthors.has(authorKey(author, device));
	if (!mayWrite && !isReturned) return err({ type: 'not-found' });
	if (isReturned ? epoch > book.epoch : epoch !== book.epoch)
		return err({ type: 'stale-epoch', at, hash: null, head: placeOf(head) });
	if (seq !== (head?.seq ?? 0) + 1 || prev !== (head?.hash ?? null)) {
		return err({ type: 'conflict', at, hash: null, head: placeOf(head) });
	}
	if (circle.frames + 1 > circle.quota.frames || circle.bytes + frame.bytes.length > circle.quota.bytes)
		return err({ type: 'full' });
	return ok({ ...at, pos: await appendFrame(tx, circle, book, frame) });
}

const placeOf = (head: DeviceHead): OutOfStep['head'] => head && { seq: head.seq, hash: head.hash };

const accessOf = (circle: OpenCircle, identity: IdentityId, book: BookId): Access | null =>
	circle.rights.find((right) => right.identity === identity && right.book === book)?.access ?? null;

async function deviceHead(tx: Tx, book: BookState, frame: Frame): Promise<DeviceHead> {
	const { device } = frame.header;
	const known = book.heads.get(device);
	if (known !== undefined) return known;
	const row = await framesOfDevice(tx, frame).orderBy('seq', 'desc').limit(1).executeTakeFirst();
	const head = row ? { seq: row.seq, pos: row.pos, hash: hashOf(row) } : null;
	book.heads.set(device, head);
	return head;
}

async function storedAt(tx: Tx, frame: Frame): Promise<{ hash: Hash; pos: number } | null> {
	const row = await framesOfDevice(tx, frame).where('seq', '=', frame.header.seq).executeTakeFirst();
	return row ? { pos: row.pos, hash: hashOf(row) } : null;
}

const framesOfDevice = (tx: Tx, { header }: Frame) =>
	tx
		.selectFrom('frames')
		.select(['seq', 'pos', 'hash'])
		.where('circle', '=', idBytes(header.circle))
		.where('book', '=', idBytes(header.book))
		.where('device', '=', idBytes(header.device));

const hashOf = (row: { hash: Uint8Array }): Hash => toBase64url(plainBytes(row.hash)) as Hash;

async function appendFrame(tx: Tx, circle: OpenCircle, book: BookState, frame: Frame): Promise<number> {
	const { header, hash, bytes } = frame;
	book.pos += 1;
	book.run = nextRun(book.run, hash);
	book.moved = true;
	book.heads.set(header.device, { seq: header.seq, hash, pos: book.pos });
	circle.frames += 1;
	circle.bytes += bytes.length;
	await tx
		.insertInto('frames')
		.values({
			circle: idBytes(header.circle),
			book: idBytes(header.book),
			pos: book.pos,
			device: idBytes(header.device),
			seq: header.seq,
			hash: idBytes(hash),
			bytes
		})
		.execute();
	return book.pos;
}

/** Writes the raised counters; answers who can read what moved, nobody when every frame was a repeat. */
async function closeCircle(tx: Tx, { row, books, rights, frames, bytes }: OpenCircle): Promise<IdentityId[]> {
	const moved = [...books].filter(([, book]) => book.moved);
	if (moved.length === 0) return [];
	for (const [id, { pos, run }] of moved) {
		await tx.updateTable('books').set({ pos, run }).where('circle', '=', row.circle).where('book', '=', id).execute();
	}
	await saveCircle(tx, { ...row, frames, bytes });
	const movedIds = new Set<string>(moved.map(([id]) => id));
	return [...new Set(rights.filter((right) => movedIds.has(right.book)).map((right) => right.identity as IdentityId))];
}

async function readHeads(db: Tx, identity: IdentityId): Promise<CircleHead[]> {
	const rows = await db
		.selectFrom('memberships')
		.innerJoin('circles', 'circles.circle', 'memberships.circle')
		.leftJoin('rights', (join) =>
			join.onRef('rights.circle', '=', 'memberships.circle').onRef('rights.identity', '=', 'memberships.identity')
		)
		.leftJoin('books', (join) =>
			join.onRef('books.circle', '=', 'rights.circle').onRef('books.book', '=', 'rights.book')
		)
		.select(['circles.circle', 'circles.n', 'circles.head', 'books.book', 'books.pos', 'books.run'])
		.where('memberships.identity', '=', identity)
		.execute();
	const circles = new Map<string, { n: number; head: string; books: CircleHead['books'][number][] }>();
	for (const { circle, n, head, book, pos, run } of rows) {
		const entry = circles.get(circle) ?? { n, head, books: [] };
		if (book !== null && pos !== null && run !== null)
			entry.books.push({ book: book as BookId, pos, run: shortRun(plainBytes(run)) });
		circles.set(circle, entry);
	}
	return [...circles].sort(byKey).map(([circle, { n, head, books }]) => ({
		circle: circle as CircleId,
		manifest: n,
		manifestHash: shortHash(head),
		books: books.sort((a, b) => (a.book < b.book ? -1 : 1))
	}));
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
