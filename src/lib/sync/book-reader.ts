/** From stored frames to accepted ones, for one book. Signatures checked once are remembered with the frame. */
import type { BookKind } from '$lib/domain/books';
import { acceptFrames, type Acceptance } from '$lib/protocol/accept';
import { parseBatch, type Batch } from '$lib/protocol/entries';
import { openFrame, verifyFrame, type Frame } from '$lib/protocol/frame';
import type { BookId, Hash } from '$lib/protocol/ids';
import type { LocalStore } from '$lib/storage/local-store';
import type { StoredFrame } from '$lib/storage/record';
import { epochKey, type CircleAccess } from './circle-access';

/** Reads frames of one circle; keeps what was opened, so that a later reading costs only what is new. */
export class BookReader {
	#batches = new Map<Hash, Batch>();
	#verified = new Set<Hash>();

	/** Accepts all stored frames of a book under the circle's present keys and manifest. */
	async read(store: LocalStore, access: CircleAccess, book: BookId, kind: BookKind): Promise<Acceptance> {
		return this.accept(access, book, kind, await store.frames(access.chain.circle, book));
	}

	accept(access: CircleAccess, book: BookId, kind: BookKind, stored: readonly StoredFrame[]): Acceptance {
		for (const { frame, verified } of stored) if (verified) this.#verified.add(frame.hash);
		return acceptFrames({
			book,
			kind,
			chain: access.chain,
			identities: [...access.identities.values()],
			frames: stored.map(({ frame }) => frame),
			isSigned: (frame, pub) => this.#isSigned(frame, pub),
			open: (frame) => this.open(access, frame)
		});
	}

	/** The batch inside a frame; null while its key is missing. */
	open(access: CircleAccess, frame: Frame): Batch | null {
		const known = this.#batches.get(frame.hash);
		if (known) return known;
		const key = epochKey(access, frame.header.book, frame.header.epoch);
		const plaintext = key && openFrame(frame, key);
		const batch = plaintext && parseBatch(plaintext);
		if (batch) this.#batches.set(frame.hash, batch);
		return batch;
	}

	#isSigned(frame: Frame, pub: Uint8Array): boolean {
		if (this.#verified.has(frame.hash)) return true;
		const signed = verifyFrame(frame, pub);
		if (signed) this.#verified.add(frame.hash);
		return signed;
	}
}
