/** The next manifest of a circle: who is let in or put out, invited or named. Online and linear; recording never waits for it. */
import { toBase64url, type RandomBytes } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import type { Access, Role } from '$lib/domain/rights';
import type { LocalDate } from '$lib/domain/time';
import { keyCommit, type Envelope, type EpochKey } from '$lib/protocol/envelope';
import { holderOf } from '$lib/protocol/holder';
import type { Identity } from '$lib/protocol/identity-log';
import { idBytes, type BookId, type IdentityId } from '$lib/protocol/ids';
import { signManifest, type Cut, type Manifest, type Member } from '$lib/protocol/manifest';
import { carryOut, keysToHandOut, nextEpoch, planChange } from '$lib/protocol/membership-plan';
import { sealRoster, type Roster } from '$lib/protocol/roster';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import { epochKey, heldKeys, rosterPerson, type CircleAccess } from './circle-access';
import { envelopesOf, grantEnvelope } from './envelopes';
import { grantsToHandOut, rightsFrom, withGiven, type Given } from './given-from';

export interface MembershipDeps {
	readonly random: RandomBytes;
	readonly now: () => number;
}

export interface NewMember {
	readonly identity: Identity;
	readonly role: Role;
	readonly rights: readonly { readonly book: BookId; readonly access: Access }[];
	/** The first day they are given; absent: everything. */
	readonly from?: LocalDate | undefined;
	/** How the member stands in the sealed roster. */
	readonly person: Omit<Roster['people'][number], 'identity'>;
}

export interface ManifestStep {
	/** The signed record, base64url. */
	readonly manifest: string;
	readonly envelopes: readonly Envelope[];
	/** Keys of the epochs it begins. */
	readonly keys: CircleKeys['keys'];
	/** Keys of the grant snapshots that are to be sealed once it is published (S3). */
	readonly grants: NonNullable<CircleKeys['grants']>;
}

/** What a record is to change; what is left out stays as it is. */
export interface CircleChange {
	readonly members?: readonly Member[];
	readonly invites?: Manifest['invites'];
	readonly people?: Roster['people'];
	/** Identities of members the circle has not seen yet. */
	readonly newcomers?: readonly Identity[];
	/** Books that members, as they then stand, are given from a day on, where that is new. */
	readonly given?: readonly Given[];
}

/** The record that adds members, with every key they are given. `ownName` becomes the signer's name in the roster. */
export async function addMembers(
	access: CircleAccess,
	device: DeviceKeys,
	members: readonly NewMember[],
	ownName: string,
	deps: MembershipDeps
): Promise<ManifestStep> {
	const { members: before } = access.chain.head.body;
	const added = members.map((member) => {
		const { rights, given } = rightsFrom(access, member.identity.id, member.rights, member.from ?? null);
		return { member: toMember({ ...member, rights }), given };
	});
	return changeCircle(access, device, deps, {
		members: [
			...before.filter((old) => !added.some(({ member }) => member.identity === old.identity)),
			...added.map(({ member }) => member)
		],
		given: added.flatMap(({ given }) => given),
		people: withPeople(access, [
			{ ...rosterPerson(access, device.identity), identity: device.identity, name: ownName },
			...members.map((member) => ({ ...member.person, identity: member.identity.id }))
		]),
		newcomers: members.map((member) => member.identity)
	});
}

export const toMember = ({
	identity,
	role,
	rights
}: Pick<NewMember, 'identity' | 'role'> & Pick<Member, 'rights'>): Member => ({
	identity: identity.id,
	idHead: identity.head,
	role,
	actsFor: false,
	rights
});

/** The roster's people with these in place of those of the same identity. */
export function withPeople(access: CircleAccess, people: Roster['people']): Roster['people'] {
	const known = must(access.roster, 'only a member with the roster can change the circle').people;
	return [...known.filter((old) => !people.some((each) => each.identity === old.identity)), ...people];
}

/**
 * The record that makes a change, and every key that goes with it: a new one for each book somebody loses a right in, to
 * all who still read it, and all of a book's to whoever gains it. `headsAt` says where a loser is cut.
 */
