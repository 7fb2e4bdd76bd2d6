/**
 * The circle's manifest: who is in it, who reads and writes which book, and the books' key epochs. A hash-linked, linear
 * chain; each record is the whole state. Relay and clients check every step with this same code (docs/protocol.md M1-M5).
 */
import * as z from 'zod/mini';
import { err, ok, type Result } from '$lib/domain/result';
import { roles, type Access } from '$lib/domain/rights';
import { holderOf } from './holder';
import type { Identity } from './identity-log';
import { invitesFollow } from './manifest-invites';
import {
	blobSchema,
	bookIdSchema,
	circleIdSchema,
	deviceIdSchema,
	hashSchema,
	idBytes,
	identityIdSchema,
	publicKeySchema,
	type BookId,
	type CircleId,
	type IdentityId
} from './ids';
import { parseRecord, signRecord, verifyRecord, type SignedRecord } from './signed-record';

const MAX_MEMBERS = 16;
const MAX_BOOKS = 48;

const epoch = z.int().check(z.minimum(1), z.maximum(1_000_000));

const rightSchema = z.strictObject({
	book: bookIdSchema,
	access: z.enum(['r', 'w']),
	/** First epoch handed over; above 1 when the person chose a from-date (S3). */
	fromEpoch: epoch
});

const memberSchema = z.strictObject({
	identity: identityIdSchema,
	/** The member's identity log as the signer knew it. */
	idHead: z.strictObject({ n: z.int().check(z.minimum(0)), hash: hashSchema }),
	role: z.enum(roles),
	/** May stand in for the person at agreements. */
	actsFor: z.boolean(),
	rights: z.array(rightSchema).check(z.maxLength(MAX_BOOKS))
});

/** A device's newest frame that counts; sequence 0 without a hash where it has none. */
const cutHeadSchema = z.strictObject({
	device: deviceIdSchema,
	seq: z.int().check(z.minimum(0)),
	hash: z.nullable(hashSchema)
});

/**
 * Up to and with `epoch`, only frames at or below these heads of the member's devices count. A device that is not listed
 * has no frame that counts, unless the cut is for the listed devices only: the member stays and has removed those.
 */
const cutSchema = z.strictObject({
	member: identityIdSchema,
	book: bookIdSchema,
	epoch,
	listedOnly: z.optional(z.literal(true)),
	heads: z.array(cutHeadSchema).check(z.maxLength(64))
});

export const manifestSchema = z.strictObject({
	v: z.literal(1),
	circle: circleIdSchema,
	n: z.int().check(z.minimum(0)),
	prev: z.nullable(hashSchema),
	at: z.int(),
	by: z.strictObject({ identity: identityIdSchema, device: deviceIdSchema }),
	space: z.enum(['real', 'demo']),
	suiteMin: z.int().check(z.minimum(1), z.maximum(255)),
	members: z.array(memberSchema).check(z.minLength(1), z.maxLength(MAX_MEMBERS)),
	cuts: z.array(cutSchema).check(z.maxLength(2000)),
	books: z
		.array(z.strictObject({ id: bookIdSchema, epoch, keyCommit: publicKeySchema }))
		.check(z.minLength(1), z.maxLength(MAX_BOOKS)),
	invites: z
		.array(z.strictObject({ pub: publicKeySchema, role: z.enum(roles), exp: z.int() }))
		.check(z.maxLength(MAX_MEMBERS)),
	/** Names and book kinds, sealed under the profile book's key of `epoch` (M4). */
	roster: z.strictObject({ epoch, ct: blobSchema(64 * 1024) })
});
export type Manifest = z.infer<typeof manifestSchema>;
export type SignedManifest = SignedRecord<Manifest>;
export type Member = Manifest['members'][number];
export type Cut = Manifest['cuts'][number];

export type ManifestError =
	| { readonly type: 'malformed' }
	| { readonly type: 'broken-chain' }
	| { readonly type: 'bad-signature' }
	| { readonly type: 'not-allowed' }
	/** A right was lost without a new epoch and a cut, or a cut was made, moved or dropped without a loss (M5). */
	| { readonly type: 'unguarded-loss' };

/** A verified chain, oldest first; never empty. */
export interface ManifestChain {
	readonly circle: CircleId;
	readonly records: readonly SignedManifest[];
	readonly head: SignedManifest;
}

/** Looks up a verified identity; undefined when its log is not known. */
export type IdentityLookup = (id: IdentityId) => Identity | undefined;

export const signManifest = (body: Manifest, secret: Uint8Array): SignedManifest =>
	signRecord('manifest', body, secret);

export const parseManifest = (bytes: Uint8Array): SignedManifest | null =>
	parseRecord<Manifest>('manifest', manifestSchema, bytes);

