/**
 * The relay's tables, the same in SQLite and PostgreSQL. Ids and hashes are base64url text as on the wire; only `frames`,
 * where every byte counts, keeps them raw. The first key is the circle's or the identity's id, so that a distributed
 * database can shard; the exceptions are looked up by an unguessable code and nothing else.
 */
import type { Access, Role } from '$lib/domain/rights';

export interface Schema {
	/** `incarnation`. */
	meta: { key: string; value: string };
	migrations: { id: number };

	identities: { identity: string; space: Space; n: number; head: string; created: number };
	identity_records: { identity: string; n: number; record: Uint8Array };
	/** Derived from the log. `removed` is 1 from the device's removal on. */
	devices: { identity: string; device: string; sign: Uint8Array; removed: 0 | 1 };
	/** Derived from head manifests: which circles an identity is in. */
	memberships: { identity: string; circle: string };

	/** `frames` and `bytes` are what the quota counts; `version` rises with every change (R10). This row is the circle's lock. */
	circles: {
		circle: string;
		space: Space;
		n: number;
		head: string;
		frames: number;
		bytes: number;
		version: number;
		created: number;
	};
	manifests: { circle: string; n: number; record: Uint8Array };
	/** Derived from the head manifest. `has_left` is 1 between a member's leaving and the manifest that says so. */
	members: { circle: string; identity: string; role: Role; has_left: 0 | 1 };
	rights: { circle: string; identity: string; book: string; access: Access };
	books: { circle: string; book: string; epoch: number; pos: number; run: Uint8Array };
	frames: {
		circle: Uint8Array;
		book: Uint8Array;
		pos: number;
		device: Uint8Array;
		seq: number;
		hash: Uint8Array;
		bytes: Uint8Array;
	};
	envelopes: {
		circle: string;
		member: string;
		ct_hash: string;
		row: number;
		gen: number;
		books: string;
		ct: Uint8Array;
	};
	/** Circles that were deleted; survives a restore (R9). */
	tombstones: { circle: string; at: number };
	/** Identities that were deleted; survives a restore. */
	identity_tombstones: { identity: string; at: number };
	/** The owner's signed word that a circle is erased, for those who were in it. */
	erasures: { circle: string; record: Uint8Array; at: number };

	/* Looked up by a code. Secrets are stored as hashes. */
	challenges: { nonce: string; identity: string; device: string; exp: number };
	tokens: { hash: string; identity: string; device: string; exp: number };
	enrolments: { hash: string; exp: number; used_by: string | null };
	invite_uses: { id: string; circle: string; at: number };
	invitations: {
		id: string;
		circle: string;
		pub: string;
		exp: number;
		ct: Uint8Array;
		answered_by: string | null;
		acceptance: Uint8Array | null;
	};
	/** Notes between two devices of one person; `step` is the place in the mailbox. */
	pairings: { id: string; step: number; ct: Uint8Array; exp: number };
	recovery_files: { id: string; kind: 'root' | 'box'; gen: number; owner: string; ct: Uint8Array };
}

export type Space = 'real' | 'demo';
