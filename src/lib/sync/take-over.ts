/**
 * A circle that was begun for somebody is taken over (docs/protocol.md M1a): the first record of the person's own device in it.
 * It makes the book `private` under a key nobody else has ever had, and stands for good as the person's own word that the circle
 * is theirs: their other devices, and one restored by the code, go by it.
 */
import { toBase64url } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import { ok, type Result } from '$lib/domain/result';
import { keyCommit, sealEnvelope } from '$lib/protocol/envelope';
import { idBytes, newId, type BookId, type Hash } from '$lib/protocol/ids';
import { bookOf, signManifest, type Member } from '$lib/protocol/manifest';
import { sealRoster } from '$lib/protocol/roster';
import type { DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import { bookOfKind, epochKey, type CircleAccess } from './circle-access';
import type { SyncError } from './engine';
import { keepStep } from './keep-step';
import { nextManifest, type ManifestStep, type MembershipDeps } from './membership';
import type { RelayClient } from './relay-client';

/** Sends the record and keeps it with its key. Its hash; null while the circle's names cannot be read here yet. */
export async function takeOverAtRelay(
	deps: MembershipDeps & { readonly store: LocalStore; readonly relay: RelayClient },
	access: CircleAccess,
	device: DeviceKeys
): Promise<Result<Hash, SyncError> | null> {
	const step = await takingOver(access, device, deps);
	if (!step) return null;
	const sent = await deps.relay.extendCircle(access.chain.circle, step.manifest, step.envelopes);
	if (!sent.ok) return sent;
	const kept = await keepStep(deps.store, access, step);
	return kept.ok ? ok(step.hash) : kept;
}

async function takingOver(
	access: CircleAccess,
	device: DeviceKeys,
	deps: MembershipDeps
): Promise<(ManifestStep & { readonly hash: Hash }) | null> {
	const { roster } = access;
	const next = nextManifest(access, device, deps.now());
	const own = must(access.identities.get(device.identity), 'a member knows their own log');
	const profile = bookOfKind(access, 'profile');
	const epoch = profile && bookOf(next, profile)?.epoch;
	const names = profile && epoch ? epochKey(access, profile, epoch) : null;
	if (!roster || !names || !epoch) return null;
	// One that somebody made before the person came is theirs from here on: whoever made it has its earlier key alone.
	const before = bookOfKind(access, 'private');
	const book = before ?? newId<BookId>(deps.random);
	const key = deps.random(32);
	const made = { id: book, epoch: (bookOf(next, book)?.epoch ?? 0) + 1, keyCommit: keyCommit(key) };
	const books = before ? roster.books : [...roster.books, { id: book, kind: 'private' }];
	const manifest = signManifest(
		{
			...next,
			members: next.members.map((member) => (member.identity === device.identity ? withBook(member, book) : member)),
			books: [...next.books.filter(({ id }) => id !== book), made],
			roster: { epoch, ct: sealRoster({ ...roster, books }, access.chain.circle, names, deps.random) }
		},
		idBytes(device.sign)
	);
	const to = { member: own.id, gen: own.box.gen, box: own.box.pub };
	return {
		hash: manifest.hash,
		manifest: toBase64url(manifest.bytes),
		envelopes: [await sealEnvelope(to, access.chain.circle, [{ book, epoch: made.epoch, key }])],
		keys: [{ book, epoch: made.epoch, key: toBase64url(key) }],
		grants: []
	};
}

/** The member with every right in the book, whole: its earlier epochs hold nothing of theirs. */
const withBook = (member: Member, book: BookId): Member => ({
	...member,
	rights: [...member.rights.filter((right) => right.book !== book), { book, access: 'w', fromEpoch: 1 }]
});
