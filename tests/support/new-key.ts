/** A record that gives one book a new key and changes nothing else, as any device of the circle may make it (M2). */
import { toBase64url, type RandomBytes } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import { keyCommit, type Envelope } from '$lib/protocol/envelope';
import { idBytes, type BookId } from '$lib/protocol/ids';
import { signManifest } from '$lib/protocol/manifest';
import type { DeviceKeys } from '$lib/storage/keyring';
import type { CircleAccess } from '$lib/sync/circle-access';
import { envelopesFor } from '$lib/sync/envelopes';

export interface NewKey {
	/** The signed record, base64url. */
	readonly manifest: string;
	/** The key, sealed to every member who reads the book. */
	readonly envelopes: readonly Envelope[];
}

export async function newKey(
	access: CircleAccess,
	device: DeviceKeys,
	book: BookId,
	random: RandomBytes
): Promise<NewKey> {
	const key = random(32);
	const head = access.chain.head.body;
	const epoch =
		must(
			head.books.find((each) => each.id === book),
			'a book'
		).epoch + 1;
	const manifest = signManifest(
		{
			...head,
			n: head.n + 1,
			prev: access.chain.head.hash,
			by: { identity: device.identity, device: device.device },
			books: head.books.map((each) => (each.id === book ? { ...each, epoch, keyCommit: keyCommit(key) } : each))
		},
		idBytes(device.sign)
	);
	const withKey: CircleAccess = {
		...access,
		keys: { ...access.keys, keys: [...access.keys.keys, { book, epoch, key: toBase64url(key) }] }
	};
	const readers = head.members.filter((member) => member.rights.some((right) => right.book === book));
	const envelopes = await Promise.all(
		readers.map((member) => envelopesFor(withKey, must(access.identities.get(member.identity), 'known'), [book]))
	);
	return { manifest: toBase64url(manifest.bytes), envelopes: envelopes.flat() };
}
