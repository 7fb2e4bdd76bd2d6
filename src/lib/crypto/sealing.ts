/**
 * XChaCha20-Poly1305, synchronous, so that sealing can happen inside an IndexedDB transaction (docs/protocol.md 1).
 * Nonces are random: 24 bytes leave no practical chance of a repeat.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { concat } from './bytes';

export const NONCE_LENGTH = 24;
export const TAG_LENGTH = 16;

export const seal = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array =>
	xchacha20poly1305(key, nonce, aad).encrypt(plaintext);

/** The plaintext, or null when key, nonce, associated data or bytes are not the ones that were sealed. */
export function open(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | null {
	if (sealed.length < TAG_LENGTH) return null;
	try {
		return xchacha20poly1305(key, nonce, aad).decrypt(sealed);
	} catch {
		return null;
	}
}

/** `nonce ‖ ciphertext` in one piece, for what is stored or embedded whole. */
export const sealBox = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array =>
	concat(nonce, seal(key, nonce, aad, plaintext));

/** Opens what `sealBox` made; null when it is not that. */
export const openBox = (key: Uint8Array, aad: Uint8Array, box: Uint8Array): Uint8Array | null =>
	box.length < NONCE_LENGTH + TAG_LENGTH
		? null
		: open(key, box.subarray(0, NONCE_LENGTH), aad, box.subarray(NONCE_LENGTH));
