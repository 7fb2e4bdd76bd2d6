/**
 * Which frames of a book count. A pure function of the manifest chain, the identity logs and the frames: the same answer in
 * whatever order they arrived (docs/protocol.md 7). It never throws anything away: what does not count yet is parked and
 * judged again when more has arrived.
 */
import type { BookKind } from '$lib/domain/books';
import { grantable, mayWriteKind, type Role } from '$lib/domain/rights';
import { isMeasureKind } from '$lib/domain/measures';
import type { Batch, Entry } from './entries';
import type { Frame } from './frame';
import type { Identity } from './identity-log';
import type { BookId, DeviceId, Hash, IdentityId } from './ids';
import { accessOf, bookOf, memberOf, type Cut, type Manifest, type ManifestChain } from './manifest';
import type { Stated } from './project';

/** What frames are judged by. */
export interface AcceptRules {
	readonly book: BookId;
	/** What the book is about, from the roster. */
	readonly kind: BookKind;
	readonly chain: ManifestChain;
	/** Verified identities of everyone who is or was a member. */
	readonly identities: readonly Identity[];
	/** Whether the frame's signature is its device's. Callers cache this: it is the costly part. */
	readonly isSigned: (frame: Frame, signPub: Uint8Array) => boolean;
	/** The opened content; null when the key is missing or does not fit. */
	readonly open: (frame: Frame) => Batch | null;
	/** Reads the grant snapshots of a reader who begins at a day (S3); absent for whoever was given the whole book. */
	readonly readGrants?: ReadGrants | undefined;
}

/**
 * What grant snapshots among these frames hand over. Snapshots of others than owners are not to be read (`isOwners`); the
 * outcome must not hang on the order of the frames.
 */
export type ReadGrants = (
	frames: readonly Frame[],
	circle: {
		/** By an owner's device that may write the book, and not cut off. */
		readonly isOwners: (frame: Frame) => boolean;
		/** Whose confirmed device it is. */
		readonly authorOf: (device: DeviceId) => IdentityId | undefined;
	}
) => GrantsRead;

export interface GrantsRead {
	/** Frames covered by what was read: chains begin after them. */
	readonly anchors: ReadonlySet<Hash>;
	readonly stated: readonly Stated[];
	readonly seen: readonly SeenGrant[];
}

/** A grant snapshot, by its first frame, and what it is worth here. */
export interface SeenGrant {
	readonly first: Hash;
	/** The commitment of its key. */
	readonly key: string;
	readonly by: IdentityId;
	/**
	 * For whom it was made: `read`, or `partial` while frames of it are missing, or `closed` where it does not open.
	 * For those who hold the originals: `agrees` with them, or `differs`, or `unchecked` while something is missing for that.
	 */
	readonly state: 'read' | 'partial' | 'closed' | 'agrees' | 'differs' | 'unchecked';
}

export interface AcceptInput extends AcceptRules {
	readonly frames: readonly Frame[];
}

export interface AcceptedFrame {
	readonly frame: Frame;
	readonly author: IdentityId;
	readonly role: Role;
	readonly batch: Batch;
}

export type ParkReason =
	| 'unknown-device'
	| 'bad-signature'
	| 'gap'
	| 'unknown-epoch'
	| 'no-right'
	| 'beyond-cut'
	| 'unreadable'
	| 'wrong-kind'
	/** An owner's snapshot: a link of the chain, and never a batch. */
	| 'snapshot';

export interface Acceptance {
	/** In an order that depends on the frames alone: by Lamport time, device, sequence, hash. */
	readonly accepted: readonly AcceptedFrame[];
	/** In the order the frames were given. */
	readonly parked: readonly { readonly frame: Frame; readonly reason: ParkReason }[];
	/** Devices that signed two different frames in one place; both branches stay. */
	readonly forked: readonly DeviceId[];
	/** Entries only a newer app can read. */
	readonly unknownEntries: number;
	readonly chains: Chains;
	/** Entries handed over by grant snapshots, in no order; some may be among the accepted ones too. */
	readonly granted: readonly Stated[];
	readonly grants: readonly SeenGrant[];
}

