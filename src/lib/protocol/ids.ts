/**
 * Identifiers on the wire: unpadded base64url text of fixed-length bytes. Ids are hashes of keys or random; they say
 * nothing about a person (docs/protocol.md 2).
 */
import * as z from 'zod/mini';
import { fromBase64url, toBase64url, type RandomBytes } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';

const bytesAsText = (length: number) =>
	z.string().check(
		z.regex(/^[A-Za-z0-9_-]+$/),
		z.refine((text) => fromBase64url(text)?.length === length, `expected ${length} bytes of base64url`)
	);

export const deviceIdSchema = bytesAsText(16).brand<'DeviceId'>();
export type DeviceId = z.infer<typeof deviceIdSchema>;
/** Hash of the identity's genesis record. */
export const identityIdSchema = bytesAsText(32).brand<'IdentityId'>();
export type IdentityId = z.infer<typeof identityIdSchema>;
export const circleIdSchema = bytesAsText(16).brand<'CircleId'>();
export type CircleId = z.infer<typeof circleIdSchema>;
export const bookIdSchema = bytesAsText(16).brand<'BookId'>();
export type BookId = z.infer<typeof bookIdSchema>;
export const entryIdSchema = bytesAsText(16).brand<'EntryId'>();
export type EntryId = z.infer<typeof entryIdSchema>;
/** SHA-256 of a frame or record, its signature left out. */
export const hashSchema = bytesAsText(32).brand<'Hash'>();
export type Hash = z.infer<typeof hashSchema>;
/** A 32-byte public key, Ed25519 or X25519. */
export const publicKeySchema = bytesAsText(32);
/** A 32-byte secret, only ever inside sealed bytes. */
export const secretKeySchema = bytesAsText(32);
/** Any bytes, e.g. a sealed blob inside a JSON body. */
export const blobSchema = (maxBytes: number) =>
	z.string().check(
		z.maxLength(Math.ceil((maxBytes * 4) / 3)),
		z.refine((text) => text === '' || fromBase64url(text) !== null, 'expected base64url')
	);

/** A fresh random id of 16 bytes. `B` is the brand its caller names: `newId<CircleId>(random)`. */
export const newId = <T extends string>(random: RandomBytes): T => toBase64url(random(16)) as T;
export const hashText = (hash: Uint8Array): Hash => toBase64url(hash) as Hash;
export const deviceIdText = (id: Uint8Array): DeviceId => toBase64url(id) as DeviceId;
/** The bytes behind an id, hash or key that a schema has already accepted. */
export const idBytes = (text: string): Uint8Array => must(fromBase64url(text), 'a parsed id is base64url');
