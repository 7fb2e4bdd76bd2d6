/**
 * One circle opened with this device's keys: who is in it, what each book is about, and which keys fit. Everything is
 * verified from the first record on; what the relay said is never a parameter (docs/protocol.md 5, threat model S1).
 */
import { ok, type Result } from '$lib/domain/result';
import type { BookKind } from '$lib/domain/books';
import { must } from '$lib/domain/assert';
import { readIdentityLog, type Identity } from '$lib/protocol/identity-log';
import { idBytes, type BookId, type DeviceId, type IdentityId } from '$lib/protocol/ids';
import { matchesCommit, type EpochKey } from '$lib/protocol/envelope';
import { holderOf, personIn } from '$lib/protocol/holder';
import { parseLocalDate, type LocalDate } from '$lib/domain/time';
import {
	accessOf,
	bookOf,
	commitOf,
	memberOf,
	readManifestChain,
	type Manifest,
	type ManifestChain,
	type ManifestError,
	type Member
} from '$lib/protocol/manifest';
import { kindOfBook, openRoster, type Roster } from '$lib/protocol/roster';
import type { CircleKeys } from '$lib/storage/keyring';

export interface Me {
	readonly identity: IdentityId;
	readonly device: DeviceId;
}

export interface CircleAccess {
	readonly keys: CircleKeys;
	readonly chain: ManifestChain;
	/** Verified identities of everyone who is or was a member, and has a log. */
	readonly identities: ReadonlyMap<IdentityId, Identity>;
	/** This device's own membership in the newest manifest; undefined once removed. */
	readonly member: Member | undefined;
	/** Names and book kinds; null when this member has no profile key. */
	readonly roster: Roster | null;
}

/**
 * Verifies the chain and opens the roster. `identities`: the logs of everyone the chain names, as far as there are any: of
 * somebody who has erased themselves at the relay none is left, and what they wrote is nobody's.
 */
export function openCircle(
	keys: CircleKeys,
	identities: ReadonlyMap<IdentityId, Identity>,
	me: Me
): Result<CircleAccess, ManifestError> {
	const chain = readManifestChain(keys.manifests.map(idBytes), (id) => identities.get(id));
	if (!chain.ok) return chain;
	const head = chain.value.head.body;
	const opened = { keys, chain: chain.value, identities, member: memberOf(head, me.identity), roster: null };
	return ok({ ...opened, roster: readRoster(opened) });
}

/** The identity a stored or fetched log describes, if it is the one asked for. */
export function identityFrom(log: readonly string[], id: IdentityId): Identity | null {
	const identity = readIdentityLog(log.map(idBytes));
	return identity.ok && identity.value.id === id ? identity.value : null;
}

/**
 * The newest roster that opens. What a book is about is settled by the first roster that names it: nobody can later make
 * the person write something private into a book that others read.
 */
function readRoster(access: CircleAccess): Roster | null {
	const rosters: (Roster | null)[] = [];
	let known: Roster | null = null;
	for (const { body } of access.chain.records) {
		const roster = openedRoster({ ...access, roster: known }, body);
		rosters.push(roster);
		known = roster ?? known;
	}
	// Whoever was let go knows the names they knew: what they wrote and read has its people still.
	const newest = access.member ? rosters.at(-1) : known;
	if (!newest) return null;
	const firstKinds = new Map<BookId, Roster['books'][number]>();
	for (const book of rosters.flatMap((roster) => roster?.books ?? []))
		if (!firstKinds.has(book.id)) firstKinds.set(book.id, book);
	return { ...newest, books: [...firstKinds.values()] };
}

/** The roster of one record; null when its key is not held. */
export function openedRoster(access: CircleAccess, { roster, circle }: Manifest): Roster | null {
	// Which book's key it is stands in the roster itself: the one an earlier roster names is tried first.
	const likely = bookOfKind(access, 'profile');
	const held = access.keys.keys.filter((each) => each.epoch === roster.epoch);
	for (const { key } of held.toSorted((a, b) => Number(b.book === likely) - Number(a.book === likely))) {
		const opened = openRoster(roster.ct, circle, idBytes(key));
		if (opened) return opened;
	}
	return null;
}

/** Keys that were found and checked, as long as the circle they belong to is held: each frame of a book asks for its key. */
const checkedKeys = new WeakMap<CircleAccess, Map<string, Uint8Array | null>>();

/** The key of a book's epoch, checked against the manifest's commitment; null when this device does not hold it. */
export function epochKey(access: CircleAccess, book: BookId, epoch: number): Uint8Array | null {
	const known = checkedKeys.get(access) ?? new Map<string, Uint8Array | null>();
	checkedKeys.set(access, known);
	const name = `${book} ${epoch}`;
	const key = known.get(name) ?? checkedKey(access, book, epoch);
	known.set(name, key);
	return key;
}

function checkedKey(access: CircleAccess, book: BookId, epoch: number): Uint8Array | null {
	const commit = commitOf(access.chain, book, epoch);
	const held = access.keys.keys.find((each) => each.book === book && each.epoch === epoch);
	if (!commit || !held) return null;
	const key = idBytes(held.key);
	return matchesCommit(key, commit) ? key : null;
}

/**
 * The epoch this device seals a book with; null when the member may not write it. Usually the present one. While its key
 * is withheld or still on its way, the newest one held: recording never waits for anybody else's key, sending does.
 */
