/**
 * `GET heads`: where every book of every circle of the caller stands, as one vector (docs/protocol.md R3).
 *
 *     incarnation 16 | circle*
 *     circle = id 16 | manifest n u32 | manifest hash, first 8 | books u16 | (book id 16 | position u32 | run 8)*
 *
 * `run` is the first 8 bytes of the book's running hash: SHA-256(previous run, 32 bytes ‖ frame hash), zero at position 0.
 * The answer has an ETag; a panel of 500 polls it and mostly gets 304.
 */
import { concat, readU16, readU32, toBase64url, u16, u32 } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { idBytes, type BookId, type CircleId } from '../ids';

export interface BookHead {
	readonly book: BookId;
	readonly pos: number;
	/** 8 bytes as base64url. */
	readonly run: string;
}

export interface CircleHead {
	readonly circle: CircleId;
	readonly manifest: number;
	/** First 8 bytes of the manifest head's hash, base64url. */
	readonly manifestHash: string;
	readonly books: readonly BookHead[];
}

export interface Heads {
	/** Changes when the relay was restored from a backup (R9). */
	readonly incarnation: string;
	readonly circles: readonly CircleHead[];
}

export const EMPTY_RUN = new Uint8Array(32);
/** The running hash after one more frame. */
export const nextRun = (run: Uint8Array, frameHash: string): Uint8Array => sha256(concat(run, idBytes(frameHash)));
/** As it stands in the vector, in `seen` and in heartbeats. */
export const shortRun = (run: Uint8Array): string => toBase64url(run.subarray(0, 8));
/** Whether a book that was read up to `local` stands just where the relay shows it. */
export const standsAs = (local: { readonly pos: number; readonly run: Uint8Array }, shown: BookHead): boolean =>
	local.pos === shown.pos && shortRun(local.run) === shown.run;
export const shortHash = (hash: string): string => toBase64url(idBytes(hash).subarray(0, 8));

const CIRCLE_BYTES = 30;
const BOOK_BYTES = 28;

export const encodeHeads = (heads: Heads): Uint8Array =>
	concat(
		idBytes(heads.incarnation),
		...heads.circles.flatMap((circle) => [
			idBytes(circle.circle),
			u32(circle.manifest),
			idBytes(circle.manifestHash),
			u16(circle.books.length),
			...circle.books.flatMap((book) => [idBytes(book.book), u32(book.pos), idBytes(book.run)])
		])
	);

/** The vector, or null when the lengths do not add up. */
export function parseHeads(bytes: Uint8Array): Heads | null {
	if (bytes.length < 16) return null;
	const text = (from: number, length: number) => toBase64url(bytes.subarray(from, from + length));
	const circles: CircleHead[] = [];
	let at = 16;
	while (at < bytes.length) {
		if (at + CIRCLE_BYTES > bytes.length) return null;
		const count = readU16(bytes, at + 28);
		if (at + CIRCLE_BYTES + count * BOOK_BYTES > bytes.length) return null;
		const books = Array.from({ length: count }, (_, index) => {
			const from = at + CIRCLE_BYTES + index * BOOK_BYTES;
			return { book: text(from, 16) as BookId, pos: readU32(bytes, from + 16), run: text(from + 20, 8) };
		});
		circles.push({
			circle: text(at, 16) as CircleId,
			manifest: readU32(bytes, at + 16),
			manifestHash: text(at + 20, 8),
			books
		});
		at += CIRCLE_BYTES + count * BOOK_BYTES;
	}
	return { incarnation: text(0, 16), circles };
}
