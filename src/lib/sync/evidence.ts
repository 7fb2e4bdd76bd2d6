/**
 * What members say of what the relay has shown them, held against what it shows here. Each batch names the place in its book
 * its writer had read up to, each heartbeat the places of all books everyone reads. A relay that shows two people different
 * things is found out by the first frame that crosses (docs/protocol.md 11; MR2, MR5).
 */
import type { Batch } from '$lib/protocol/entries';
import type { BookHead } from '$lib/protocol/api/heads';
import type { BookId } from '$lib/protocol/ids';
import type { HeadRow } from '$lib/storage/database';

type Trail = NonNullable<HeadRow['trail']>;

export class Evidence {
	/** Somebody read another history than this device, up to the same place. */
	isForked = false;
	/** How far others have read a book: an honest relay shows that much of it. */
	readonly claims = new Map<BookId, number>();

	/** Weighs one opened batch of a book. `trailOf` tells the last places this device has read in a book. */
	weigh(book: BookId, batch: Batch, trailOf: (book: BookId) => Trail): void {
		if (batch.seen) this.#hold({ book, ...batch.seen }, trailOf);
		for (const entry of batch.entries) {
			if (entry.kind !== 'heartbeat') continue;
			for (const head of entry.heads) {
				this.claims.set(head.book, Math.max(head.pos, this.claims.get(head.book) ?? 0));
				this.#hold(head, trailOf);
			}
		}
	}

	#hold({ book, pos, run }: BookHead, trailOf: (book: BookId) => Trail): void {
		const here = trailOf(book).find((each) => each.pos === pos);
		if (here && here.run !== run) this.isForked = true;
	}
}