/** Where the chains of a book stand: enough to judge a frame that goes on from there by itself. */
export interface Chains {
	/** The newest linked frame of each device, counted or not; null when two share the place. */
	readonly tips: ReadonlyMap<DeviceId, ChainTip | null>;
	/** What frames parked for a gap wait for. */
	readonly missing: ReadonlySet<Hash>;
}

export interface ChainTip {
	readonly seq: number;
	readonly hash: Hash;
}

export function acceptFrames(input: AcceptInput): Acceptance {
	const rules = readRules(input);
	const parked: { frame: Frame; reason: ParkReason }[] = [];
	const ofBook = input.frames.filter((frame) => frame.header.book === input.book);
	// The hash leaves the signature out: a copy with another signature must not stand in for the good one.
	const signed = uniqueByHash(
		ofBook.filter((frame) => {
			const reason = unsigned(frame, rules);
			if (reason) parked.push({ frame, reason });
			return reason === null;
		})
	);
	const grants = input.readGrants?.(signed, grantRules(rules, signed));
	const linked = linkedFrames(signed, grants?.anchors ?? new Set());
	const missing = new Set<Hash>();
	const accepted: AcceptedFrame[] = [];
	for (const frame of signed) {
		const isLinked = linked.has(frame.hash);
		if (!isLinked && frame.header.prev) missing.add(frame.header.prev);
		const judged = isLinked ? judge(frame, rules, linked) : 'gap';
		if (typeof judged === 'string') parked.push({ frame, reason: judged });
		else accepted.push(judged);
	}
	accepted.sort(byTimeThenPlace);
	return {
		accepted,
		parked,
		forked: forkedDevices(accepted),
		unknownEntries: accepted.reduce((sum, { batch }) => sum + batch.unknown, 0),
		chains: { tips: tipsOf(linked), missing },
		granted: grants?.stated.filter(({ entry }) => mayWrite('owner', input.kind, entry)) ?? [],
		grants: grants?.seen ?? []
	};
}

/** Who may hand over a book's entries is decided before the chains are known: a grant is where a reader's chains begin. */
function grantRules(rules: Rules, signed: readonly Frame[]): Parameters<ReadGrants>[1] {
	const linked = linkedFrames(signed, new Set());
	return {
		isOwners: (frame) => judgeSnapshot(frame, rules, linked) === 'snapshot',
		authorOf: (device) => rules.owners.get(device)?.identity
	};
}

/** A frame judged by itself, and where its device's chain now stands: `tip` is null when the frame is no link of one. */
export interface Next {
	readonly judged: AcceptedFrame | ParkReason;
	readonly tip: ChainTip | null;
}

/**
 * Judges frames one at a time, so that a save costs no more than itself. Null when the frame may change what was judged
 * before, or hangs on it: then all frames must be judged again. Given the chains of some frames, the outcome is the one
 * that judging them all together would give.
 */
export function nextJudge(input: AcceptRules): (frame: Frame, chains: Chains) => Next | null {
	const rules = readRules(input);
	return (frame, { tips, missing }) => {
		const { book, device, seq, prev } = frame.header;
		// A snapshot changes where the chains of its reader begin.
		if (book !== input.book || (frame.type === 'snapshot' && input.readGrants)) return null;
		const reason = unsigned(frame, rules);
		if (reason) return { judged: reason, tip: null };
		const tip = tips.get(device);
		const goesOn =
			tip === undefined ? seq === 1 && prev === null : tip !== null && prev === tip.hash && seq === tip.seq + 1;
		const author = rules.owners.get(device)?.identity;
		const isCut = input.chain.head.body.cuts.some(
			(cut) => cut.book === book && (cut.member === author || cut.heads.some((head) => head.hash === frame.hash))
		);
		if (!goesOn || isCut || missing.has(frame.hash)) return null;
		return { judged: judge(frame, rules, new Map()), tip: { seq, hash: frame.hash } };
	};
}

/** The rules, with what is looked up again and again looked up once. */
interface Rules {
	readonly input: AcceptRules;
	readonly owners: ReadonlyMap<DeviceId, DeviceOwner>;
	readonly writers: Map<string, readonly Role[] | 'unknown-epoch'>;
}

