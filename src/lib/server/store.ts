/**
 * What the relay must be able to keep, in the words of the protocol. Two implementations stand behind it (SQLite and
 * PostgreSQL) and one contract suite judges both (tests/contract/relay-store.test.ts).
 *
 * Every write is one transaction: it is durable and whole when its promise resolves, and nothing is left when it answers
 * an error. A store that cannot be reached rejects with `StoreUnavailable`; everything a caller can run into is a Result.
 */
import type { CircleHead } from '$lib/protocol/api/heads';
import type { PullRange, PushResult } from '$lib/protocol/api/frames';
import type { RecoveryFile } from '$lib/protocol/api/recovery';
import type { Envelope } from '$lib/protocol/envelope';
import type { Frame } from '$lib/protocol/frame';
import type { Identity } from '$lib/protocol/identity-log';
import type { BookId, CircleId, DeviceId, Hash, IdentityId } from '$lib/protocol/ids';
import type { SignedManifest } from '$lib/protocol/manifest';
import type { Access, Role } from '$lib/domain/rights';
import type { Result } from '$lib/domain/result';

/** The store did not answer, also after retries, or its disk is full. Nothing was stored; the request may be sent again. */
export class StoreUnavailable extends Error {
	override readonly name = 'StoreUnavailable';
	constructor(
		readonly reason: 'unreachable' | 'full',
		cause: unknown
	) {
		super(`store ${reason}`, { cause });
	}
}

export interface Caller {
	readonly identity: IdentityId;
	readonly device: DeviceId;
}

/** Something moved after a commit, in this process or another over the same database. */
export type Change =
	/** `readers` may see what moved. */
	| { readonly type: 'circle'; readonly circle: CircleId; readonly readers: readonly IdentityId[] }
	/** Its devices, or its logins, are others than before. */
	| { readonly type: 'identity'; readonly identity: IdentityId };

export interface RelayStore
	extends IdentityStore, LoginStore, CircleStore, FrameStore, CodeStore, InvitationStore, PairingStore {
	/** Resolves when the database answers. */
	ping(): Promise<void>;
	/** 16 bytes, base64url; changes when the database was restored from a backup (R9). */
	incarnation(): Promise<string>;
	/**
	 * Calls `listener` after every commit that moved something, until the returned function is called. `watched` names the
	 * identities somebody listens for; it is asked only where other processes' changes must be polled for.
	 */
	watch(listener: (change: Change) => void, watched: () => Iterable<IdentityId>): () => void;
	/** Removes what has run out: challenges, tokens, enrolments, and everything of the demo space made before `demoBefore`. */
	sweep(at: { readonly now: number; readonly demoBefore: number }): Promise<void>;
	/** Sets a new incarnation, and erases again every circle and identity that was erased before. */
	markRestored(incarnation: string): Promise<void>;
	close(): Promise<void>;
}

export interface IdentityStore {
	/** The log's records, oldest first; empty when the identity is unknown. */
	identityLog(id: IdentityId): Promise<readonly Uint8Array[]>;
	/**
	 * Keeps a new identity. With `enrolment` (hash of a one-time token) the token is used up in the same transaction:
	 * `already-used` unless this very identity used it, `expired` after its time, `not-found` when it never was.
	 * An identity that is there already is left as it is; one that was erased is `expired`.
	 */
	registerIdentity(input: {
		readonly identity: Identity;
		readonly record: Uint8Array;
		readonly enrolment: Hash | null;
		readonly now: number;
	}): Promise<Result<void, CodeError>>;
	/**
	 * Erases an identity: its log, devices, logins and recovery files; it leaves every circle it is a member of. Its id is
	 * remembered, so that nothing brings it back. `conflict` while it is the owner of a circle; one that is gone is no error.
	 */
	eraseIdentity(id: IdentityId, now: number): Promise<Result<void, 'conflict'>>;
	/**
	 * Adds one record when the head is still `previous`; tokens of devices it removes die with it. `conflict` when the log
	 * has moved on; a record that is the head already is no conflict.
	 */
	appendIdentityRecord(input: {
		readonly identity: Identity;
		readonly previous: Hash;
		readonly record: Uint8Array;
	}): Promise<Result<void, 'conflict'>>;
}

