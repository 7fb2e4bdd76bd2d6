/**
 * The keys an app lock's ways give (docs/protocol.md 15): a passphrase by Argon2id, a passkey by its PRF extension. Each opens
 * the local master key and nothing else. Source: RFC 9106; OWASP Password Storage Cheat Sheet; WebAuthn Level 3, 10.1.4.
 */
import { argon2id } from '@noble/hashes/argon2.js';
import { utf8 } from './bytes';
import { deriveKey } from './hash';

/** What a passphrase costs to try. */
export interface PassphraseCost {
	readonly memoryKiB: number;
	readonly passes: number;
}

/** OWASP's least of one pass: 46 MiB, which an old phone has. Who wants more chooses more words. */
export const PASSPHRASE_COST: PassphraseCost = { memoryKiB: 46 * 1024, passes: 1 };

const KEY_LENGTH = 32;

/**
 * The key of a passphrase. Takes a second or more of the thread it runs in: never the screen's. However the keyboard composes
 * letters, and whatever space it leaves at the ends, the passphrase is the same.
 */
export function passphraseKey(passphrase: string, salt: Uint8Array, { memoryKiB, passes }: PassphraseCost): Uint8Array {
	const typed = utf8(passphrase.normalize('NFC').trim());
	const stretched = argon2id(typed, salt, { m: memoryKiB, t: passes, p: 1, dkLen: KEY_LENGTH });
	return deriveKey(stretched, 'hl/lock/passphrase/1');
}

/** The key of a passkey, of what its PRF extension gave. */
export const passkeyKey = (prf: Uint8Array): Uint8Array => deriveKey(prf, 'hl/lock/passkey/1');
