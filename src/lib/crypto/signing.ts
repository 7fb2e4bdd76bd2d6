/**
 * Ed25519 under domain tags. Verification is strict (`zip215: false`) because every accept decision must come out the
 * same on every device (threat model S6).
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { concat, utf8, type RandomBytes } from './bytes';
import { labelledHash } from './hash';

/** One tag for each signed type; a signature of one kind is worthless as another (docs/protocol.md F2). */
export const signatureTags = {
	frame: 'hl/frame/1',
	identityRecord: 'hl/idlog/1',
	manifest: 'hl/manifest/1',
	unitCard: 'hl/card/1',
	acceptance: 'hl/accept/1',
	erasure: 'hl/erasure/1',
	archive: 'hl/archive/1',
	login: 'hl/login/1'
} as const;
export type SignatureTag = (typeof signatureTags)[keyof typeof signatureTags];

export const SIGNATURE_LENGTH = 64;

export interface SigningKey {
	/** 32-byte Ed25519 seed. */
	readonly secret: Uint8Array;
	/** 32-byte public key. */
	readonly pub: Uint8Array;
}

export function createSigningKey(random: RandomBytes): SigningKey {
	return signingKeyOf(random(32));
}

export const signingKeyOf = (secret: Uint8Array): SigningKey => ({ secret, pub: ed25519.getPublicKey(secret) });

export const sign = (tag: SignatureTag, bytes: Uint8Array, secret: Uint8Array): Uint8Array =>
	ed25519.sign(concat(utf8(tag), bytes), secret);

/** True only for a canonical signature by `pub` over these bytes under this tag. Never throws. */
export function verify(tag: SignatureTag, bytes: Uint8Array, signature: Uint8Array, pub: Uint8Array): boolean {
	if (signature.length !== SIGNATURE_LENGTH || pub.length !== 32) return false;
	try {
		return ed25519.verify(signature, concat(utf8(tag), bytes), pub, { zip215: false });
	} catch {
		return false;
	}
}

/** deviceId = first 16 bytes of SHA-256("hl/dev/1" ‖ public key): nobody can assign a device another's id. */
export const deviceIdOf = (pub: Uint8Array): Uint8Array => labelledHash('hl/dev/1', pub).slice(0, 16);
