/**
 * Books that have just begun on this device, with what stood in them: whoever reads one next need not fetch, hash, open and
 * check its frames a second time. Few, and gone with the store: what was opened must not outlast the key.
 */
import type { Batch } from '$lib/protocol/entries';
import type { BookId } from '$lib/protocol/ids';
import type { HeadRow } from './database';
import type { TakenIn } from './put-remote';
import type { StoredFrame } from './record';

/** A few circles' readings of a quarter. */
const MOST = 4_000;

/** A frame as it is kept, and what stands in it; null while its key is missing. */
export interface RecentFrame extends StoredFrame {
	readonly batch: Batch | null;
}

export class RecentFrames {
	readonly #books = new Map<BookId, { readonly head: HeadRow; readonly frames: readonly RecentFrame[] }>();
	#count = 0;

	/** Takes note of what was stored of a book. `batches`: what stands in its frames, in their order. */
	note({ head, frames }: TakenIn, batches: readonly (Batch | null)[]): void {
		const before = this.#books.get(head.book);
		const begun = before?.head.rewrites === head.rewrites ? before.frames : [];
		const all = [...begun, ...frames.map((each, at) => ({ ...each, batch: batches[at] ?? null }))];
		// From the first one on, each in its place, and none twice.
		const isWhole = all.length === head.arrivals && all.every(({ arrival }, index) => arrival === index + 1);
		if (!isWhole || new Set(all.map(({ frame }) => frame.hash)).size < all.length) return;
		this.#books.set(head.book, { head, frames: all });
		this.#count += frames.length;
		for (const [oldest, { frames: theirs }] of this.#books) {
			if (this.#count <= MOST) break;
			this.#books.delete(oldest);
			this.#count -= theirs.length;
		}
	}

	/** Every frame of a book in the order it came; null unless they are known and the book still stands as it did then. */
	wholeBook({ book, arrivals, rewrites }: HeadRow): readonly RecentFrame[] | null {
		const known = this.#books.get(book);
		return known?.head.arrivals === arrivals && known.head.rewrites === rewrites ? known.frames : null;
	}
}