export function writingEpoch(access: CircleAccess, book: BookId): { epoch: number; key: Uint8Array } | null {
	if (accessOf(access.member, book) !== 'w') return null;
	const present = bookOf(access.chain.head.body, book)?.epoch ?? 0;
	for (let epoch = present; epoch > 0; epoch -= 1) {
		const key = epochKey(access, book, epoch);
		if (key) return { epoch, key };
	}
	return null;
}

/** The first epoch this device's member was given of a book; 1 once they are let go, who keep what they had. */
export const fromEpochOf = (access: CircleAccess, book: BookId): number =>
	access.member?.rights.find((right) => right.book === book)?.fromEpoch ?? 1;

/** The key of a grant by its commitment; null where this device was not handed it. */
export function grantKey(access: CircleAccess, book: BookId, commit: string): Uint8Array | null {
	const held = (access.keys.grants ?? []).filter((each) => each.book === book).map(({ key }) => idBytes(key));
	return held.find((key) => matchesCommit(key, commit)) ?? null;
}

/** True when somebody in the circle was given a book from a day on. */
export const givesFrom = ({ members }: Pick<Manifest, 'members'>): boolean =>
	members.some(({ rights }) => rights.some(({ fromEpoch }) => fromEpoch > 1));

/** How many keys a circle's row holds, of books and of grants. */
export const countKeys = ({ keys, grants }: Pick<CircleKeys, 'keys' | 'grants'>): number =>
	keys.length + (grants?.length ?? 0);

/** From which day a member was given a book, and the commitment of what was handed over. */
export interface GivenFrom {
	readonly book: BookId;
	readonly day: LocalDate;
	readonly key: string;
}

/** The books a member was given from a day on, by the roster; none once they read the whole book. */
export function givenFrom(access: CircleAccess, identity: IdentityId): readonly GivenFrom[] {
	const rights = memberOf(access.chain.head.body, identity)?.rights ?? [];
	return (rosterPerson(access, identity)?.from ?? []).flatMap(({ book, day, key }) => {
		const date = parseLocalDate(day);
		const isFrom = rights.some((right) => right.book === book && right.fromEpoch > 1);
		return isFrom && date ? [{ book, day: date, key }] : [];
	});
}

/** True while a book's present key is missing, or a grant's: it is asked for again, also when no record is new. */
export const lacksKeys = (access: CircleAccess): boolean =>
	(access.member?.rights ?? []).some(({ book }) => {
		const epoch = bookOf(access.chain.head.body, book)?.epoch;
		return epoch === undefined || epochKey(access, book, epoch) === null;
	}) ||
	(access.member ? givenFrom(access, access.member.identity) : []).some(
		({ book, key }) => grantKey(access, book, key) === null
	);

/** Every epoch key of a book this device holds. */
export const heldKeys = (access: CircleAccess, book: BookId): EpochKey[] =>
	access.keys.keys.filter((each) => each.book === book).map((each) => ({ ...each, key: idBytes(each.key) }));

export const bookOfKind = (access: CircleAccess, kind: BookKind): BookId | null =>
	access.roster?.books.find((book) => book.kind === kind)?.id ?? null;

export const kindOf = (access: CircleAccess, book: BookId): BookKind | null =>
	access.roster ? kindOfBook(access.roster, book) : null;

/** Books this member may read, with their kinds. */
export const readableBooks = (access: CircleAccess): { book: BookId; kind: BookKind }[] =>
	(access.member?.rights ?? []).flatMap(({ book }) => {
		const kind = kindOf(access, book);
		return kind ? [{ book, kind }] : [];
	});

/** The member the circle is about: its owner, or whoever holds it for the person while they have no device in it. */
export const personOf = ({ chain }: CircleAccess): Member =>
	must(personIn(chain.head.body), 'a circle has an owner or a co-owner');

/** True while the circle is held for a person who has not taken it over. */
export const isHeld = ({ chain }: CircleAccess): boolean => holderOf(chain.head.body) !== undefined;

/** What the person is called whose circle it is; null while nobody has named them. */
export const personNameOf = (access: CircleAccess): string | null =>
	isHeld(access) ? (access.roster?.person ?? null) : nameOf(access, personOf(access).identity);

/** Runs the circle: lets in, puts out, changes rights. */
export const isOwning = (member: Member | undefined): boolean => member?.role === 'owner' || member?.role === 'coOwner';

/**
 * The circle as a member's own device opens it, as far as this device holds the keys: what is shown of it is what they see.
 * Null when they are no member.
 */
export function readerAccess(access: CircleAccess, reader: IdentityId): CircleAccess | null {
	const member = memberOf(access.chain.head.body, reader);
	if (!member) return null;
	const keys = access.keys.keys.filter(({ book, epoch }) =>
		member.rights.some((right) => right.book === book && epoch >= right.fromEpoch)
	);
	const given = givenFrom(access, reader);
	const grants = (access.keys.grants ?? []).filter(({ book, key }) =>
		given.some((each) => each.book === book && matchesCommit(idBytes(key), each.key))
	);
	const opened = { ...access, keys: { ...access.keys, keys, grants }, member, roster: null };
	return { ...opened, roster: readRoster(opened) };
}

export const nameOf = (access: CircleAccess, identity: IdentityId): string | null =>
	access.roster?.people.find((person) => person.identity === identity)?.name ?? null;

/** A person's entry in the roster; undefined when the roster does not name them. */
export const rosterPerson = (access: CircleAccess, identity: IdentityId): Roster['people'][number] | undefined =>
	access.roster?.people.find((person) => person.identity === identity);
