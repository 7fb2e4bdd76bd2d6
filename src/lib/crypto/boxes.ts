/**
 * Public-key sealing in the age format (X25519 recipients). Keys are raw 32 bytes in every format of ours; age's bech32
 * strings exist only at this edge. The library is loaded when first needed: recording never waits for it.
 * Source: C2SP age v1.
 */
import { x25519 } from '@noble/curves/ed25519.js';
import { bech32 } from '@scure/base';
import type { RandomBytes } from './bytes';

export interface BoxKey {
	readonly secret: Uint8Array;
	readonly pub: Uint8Array;
}

export const createBoxKey = (random: RandomBytes): BoxKey => boxKeyOf(random(32));
export const boxKeyOf = (secret: Uint8Array): BoxKey => ({ secret, pub: x25519.getPublicKey(secret) });

/** False for the few points that make every shared secret the same: nothing may ever be sealed to them. */
export function isBoxKey(pub: Uint8Array): boolean {
	try {
		x25519.getSharedSecret(PROBE, pub);
		return true;
	} catch {
		return false;
	}
}
const PROBE = new Uint8Array(32).fill(1);

/** `age1…` for a raw public key, as the `age` command knows it. */
export const ageRecipient = (pub: Uint8Array): string => bech32.encodeFromBytes('age', pub);
/** `AGE-SECRET-KEY-1…` for a raw secret key. */
export const ageIdentity = (secret: Uint8Array): string =>
	bech32.encodeFromBytes('age-secret-key-', secret).toUpperCase();

/** Seals bytes so that only the holder of the recipient's secret key can open them. */
export async function sealTo(recipient: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array> {
	const { Encrypter } = await import('age-encryption');
	const encrypter = new Encrypter();
	encrypter.addRecipient(ageRecipient(recipient));
	return encrypter.encrypt(plaintext);
}

/** The plaintext, or null when it was not sealed to this key or was altered. */
export async function openWith(secret: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | null> {
	const { Decrypter } = await import('age-encryption');
	const decrypter = new Decrypter();
	decrypter.addIdentity(ageIdentity(secret));
	try {
		return await decrypter.decrypt(sealed);
	} catch {
		return null;
	}
}
