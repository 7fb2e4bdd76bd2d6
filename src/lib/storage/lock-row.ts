/**
 * The app lock as it lies in the keyring: the local master key, sealed once for each way that opens it (docs/protocol.md 15).
 * The row is read before anything is unlocked and by whoever has the disk, so it is parsed as if a stranger had written it:
 * it can ask for no more memory than ours, and a way that does not parse takes no other with it.
 */
import * as z from 'zod/mini';
import { fromBase64url, toBase64url, utf8, type RandomBytes } from '$lib/crypto/bytes';
import type { PassphraseCost } from '$lib/crypto/lock-keys';
import { NONCE_LENGTH, openBox, sealBox, TAG_LENGTH } from '$lib/crypto/sealing';
import { must } from '$lib/domain/assert';
import { parseJson } from '$lib/protocol/json';
import type { KeyRow } from './database';
import { LOCK_ROW } from './keyring';

const MASTER_KEY_LENGTH = 32;
const MAX_ROW_BYTES = 32 * 1024;
const MAX_WAYS = 8;
/** Least and most a passphrase may cost: OWASP's least memory, and what a phone with 1 GB can spare. */
const MEMORY_KIB = { least: 19 * 1024, most: 64 * 1024 };
const MOST_PASSES = 4;
/** WebAuthn's most, in bytes. */
const MAX_CREDENTIAL = 1023;

const bytesText = (least: number, most = least) =>
	z.string().check(
		z.maxLength(Math.ceil((most * 4) / 3)),
		z.refine((text) => {
			const length = fromBase64url(text)?.length ?? -1;
			return length >= least && length <= most;
		}, `expected ${least} to ${most} bytes of base64url`)
	);
const sealedKey = bytesText(NONCE_LENGTH + MASTER_KEY_LENGTH + TAG_LENGTH);

export const passphraseWrapSchema = z.strictObject({
	kind: z.literal('passphrase'),
	kdf: z.literal('argon2id'),
	salt: bytesText(16),
	memoryKiB: z.int().check(z.minimum(MEMORY_KIB.least), z.maximum(MEMORY_KIB.most)),
	passes: z.int().check(z.minimum(1), z.maximum(MOST_PASSES)),
	lanes: z.literal(1),
	sealed: sealedKey
});

export const passkeyWrapSchema = z.strictObject({
	kind: z.literal('passkey'),
	credential: bytesText(1, MAX_CREDENTIAL),
	/** Input of the PRF extension. */
	salt: bytesText(32),
	/** When it was added, in milliseconds. */
	at: z.int().check(z.minimum(0)),
	sealed: sealedKey
});

const wrapSchema = z.discriminatedUnion('kind', [passphraseWrapSchema, passkeyWrapSchema]);
type Wrap = z.infer<typeof wrapSchema>;

export const lockRowSchema = z.strictObject({
	v: z.literal(1),
	/** Names the master key inside; the same as in `meta`. */
	id: bytesText(16),
	/** Each parsed by itself. */
	wraps: z.array(z.unknown()).check(z.maxLength(MAX_WAYS))
});

export interface Lock {
	readonly id: string;
	readonly wraps: readonly Wrap[];
}

/** A way in, as anybody may know it; no key. */
export type LockWay =
	| ({ readonly kind: 'passphrase'; readonly salt: Uint8Array } & PassphraseCost)
	| { readonly kind: 'passkey'; readonly credential: Uint8Array; readonly salt: Uint8Array; readonly at: number };

/** A way in with the key it gives. */
export type OpenWay = LockWay & { readonly key: Uint8Array };

/** Null when the row is none, or holds no way that can be tried. */
export function parseLock(row: KeyRow): Lock | null {
	const lock = row.bytes.length <= MAX_ROW_BYTES ? parseJson(lockRowSchema, row.bytes) : null;
	if (!lock) return null;
	const wraps = lock.wraps.flatMap((each) => {
		const wrap = wrapSchema.safeParse(each);
		return wrap.success ? [wrap.data] : [];
	});
	return wraps.length > 0 ? { id: lock.id, wraps } : null;
}

export const lockToRow = ({ id, wraps }: Lock): KeyRow => ({
	id: LOCK_ROW,
	bytes: utf8(JSON.stringify({ v: 1, id, wraps }))
});

/** Seals the master key for one way. Bound to the lock it stands in: a way of an earlier lock opens nothing. */
export function wrapFor(lockId: string, way: OpenWay, masterKey: Uint8Array, random: RandomBytes): Wrap {
	const sealed = toBase64url(sealBox(way.key, random(NONCE_LENGTH), aadOf(lockId, way.kind), masterKey));
	const salt = toBase64url(way.salt);
	return way.kind === 'passphrase'
		? { kind: 'passphrase', kdf: 'argon2id', salt, memoryKiB: way.memoryKiB, passes: way.passes, lanes: 1, sealed }
		: { kind: 'passkey', credential: toBase64url(way.credential), salt, at: way.at, sealed };
}

/** The master key, or null when this key opens no way of its kind. */
export function unwrap(lock: Lock, kind: LockWay['kind'], key: Uint8Array): Uint8Array | null {
	for (const wrap of lock.wraps) {
		const opened = wrap.kind === kind ? openBox(key, aadOf(lock.id, kind), bytesOf(wrap.sealed)) : null;
		if (opened) return opened;
	}
	return null;
}

export const wayOf = (wrap: Wrap): LockWay =>
	wrap.kind === 'passphrase'
		? { kind: 'passphrase', salt: bytesOf(wrap.salt), memoryKiB: wrap.memoryKiB, passes: wrap.passes }
		: { kind: 'passkey', credential: bytesOf(wrap.credential), salt: bytesOf(wrap.salt), at: wrap.at };

/** Whether a wrap is this way's. There is one passphrase; a passkey is told by its credential. */
export const isOfWay = (wrap: Wrap, way: LockWay): boolean =>
	way.kind === 'passphrase'
		? wrap.kind === 'passphrase'
		: wrap.kind === 'passkey' && wrap.credential === toBase64url(way.credential);

const aadOf = (lockId: string, kind: LockWay['kind']): Uint8Array => utf8(`hl/lock/1/${kind}/${lockId}`);
const bytesOf = (text: string): Uint8Array => must(fromBase64url(text), 'a parsed wrap is base64url');
