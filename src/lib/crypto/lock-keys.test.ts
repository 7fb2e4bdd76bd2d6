import { argon2id } from '@noble/hashes/argon2.js';
import { expect, test } from 'vitest';
import { toBase64url, utf8 } from './bytes';
import { PASSPHRASE_COST, passkeyKey, passphraseKey } from './lock-keys';

/** Cheap, for what does not depend on the cost. */
const cheap = (passphrase: string) => toBase64url(passphraseKey(passphrase, SALT, { memoryKiB: 64, passes: 1 }));
const SALT = utf8('sixteen bytes :)');

test('K1: Argon2id is the one of RFC 9106 and of the reference code', () => {
	const rfc = argon2id(new Uint8Array(32).fill(1), new Uint8Array(16).fill(2), {
		t: 3,
		m: 32,
		p: 4,
		dkLen: 32,
		key: new Uint8Array(8).fill(3),
		personalization: new Uint8Array(12).fill(4)
	});
	expect(Buffer.from(rfc).toString('hex')).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
	// phc-winner-argon2, src/test.c: version 0x13, t=2, m=2^8, p=1.
	const reference = argon2id('password', 'somesalt', { t: 2, m: 256, p: 1, dkLen: 32 });
	expect(Buffer.from(reference).toString('hex')).toBe(
		'9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe'
	);
});

test('the cost is 46 MiB and one pass', () => {
	expect(PASSPHRASE_COST).toEqual({ memoryKiB: 47_104, passes: 1 });
});

test('a passphrase is the same however the keyboard composes it and whatever space it leaves at the ends', () => {
	const typed = cheap('gröna båtar sjunger');
	expect(cheap('gröna båtar sjunger'.normalize('NFD'))).toBe(typed);
	expect(cheap('  gröna båtar sjunger\n')).toBe(typed);
	expect(cheap('Gröna båtar sjunger')).not.toBe(typed);
	expect(cheap('gröna  båtar sjunger')).not.toBe(typed);
});

test('a passkey’s key is not what the passkey gave, and each way has a label of its own', () => {
	const secret = new Uint8Array(32).fill(7);
	expect(toBase64url(passkeyKey(secret))).not.toBe(toBase64url(secret));
	expect(passkeyKey(secret)).toHaveLength(32);
});
