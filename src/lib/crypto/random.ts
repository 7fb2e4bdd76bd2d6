import type { RandomBytes } from './bytes';

/** So much of two outputs of a working generator is alike once in 2^128 times. */
const COMPARED_BYTES = 16;

/**
 * So many bytes from the platform's generator. Throws when there is none, and when it stands still: a second output that begins
 * as this one (the idea of the continuous test of FIPS 140-2, 4.9.2; nothing of a key is kept to compare with). Every key the
 * app makes itself comes from here; those inside an age file come from the platform by way of that library.
 */
export const systemRandom: RandomBytes = (length) => {
	const bytes = globalThis.crypto.getRandomValues(new Uint8Array(length));
	if (length < COMPARED_BYTES) return bytes;
	const second = globalThis.crypto.getRandomValues(new Uint8Array(COMPARED_BYTES));
	if (second.every((byte, at) => byte === bytes[at])) throw new Error('The random generator stands still');
	return bytes;
};
