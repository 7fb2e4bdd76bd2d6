/**
 * What the app seals, opened without a line of its own or its libraries': Node's cryptography, and HChaCha20 and the age format
 * as their documents write them. Sources: draft-irtf-cfrg-xchacha-03, C2SP age v1.
 */

import {
	createDecipheriv,
	createHash,
	createPrivateKey,
	createPublicKey,
	hkdfSync,
	type KeyObject,
	scryptSync,
	verify
} from 'node:crypto';

const TAG_LENGTH = 16;

export const sha256 = (...parts: readonly (Buffer | string)[]): Buffer =>
	parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

export const hkdf = (key: Buffer, use: string, salt: Buffer = Buffer.alloc(0)): Buffer =>
	Buffer.from(hkdfSync('sha256', key, salt, use, 32));

/** ChaCha20-Poly1305 with a nonce of 12 bytes; throws when the bytes are not what was sealed. */
function openChaCha(key: Buffer, nonce: Buffer, aad: Buffer, sealed: Buffer): Buffer {
	const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: TAG_LENGTH });
	decipher.setAAD(aad, { plaintextLength: sealed.length - TAG_LENGTH });
	decipher.setAuthTag(sealed.subarray(-TAG_LENGTH));
	return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_LENGTH)), decipher.final()]);
}

/** XChaCha20-Poly1305 over `nonce 24 ‖ ciphertext ‖ tag 16`. */
export function openXChaCha(key: Buffer, aad: Buffer, box: Buffer): Buffer {
	const nonce = Buffer.concat([Buffer.alloc(4), box.subarray(16, 24)]);
	return openChaCha(hChaCha20(key, box.subarray(0, 16)), nonce, aad, box.subarray(24));
}

const QUARTERS = [
	[0, 4, 8, 12],
	[1, 5, 9, 13],
	[2, 6, 10, 14],
	[3, 7, 11, 15],
	[0, 5, 10, 15],
	[1, 6, 11, 12],
	[2, 7, 8, 13],
	[3, 4, 9, 14]
] as const;

export function hChaCha20(key: Buffer, nonce: Buffer): Buffer {
	const state = new Uint32Array(16);
	const input = Buffer.concat([Buffer.from('expand 32-byte k'), key, nonce]);
	for (let i = 0; i < 16; i += 1) state[i] = input.readUInt32LE(i * 4);
	const at = (index: number): number => state[index] ?? 0;
	const mix = (to: number, from: number, into: number, bits: number): void => {
		state[to] = at(to) + at(from);
		const word = at(into) ^ at(to);
		state[into] = (word << bits) | (word >>> (32 - bits));
	};
	for (let round = 0; round < 10; round += 1)
		for (const [a, b, c, d] of QUARTERS) {
			mix(a, b, d, 16);
			mix(c, d, b, 12);
			mix(a, b, d, 8);
			mix(c, d, b, 7);
		}
	const out = Buffer.alloc(32);
	[0, 1, 2, 3, 12, 13, 14, 15].forEach((index, i) => out.writeUInt32LE(at(index), i * 4));
	return out;
}

/** The public half of a 32-byte Ed25519 secret. */
export const publicKeyOf = (secret: Buffer): KeyObject =>
	createPublicKey(
		createPrivateKey({
			key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), secret]),
			format: 'der',
			type: 'pkcs8'
		})
	);

/** Its 32 bytes. */
export const rawPublicKey = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(-32);

export const isSigned = (tag: string, bytes: Buffer, signature: Buffer, key: KeyObject): boolean =>
	verify(null, Buffer.concat([Buffer.from(tag), bytes]), key, signature);

/** The plaintext of an age file made to a passphrase. */
export function openAgeFile(passphrase: string, file: Buffer): Buffer {
	const header = file.subarray(0, file.indexOf('\n---') + 1).toString('latin1');
	const [, salt = '', logN = '', wrapped = ''] = /\n-> scrypt (\S+) (\d+)\n(\S+)\n/.exec(header) ?? [];
	const cost = { N: 2 ** Number(logN), r: 8, p: 1, maxmem: 2 ** 30 };
	const label = Buffer.from('age-encryption.org/v1/scrypt');
	const wrapKey = scryptSync(passphrase, Buffer.concat([label, Buffer.from(salt, 'base64')]), 32, cost);
	const fileKey = openChaCha(wrapKey, Buffer.alloc(12), Buffer.alloc(0), Buffer.from(wrapped, 'base64'));
	const body = file.subarray(file.indexOf('\n', header.length) + 1);
	return openStream(hkdf(fileKey, 'payload', body.subarray(0, 16)), body.subarray(16));
}

/** Chunks of 64 KiB, each under its number and a mark at the last. */
function openStream(key: Buffer, sealed: Buffer): Buffer {
	const chunk = 64 * 1024 + TAG_LENGTH;
	const count = Math.ceil(sealed.length / chunk);
	const parts = Array.from({ length: count }, (_, index) => {
		const nonce = Buffer.alloc(12);
		nonce.writeUInt32BE(index, 7);
		nonce[11] = index === count - 1 ? 1 : 0;
		return openChaCha(key, nonce, Buffer.alloc(0), sealed.subarray(index * chunk, (index + 1) * chunk));
	});
	return Buffer.concat(parts);
}
