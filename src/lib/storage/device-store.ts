/** What this device still owes its identity, and the one moment in which it becomes another device. */
import type { RandomBytes } from '$lib/crypto/bytes';
import type { Result } from '$lib/domain/result';
import type { Frame } from '$lib/protocol/frame';
import type { BookId, CircleId } from '$lib/protocol/ids';
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
import { waitingIn } from './waiting';

const NO_WORK: DeviceWork = { v: 1, remove: [], next: null };

/** How what waits in a circle is opened, and sealed again as the new device. */
export interface Rechaining {
	readonly circle: CircleId;
	readonly books: readonly BookId[];
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

	/**
	 * From here on this is the device `next`, in one transaction: its own chains begin anew in every book, and what waits is
	 * sealed again as its own, every entry as it stands, under the same ids. What was sealed as the old device and never
	 * arrived goes; what arrived stays as that device's. Nothing happens when the row is another than `from` by now.
	 */
	become(from: DeviceKeys, next: DeviceKeys, rechain: readonly Rechaining[]): Promise<Result<boolean, StorageError>> {
		return this.#connection.write(['keys', 'heads', 'frames', 'outbox'], async (database) => {
			const row = await database.keys.get(DEVICE_ROW);
			const now = row && this.#rows.open(row, deviceKeysSchema);
			if (now?.device !== from.device || now.log.length !== from.log.length) return false;
			for (const head of await database.heads.toArray()) await database.heads.put({ ...head, seq: 0, hash: null });
			for (const each of rechain) for (const book of each.books) await this.#rechain(database, each, book);
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

	async #rechain(database: HemlinjeDatabase, { circle, context, contentOf }: Rechaining, book: BookId): Promise<void> {
		const waiting = await waitingIn(database, circle, book);
		const first = await database.heads.get([circle, book]);
		if (waiting.length === 0 || !first) return;
		let head: HeadRow = { ...first, rewrites: first.rewrites + 1 };
		const sealed: { readonly frame: Frame; readonly at: HeadRow }[] = [];
		for (const { frame: old } of waiting) {
			const content = contentOf(old);
			if (!content) throw new StorageAbort({ type: 'storage-unavailable' });
			const frame = sealAfter(context, head, content, this.#random);
			head = after(head, frame);
			sealed.push({ frame, at: head });
		}
		for (const { row } of waiting) {
			const hashes = [...new Set([row.hash, ...row.sent])].map((hash): [CircleId, BookId, typeof hash] => [
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
