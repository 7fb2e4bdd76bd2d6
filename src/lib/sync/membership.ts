/** The next manifest of a circle: adding a member, naming people. Online and linear; recording never waits for it. */
import { toBase64url, type RandomBytes } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import type { Access, Role } from '$lib/domain/rights';
import { sealEnvelope, type Envelope } from '$lib/protocol/envelope';
import type { Identity } from '$lib/protocol/identity-log';
import { idBytes, type BookId, type IdentityId } from '$lib/protocol/ids';
import { signManifest, type Manifest } from '$lib/protocol/manifest';
import { sealRoster, type Roster } from '$lib/protocol/roster';
import type { DeviceKeys } from '$lib/storage/keyring';
import { epochKey, heldKeys, type CircleAccess } from './circle-access';

export interface MembershipDeps {
	readonly random: RandomBytes;
	readonly now: () => number;
}

export interface NewMember {
	readonly identity: Identity;
	readonly role: Role;
	readonly rights: readonly { readonly book: BookId; readonly access: Access }[];
	/** How the member stands in the sealed roster. */
	readonly person: Omit<Roster['people'][number], 'identity'>;
}

export interface ManifestStep {
	/** The signed record, base64url. */
	readonly manifest: string;
	readonly envelopes: readonly Envelope[];
}

/** The record that adds members, with every key they are given. `ownName` becomes the signer's name in the roster. */
export async function addMembers(
	access: CircleAccess,
	device: DeviceKeys,
	members: readonly NewMember[],
	ownName: string,
	deps: MembershipDeps
): Promise<ManifestStep> {
	const roster = must(access.roster, 'only a member with the roster can change the circle');
	const people = [
		...roster.people.filter(
			(person) => person.identity !== device.identity && !members.some((each) => each.identity.id === person.identity)
		),
		{
			...(roster.people.find((person) => person.identity === device.identity) ?? {}),
			identity: device.identity,
			name: ownName
		},
		...members.map((member) => ({ ...member.person, identity: member.identity.id }))
	];
	const added: Manifest['members'] = members.map(({ identity, role, rights }) => ({
		identity: identity.id,
		idHead: identity.head,
		role,
		actsFor: false,
		rights: rights.map((right) => ({ ...right, fromEpoch: 1 }))
	}));
	const next = nextManifest(access, device, deps.now());
	const manifest = signManifest(
		{
			...next,
			members: [...next.members.filter((old) => !added.some((each) => each.identity === old.identity)), ...added],
			roster: sealedRoster(access, { ...roster, people }, deps.random)
		},
		idBytes(device.sign)
	);
	const envelopes = await Promise.all(
		members.map((member) =>
			envelopesFor(
				access,
				member.identity,
				member.rights.map((right) => right.book)
			)
		)
	);
	return { manifest: toBase64url(manifest.bytes), envelopes: envelopes.flat() };
}

/** Keys in one envelope: its size limit leaves room for these. */
const KEYS_IN_ENVELOPE = 100;

/** Every key of these books, sealed to a member's identity box, in as many rows as they need. */
export function envelopesFor(access: CircleAccess, identity: Identity, books: readonly BookId[]): Promise<Envelope[]> {
	const to = { member: identity.id, gen: identity.box.gen, box: identity.box.pub };
	const keys = books.flatMap((book) => heldKeys(access, book));
	const parts = Array.from({ length: Math.ceil(keys.length / KEYS_IN_ENVELOPE) }, (_, part) =>
		keys.slice(part * KEYS_IN_ENVELOPE, (part + 1) * KEYS_IN_ENVELOPE)
	);
	return Promise.all(parts.map((part) => sealEnvelope(to, access.chain.circle, part)));
}

const nextManifest = (access: CircleAccess, device: DeviceKeys, at: number): Manifest => ({
	...access.chain.head.body,
	n: access.chain.head.body.n + 1,
	prev: access.chain.head.hash,
	at,
	by: { identity: device.identity, device: device.device },
	// Each record notes how far everyone's log has come: from then on a removed device is out of this circle.
	members: access.chain.head.body.members.map((member) => {
		const known = access.identities.get(member.identity);
		return known && known.head.n > member.idHead.n ? { ...member, idHead: known.head } : member;
	})
});

function sealedRoster(access: CircleAccess, roster: Roster, random: RandomBytes): Manifest['roster'] {
	const profile = must(
		roster.books.find((book) => book.kind === 'profile'),
		'every circle has a profile book'
	).id;
	const epoch = must(
		access.chain.head.body.books.find((book) => book.id === profile),
		'the profile book stands in the manifest'
	).epoch;
	const key = must(epochKey(access, profile, epoch), 'an owner holds the profile key');
	return { epoch, ct: sealRoster(roster, access.chain.circle, key, random) };
}

/** A person's entry in the roster; undefined when the roster does not name them. */
export const rosterPerson = (access: CircleAccess, identity: IdentityId): Roster['people'][number] | undefined =>
	access.roster?.people.find((person) => person.identity === identity);
