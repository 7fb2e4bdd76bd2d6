/**
 * A frame: a sealed, signed batch of entries, stored and sent as the same bytes.
 *
 *     "HL1" | type u8 | headerLen u16 | header JSON | nonce 24 | ciphertext | signature 64
 *
 * Everything before the nonce is the AEAD's associated data; everything before the signature is signed and hashed
 * (docs/protocol.md 6). Frozen: `formats.test.ts` pins this layout and the schemas.
 */
import * as z from 'zod/mini';
import { concat, equalBytes, readU16, u16, utf8 } from '$lib/crypto/bytes';
import { deriveKey, sha256 } from '$lib/crypto/hash';
import { pad, unpad } from '$lib/crypto/padding';
import { NONCE_LENGTH, TAG_LENGTH, open, seal } from '$lib/crypto/sealing';
import { SIGNATURE_LENGTH, sign, signatureTags, verify } from '$lib/crypto/signing';
import { assert } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import { bookIdSchema, circleIdSchema, deviceIdSchema, hashSchema, hashText, type Hash } from './ids';
import { parseJson } from './json';

/** Largest frame on the wire, bytes. */
export const MAX_FRAME_BYTES = 64 * 1024;
/** Most plaintext that always fits: 60 KiB padded, beside header, nonce, tag and signature. */
export const MAX_PLAINTEXT_BYTES = 60 * 1024 - 4;
/** The only cipher suite so far: XChaCha20-Poly1305, Ed25519, SHA-256, HKDF, age X25519. */
export const SUITE = 1;

export const frameTypes = { batch: 1, snapshot: 2 } as const;
export type FrameType = keyof typeof frameTypes;

const MAGIC = utf8('HL1');

export const frameHeaderSchema = z.strictObject({
	circle: circleIdSchema,
	book: bookIdSchema,
	epoch: z.int().check(z.minimum(1), z.maximum(1_000_000)),
	device: deviceIdSchema,
	/** 1, 2, 3 … for each device in each book. */
	seq: z.int().check(z.minimum(1), z.maximum(2 ** 31)),
	/** Hash of this device's previous frame in this book; null for its first. */
	prev: z.nullable(hashSchema),
	/** Hash of the newest manifest the writer knew. */
	manifest: hashSchema,
	suite: z.int().check(z.minimum(1), z.maximum(255))
});
export type FrameHeader = z.infer<typeof frameHeaderSchema>;

export interface Frame {
	readonly type: FrameType;
	readonly header: FrameHeader;
	readonly hash: Hash;
	readonly bytes: Uint8Array;
	/** Length of `magic … header`, the associated data. */
	readonly aadLength: number;
}

export type FrameError = { readonly type: 'too-large' } | { readonly type: 'malformed' };

/** What was derived from an epoch key, as long as that key is held: deriving costs more than opening a reading. */
const derivedKeys = new WeakMap<Uint8Array, Partial<Record<FrameType, Uint8Array>>>();

/** Key for one use, from a book's epoch key, which is never changed in place. A frame key never opens a snapshot. */
function frameKey(epochKey: Uint8Array, type: FrameType): Uint8Array {
	const known = derivedKeys.get(epochKey) ?? {};
	derivedKeys.set(epochKey, known);
	return (known[type] ??= deriveKey(epochKey, type === 'batch' ? 'hl/frame' : 'hl/snapshot'));
}

/** Seals, signs and hashes; synchronous. `plaintext` is unpadded, at most `MAX_PLAINTEXT_BYTES`: a larger frame could never be read again. */
export function sealFrame(input: {
	readonly type: FrameType;
	readonly header: FrameHeader;
	readonly plaintext: Uint8Array;
	readonly epochKey: Uint8Array;
	readonly signSecret: Uint8Array;
	readonly nonce: Uint8Array;
}): Frame {
	assert(input.plaintext.length <= MAX_PLAINTEXT_BYTES, 'a frame is kept below the size everyone reads');
	const header = utf8(JSON.stringify(input.header));
	const aad = concat(MAGIC, new Uint8Array([frameTypes[input.type]]), u16(header.length), header);
	const ciphertext = seal(frameKey(input.epochKey, input.type), input.nonce, aad, pad(input.plaintext));
	const signed = concat(aad, input.nonce, ciphertext);
	const signature = sign(signatureTags.frame, signed, input.signSecret);
	return {
		type: input.type,
		header: input.header,
		hash: hashText(sha256(signed)),
		bytes: concat(signed, signature),
		aadLength: aad.length
	};
}

/** Reads the outer form, which every suite shares. Neither signature nor content is checked yet; never throws. */
export function parseFrame(bytes: Uint8Array): Result<Frame, FrameError> {
	if (bytes.length > MAX_FRAME_BYTES) return err({ type: 'too-large' });
	const prefix = MAGIC.length + 3;
	if (bytes.length < prefix || !equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)) return err({ type: 'malformed' });
	const type = (Object.keys(frameTypes) as FrameType[]).find((name) => frameTypes[name] === bytes[MAGIC.length]);
	const aadLength = prefix + readU16(bytes, MAGIC.length + 1);
	if (!type || bytes.length < aadLength + NONCE_LENGTH + TAG_LENGTH + SIGNATURE_LENGTH)
		return err({ type: 'malformed' });
	const header = parseJson(frameHeaderSchema, bytes.subarray(prefix, aadLength));
	if (!header) return err({ type: 'malformed' });
	return ok({ type, header, hash: hashText(sha256(signedPart(bytes))), bytes, aadLength });
}

const signedPart = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length - SIGNATURE_LENGTH);

/** True when the frame was signed by the holder of `pub`. */
export const verifyFrame = (frame: Frame, pub: Uint8Array): boolean =>
	verify(signatureTags.frame, signedPart(frame.bytes), frame.bytes.subarray(-SIGNATURE_LENGTH), pub);

/** The unpadded plaintext, or null when the key or suite is another or the bytes were altered. */
export function openFrame(frame: Frame, epochKey: Uint8Array): Uint8Array | null {
	if (frame.header.suite !== SUITE) return null;
	const nonceEnd = frame.aadLength + NONCE_LENGTH;
	const padded = open(
		frameKey(epochKey, frame.type),
		frame.bytes.subarray(frame.aadLength, nonceEnd),
		frame.bytes.subarray(0, frame.aadLength),
		frame.bytes.subarray(nonceEnd, frame.bytes.length - SIGNATURE_LENGTH)
	);
	return padded && unpad(padded);
}
