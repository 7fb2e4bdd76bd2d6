/** Signatures for tests that make thousands of worlds. Imports nothing that signs, because it stands in for it. */
import { concat, equalBytes, utf8 } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';

/** Keyed hashes in place of Ed25519, which is proved in its own tests: every rule about who signed what still holds. */
export const markedSigning = () => {
	const pubOf = (secret: Uint8Array) => sha256(concat(utf8('pub'), secret));
	const mark = (tag: string, bytes: Uint8Array, pub: Uint8Array) => {
		const hash = sha256(concat(utf8(tag), pub, bytes));
		return concat(hash, hash);
	};
	return {
		createSigningKey: (random: (length: number) => Uint8Array) => {
			const secret = random(32);
			return { secret, pub: pubOf(secret) };
		},
		sign: (tag: string, bytes: Uint8Array, secret: Uint8Array) => mark(tag, bytes, pubOf(secret)),
		verify: (tag: string, bytes: Uint8Array, signature: Uint8Array, pub: Uint8Array) =>
			equalBytes(mark(tag, bytes, pub), signature)
	};
};