export async function changeCircle(
	access: CircleAccess,
	device: DeviceKeys,
	deps: MembershipDeps,
	change: CircleChange,
	headsAt: (member: IdentityId, book: BookId) => Promise<Cut['heads']> = () => Promise.resolve([])
): Promise<ManifestStep> {
	const before = access.chain.head.body;
	const next = nextManifest(access, device, deps.now());
	const wanted = {
		members: withNewHeads(change.members ?? next.members, next),
		invites: change.invites ?? next.invites
	};
	const plan = planChange(before, wanted);
	const fresh = new Map(plan.raised.map((book) => [book, deps.random(32)]));
	const cuts = new Map<string, Cut['heads']>();
	for (const { member, book } of plan.losses) cuts.set(`${member} ${book}`, await headsAt(member, book));
	const parts = carryOut(before, wanted, plan, {
		headsAt: (member, book) => cuts.get(`${member} ${book}`) ?? [],
		commitOf: (book) => keyCommit(must(fresh.get(book), 'every raised book has a new key'))
	});
	const keys = plan.raised.map((book) => ({
		book,
		epoch: nextEpoch(before, book),
		key: must(fresh.get(book), 'every raised book has a new key')
	}));
	const grants = (change.given ?? []).map((given) => ({ ...given, key: deps.random(32) }));
	const people = withGiven(access, parts.members, grants, change.people);
	const manifest = signManifest(
		{ ...next, ...parts, roster: nextRoster(access, { ...next, ...parts }, keys, people, deps.random) },
		idBytes(device.sign)
	);
	const identities = new Map([
		...access.identities,
		...(change.newcomers ?? []).map((each) => [each.id, each] as const)
	]);
	const identityOf = (member: IdentityId) => must(identities.get(member), 'every member’s log is known');
	const envelopes = keysToHandOut(before, parts, plan).map(({ member, fresh: renewed, whole }) =>
		envelopesOf(access, identityOf(member), [
			...keys.filter((key) => renewed.includes(key.book) || whole.some(({ book }) => book === key.book)),
			...whole.flatMap(({ book, fromEpoch }) => heldKeys(access, book).filter(({ epoch }) => epoch >= fromEpoch))
		])
	);
	const grantRows = grantsToHandOut(parts.members, grants).map(({ member, grants: theirs }) =>
		grantEnvelope(access, identityOf(member), theirs)
	);
	return {
		manifest: toBase64url(manifest.bytes),
		envelopes: [...(await Promise.all(envelopes)).flat(), ...(await Promise.all(grantRows))],
		keys: keys.map((each) => ({ ...each, key: toBase64url(each.key) })),
		grants: grants.map(({ book, key }) => ({ book, key: toBase64url(key) }))
	};
}

/** The head with a place for the next record, and how far everyone's log has come. */
export const nextManifest = (access: CircleAccess, device: DeviceKeys, at: number): Manifest => ({
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

const withNewHeads = (members: readonly Member[], next: Manifest): Member[] =>
	members.map((member) => ({
		...member,
		idHead: next.members.find((each) => each.identity === member.identity)?.idHead ?? member.idHead
	}));

/** Sealed anew when a name changes, or when the profile book has a new key: whoever lost that book reads no names more. */
function nextRoster(
	access: CircleAccess,
	next: Manifest,
	fresh: readonly EpochKey[],
	people: Roster['people'] | undefined,
	random: RandomBytes
): Manifest['roster'] {
	const roster = must(access.roster, 'only a member with the roster can change the circle');
	const profile = must(
		roster.books.find((book) => book.kind === 'profile'),
		'every circle has a profile book'
	).id;
	const raised = fresh.find((key) => key.book === profile);
	if (!raised && !people) return next.roster;
	const epoch = must(
		next.books.find((book) => book.id === profile),
		'the profile book stands in the manifest'
	).epoch;
	const key = raised?.key ?? must(epochKey(access, profile, epoch), 'an owner holds the profile key');
	const { person, ...rest } = roster;
	// Once the person is in the circle they have a name of their own in it.
	const held = holderOf(next) && person !== undefined ? { person } : {};
	const named = { ...rest, ...held, people: people ?? roster.people };
	return { epoch, ct: sealRoster(named, access.chain.circle, key, random) };
}
