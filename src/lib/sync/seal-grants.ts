/**
 * Seals the grant snapshots the circle's newest record owes its readers (docs/protocol.md S3). What is owed is read from
 * that record, so nothing is lost when the app is closed midway, and a device restored by the code goes on where the old
 * one stopped.
 */
import type { RandomBytes } from '$lib/crypto/bytes';
import { ok, type Result } from '$lib/domain/result';
import type { Frame } from '$lib/protocol/frame';
import { coverableEnds, entriesToGrant, knownKinds, type OriginalRules } from '$lib/protocol/granted';
import type { BookId, Hash } from '$lib/protocol/ids';
import { grantsAmong } from '$lib/protocol/read-grants';
import { encodeGrant } from '$lib/protocol/snapshot';
import type { StorageError } from '$lib/storage/errors';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import { givenFrom, grantKey, kindOf, type CircleAccess, type GivenFrom } from './circle-access';
import type { SyncChange } from './engine';
import { grantKeysOf, openedRules, originalRules } from './grant-keys';
import { writeContext } from './write-context';

interface SealDeps {
	readonly store: LocalStore;
	readonly random: RandomBytes;
}

/** What was sealed now, and whether nothing is owed any more. */
interface Sealed {
	readonly books: readonly BookId[];
	readonly isDone: boolean;
}

/**
 * Seals what a circle of the person's own owes. Everything the relay has of its books must have been pulled under the
 * newest record. A circle of others owes nothing of ours.
 */
export async function sealGrantsIn(
	deps: SealDeps & { readonly onChange: (change: SyncChange) => void },
	keys: CircleKeys,
	device: DeviceKeys,
	open: (keys: CircleKeys) => Promise<CircleAccess | null>
): Promise<Result<Sealed, StorageError>> {
	if (!keys.published || keys.standing !== 'mine') return ok({ books: [], isDone: keys.standing !== 'mine' });
	const access = await open(keys);
	if (access?.member?.role !== 'owner') return ok({ books: [], isDone: access !== null });
	const sealed = await sealOwedGrants(deps, access, device);
	if (sealed.ok && sealed.value.books.length > 0)
		deps.onChange({ circle: keys.circle, keys: false, books: sealed.value.books });
	return sealed;
}

async function sealOwedGrants(
	deps: SealDeps,
	access: CircleAccess,
	device: DeviceKeys
): Promise<Result<Sealed, StorageError>> {
	const given = access.chain.head.body.members.flatMap(({ identity }) => givenFrom(access, identity));
	const books: BookId[] = [];
	let isDone = true;
	for (const book of new Set(given.map((each) => each.book))) {
		const ofBook = given.filter((each) => each.book === book);
		const sealed = await sealInBook(deps, access, device, book, ofBook);
		if (!sealed.ok) return sealed;
		if (sealed.value === 'sealed' || sealed.value === 'more') books.push(book);
		if (sealed.value === 'waits' || sealed.value === 'more') isDone = false;
	}
	return ok({ books, isDone });
}

async function sealInBook(
	{ store, random }: SealDeps,
	access: CircleAccess,
	device: DeviceKeys,
	book: BookId,
	given: readonly GivenFrom[]
): Promise<Result<'sealed' | 'more' | 'nothing' | 'waits', StorageError>> {
	const { circle } = access.chain;
	const kind = kindOf(access, book);
	const stored = await store.frames(circle, book);
	const frames = stored.map(({ frame }) => frame);
	const keys = grantKeysOf(access, book);
	const made = new Set(grantsAmong(frames, keys).flatMap(({ key, isWhole }) => (isWhole ? [key] : [])));
	const owed = given.filter(({ key }) => !made.has(key));
	if (owed.length === 0 || !kind) return ok('nothing');
	// A place of one's own that may still change is no place to cover up to.
	if ((await store.waiting(circle, book)).length > 0) return ok('waits');
	const verified = new Set(stored.filter((each) => each.verified).map(({ frame }) => frame.hash));
	const rules = await openedRules(originalRules(access, book, kind), frames, verified);
	// One at a time: the next covers this one's frames too, once they have been sent.
	const next = owed.find(({ key }) => grantKey(access, book, key) !== null);
	const secret = next && grantKey(access, book, next.key);
	const covers = secret ? coversNow(rules, frames, await store.head(circle, book)) : null;
	const ends = covers && [...covers.others.map(({ hash }) => hash), ...(covers.own === null ? [] : [covers.own])];
	const stated =
		next && ends && entriesToGrant(rules, frames, { ends, manifest: access.chain.head.hash, from: next.day });
	if (!secret || !covers || !stated) return ok('waits');
	const content = { from: next.day, kinds: knownKinds, stated };
	const slices = encodeGrant(content, covers.others, keys.place, secret, random);
	const put = await store.appendSnapshot(writeContext(access, device, null), book, covers.own, slices);
	if (!put.ok) return put;
	return ok(!put.value ? 'waits' : owed.length > 1 ? 'more' : 'sealed');
}

/** Up to where the book can be handed over now; null while this device's own newest frame is not among what was read. */
function coversNow(rules: OriginalRules, frames: readonly Frame[], head: { readonly hash: Hash | null }) {
	const ends = coverableEnds(rules, frames);
	const isRead = head.hash === null || ends.some(({ hash }) => hash === head.hash);
	return isRead ? { own: head.hash, others: ends.filter(({ hash }) => hash !== head.hash) } : null;
}
