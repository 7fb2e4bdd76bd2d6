import {
	createDecipheriv,
	createHmac,
	createPrivateKey,
	createPublicKey,
	hkdfSync,
	sign as nodeSign,
	verify as nodeVerify
} from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { must } from '$lib/domain/assert';
import { seededRandom } from '../../../tests/support/people';
import { ageIdentity, ageRecipient, boxKeyOf, createBoxKey, isBoxKey, openWith, sealTo } from './boxes';
import { concat, equalBytes, fromBase64url, toBase64url, utf8 } from './bytes';
import { systemRandom } from './random';
import { BulkKey } from './bulk-sealing';
import { deriveKey, labelledHash, mac, sha256 } from './hash';
import { pad, padmeLength, unpad } from './padding';
import {
	checkSymbol,
	createRecoveryCode,
	parseRecoveryCode,
	recoveryBoxKey,
	recoveryCodeGroups,
	recoveryLookupId,
	type RecoveryCode
} from './recovery-code';
import { safetyNumber } from './safety-number';
import { open, openBox, seal, sealBox } from './sealing';
import { createSigningKey, deviceIdOf, sign, signatureTags, signingKeyOf, verify, type SignatureTag } from './signing';

const DRAWN = process.env['NIGHTLY'] === '1' ? 1_000_000 : 50_000;

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('K1: published vectors', () => {
	test('Ed25519 signs and derives keys as RFC 8032, 7.1 says', () => {
		const secret = hex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
		expect(toHex(signingKeyOf(secret).pub)).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
		expect(toHex(ed25519.sign(new Uint8Array(), secret))).toBe(
			'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'
		);
	});

	test('XChaCha20-Poly1305 seals as draft-irtf-cfrg-xchacha-03, A.3.1 says', () => {
		const key = hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f');
		const nonce = hex('404142434445464748494a4b4c4d4e4f5051525354555657');
		const aad = hex('50515253c0c1c2c3c4c5c6c7');
		const plaintext = utf8(
			"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
		);
		const sealed = seal(key, nonce, aad, plaintext);
		expect(toHex(sealed)).toBe(
			'bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e' +
				'c0875924c1c7987947deafd8780acf49'
		);
		expect(open(key, nonce, aad, sealed)).toEqual(plaintext);
	});

	test('HKDF gives what RFC 5869, case 3 gives without salt and info', () => {
		expect(toHex(deriveKey(new Uint8Array(22).fill(0x0b), '', 42))).toBe(
			'8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8'
		);
	});

	test('HMAC-SHA-256 gives what RFC 4231, case 2 gives', () => {
		expect(toHex(mac(utf8('Jefe'), utf8('what do ya want for nothing?')))).toBe(
			'5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
		);
	});

	test('SHA-256 gives what FIPS 180-4 gives', () => {
		expect(toHex(sha256(utf8('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
	});
});

describe('K1: another implementation agrees', () => {
	const PKCS8 = hex('302e020100300506032b657004220420');
	const SPKI = hex('302a300506032b6570032100');

	test('what is signed here verifies there, and the other way round', () => {
		fc.assert(
			fc.property(
				fc.uint8Array({ minLength: 32, maxLength: 32 }),
				fc.uint8Array({ maxLength: 300 }),
				(secret, bytes) => {
					const { pub } = signingKeyOf(secret);
					const tagged = concat(utf8(signatureTags.frame), bytes);
					const theirs = createPrivateKey({ key: Buffer.from(concat(PKCS8, secret)), format: 'der', type: 'pkcs8' });
					const theirPub = createPublicKey({ key: Buffer.from(concat(SPKI, pub)), format: 'der', type: 'spki' });
					const signature = sign(signatureTags.frame, bytes, secret);
					expect(nodeVerify(null, tagged, theirPub, signature)).toBe(true);
					expect(verify(signatureTags.frame, bytes, new Uint8Array(nodeSign(null, tagged, theirs)), pub)).toBe(true);
				}
			),
			{ numRuns: 25 }
		);
	});

	test('derived keys and codes are the same there', () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.string({ maxLength: 40 }), (key, use) => {
				expect(deriveKey(key, use)).toEqual(new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), utf8(use), 32)));
				expect(toHex(mac(key, utf8(use)))).toBe(createHmac('sha256', key).update(utf8(use)).digest('hex'));
			}),
			{ numRuns: 100 }
		);
	});
});

