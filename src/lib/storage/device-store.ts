/** What this device still owes its identity, and the one moment in which it becomes another device. */
import type { RandomBytes } from '$lib/crypto/bytes';
import type { Result } from '$lib/domain/result';
import type { Frame } from '$lib/protocol/frame';
import type { BookId, CircleId, DeviceId, Hash } from '$lib/protocol/ids';
import type { Connection } from './connection';
import { toRow, type HeadRow, type HemlinjeDatabase } from './database';
import { StorageAbort, type StorageError } from './errors';
import {
	DEVICE_ROW,
	deviceKeysSchema,
	DEVICE_WORK_ROW,
	deviceWorkSchema,
	type DeviceKeys,
	type DeviceWork
} from './keyring';
import { after, CURRENT_DEVICE, sealAfter, type FrameContent, type WriteContext } from './record';
import type { SealedRows } from './sealed-rows';
import { unarrivedIn, type Unarrived } from './waiting';

const NO_WORK: DeviceWork = { v: 1, remove: [], next: null };

/** How what waits in a circle is opened, and sealed again as the new device. */
export interface Rechaining {
	readonly circle: CircleId;
	readonly books: readonly BookId[];
	/** Books in which what was acknowledged and has not been shown is said again too. */
	readonly again: ReadonlySet<BookId>;
	readonly context: WriteContext;
	/** What stands in a frame; null when it cannot be read here. */
	readonly contentOf: (frame: Frame) => FrameContent | null;
}

export class DeviceStore {
	readonly #connection: Connection;
	readonly #rows: SealedRows;
	readonly #random: RandomBytes;

	constructor(connection: Connection, rows: SealedRows, random: RandomBytes) {
		this.#connection = connection;
		this.#rows = rows;
		this.#random = random;
	}

	async readWork(): Promise<DeviceWork> {
		return (await this.#rows.read(DEVICE_WORK_ROW, deviceWorkSchema)) ?? NO_WORK;
	}

	updateWork(change: (before: DeviceWork) => DeviceWork): Promise<Result<void, StorageError>> {
		return this.#rows.update(DEVICE_WORK_ROW, deviceWorkSchema, (before) => change(before ?? NO_WORK));
	}

	/** What a device has said in each book of a circle that the relay was not seen to have; books without any left out. */
	async unarrived(circle: CircleId, device: DeviceId): Promise<ReadonlyMap<BookId, Unarrived>> {
		const found = await this.#connection.read((database) =>
			database.transaction('r', ['heads', 'frames', 'outbox'], async () => {
				const heads = await database.heads.where('circle').equals(circle).toArray();
				return Promise.all(heads.map(async (head) => [head.book, await unarrivedIn(database, head, device)] as const));
			})
		);
		return new Map(found.filter(([, { waiting, unshown }]) => waiting.length + unshown.length > 0));
	}

	/**
	 * From here on this is the device `next`, in one transaction: its own chains begin anew in every book, and what waits, or
	 * was acknowledged and never shown, is sealed again as its own, every entry as it stands, under the same ids. What was
	 * sealed as the old device and never arrived goes; what arrived stays as that device's. Nothing happens when the row is
	 * another than `from` by now.
	 */
	become(from: DeviceKeys, next: DeviceKeys, rechain: readonly Rechaining[]): Promise<Result<boolean, StorageError>> {
		return this.#connection.write(['keys', 'heads', 'frames', 'outbox'], async (database) => {
			const row = await database.keys.get(DEVICE_ROW);
			const now = row && this.#rows.open(row, deviceKeysSchema);
			if (now?.device !== from.device || now.log.length !== from.log.length) return false;
			for (const head of await database.heads.toArray()) await database.heads.put({ ...head, seq: 0, hash: null });
			for (const each of rechain) for (const book of each.books) await this.#rechain(database, from.device, each, book);
			// Whatever waits in a circle that was not named would be lost to the relay: then nothing changes.
			const left = await database.outbox.toArray();
			const named = new Set(rechain.map(({ circle }) => circle));
			if (left.some(({ circle }) => !named.has(circle))) throw new StorageAbort({ type: 'storage-unavailable' });
			await database.keys.put(this.#rows.seal(DEVICE_ROW, { ...next, relayOn: now.relayOn }));
			await database.keys.delete(DEVICE_WORK_ROW);
			await database.meta.put({ id: CURRENT_DEVICE, value: next.device });
			return true;
		});
	}

	async #rechain(
		database: HemlinjeDatabase,
		old: DeviceId,
		{ circle, again, context, contentOf }: Rechaining,
		book: BookId
	): Promise<void> {
		const first = await database.heads.get([circle, book]);
		if (!first) return;
		const { waiting, unshown } = await unarrivedIn(database, first, old);
		// One that cannot be read here stays the old device's.
		const taken = again.has(book) ? unshown.filter((frame) => contentOf(frame) !== null) : [];
		const said = [...taken, ...waiting.map(({ frame }) => frame)].sort((a, b) => a.header.seq - b.header.seq);
		if (said.length === 0) return;
		let head: HeadRow = { ...first, rewrites: first.rewrites + 1 };
		const sealed: { readonly frame: Frame; readonly at: HeadRow }[] = [];
		for (const each of said) {
			const content = contentOf(each);
			if (!content) throw new StorageAbort({ type: 'storage-unavailable' });
			const frame = sealAfter(context, head, content, this.#random);
			head = after(head, frame);
			sealed.push({ frame, at: head });
		}
		// One that has arrived after all comes again: its place is beyond what was read.
		await database.frames.bulkDelete(taken.map(({ hash }): [CircleId, BookId, Hash] => [circle, book, hash]));
		for (const { row } of waiting) {
			const hashes = [...new Set([row.hash, ...row.sent])].map((hash): [CircleId, BookId, Hash] => [
				circle,
				book,
				hash
			]);
			const kept = await database.frames.bulkGet(hashes);
			// One that has come back from the relay has arrived: its entry is then said twice by the same person, which is once.
			await database.frames.bulkDelete(hashes.filter((_, index) => (kept[index]?.pos ?? 0) === 0));
			await database.outbox.delete([circle, book, row.seq]);
		}
		for (const { frame, at } of sealed) {
			await database.frames.put(toRow(frame, 0, true, at.arrivals));
			await database.outbox.put({ circle, book, seq: at.seq, hash: frame.hash, sent: [] });
		}
		await database.heads.put(head);
	}
}
