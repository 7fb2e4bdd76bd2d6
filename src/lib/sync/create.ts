/** A new device, its identity and, for a person, its circle. All of it on the device, in one go, without asking anybody. */
import { toBase64url, type RandomBytes } from '$lib/crypto/bytes';
import { createBoxKey, type BoxKey } from '$lib/crypto/boxes';
import { createSigningKey, deviceIdOf, type SigningKey } from '$lib/crypto/signing';
import { initialBookKinds, type BookKind } from '$lib/domain/books';
import { must } from '$lib/domain/assert';
import { keyCommit } from '$lib/protocol/envelope';
import { signIdentityRecord } from '$lib/protocol/identity-log';
import { deviceIdText, newId, type BookId, type CircleId, type IdentityId } from '$lib/protocol/ids';
import { signManifest, type Member } from '$lib/protocol/manifest';
import { sealRoster, type Roster } from '$lib/protocol/roster';
import { SUITE } from '$lib/protocol/frame';
import type { Space } from '$lib/storage/database';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';

export interface CreateDeps {
	readonly random: RandomBytes;
	readonly now: () => number;
	readonly space: Space;
}

/** Real and demo identities are marked, and refuse each other. */
export const wireSpace = (space: Space): 'real' | 'demo' => (space === 'real' ? 'real' : 'demo');

/** Keys and identity of a first device. Nothing is stored or sent. */
export function createDevice(deps: CreateDeps, type: 'person' | 'unit'): DeviceKeys {
	const signing: SigningKey = createSigningKey(deps.random);
	const box: BoxKey = createBoxKey(deps.random);
	const root = createSigningKey(deps.random);
	const identityBox = createBoxKey(deps.random);
	const device = deviceIdText(deviceIdOf(signing.pub));
	const genesis = signIdentityRecord(
		{
			v: 1,
			kind: 'genesis',
			n: 0,
			type,
			space: wireSpace(deps.space),
			device: { id: device, sign: toBase64url(signing.pub), box: toBase64url(box.pub) },
			root: toBase64url(root.pub),
			box: { gen: 1, pub: toBase64url(identityBox.pub) },
			at: deps.now()
		},
		signing.secret
	);
	return {
		v: 1,
		identity: genesis.hash as string as IdentityId,
		device,
		sign: toBase64url(signing.secret),
		box: toBase64url(box.secret),
		log: [toBase64url(genesis.bytes)],
		boxes: [{ gen: 1, secret: toBase64url(identityBox.secret) }],
		root: toBase64url(root.secret),
		relayOn: false,
		relay: { registered: false, logSent: 0, recoverySent: 0 },
		recovery: null,
		unit: null
	};
}

/** How a circle begins: as whose, with which books, and under which names. */
export interface Beginning extends Pick<Member, 'role' | 'actsFor'>, Pick<CircleKeys, 'standing'> {
	readonly kinds: readonly BookKind[];
	readonly names: Pick<Roster, 'person' | 'people'>;
}

const OWN: Beginning = {
	role: 'owner',
	actsFor: false,
	standing: 'mine',
	kinds: initialBookKinds,
	names: { people: [] }
};

/** The person's own circle with a book of each kind, or one begun otherwise. `signSecret` is the device's, which signs it. */
export function createCircle(
	deps: CreateDeps,
	device: DeviceKeys,
	signSecret: Uint8Array,
	{ role, actsFor, standing, kinds, names }: Beginning = OWN
): CircleKeys {
	const circle = newId<CircleId>(deps.random);
	const books = kinds.map((kind) => ({ id: newId<BookId>(deps.random), kind, key: deps.random(32) }));
	const profile = must(
		books.find((book) => book.kind === 'profile'),
		'every circle has a profile book'
	);
	const roster = { v: 1 as const, ...names, books: books.map(({ id, kind }) => ({ id, kind })) };
	const idHead = { n: 0, hash: device.identity as string as ReturnType<typeof signManifest>['hash'] };
	const manifest = signManifest(
		{
			v: 1,
			circle,
			n: 0,
			prev: null,
			at: deps.now(),
			by: { identity: device.identity, device: device.device },
			space: wireSpace(deps.space),
			suiteMin: SUITE,
			members: [
				{
					identity: device.identity,
					idHead,
					role,
					actsFor,
					rights: books.map(({ id }) => ({ book: id, access: 'w', fromEpoch: 1 }))
				}
			],
			cuts: [],
			books: books.map(({ id, key }) => ({ id, epoch: 1, keyCommit: keyCommit(key) })),
			invites: [],
			roster: { epoch: 1, ct: sealRoster(roster, circle, profile.key, deps.random) }
		},
		signSecret
	);
	return {
		v: 1,
		circle,
		standing,
		published: false,
		manifests: [toBase64url(manifest.bytes)],
		keys: books.map(({ id, key }) => ({ book: id, epoch: 1, key: toBase64url(key) }))
	};
}