describe('K4: odd signatures are refused everywhere alike', () => {
	const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
	const random = seededRandom('odd');
	const key = createSigningKey(random);
	const message = utf8('samma överallt');
	const signature = sign('hl/frame/1', message, key.secret);
	const little = (value: bigint): Uint8Array =>
		Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
	const fromLittle = (bytes: Uint8Array): bigint => bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);

	test('a scalar that is not reduced (S + L)', () => {
		const odd = concat(signature.subarray(0, 32), little(fromLittle(signature.subarray(32)) + ORDER));
		expect(verify('hl/frame/1', message, signature, key.pub)).toBe(true);
		expect(verify('hl/frame/1', message, odd, key.pub)).toBe(false);
	});

	test.each([
		['the neutral element', '0100000000000000000000000000000000000000000000000000000000000000'],
		['order 2', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
		['order 4', '0000000000000000000000000000000000000000000000000000000000000000'],
		['order 8', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
		['order 8, the other', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
		['the neutral element, not canonical', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f']
	])('a public key of small order that would sign anything: %s', (_, pub) => {
		const neutral = hex('0100000000000000000000000000000000000000000000000000000000000000');
		for (let i = 0; i < 16; i += 1) {
			expect(
				verify('hl/frame/1', concat(message, new Uint8Array([i])), concat(neutral, new Uint8Array(32)), hex(pub))
			).toBe(false);
		}
	});

	test('a point R that is not canonical, other lengths, every flipped bit', () => {
		expect(
			verify(
				'hl/frame/1',
				message,
				concat(hex('eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'), new Uint8Array(32)),
				key.pub
			)
		).toBe(false);
		for (const length of [0, 32, 63, 65])
			expect(verify('hl/frame/1', message, concat(signature, signature).subarray(0, length), key.pub)).toBe(false);
		expect(verify('hl/frame/1', message, signature, key.pub.subarray(1))).toBe(false);
		for (let bit = 0; bit < 512; bit += 7) {
			const flipped = signature.slice();
			flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			expect(verify('hl/frame/1', message, flipped, key.pub)).toBe(false);
		}
	});
});

describe('K3: domain separation', () => {
	const tags = Object.values(signatureTags);

	test('a signature of one kind is worthless as every other', () => {
		const key = createSigningKey(seededRandom('k3'));
		const accepted = tags.flatMap((made) =>
			tags
				.filter((offered) => verify(offered, utf8('bytes'), sign(made, utf8('bytes'), key.secret), key.pub))
				.map((offered): [SignatureTag, SignatureTag] => [made, offered])
		);
		expect(accepted).toEqual(tags.map((tag) => [tag, tag]));
	});

	test('no tag begins another, so tag and bytes cannot be cut elsewhere', () => {
		expect(tags.filter((tag) => tags.some((other) => other !== tag && other.startsWith(tag)))).toEqual([]);
	});

	test('hashes under different labels differ, and device ids are hashes of keys', () => {
		const { pub } = createSigningKey(seededRandom(1));
		expect(equalBytes(labelledHash('a', pub), labelledHash('b', pub))).toBe(false);
		expect(deviceIdOf(pub)).toEqual(sha256(concat(utf8('hl/dev/1'), pub)).slice(0, 16));
	});
});

describe('sealing', () => {
	const random = seededRandom('sealing');
	const key = random(32);

	test('opens only with the key, place and bytes it was sealed with', () => {
		const box = sealBox(key, random(24), utf8('here'), utf8('hemligt'));
		expect(openBox(key, utf8('here'), box)).toEqual(utf8('hemligt'));
		expect(openBox(key, utf8('there'), box)).toBeNull();
		expect(openBox(random(32), utf8('here'), box)).toBeNull();
		for (let at = 0; at < box.length; at += 1) {
			const flipped = box.slice();
			flipped[at] = (flipped[at] ?? 0) ^ 1;
			expect(openBox(key, utf8('here'), flipped)).toBeNull();
			expect(openBox(key, utf8('here'), box.subarray(0, at))).toBeNull();
		}
	});

	test.each([16, 24])(`K2: ${DRAWN} nonces or ids of %d bytes do not repeat`, { timeout: 60_000 }, (length) => {
		const seen = new Set<string>();
		for (let n = 0; n < DRAWN; n += 1) seen.add(Buffer.from(systemRandom(length)).toString('latin1'));
		expect(seen.size).toBe(DRAWN);
	});

	test.each<[string, typeof crypto.getRandomValues]>([
		[
			'fails',
			() => {
				throw new DOMException('No entropy', 'OperationError');
			}
		],
		['does nothing', (bytes) => bytes],
		['gives the same again', (bytes) => ((bytes as unknown as Uint8Array).fill(7), bytes)]
	])('K2: with a generator that %s no key is made', (_, broken) => {
		const generator = vi.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation(broken);
		expect(() => [createSigningKey(systemRandom), createSigningKey(systemRandom)]).toThrow();
		expect(() => createBoxKey(systemRandom)).toThrow();
		expect(() => createRecoveryCode(systemRandom)).toThrow();
		generator.mockRestore();
		expect(createSigningKey(systemRandom).secret).not.toEqual(createSigningKey(systemRandom).secret);
	});
});

describe('base64url', () => {
	test('has one text for each run of bytes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
				expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
			})
		);
	});

	test.each(['AB', 'AA==', 'A A', 'AA\n', 'A', 'AA+/', 'å'])('refuses %j', (text) => {
		expect(fromBase64url(text)).toBeNull();
	});
});