const readRules = (input: AcceptRules): Rules => ({
	input,
	owners: ownersOfDevices(input.identities),
	writers: new Map()
});

function unsigned(frame: Frame, { input, owners }: Rules): 'unknown-device' | 'bad-signature' | null {
	const owner = owners.get(frame.header.device);
	if (!owner) return 'unknown-device';
	return frame.header.circle === input.chain.circle && input.isSigned(frame, owner.sign) ? null : 'bad-signature';
}

/** The newest place of each device. */
function tipsOf(linked: ReadonlyMap<Hash, Frame>): Map<DeviceId, ChainTip | null> {
	const tips = new Map<DeviceId, ChainTip | null>();
	const last = new Map<DeviceId, number>();
	for (const { header, hash } of linked.values()) {
		const { device, seq } = header;
		const known = last.get(device) ?? 0;
		if (seq < known) continue;
		tips.set(device, seq === known ? null : { seq, hash });
		last.set(device, seq);
	}
	return tips;
}

function judge(frame: Frame, rules: Rules, linked: ReadonlyMap<Hash, Frame>): AcceptedFrame | ParkReason {
	const { input } = rules;
	if (frame.type === 'snapshot') return judgeSnapshot(frame, rules, linked);
	const standing = standingOf(frame, rules, linked);
	if (typeof standing === 'string') return standing;
	const batch = input.open(frame);
	if (!batch) return 'unreadable';
	// Within one epoch a role only grows, so the last that fits is the one the author has come to.
	const role = standing.roles.findLast((each) => batch.entries.every((entry) => mayWrite(each, input.kind, entry)));
	return role ? { frame, author: standing.author, role, batch } : 'wrong-kind';
}

/** Only an owner hands over what others wrote: nobody else's snapshot counts (MM9). */
function judgeSnapshot(frame: Frame, rules: Rules, linked: ReadonlyMap<Hash, Frame>): ParkReason {
	const standing = standingOf(frame, rules, linked);
	if (typeof standing === 'string') return standing;
	return standing.roles.includes('owner') ? 'snapshot' : 'wrong-kind';
}

function standingOf(
	frame: Frame,
	rules: Rules,
	linked: ReadonlyMap<Hash, Frame>
): { readonly author: IdentityId; readonly roles: readonly Role[] } | ParkReason {
	const owner = rules.owners.get(frame.header.device);
	if (!owner) return 'unknown-device';
	const author = owner.identity;
	const roles = writersOf(frame, owner, rules);
	if (roles === 'unknown-epoch') return roles;
	if (roles.length === 0) return 'no-right';
	if (isBeyondCut(frame, author, linked, rules.input.chain.head.body)) return 'beyond-cut';
	return { author, roles };
}

/** The roles in which the frame's author could write the book while it had the frame's epoch, in the records' order. */
function writersOf(
	{ header }: Frame,
	owner: DeviceOwner,
	{ input, writers }: Rules
): readonly Role[] | 'unknown-epoch' {
	const { book, epoch, suite, device } = header;
	const place = `${device} ${epoch} ${suite}`;
	const known = writers.get(place);
	if (known) return known;
	const during = input.chain.records.map((record) => record.body).filter((body) => bookOf(body, book)?.epoch === epoch);
	// A manifest that names a later place of the log than the device's removal no longer knows the device.
	const found =
		during.length === 0
			? ('unknown-epoch' as const)
			: during
					.filter((body) => body.suiteMin <= suite)
					.flatMap((body) => memberOf(body, owner.identity) ?? [])
					.filter((member) => accessOf(member, book) === 'w' && member.idHead.n < owner.removedAt)
					.map((member) => member.role);
	writers.set(place, found);
	return found;
}

/** What a role may state, and in the book it belongs to: sharing a book is sharing one measure, not whatever calls itself so. */
function mayWrite(role: Role, kind: BookKind, entry: Entry): boolean {
	if (grantable(role, kind) !== 'w' || !mayWriteKind(role, kind, entry.kind)) return false;
	const isMeasured = entry.kind === 'obs.add' || entry.kind === 'obs.amend';
	return !isMeasured || !isMeasureKind(kind) || entry.measure === kind;
}