/** What was found in a chain, as long as its array is held. */
const named = new WeakMap<readonly string[], ReadonlyMap<IdentityId, number>>();

/** Everyone base64url records name, with how far into their log each is named. Nothing is verified. */
export function namedIn(records: readonly string[]): ReadonlyMap<IdentityId, number> {
	const known = named.get(records);
	if (known) return known;
	const bodies = records.flatMap((record) => parseManifest(idBytes(record))?.body ?? []);
	const found = new Map(
		bodies.flatMap(({ members }) => members.map(({ identity, idHead }) => [identity, idHead.n] as const))
	);
	named.set(records, found);
	return found;
}

/** Verifies a whole chain from its first record. */
export function readManifestChain(
	records: readonly Uint8Array[],
	identities: IdentityLookup
): Result<ManifestChain, ManifestError> {
	let chain: ManifestChain | null = null;
	for (const bytes of records) {
		const record = parseManifest(bytes);
		if (!record) return err({ type: 'malformed' });
		const next: Result<ManifestChain, ManifestError> = extendManifestChain(chain, record, identities);
		if (!next.ok) return next;
		chain = next.value;
	}
	return chain ? ok(chain) : err({ type: 'malformed' });
}

/** The chain with one more record, or why that record cannot follow. `chain` null: the record starts a circle. */
export function extendManifestChain(
	chain: ManifestChain | null,
	record: SignedManifest,
	identities: IdentityLookup
): Result<ManifestChain, ManifestError> {
	const next = record.body;
	const previous = chain?.head;
	if (!isWellFormed(next)) return err({ type: 'malformed' });
	if (previous) {
		if (next.circle !== previous.body.circle || next.n !== previous.body.n + 1 || next.prev !== previous.hash) {
			return err({ type: 'broken-chain' });
		}
	} else if (next.n !== 0 || next.prev !== null) return err({ type: 'broken-chain' });

	// The signer's standing is judged by the state before this record.
	const signer = memberOf(previous?.body ?? next, next.by.identity);
	const signerKey = signer && signingKeyOf(signer, next, identities);
	if (!signer || !signerKey) return err({ type: 'not-allowed' });
	if (!verifyRecord('manifest', record, signerKey)) return err({ type: 'bad-signature' });
	if (!membersAreReal(next, identities)) return err({ type: 'broken-chain' });

	const step = previous ? checkStep(previous.body, next, signer, identities) : checkStart(next, signer);
	if (!step.ok) return step;
	return ok({ circle: next.circle, records: [...(chain?.records ?? []), record], head: record });
}

export const memberOf = (manifest: Pick<Manifest, 'members'>, identity: IdentityId): Member | undefined =>
	manifest.members.find((member) => member.identity === identity);

export const bookOf = (manifest: Manifest, book: BookId): Manifest['books'][number] | undefined =>
	manifest.books.find((each) => each.id === book);

export const accessOf = (member: Member | undefined, book: BookId): Access | null =>
	member?.rights.find((right) => right.book === book)?.access ?? null;

/** The commitment of a book's epoch anywhere in the chain; null when there was no such epoch. */
export function commitOf(chain: ManifestChain, book: BookId, bookEpoch: number): string | null {
	for (const { body } of chain.records) {
		const found = bookOf(body, book);
		if (found?.epoch === bookEpoch) return found.keyCommit;
	}
	return null;
}

function isWellFormed(manifest: Manifest): boolean {
	const books = new Set(manifest.books.map((book) => book.id));
	return (
		books.size === manifest.books.length &&
		isDistinct(manifest.members.map((member) => member.identity)) &&
		manifest.members.every(
			(member) =>
				isDistinct(member.rights.map((right) => right.book)) && member.rights.every((right) => books.has(right.book))
		) &&
		isDistinct(manifest.invites.map((invite) => invite.pub)) &&
		isDistinct(manifest.cuts.map(cutPlace)) &&
		manifest.cuts.every(
			(cut) =>
				books.has(cut.book) &&
				isDistinct(cut.heads.map((head) => head.device)) &&
				cut.heads.every((head) => (head.seq === 0) === (head.hash === null))
		)
	);
}

const isDistinct = (values: readonly string[]): boolean => new Set(values).size === values.length;
const cutPlace = (cut: Cut): string => [cut.member, cut.book, cut.epoch, cut.listedOnly ? 'listed' : 'all'].join(' ');

/** Whoever is named stands in the same space, and at a place their own log has. Logs that are not known here are the caller's to ask for. */
const membersAreReal = (manifest: Manifest, identities: IdentityLookup): boolean =>
	manifest.members.every(({ identity, idHead }) => {
		const known = identities(identity);
		return !known || (known.space === manifest.space && known.hashes[idHead.n] === idHead.hash);
	});

