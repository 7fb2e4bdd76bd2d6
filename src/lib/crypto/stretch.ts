/**
 * A passphrase made into a key: slow on purpose, so that whoever has the disk cannot try many. argon2id in JavaScript, so
 * that the content security policy need not allow WebAssembly. Source: RFC 9106; OWASP password storage (46 MiB, t = 1).
 */
import { argon2id } from '@noble/hashes/argon2.js';
import { utf8 } from './bytes';
import { composed } from './age-file';

/** KiB of memory, passes, lanes. */
export const STRETCH = { m: 46 * 1024, t: 1, p: 1 } as const;

/** 32 bytes. Takes a quarter of a second on a computer and a second on an old phone: never on the thread of the screen. */
export const stretchPassphrase = (passphrase: string, salt: Uint8Array): Uint8Array =>
	argon2id(utf8(composed(passphrase)), salt, { ...STRETCH, dkLen: 32 });