/**
 * A frame of an epoch up to a cut's counts only when it is the cut's head or an ancestor of it. The first cut after the
 * frame decides: a later one is about what was written since, so that nothing one cut kept is lost by the next.
 */
function isBeyondCut(frame: Frame, author: IdentityId, linked: ReadonlyMap<Hash, Frame>, manifest: Manifest): boolean {
	const { book, epoch, device, seq } = frame.header;
	const headIn = (cut: Cut) => cut.heads.find((head) => head.device === device);
	const covering = manifest.cuts.filter(
		(cut) =>
			cut.member === author && cut.book === book && epoch <= cut.epoch && (!cut.listedOnly || headIn(cut) !== undefined)
	);
	const first = Math.min(...covering.map((cut) => cut.epoch));
	return covering
		.filter((cut) => cut.epoch === first)
		.some((cut) => {
			const head = headIn(cut);
			if (!head || head.hash === null || seq > head.seq) return true;
			// While the head itself is withheld, its place in the sequence decides; it can hide nothing that came before.
			return linked.has(head.hash) && !isAncestor(frame, head.hash, linked);
		});
}

function isAncestor(frame: Frame, of: Hash, linked: ReadonlyMap<Hash, Frame>): boolean {
	let at = linked.get(of);
	while (at && at.header.seq > frame.header.seq) at = at.header.prev ? linked.get(at.header.prev) : undefined;
	return at?.hash === frame.hash;
}

/** Frames whose chain back to sequence 1, or to an anchor, is complete. Both branches of a fork are linked. */
function linkedFrames(frames: readonly Frame[], anchors: ReadonlySet<Hash>): ReadonlyMap<Hash, Frame> {
	const linked = new Map<Hash, Frame>();
	for (const frame of [...frames].sort((a, b) => a.header.seq - b.header.seq)) {
		const { seq, prev, device } = frame.header;
		const before = prev === null ? undefined : linked.get(prev);
		const starts = seq === 1 ? prev === null : prev !== null && anchors.has(prev);
		if (starts || (before && before.header.device === device && before.header.seq === seq - 1))
			linked.set(frame.hash, frame);
	}
	return linked;
}

/** A frame sealed again with the same entries is the same frame, not a fork (F6). */
function forkedDevices(accepted: readonly AcceptedFrame[]): DeviceId[] {
	const contentAt = new Map<string, string>();
	const forked = new Set<DeviceId>();
	for (const { frame, batch } of accepted) {
		const place = `${frame.header.device} ${frame.header.seq}`;
		const content = entryIds(batch.entries);
		if ((contentAt.get(place) ?? content) !== content) forked.add(frame.header.device);
		contentAt.set(place, content);
	}
	return [...forked].sort();
}

const entryIds = (entries: readonly Entry[]): string => entries.map((entry) => entry.id).join(' ');

interface DeviceOwner {
	readonly identity: IdentityId;
	readonly sign: Uint8Array;
	/** Place in the identity's log that took the device out; infinite while it stands. */
	readonly removedAt: number;
}

const ownersOfDevices = (identities: readonly Identity[]): ReadonlyMap<DeviceId, DeviceOwner> =>
	new Map(
		identities.flatMap((identity) =>
			[...identity.devices.values()]
				.filter((device) => device.confirmed)
				.map(
					(device) =>
						[device.id, { identity: identity.id, sign: device.sign, removedAt: device.removedAt ?? Infinity }] as const
				)
		)
	);

const uniqueByHash = (frames: readonly Frame[]): Frame[] => [
	...new Map(frames.map((frame) => [frame.hash, frame])).values()
];

function byTimeThenPlace(a: AcceptedFrame, b: AcceptedFrame): number {
	return (
		a.batch.lamport - b.batch.lamport ||
		compareText(a.frame.header.device, b.frame.header.device) ||
		a.frame.header.seq - b.frame.header.seq ||
		compareText(a.frame.hash, b.frame.hash)
	);
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
