/**
 * After a device is taken out of one's own identity, each circle still has to be told (docs/protocol.md I2, M2): its books get
 * new keys, and what the device has not written by now never counts. The relay refuses the device at once; this closes the
 * circle to it even where a relay would not.
 */
import { toBase64url } from '$lib/crypto/bytes';
import { keyCommit, sealEnvelope, type EpochKey } from '$lib/protocol/envelope';
import type { Frame } from '$lib/protocol/frame';
import { idBytes, type BookId, type DeviceId, type Hash } from '$lib/protocol/ids';
import { accessOf, bookOf, signManifest, type Cut } from '$lib/protocol/manifest';
import { ok, type Result } from '$lib/domain/result';
import type { DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import { epochKey, type CircleAccess } from './circle-access';
import type { SyncError } from './engine';
import { keepStep } from './keep-step';
import type { ManifestStep, MembershipDeps } from './membership';
import type { RelayClient } from './relay-client';

/** Books whose present key is held: only those can be renewed by this device. */
const renewableBooks = (access: CircleAccess): BookId[] =>
	(access.member?.rights ?? []).flatMap(({ book }) => {
		const epoch = bookOf(access.chain.head.body, book)?.epoch ?? 0;
		return epochKey(access, book, epoch) ? [book] : [];
	});

/**
 * Sends the record that cuts these devices off, and keeps it with its keys. The record's hash; null when no book can be renewed
 * here. Everything must have been pulled.
 */
export async function cutAtRelay(
	deps: MembershipDeps & { readonly store: LocalStore; readonly relay: RelayClient },
	access: CircleAccess,
	device: DeviceKeys,
	removed: readonly DeviceId[]
): Promise<Result<Hash, SyncError> | null> {
	const { circle } = access.chain;
	const framesOf = new Map<BookId, Frame[]>();
	for (const book of renewableBooks(access)) {
		const frames: Frame[] = [];
		for await (const page of deps.store.framePages(circle, book))
			frames.push(...page.filter(({ verified }) => verified).map(({ frame }) => frame));
		framesOf.set(book, frames);
	}
	if (framesOf.size === 0) return null;
	const step = await cutRemovedDevices(access, device, removed, framesOf, deps);
	const sent = await deps.relay.extendCircle(circle, step.manifest, step.envelopes);
	if (!sent.ok) return sent;
	const kept = await keepStep(deps.store, access, step);
	return kept.ok ? ok(step.hash) : kept;
}

/**
 * The record that renews these books and cuts the devices off at their newest frames, with the new keys for every reader.
 * All frames of the books must have been pulled: what is not among `framesOf` is lost to the circle.
 */
async function cutRemovedDevices(
	access: CircleAccess,
	device: DeviceKeys,
	removed: readonly DeviceId[],
	framesOf: ReadonlyMap<BookId, readonly Frame[]>,
	deps: MembershipDeps
): Promise<ManifestStep & { readonly hash: Hash }> {
	const head = access.chain.head.body;
	const renewed: EpochKey[] = [...framesOf.keys()].map((book) => ({
		book,
		epoch: (bookOf(head, book)?.epoch ?? 0) + 1,
		key: deps.random(32)
	}));
	const cuts: Cut[] = [...framesOf].map(([book, frames]) => ({
		member: device.identity,
		book,
		epoch: bookOf(head, book)?.epoch ?? 0,
		listedOnly: true,
		heads: removed.map((id) => newestOf(frames, id))
	}));
	const own = access.identities.get(device.identity);
	const manifest = signManifest(
		{
			...head,
			n: head.n + 1,
			prev: access.chain.head.hash,
			at: deps.now(),
			by: { identity: device.identity, device: device.device },
			members: head.members.map((member) =>
				member.identity === device.identity && own ? { ...member, idHead: own.head } : member
			),
			cuts: [...head.cuts, ...cuts],
			books: head.books.map((book) => {
				const next = renewed.find((each) => each.book === book.id);
				return next ? { ...book, epoch: next.epoch, keyCommit: keyCommit(next.key) } : book;
			})
		},
		idBytes(device.sign)
	);
	const envelopes = head.members.flatMap((member) => {
		const identity = access.identities.get(member.identity);
		const keys = renewed.filter(({ book }) => accessOf(member, book) !== null);
		const to = identity && { member: identity.id, gen: identity.box.gen, box: identity.box.pub };
		return to && keys.length > 0 ? [sealEnvelope(to, access.chain.circle, keys)] : [];
	});
	return {
		hash: manifest.hash,
		manifest: toBase64url(manifest.bytes),
		envelopes: await Promise.all(envelopes),
		keys: renewed.map((each) => ({ ...each, key: toBase64url(each.key) })),
		grants: []
	};
}

/** The end of a device's unbroken chain from its first frame. */
function newestOf(frames: readonly Frame[], device: DeviceId): Cut['heads'][number] {
	const own = frames.filter(({ header }) => header.device === device).sort((a, b) => a.header.seq - b.header.seq);
	let newest: Cut['heads'][number] = { device, seq: 0, hash: null };
	for (const { header, hash } of own)
		if (header.seq === newest.seq + 1 && header.prev === newest.hash) newest = { device, seq: header.seq, hash };
	return newest;
}
