/** How this device opens grant snapshots, and judges them where it holds the originals (docs/protocol.md S3, MR13). */
import type { BookKind } from '$lib/domain/books';
import type { AcceptRules } from '$lib/protocol/accept';
import { parseBatch, type Batch } from '$lib/protocol/entries';
import { openFrame, verifyFrame, type Frame } from '$lib/protocol/frame';
import type { OriginalRules } from '$lib/protocol/granted';
import type { BookId, Hash } from '$lib/protocol/ids';
import type { GrantKeys } from '$lib/protocol/read-grants';
import { parseSnapshot } from '$lib/protocol/snapshot-part';
import { inSlices } from '$lib/storage/slices';
import { epochKey, fromEpochOf, grantKey, type CircleAccess } from './circle-access';

export const grantKeysOf = (access: CircleAccess, book: BookId): GrantKeys => ({
	place: { circle: access.chain.circle, book },
	openPart: (frame) => {
		const plaintext = opened(access, frame);
		return plaintext && parseSnapshot(plaintext);
	},
	keyOf: (commit) => grantKey(access, book, commit)
});

/** The rules of a member who was given the whole book. */
export const originalRules = (access: CircleAccess, book: BookId, kind: BookKind): OriginalRules => ({
	book,
	kind,
	chain: access.chain,
	identities: [...access.identities.values()],
	isSigned: verifyFrame,
	open: (frame) => {
		const plaintext = opened(access, frame);
		return plaintext && parseBatch(plaintext);
	},
	holdsKey: (epoch) => epochKey(access, book, epoch) !== null
});

/** What was before this member was given the book stays closed, also where its key is held from before. */
function opened(access: CircleAccess, frame: Frame): Uint8Array | null {
	const { book, epoch } = frame.header;
	const key = epoch < fromEpochOf(access, book) ? null : epochKey(access, book, epoch);
	return key && openFrame(frame, key);
}

/** Opens every frame in slices, so that what is judged after that at one go has nothing more to open. */
export async function openedRules(
	rules: OriginalRules,
	frames: readonly Frame[],
	verified: ReadonlySet<Hash>
): Promise<OriginalRules> {
	const batches = new Map<Hash, Batch | null>();
	await inSlices(frames, (some) => {
		for (const frame of some) if (frame.type === 'batch') batches.set(frame.hash, rules.open(frame));
	});
	const isSigned: AcceptRules['isSigned'] = (frame, pub) => verified.has(frame.hash) || rules.isSigned(frame, pub);
	return { ...rules, isSigned, open: (frame) => batches.get(frame.hash) ?? null };
}