describe('PADMÉ', () => {
	test('costs at most 12 %, never shortens, and grows with the length', () => {
		let before = 0;
		for (let length = 0; length <= 70_000; length += 1) {
			const padded = padmeLength(length);
			if (padded < length || padded < before || padded > Math.max(256, length * 1.12)) throw new Error(`at ${length}`);
			before = padded;
		}
	});

	test('rounds 257 to 272, a thousand to 1024, a million to 1 015 808', () => {
		expect([257, 513, 1000, 65_535, 1_000_000].map(padmeLength)).toEqual([272, 544, 1024, 65_536, 1_015_808]);
	});

	test('gives back what was padded, and nothing else', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 3000 }), (content) => {
				const padded = pad(content);
				expect(padded.length).toBe(padmeLength(content.length + 4));
				expect(unpad(padded)).toEqual(content);
				expect(unpad(padded.subarray(1))).toBeNull();
				expect(unpad(concat(padded, new Uint8Array(1)))).toBeNull();
			}),
			{ numRuns: 200 }
		);
		const filled = pad(utf8('x'));
		filled[100] = 1;
		expect(unpad(filled)).toBeNull();
	});
});

describe('recovery code', () => {
	const code = createRecoveryCode(seededRandom('code'));
	const written = code + checkSymbol(code);

	test('every single wrong character is found by the check symbol', () => {
		const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
		for (let at = 0; at < 26; at += 1) {
			for (const character of alphabet) {
				if (character === code[at]) continue;
				const typed = code.slice(0, at) + character + written.slice(at + 1);
				expect(parseRecoveryCode(typed)).toEqual({ ok: false, error: { type: 'wrong-check' } });
			}
		}
	});

	test('every swap of two neighbours is found', () => {
		for (let at = 0; at < 25; at += 1) {
			if (code[at] === code[at + 1]) continue;
			const typed = code.slice(0, at) + code.charAt(at + 1) + code.charAt(at) + written.slice(at + 2);
			expect(parseRecoveryCode(typed).ok).toBe(false);
		}
	});

	test('is read as people write it: any case, groups, every kind of dash, O for 0, I and L for 1', () => {
		const plain = '0123456789ABCDEFGHJKMNPQR1' as RecoveryCode;
		const printed = plain + checkSymbol(plain);
		for (const typed of [
			printed.toLowerCase(),
			recoveryCodeGroups(plain).join(' '),
			recoveryCodeGroups(plain).join('-'),
			recoveryCodeGroups(plain).join(' – ')
		]) {
			expect(parseRecoveryCode(typed)).toEqual({ ok: true, value: plain });
		}
		expect(parseRecoveryCode(printed.replace('0', 'o').replace('1', 'l').replace(/1(.)$/, 'I$1'))).toEqual({
			ok: true,
			value: plain
		});
	});

	test.each([
		['', 'wrong-length'],
		['ABC', 'wrong-length'],
		[`${'!'.repeat(26)}0`, 'wrong-character'],
		[`${'U'.repeat(26)}0`, 'wrong-character']
	])('says what is wrong with %j', (typed, type) => {
		expect(parseRecoveryCode(typed)).toEqual({ ok: false, error: { type } });
	});

	test('gives 130 bits, seven groups, and neither key nor id gives back the other', () => {
		expect(code).toHaveLength(26);
		expect(recoveryCodeGroups(code).join('')).toBe(written);
		expect(recoveryLookupId(code)).toMatch(/^[A-Za-z0-9_-]{22}$/);
		const { secret, pub } = recoveryBoxKey(code);
		expect([toBase64url(secret), toBase64url(pub)].some((text) => text.includes(recoveryLookupId(code)))).toBe(false);
		expect(recoveryBoxKey(code)).toEqual(recoveryBoxKey(code));
	});
});

