/**
 * Frames that were just taken in, with what stood in them: whoever reads their book next need not hash, open and check them a
 * second time. Few, and gone with the store: what was opened must not outlast the key.
 */
import { equalBytes } from '$lib/crypto/bytes';
import type { Batch } from '$lib/protocol/entries';
import type { Frame } from '$lib/protocol/frame';
import type { BookId, Hash } from '$lib/protocol/ids';
import type { FrameRow } from './database';

/** A few circles' readings of a quarter. */
const MOST = 4_000;

export class RecentFrames {
	readonly #kept = new Map<Hash, { readonly frame: Frame; readonly batch: Batch | null }>();

	readonly #beginnings = new Set<BookId>();

	/** Every frame of the book has come since: it lies there in the order it came. */
	noteBeginning(book: BookId): void {
		this.#beginnings.add(book);
	}

	hasWhole(book: BookId): boolean {
		return this.#beginnings.has(book);
	}

	note(frame: Frame, batch: Batch | null): void {
		this.#kept.set(frame.hash, { frame, batch });
		if (this.#kept.size <= MOST) return;
		const [oldest] = this.#kept.keys();
		if (oldest !== undefined) this.#kept.delete(oldest);
	}

	/** The frame whose very bytes stand in a row. */
	frameIn({ hash, bytes }: FrameRow): Frame | undefined {
		const known = this.#kept.get(hash)?.frame;
		return known && equalBytes(known.bytes, bytes) ? known : undefined;
	}

	/** What stood in a frame. Only asked for by who holds its key. */
	batchOf({ hash }: Frame): Batch | null | undefined {
		return this.#kept.get(hash)?.batch;
	}
}
