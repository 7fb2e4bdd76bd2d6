/**
 * The device database, one a space. Everything but ids, positions and hashes is sealed; keys and data live in one database,
 * so they vanish together or not at all (docs/protocol.md 15).
 *
 * Scope of each table: `keys`, `drafts`, `meta`, `diag` local · `frames`, `blocks`, `outbox`, `heads` synced · `cache` derived, may
 * always be dropped and rebuilt.
 */
import { Dexie, type EntityTable, type Table } from 'dexie';
import { EMPTY_RUN } from '$lib/protocol/api/heads';
import type { Frame } from '$lib/protocol/frame';
import type { BookId, CircleId, DeviceId, Hash } from '$lib/protocol/ids';

/** Which world the data belongs to. Real and demo data never share a database, lock or channel. */
export type Space = 'real' | `demo-${string}`;

/** Version of this code's writes. A database whose `minWriter` is higher was written by a newer app. */
export const WRITER_VERSION = 4;

export interface MetaRow {
	readonly id: string;
	readonly value: unknown;
}

export interface KeyRow {
	/** `lmk` or `lock`, `device`, `circle:<id>`, `identity:<id>` and a few more. */
	readonly id: string;
	readonly bytes: Uint8Array;
}

export interface FrameRow {
	readonly circle: CircleId;
	readonly book: BookId;
	readonly hash: Hash;
	readonly device: DeviceId;
	readonly seq: number;
	/** Place at the relay; 0 until it is known. */
	readonly pos: number;
	/** The signature was checked against the device's key, which the device id binds. */
	readonly verified: boolean;
	/** Place in the order frames of the book came to this device; absent where version 1 wrote: before all that have one. */
	readonly arrival?: number | undefined;
	readonly bytes: Uint8Array;
}

/** Frames that came together and are settled, in the order they came (`blocks.ts`). */
export interface BlockRow {
	readonly circle: CircleId;
	readonly book: BookId;
	/** `arrival` of its newest frame; those before it have the ones before. */
	readonly last: number;
	readonly count: number;
	/** Place of its oldest frame at the relay; the others stand in the places after it. */
	readonly pos: number;
	/** Each frame with its length before it. */
	readonly bytes: Uint8Array;
}

export interface OutboxRow {
	readonly circle: CircleId;
	readonly book: BookId;
	readonly seq: number;
	/** The frame to send now. */
	readonly hash: Hash;
	/** Every hash this entry batch was ever sent under; any of them at the relay means it arrived (F6). */
	readonly sent: readonly Hash[];
}

export interface HeadRow {
	readonly circle: CircleId;
	readonly book: BookId;
	/** This device's newest frame in the book. */
	readonly seq: number;
	readonly hash: Hash | null;
	readonly lamport: number;
	/** What has been pulled: position and running hash at the relay. */
	readonly pos: number;
	readonly run: Uint8Array;
	/** The last places read, oldest first, with the running hash as others write it: what a heartbeat is held against. */
	readonly trail?: readonly { readonly pos: number; readonly run: string }[] | undefined;
	/** When this device last wrote a heartbeat here. */
	readonly beatAt?: number | undefined;
	/** Highest sequence number of each device among frames that came in blocks: a lower one may be there already. */
	readonly inBlocks?: Readonly<Record<DeviceId, number>> | undefined;
	/** Highest `arrival` of a frame in the book. */
	readonly arrivals: number;
	/** How often frames of the book were taken away or exchanged: what was read before must be read again. */
	readonly rewrites: number;
}

export interface SealedRow {
	readonly id: string;
	readonly bytes: Uint8Array;
}

export class HemlinjeDatabase extends Dexie {
	declare meta: EntityTable<MetaRow, 'id'>;
	declare keys: EntityTable<KeyRow, 'id'>;
	declare frames: Table<FrameRow, [CircleId, BookId, Hash]>;
	declare blocks: Table<BlockRow, [CircleId, BookId, number]>;
	declare outbox: Table<OutboxRow, [CircleId, BookId, number]>;
	declare heads: Table<HeadRow, [CircleId, BookId]>;
	declare cache: EntityTable<SealedRow, 'id'>;
	declare drafts: EntityTable<SealedRow, 'id'>;
	declare diag: Table<{ readonly id?: number | undefined; readonly at: number; readonly event: string }, number>;

	constructor(space: Space) {
		// Strict: a save is only called a save when it has reached the disk.
		super(databaseName(space), { chromeTransactionDurability: 'strict' });
		this.version(1).stores({
			meta: 'id',
			keys: 'id',
			frames: '[circle+book+hash], [circle+book]',
			outbox: '[circle+book+seq], circle',
			heads: '[circle+book], circle',
			cache: 'id',
			drafts: 'id',
			diag: '++id'
		});
		// Reading on from a place instead of from the start. Older code would write without places: it is stopped (D3).
		this.version(2)
			.stores({ frames: '[circle+book+hash], [circle+book+arrival]' })
			.upgrade(async (upgrade) => {
				await upgrade.table('heads').toCollection().modify({ arrivals: 0, rewrites: 0 });
			});
		// Frames that came together lie together. Older code would not see them: it is stopped too.
		this.version(3)
			.stores({ blocks: '[circle+book+last]' })
			.upgrade(async (upgrade) => {
				if (await upgrade.table('meta').get('minWriter'))
					await upgrade.table('meta').put({ id: 'minWriter', value: WRITER_VERSION });
			});
	}
}

export const databaseName = (space: Space): string => `hemlinje-${space}`;

export const emptyHead = (circle: CircleId, book: BookId): HeadRow => ({
	circle,
	book,
	seq: 0,
	hash: null,
	lamport: 0,
	pos: 0,
	run: EMPTY_RUN,
	arrivals: 0,
	rewrites: 0
});

/** A frame as it is kept. */
export const toRow = (frame: Frame, pos: number, verified: boolean, arrival: number | undefined): FrameRow => ({
	circle: frame.header.circle,
	book: frame.header.book,
	hash: frame.hash,
	device: frame.header.device,
	seq: frame.header.seq,
	pos,
	verified,
	arrival,
	bytes: frame.bytes
});

/** The frames of a book that lie by themselves. */
export const rowsOf = (database: HemlinjeDatabase, circle: CircleId, book: BookId) =>
	database.frames.where('[circle+book+hash]').between([circle, book, Dexie.minKey], [circle, book, Dexie.maxKey]);

/** What waits of a book, in the order it must go. */
export const outboxOf = (database: HemlinjeDatabase, circle: CircleId, book: BookId) =>
	database.outbox.where('[circle+book+seq]').between([circle, book, 0], [circle, book, Infinity]);