export type CodeError = 'not-found' | 'already-used' | 'expired';

export interface LoginStore {
	/** The signing key of an active device; null for anything else. */
	deviceKey(caller: Caller): Promise<Uint8Array | null>;
	saveChallenge(challenge: { readonly nonce: string; readonly caller: Caller; readonly exp: number }): Promise<void>;
	/** True exactly once for a challenge that was saved for this device and has not run out. */
	takeChallenge(challenge: { readonly nonce: string; readonly caller: Caller; readonly now: number }): Promise<boolean>;
	saveToken(token: { readonly hash: Hash; readonly caller: Caller; readonly exp: number }): Promise<void>;
	/** Whose token it is while it and the device live. */
	findToken(hash: Hash, now: number): Promise<{ readonly caller: Caller; readonly exp: number } | null>;
}

export interface CircleQuota {
	readonly bytes: number;
	readonly frames: number;
}

export type ManifestRefusal = 'conflict' | 'erased' | 'full';

export interface CircleStore {
	headManifest(circle: CircleId): Promise<Uint8Array | null>;
	/** The member's role at the head; null for a stranger, a member who left, or an unknown circle. */
	roleIn(circle: CircleId, identity: IdentityId): Promise<Role | null>;
	/** Records from number `from` on, oldest first, at least one and then as many as fit in `maxBytes`. */
	manifestsFrom(circle: CircleId, from: number, maxBytes: number): Promise<readonly Uint8Array[]>;
	/**
	 * Adds verified records after the head `expected` (null: the circle begins), and envelopes, as one. Members, rights and
	 * epochs follow the last record; tokens of members it removes die with it. `conflict` when the head is another,
	 * unless it is that last record already; `erased` for a deleted circle; `full` over the quota.
	 */
	storeManifests(input: {
		readonly expected: Hash | null;
		readonly manifests: readonly SignedManifest[];
		readonly envelopes: readonly Envelope[];
		readonly quota: CircleQuota;
		/** Most circles of the demo space at once. */
		readonly demoCircles: number;
		readonly now: number;
	}): Promise<Result<void, ManifestRefusal>>;
	/** Adds rows to those there are; equal rows count once. `conflict` when the head is no longer `expected`. */
	addEnvelopes(input: {
		readonly circle: CircleId;
		readonly expected: Hash;
		readonly envelopes: readonly Envelope[];
		readonly quota: CircleQuota;
	}): Promise<Result<void, 'conflict' | 'full'>>;
	/** One member's rows, in the order they came. */
	envelopesFor(circle: CircleId, member: IdentityId): Promise<readonly Envelope[]>;
	/** Takes a member's access away until a manifest has left them out. */
	leaveCircle(circle: CircleId, identity: IdentityId): Promise<void>;
	/** Keeps the owner's signed word that the circle is erased; a newer one takes its place. */
	saveErasure(erasure: { readonly circle: CircleId; readonly record: Uint8Array; readonly now: number }): Promise<void>;
	/** That word, once the circle is erased; null before that, and where there is none. */
	erasureOf(circle: CircleId): Promise<Uint8Array | null>;
	/** Deletes everything of a circle; its id is remembered, so that nothing brings it back. */
	eraseCircle(circle: CircleId, now: number): Promise<void>;
}

/** A frame whose signature has been verified as this author's. */
export interface AuthoredFrame {
	readonly frame: Frame;
	readonly author: IdentityId;
}

export type PushRefusal = { readonly type: 'not-found' } | { readonly type: 'full' } | OutOfStep;

/** The frame does not follow what is stored. */
export interface OutOfStep {
	readonly type: 'conflict' | 'stale-epoch';
	/** The frame that was refused. */
	readonly at: Omit<PushResult, 'pos'>;
	/** What is stored at that place; null for a gap. */
	readonly hash: Hash | null;
	/** The device's newest stored frame in that book. */
	readonly head: { readonly seq: number; readonly hash: Hash } | null;
}