describe('safety number', () => {
	test('is the same from both sides, twelve digits in groups, and another for anyone else', () => {
		fc.assert(
			fc.property(
				fc.uint8Array({ minLength: 32, maxLength: 32 }),
				fc.uint8Array({ minLength: 32, maxLength: 32 }),
				(a, b) => {
					expect(safetyNumber(a, b)).toBe(safetyNumber(b, a));
					expect(safetyNumber(a, b)).toMatch(/^\d{3} \d{3} \d{3} \d{3}$/);
					const other = b.slice();
					other[31] = (other[31] ?? 0) ^ 1;
					expect(safetyNumber(a, other)).not.toBe(safetyNumber(a, b));
				}
			),
			{ numRuns: 200 }
		);
	});
});

describe('age boxes', () => {
	const random = seededRandom('boxes');
	const key = createBoxKey(random);

	test('open for the recipient alone', async () => {
		const sealed = await sealTo(key.pub, utf8('nycklar'));
		expect(await openWith(key.secret, sealed)).toEqual(utf8('nycklar'));
		expect(await openWith(createBoxKey(random).secret, sealed)).toBeNull();
	});

	test('are refused when cut or altered anywhere, without an exception', async () => {
		const sealed = await sealTo(key.pub, utf8('nycklar'));
		for (let at = 0; at < sealed.length; at += 3) {
			const flipped = sealed.slice();
			flipped[at] = (flipped[at] ?? 0) ^ 4;
			expect(await openWith(key.secret, flipped)).toBeNull();
			expect(await openWith(key.secret, sealed.subarray(0, at))).toBeNull();
		}
	});

	test('carry keys as the age command writes them', () => {
		expect(ageRecipient(key.pub)).toMatch(/^age1[a-z0-9]{58}$/);
		expect(ageIdentity(key.secret)).toMatch(/^AGE-SECRET-KEY-1[A-Z0-9]{58}$/);
		expect(boxKeyOf(key.secret).pub).toEqual(key.pub);
	});

	test('no key that makes every secret the same is a box key', () => {
		expect(isBoxKey(key.pub)).toBe(true);
		expect(isBoxKey(new Uint8Array(32))).toBe(false);
		expect(isBoxKey(concat(new Uint8Array([1]), new Uint8Array(31)))).toBe(false);
		expect(isBoxKey(new Uint8Array(31))).toBe(false);
	});
});

describe('bulk sealing', () => {
	const aad = utf8('hl/local/1/book:a:b');

	test('is AES-256-GCM under a key derived for it: Node’s crypto opens it', async () => {
		const secret = systemRandom(32);
		const key = must(await BulkKey.from(secret), 'this platform has WebCrypto');
		const plain = systemRandom(5000);
		const box = await key.seal(aad, plain, systemRandom);
		const cipher = createDecipheriv('aes-256-gcm', deriveKey(secret, 'hl/local/bulk/1'), box.subarray(0, 12));
		cipher.setAAD(aad).setAuthTag(box.subarray(-16));
		expect(new Uint8Array(Buffer.concat([cipher.update(box.subarray(12, -16)), cipher.final()]))).toEqual(plain);
	});

	test('opens nothing that is moved, altered, cut or under another key', async () => {
		const key = must(await BulkKey.from(systemRandom(32)), 'this platform has WebCrypto');
		const other = must(await BulkKey.from(systemRandom(32)), 'this platform has WebCrypto');
		const box = await key.seal(aad, utf8('värden'), systemRandom);
		expect(await key.open(aad, box)).toEqual(utf8('värden'));
		expect(await other.open(aad, box)).toBeNull();
		expect(await key.open(utf8('hl/local/1/book:a:c'), box)).toBeNull();
		for (let at = 0; at < box.length; at += 1) {
			expect(
				await key.open(
					aad,
					box.map((byte, i) => (i === at ? byte ^ 1 : byte))
				)
			).toBeNull();
			expect(await key.open(aad, box.subarray(0, at))).toBeNull();
		}
	});
});
