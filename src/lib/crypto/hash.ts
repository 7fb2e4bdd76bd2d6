/** SHA-256, HKDF and HMAC, each use under a label of its own. Source: RFC 5869, FIPS 180-4; noble. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { concat, utf8 } from './bytes';

export const sha256 = (bytes: Uint8Array): Uint8Array => nobleSha256(bytes);

/** SHA-256 over a label and bytes: ids and hashes of one kind can never be taken for another's. */
export const labelledHash = (label: string, bytes: Uint8Array): Uint8Array => sha256(concat(utf8(label), bytes));

/** A 32-byte subkey of `key` for one named use. */
export const deriveKey = (key: Uint8Array, use: string, length = 32): Uint8Array =>
	hkdf(nobleSha256, key, undefined, utf8(use), length);

export const mac = (key: Uint8Array, bytes: Uint8Array): Uint8Array => hmac(nobleSha256, key, bytes);