function signingKeyOf(signer: Member, next: Manifest, identities: IdentityLookup): Uint8Array | null {
	const identity = identities(signer.identity);
	const device = identity?.devices.get(next.by.device);
	if (!identity || !device || identity.space !== next.space) return null;
	// A device that was taken out may have signed what came before, judged by the log head its successor names.
	const known = memberOf(next, signer.identity)?.idHead.n ?? signer.idHead.n;
	return device.removedAt === null || device.removedAt > known ? device.sign : null;
}

const isOwning = (member: Member): boolean => member.role === 'owner' || member.role === 'coOwner';

function checkStart(next: Manifest, signer: Member): Result<void, ManifestError> {
	if (!isOwning(signer) || next.members.length !== 1 || next.cuts.length > 0) return err({ type: 'not-allowed' });
	if (!invitesFollow(null, next)) return err({ type: 'not-allowed' });
	return next.books.every((book) => book.epoch === 1) ? ok(undefined) : err({ type: 'malformed' });
}

function checkStep(
	previous: Manifest,
	next: Manifest,
	signer: Member,
	identities: IdentityLookup
): Result<void, ManifestError> {
	if (next.space !== previous.space || next.suiteMin < previous.suiteMin) return err({ type: 'not-allowed' });
	// Somebody must be able to run it, and be whose it is.
	if (!next.members.some(isOwning)) return err({ type: 'not-allowed' });
	if (!booksGoForward(previous, next) || !headsGoForward(previous, next)) return err({ type: 'broken-chain' });
	if (!isAllowed(previous, next, signer) || !invitesFollow(previous, next)) return err({ type: 'not-allowed' });
	const guarded =
		everyLossIsGuarded(previous, next) && next.cuts.every((cut) => isJustifiedCut(cut, previous, next, identities));
	return guarded && cutsStay(previous, next) ? ok(undefined) : err({ type: 'unguarded-loss' });
}

function isAllowed(previous: Manifest, next: Manifest, signer: Member): boolean {
	if (signer.role === 'owner') return true;
	// Before the person has joined, whoever holds the circle for them stands in for the owner.
	if (signer.role === 'coOwner')
		return holderOf(previous)?.identity === signer.identity || isWithinCoOwnership(previous, next, signer);
	return isRekeyOnly(previous, next, signer);
}

/** Books stay; an epoch keeps its commitment or rises by one with a new one. */
const booksGoForward = (previous: Manifest, next: Manifest): boolean =>
	previous.books.every((old) => {
		const now = bookOf(next, old.id);
		if (!now) return false;
		return now.epoch === old.epoch
			? now.keyCommit === old.keyCommit
			: now.epoch === old.epoch + 1 && now.keyCommit !== old.keyCommit;
	}) && next.books.every((now) => bookOf(previous, now.id) !== undefined || now.epoch === 1);

const headsGoForward = (previous: Manifest, next: Manifest): boolean =>
	previous.members.every((old) => (memberOf(next, old.identity)?.idHead.n ?? Infinity) >= old.idHead.n);

/**
 * A co-owner runs the circle but is not its owner: owners, and whoever holds the circle for the person, stay as they are;
 * nobody becomes one, is invited as one or begins to act for the person; and books the co-owner does not hold (`private`) are
 * out of reach.
 */
function isWithinCoOwnership(previous: Manifest, next: Manifest, signer: Member): boolean {
	const held = new Set(signer.rights.map((right) => right.book));
	const outOfReach = previous.books.filter((book) => !held.has(book.id));
	const rightsIn = (member: Member | undefined, book: BookId) => member?.rights.find((right) => right.book === book);
	const everyone = new Set([...previous.members, ...next.members].map((member) => member.identity));
	const holder = holderOf(previous)?.identity;
	return (
		next.suiteMin === previous.suiteMin &&
		previous.members.every(
			(old) =>
				(old.role !== 'owner' && old.identity !== holder) ||
				isSame(withoutIdHead(memberOf(next, old.identity)), withoutIdHead(old))
		) &&
		holderOf(next)?.identity === holder &&
		next.invites.every(({ pub, role }) => role !== 'owner' || previous.invites.some((each) => each.pub === pub)) &&
		next.members.every((now) => {
			const old = memberOf(previous, now.identity);
			return (now.role !== 'owner' || old?.role === 'owner') && (!now.actsFor || old?.actsFor === true);
		}) &&
		outOfReach.every(
			(book) =>
				isSame(bookOf(next, book.id), book) &&
				[...everyone].every((id) =>
					isSame(rightsIn(memberOf(next, id), book.id), rightsIn(memberOf(previous, id), book.id))
				)
		)
	);
}

