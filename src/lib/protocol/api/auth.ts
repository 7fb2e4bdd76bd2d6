/**
 * Login by device key: `POST auth/challenge`, sign, `POST auth/token`. The token travels in `Authorization: Bearer`,
 * never in a URL (docs/protocol.md R6).
 */
import * as z from 'zod/mini';
import { concat, utf8 } from '$lib/crypto/bytes';
import { sign, signatureTags, verify } from '$lib/crypto/signing';
import { blobSchema, deviceIdSchema, idBytes, identityIdSchema, publicKeySchema } from '../ids';

export const challengeRequestSchema = z.strictObject({ identity: identityIdSchema, device: deviceIdSchema });
export const challengeResponseSchema = z.strictObject({ nonce: publicKeySchema });
export const tokenRequestSchema = z.strictObject({
	identity: identityIdSchema,
	device: deviceIdSchema,
	nonce: publicKeySchema,
	signature: blobSchema(64)
});
export const tokenResponseSchema = z.strictObject({ token: z.string().check(z.maxLength(64)), exp: z.int() });

/** What a device signs to log in: bound to the origin, so that one relay cannot log in at another. */
const loginBytes = (origin: string, nonce: string, identity: string, device: string): Uint8Array =>
	concat(utf8(origin), new Uint8Array([0]), idBytes(nonce), idBytes(identity), idBytes(device));

export const signLogin = (
	origin: string,
	nonce: string,
	identity: string,
	device: string,
	secret: Uint8Array
): Uint8Array => sign(signatureTags.login, loginBytes(origin, nonce, identity, device), secret);

export const verifyLogin = (
	signature: Uint8Array,
	origin: string,
	nonce: string,
	identity: string,
	device: string,
	pub: Uint8Array
): boolean => verify(signatureTags.login, loginBytes(origin, nonce, identity, device), signature, pub);
