/**
 * The record transaction (F4): heads are read, frames are sealed and signed, and frame, outbox row and head are put, all
 * synchronous between the two. Its puts are handed over together: each one waited for costs a journey to the browser's
 * storage process, and the person is waiting.
 */
import type { RandomBytes } from '$lib/crypto/bytes';
import { NONCE_LENGTH } from '$lib/crypto/sealing';
import { must } from '$lib/domain/assert';
import { shortRun } from '$lib/protocol/api/heads';
import { encodeBatch, lamportAfter, type Entry } from '$lib/protocol/entries';
import { parseFrame, sealFrame, SUITE, type Frame, type FrameHeader } from '$lib/protocol/frame';
import type { BookId, CircleId, DeviceId, Hash } from '$lib/protocol/ids';
import { emptyHead, toRow, type FrameRow, type HemlinjeDatabase, type HeadRow } from './database';
import { StorageAbort } from './errors';
import { DEVICE_ROW } from './keyring';

/** What sealing a batch needs besides the log itself. */
export interface WriteContext {
	readonly circle: CircleId;
	readonly device: DeviceId;
	readonly signSecret: Uint8Array;
	/** Hash of the newest manifest known. */
	readonly manifest: Hash;
	readonly skewMs?: number | undefined;
	/** Current epoch and key of a book; null when this device may not write it. */
	readonly epochOf: (book: BookId) => { readonly epoch: number; readonly key: Uint8Array } | null;
}

export interface BookEntries {
	readonly book: BookId;
	readonly entries: readonly Entry[];
}

/** What stands inside a frame: entries as they are, or a slice of a snapshot. */
export type FrameContent =
	| { readonly type: 'batch'; readonly entries: readonly unknown[] }
	| { readonly type: 'snapshot'; readonly plaintext: Uint8Array };

/** One frame that is to be sealed. */
export interface Part {
	readonly book: BookId;
	readonly content: FrameContent;
}

export interface StoredFrame {
	readonly frame: Frame;
	readonly verified: boolean;
	readonly pos: number;
	/** Place in the order of coming to this device; 0 for what version 1 wrote. */
	readonly arrival: number;
}

/** The frame in a row; null for bytes that are none, which stay where they are. */
export function toStored(row: FrameRow): StoredFrame | null {
	const frame = parseFrame(row.bytes);
	return frame.ok ? { frame: frame.value, verified: row.verified, pos: row.pos, arrival: row.arrival ?? 0 } : null;
}

/** Frames sealed at a stretch: long enough to keep the storage busy, short enough to leave the thread to others. */
const AT_A_STRETCH = 4;

/** Names the present device in `meta` once it has become another: what was prepared as the old one is no longer sealed. */
export const CURRENT_DEVICE = 'device';

/** The heads of the books a save touches. A device whose own keys are gone has been emptied under the app. */
export async function readHeads(
	database: HemlinjeDatabase,
	{ circle, device: writer }: Pick<WriteContext, 'circle' | 'device'>,
	books: readonly BookId[]
): Promise<ReadonlyMap<BookId, HeadRow>> {
	const [device, current, ...heads] = await Promise.all([
		database.keys.where('id').equals(DEVICE_ROW).count(),
		database.meta.get(CURRENT_DEVICE),
		...books.map((book) => database.heads.get([circle, book]))
	]);
	if (device === 0) throw new StorageAbort({ type: 'wiped' });
	if (current && current.value !== writer) throw new StorageAbort({ type: 'storage-unavailable' });
	return new Map(books.map((book, index) => [book, heads[index] ?? emptyHead(circle, book)]));
}

/** Seals one frame a part and puts all that belongs to it. Runs in a transaction over frames, outbox and heads. */
export async function putSealed(
	database: HemlinjeDatabase,
	known: ReadonlyMap<BookId, HeadRow>,
	parts: readonly Part[],
	sealNext: (head: HeadRow, content: FrameContent) => Frame
): Promise<StoredFrame[]> {
	const heads = new Map(known);
	const stored: StoredFrame[] = [];
	for (let at = 0; at < parts.length; at += AT_A_STRETCH) {
		const puts: PromiseLike<unknown>[] = [];
		for (const { book, content } of parts.slice(at, at + AT_A_STRETCH)) {
			const head = must(heads.get(book), 'the head of every book was read');
			const frame = sealNext(head, content);
			const next = after(head, frame);
			heads.set(book, next);
			stored.push({ frame, verified: true, pos: 0, arrival: next.arrivals });
			puts.push(
				database.frames.put(toRow(frame, 0, true, next.arrivals)),
				database.outbox.put({ circle: head.circle, book, seq: next.seq, hash: frame.hash, sent: [] })
			);
		}
		if (at + AT_A_STRETCH >= parts.length) puts.push(...[...heads.values()].map((head) => database.heads.put(head)));
		await Promise.all(puts);
	}
	return stored;
}

/** A head after one more frame of this device. */
export const after = (head: HeadRow, frame: Frame): HeadRow => ({
	...head,
	seq: head.seq + 1,
	hash: frame.hash,
	lamport: lamportAfter(head.lamport),
	arrivals: head.arrivals + 1
});

/** The next frame of this device in a book. Synchronous. */
export function sealAfter(context: WriteContext, head: HeadRow, content: FrameContent, random: RandomBytes): Frame {
	const epoch = must(context.epochOf(head.book), 'the caller has checked that this device may write the book');
	const header: FrameHeader = {
		circle: head.circle,
		book: head.book,
		epoch: epoch.epoch,
		device: context.device,
		seq: head.seq + 1,
		prev: head.hash,
		manifest: context.manifest,
		suite: SUITE
	};
	return sealFrame({
		type: content.type,
		header,
		plaintext: content.type === 'batch' ? batchOf(context, head, content.entries) : content.plaintext,
		epochKey: epoch.key,
		signSecret: context.signSecret,
		nonce: random(NONCE_LENGTH)
	});
}

const batchOf = ({ skewMs }: WriteContext, head: HeadRow, entries: readonly unknown[]): Uint8Array =>
	encodeBatch({
		lamport: lamportAfter(head.lamport),
		seen: head.pos > 0 ? { pos: head.pos, run: shortRun(head.run) } : null,
		...(skewMs ? { skewMs } : {}),
		entries
	});