const withoutIdHead = (member: Member | undefined) => member && { ...member, idHead: null };
/** Equal as written; both sides come from the same schema, so their keys stand in the same order. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export interface Loss {
	readonly member: IdentityId;
	readonly book: BookId;
	/** The book's epoch before. */
	readonly epoch: number;
}

/** Every (member, book) that reads or writes less than before. A role other than the old one counts, unless it is owner. */
export function lossesOf(previous: Manifest, next: Pick<Manifest, 'members'>): Loss[] {
	return previous.members.flatMap((old) => {
		const now = memberOf(next, old.identity);
		const isLost = (right: Member['rights'][number]): boolean => {
			const kept = now?.rights.find((each) => each.book === right.book);
			const roleKept = now?.role === old.role || now?.role === 'owner';
			return !kept || !roleKept || (right.access === 'w' && kept.access === 'r') || kept.fromEpoch > right.fromEpoch;
		};
		return old.rights
			.filter(isLost)
			.map(({ book }) => ({ member: old.identity, book, epoch: bookOf(previous, book)?.epoch ?? 0 }));
	});
}

/** M5: whoever reads or writes less than before has a cut at the book's last epoch, and the book a new one. */
const everyLossIsGuarded = (previous: Manifest, next: Manifest): boolean =>
	lossesOf(previous, next).every(
		({ member, book, epoch: lastEpoch }) =>
			(bookOf(next, book)?.epoch ?? 0) > lastEpoch &&
			next.cuts.some((cut) => cut.member === member && cut.book === book && cut.epoch === lastEpoch && !cut.listedOnly)
	);

/** A cut that was not there before is for a right lost now, or for devices their own identity has removed. */
function isJustifiedCut(cut: Cut, previous: Manifest, next: Manifest, identities: IdentityLookup): boolean {
	if (previous.cuts.some((old) => cutPlace(old) === cutPlace(cut))) return true;
	const lastEpoch = bookOf(previous, cut.book)?.epoch;
	if (cut.epoch !== lastEpoch || (bookOf(next, cut.book)?.epoch ?? 0) <= lastEpoch) return false;
	if (cut.listedOnly) return areRemoved(cut, next, identities);
	return lossesOf(previous, next).some((loss) => loss.member === cut.member && loss.book === cut.book);
}

function areRemoved(cut: Cut, next: Manifest, identities: IdentityLookup): boolean {
	const standing = memberOf(next, cut.member);
	const identity = identities(cut.member);
	if (!standing || cut.heads.length === 0) return false;
	return cut.heads.every(({ device }) => {
		const removedAt = identity?.devices.get(device)?.removedAt;
		// Only the signer's log is sure to be known at the relay; every client knows them all.
		return !identity || (typeof removedAt === 'number' && removedAt <= standing.idHead.n);
	});
}

/** Earlier cuts stay; the person may raise one, e.g. for honest frames that came late. */
const cutsStay = (previous: Manifest, next: Manifest): boolean =>
	previous.cuts.every((old) => {
		const now = next.cuts.find((cut) => cutPlace(cut) === cutPlace(old));
		return now !== undefined && isRaised(old, now) && (!old.listedOnly || now.heads.length === old.heads.length);
	});

/** Whatever counted under `old` counts under `now`. */
const isRaised = (old: Cut, now: Cut): boolean =>
	old.heads.every((head) => {
		const raised = now.heads.find((each) => each.device === head.device);
		if (!raised) return head.seq === 0;
		return raised.seq > head.seq || (raised.seq === head.seq && raised.hash === head.hash);
	});

/** M2: a member without ownership renews keys of books it reads and cuts its own removed devices; nothing else changes. */
function isRekeyOnly(previous: Manifest, next: Manifest, signer: Member): boolean {
	const readable = new Set(signer.rights.map((right) => right.book));
	const raised = next.books.filter((now) => now.epoch !== bookOf(previous, now.id)?.epoch);
	const added = next.cuts.filter((cut) => !previous.cuts.some((old) => isSame(old, cut)));
	const withoutOwnHead = (manifest: Manifest) =>
		manifest.members.map((member) => (member.identity === signer.identity ? withoutIdHead(member) : member));
	return (
		next.books.length === previous.books.length &&
		raised.length > 0 &&
		raised.every((book) => readable.has(book.id)) &&
		previous.cuts.every((old) => next.cuts.some((cut) => isSame(cut, old))) &&
		added.every(
			(cut) => cut.member === signer.identity && cut.listedOnly === true && raised.some((book) => book.id === cut.book)
		) &&
		isSame(
			[withoutOwnHead(next), next.invites, next.roster, next.suiteMin],
			[withoutOwnHead(previous), previous.invites, previous.roster, previous.suiteMin]
		)
	);
}
