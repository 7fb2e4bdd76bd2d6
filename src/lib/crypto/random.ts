import type { RandomBytes } from './bytes';

/** The platform's generator. Throws when there is none: no key is ever made from anything else. */
export const systemRandom: RandomBytes = (length) => globalThis.crypto.getRandomValues(new Uint8Array(length));