export interface FrameStore {
	/** Members of the circle that have this device active, with its key. */
	authorsOf(
		circle: CircleId,
		device: DeviceId
	): Promise<readonly { readonly identity: IdentityId; readonly sign: Uint8Array }[]>;
	/** Every identity that has or had this device, with its key: whoever signed what a restored relay has lost. */
	holdersOf(device: DeviceId): ReturnType<FrameStore['authorsOf']>;
	/**
	 * Stores all frames or none (R1, R2): positions are given under the circle's lock, repeats answer the position they
	 * have. The caller must read the book, the author must write it with an active device at the head's epoch, and each
	 * frame must follow its device's newest one. `isReturn`: the frames were here before, and the caller runs the circle or
	 * wrote them; then passed epochs, removed devices and members who are out are no obstacle (docs/protocol.md 11).
	 */
	push(input: {
		readonly caller: Caller;
		readonly isReturn?: boolean;
		readonly frames: readonly AuthoredFrame[];
		readonly quotas: Readonly<Record<'real' | 'demo', CircleQuota>>;
	}): Promise<Result<readonly PushResult[], PushRefusal>>;
	/** Books of these circles that the identity reads, with its access. */
	readableBooks(identity: IdentityId, circles: readonly CircleId[]): Promise<readonly ReadableBook[]>;
	/** Frames after a position in order, at most `limit`. Rights are the caller's to check. */
	framesAfter(range: PullRange, limit: number): Promise<readonly Uint8Array[]>;
	/** Where every readable book of every circle of the identity stands, circles and books in order of their ids. */
	headsOf(identity: IdentityId): Promise<readonly CircleHead[]>;
}

export interface ReadableBook {
	readonly circle: CircleId;
	readonly book: BookId;
	readonly access: Access;
}

export interface CodeStore {
	saveEnrolment(enrolment: { readonly hash: Hash; readonly exp: number }): Promise<void>;
	/** Marks an invitation as used for a circle: false when it was used for another. */
	acceptInvite(invite: { readonly id: Hash; readonly circle: CircleId; readonly now: number }): Promise<boolean>;
	/** Adds a file. `conflict` when that place holds another; `not-found` when the store is another identity's; `full`. */
	addRecoveryFile(input: {
		readonly id: string;
		readonly owner: IdentityId;
		readonly file: RecoveryFile;
		readonly maxFiles: number;
	}): Promise<Result<void, 'conflict' | 'not-found' | 'full'>>;
	recoveryFiles(id: string): Promise<readonly RecoveryFile[]>;
}

export interface StoredInvitation {
	readonly circle: CircleId;
	readonly pub: string;
	readonly exp: number;
	readonly ct: Uint8Array;
	readonly answer: { readonly by: IdentityId; readonly acceptance: Uint8Array } | null;
}

export interface InvitationStore {
	/** Keeps a card; the same again is left as it is. `conflict` when the place holds another; `full` over the quota. */
	saveInvitation(
		input: Omit<StoredInvitation, 'answer'> & { readonly id: Hash; readonly quota: CircleQuota }
	): Promise<Result<void, 'conflict' | 'full'>>;
	invitation(id: Hash): Promise<StoredInvitation | null>;
	/** Keeps the first answer, and tells those who may change the circle. `already-used` when somebody else has answered. */
	answerInvitation(input: {
		readonly id: Hash;
		readonly by: IdentityId;
		readonly acceptance: Uint8Array;
	}): Promise<Result<void, 'already-used' | 'not-found'>>;
	/** Every answer that has come to a circle. */
	answersTo(circle: CircleId): Promise<readonly { readonly pub: string; readonly acceptance: Uint8Array }[]>;
}

export interface PairingStore {
	/**
	 * Keeps a note in its place, once: the same again is left as it is, another is `already-used`. `not-found` where the place
	 * before it is empty or the mailbox has run out; `full` when more than `most` mailboxes would be open. All of a mailbox
	 * runs out when its first note does.
	 */
	putPairingNote(input: {
		readonly id: Hash;
		readonly step: number;
		readonly ct: Uint8Array;
		readonly now: number;
		readonly exp: number;
		readonly most: number;
	}): Promise<Result<void, 'already-used' | 'not-found' | 'full'>>;
	/** The notes of a mailbox that has not run out, in order of their places. */
	pairingNotes(id: Hash, now: number): Promise<readonly Uint8Array[]>;
}
