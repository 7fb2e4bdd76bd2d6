/**
 * The outer form of every signed record that is not a frame: identity log records, manifests, unit cards, acceptances, erasures,
 * archives.
 *
 *     "HLR" | type u8 | bodyLen u32 | body JSON | signature 64
 *
 * Signed and hashed exactly as sent: there is no canonical form to disagree about (docs/protocol.md F1, F2).
 */
import type * as z from 'zod/mini';
import { concat, equalBytes, readU32, u32, utf8 } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { SIGNATURE_LENGTH, sign, signatureTags, verify } from '$lib/crypto/signing';
import { hashText, type Hash } from './ids';
import { parseJson } from './json';

const MAGIC = utf8('HLR');
const PREFIX = MAGIC.length + 5;
/** Largest record, bytes. */
export const MAX_RECORD_BYTES = 256 * 1024;

const recordTypes = { identityRecord: 1, manifest: 2, unitCard: 3, acceptance: 4, erasure: 5, archive: 6 } as const;
export type RecordType = keyof typeof recordTypes;

export interface SignedRecord<T> {
	readonly body: T;
	/** SHA-256 of everything before the signature. */
	readonly hash: Hash;
	readonly bytes: Uint8Array;
}

export function signRecord<T>(type: RecordType, body: T, secret: Uint8Array): SignedRecord<T> {
	const json = utf8(JSON.stringify(body));
	const signed = concat(MAGIC, new Uint8Array([recordTypes[type]]), u32(json.length), json);
	return { body, hash: hashText(sha256(signed)), bytes: concat(signed, sign(signatureTags[type], signed, secret)) };
}

/** Reads the outer form and the body; the signature is checked with `verifyRecord` once the signer is known. */
export function parseRecord<T>(type: RecordType, schema: z.ZodMiniType<T>, bytes: Uint8Array): SignedRecord<T> | null {
	if (bytes.length > MAX_RECORD_BYTES || bytes.length < PREFIX + SIGNATURE_LENGTH) return null;
	if (!equalBytes(bytes.subarray(0, MAGIC.length), MAGIC) || bytes[MAGIC.length] !== recordTypes[type]) return null;
	const end = PREFIX + readU32(bytes, MAGIC.length + 1);
	if (end + SIGNATURE_LENGTH !== bytes.length) return null;
	const body = parseJson(schema, bytes.subarray(PREFIX, end));
	return body && { body, hash: hashText(sha256(bytes.subarray(0, end))), bytes };
}

/** True when this record was signed under its own type's tag by the holder of `pub`. */
export const verifyRecord = (type: RecordType, record: SignedRecord<unknown>, pub: Uint8Array): boolean =>
	verify(
		signatureTags[type],
		record.bytes.subarray(0, record.bytes.length - SIGNATURE_LENGTH),
		record.bytes.subarray(-SIGNATURE_LENGTH),
		pub
	);
