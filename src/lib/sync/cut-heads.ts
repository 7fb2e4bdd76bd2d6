/** Where a member's frames are cut when they lose a book: at what is known of them here (docs/protocol.md M5, 13). */
import type { BookKind } from '$lib/domain/books';
import type { DeviceId, Hash, IdentityId, BookId } from '$lib/protocol/ids';
import type { Cut } from '$lib/protocol/manifest';
import type { LocalStore } from '$lib/storage/local-store';
import { kindOf, type CircleAccess } from './circle-access';
import { OpenBook } from './open-book';

/**
 * The newest frame of each of the member's devices whose chain is complete. A frame without its chain is no head: its place
 * could be made up, and everything written below it later would count.
 */
export async function cutHeads(
	store: LocalStore,
	access: CircleAccess,
	member: IdentityId,
	book: BookId
): Promise<Cut['heads']> {
	const devices = access.identities.get(member)?.devices ?? new Map<DeviceId, unknown>();
	const unlinked = await unlinkedIn(store, access, book, kindOf(access, book));
	const heads = new Map<DeviceId, Cut['heads'][number] & { readonly hash: Hash }>();
	for (const { frame } of await store.frames(access.chain.circle, book)) {
		const { device, seq } = frame.header;
		if (!devices.has(device) || unlinked.has(frame.hash)) continue;
		const known = heads.get(device);
		// Of two in one place the same is chosen by whoever looks.
		if (!known || seq > known.seq || (seq === known.seq && frame.hash < known.hash))
			heads.set(device, { device, seq, hash: frame.hash });
	}
	return [...heads.values()].sort((a, b) => (a.device < b.device ? -1 : 1));
}

async function unlinkedIn(
	store: LocalStore,
	access: CircleAccess,
	book: BookId,
	kind: BookKind | null
): Promise<ReadonlySet<Hash>> {
	if (!kind) return new Set();
	const { parked } = await OpenBook.open(store, access, book, kind);
	const noLink = new Set(['gap', 'bad-signature', 'unknown-device']);
	return new Set(parked.filter(({ reason }) => noLink.has(reason)).map(({ hash }) => hash));
}
