/** What was handed over of a book, set beside the originals by somebody who holds them (docs/protocol.md MR13). */
import type { BookKind } from '$lib/domain/books';
import { acceptFrames, type SeenGrant } from '$lib/protocol/accept';
import { checkGrant } from '$lib/protocol/granted';
import type { BookId } from '$lib/protocol/ids';
import { grantsAmong } from '$lib/protocol/read-grants';
import type { LocalStore } from '$lib/storage/local-store';
import type { CircleAccess } from './circle-access';
import { grantKeysOf, openedRules, originalRules } from './grant-keys';

/** Every grant an owner's device has sealed in the book, with what can be said of it here. */
export async function checkedGrants(
	store: LocalStore,
	access: CircleAccess,
	book: BookId,
	kind: BookKind
): Promise<SeenGrant[]> {
	const stored = await store.frames(access.chain.circle, book);
	const frames = stored.map(({ frame }) => frame);
	const verified = new Set(stored.filter((each) => each.verified).map(({ frame }) => frame.hash));
	const rules = await openedRules(originalRules(access, book, kind), frames, verified);
	const owners = new Set(
		acceptFrames({ ...rules, frames }).parked.flatMap(({ frame, reason }) =>
			reason === 'snapshot' ? [frame.hash] : []
		)
	);
	const keys = grantKeysOf(access, book);
	const byDevice = new Map(
		[...access.identities.values()].flatMap(({ id, devices }) =>
			[...devices.keys()].map((device) => [device, id] as const)
		)
	);
	return grantsAmong(frames, keys).flatMap((grant) => {
		const by = byDevice.get(grant.first.header.device);
		if (!by || !owners.has(grant.first.hash)) return [];
		return [{ first: grant.first.hash, key: grant.key, by, state: checkGrant(rules, frames, grant, keys) }];
	});
}
