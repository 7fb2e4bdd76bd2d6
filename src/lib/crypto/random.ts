import type { RandomBytes } from './bytes';

/** So much of two outputs of a working generator is alike once in 2^128 times. */
const COMPARED_BYTES = 16;
/** What a generator that does nothing leaves. */
const NOTHING: Uint8Array = new Uint8Array(COMPARED_BYTES);
/** How the last output began. */
let last = NOTHING;

/**
 * So many bytes from the platform's generator. Throws when there is none and when it stands still (the continuous test of FIPS
 * 140-2, 4.9.2): no key is ever made from anything else.
 */
export const systemRandom: RandomBytes = (length) => {
	const bytes = globalThis.crypto.getRandomValues(new Uint8Array(length));
	if (length < COMPARED_BYTES) return bytes;
	const begins = bytes.slice(0, COMPARED_BYTES);
	const isLike = (other: Uint8Array) => begins.every((byte, at) => byte === other[at]);
	if (isLike(last) || isLike(NOTHING)) throw new Error('The random generator stands still');
	last = begins;
	return bytes;
};
