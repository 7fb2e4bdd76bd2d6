/** F5, H7: the archive's format is frozen, and no bytes that call themselves one do more than be refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zipSync } from 'fflate';
import { ADVICE, fingerprint, isUpdating, kept } from '../../../../tests/support/formats';
import { smallArchive } from '../../../../tests/support/small-archive';
import { concat, fromBase64url, toBase64url, utf8 } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import { MAX_ARCHIVE_BYTES, packFiles, unpackFiles } from './container';
import { archivedCircleSchema, encodeArchive, parseArchive } from './format';

const RUNS = process.env.NIGHTLY ? 100_000 : 2_000;
/** No input holds anybody up: the slowest of them all, generously, on a busy machine. */
const LONGEST_MS = 1000;

const { circle, readable, maker } = smallArchive('archive v1');
const zip = encodeArchive([circle], readable, maker);

describe('F5: an archive made once still opens', () => {
	// A zip holds times in the maker's own zone, so the bytes were kept once.
	const fresh = isUpdating ? { archive: toBase64url(zip), circle: fingerprint(archivedCircleSchema) } : {};
	const stored = kept('archive', fresh) as { archive: string; circle: string };

	test('its circle comes out as it was put in', () => {
		expect(fingerprint(archivedCircleSchema), ADVICE).toBe(stored.circle);
		const read = parseArchive(must(fromBase64url(stored.archive), 'base64url'));
		expect(read.ok && read.value.circles).toEqual([circle]);
	});
});

const verdict = (bytes: Uint8Array): string => {
	const read = parseArchive(bytes);
	return read.ok ? 'read' : read.error.type;
};

describe('H7: whatever calls itself an archive', () => {
	test('mutated zips: refused, or the very same contents; none throws, none takes long', { timeout: 600_000 }, () => {
		let longest = 0;
		fc.assert(
			fc.property(mutations(zip), (bytes) => {
				const from = performance.now();
				const read = parseArchive(bytes);
				longest = Math.max(longest, performance.now() - from);
				// Times and the like may change without a word; what was signed for may not.
				if (read.ok) expect(read.value.circles).toEqual([circle]);
			}),
			{ numRuns: RUNS }
		);
		expect(longest).toBeLessThan(LONGEST_MS);
	});

	test('cut at each byte', () => {
		for (let length = 0; length < zip.length; length += 1) expect(verdict(zip.subarray(0, length))).not.toBe('read');
	});

	test('a bomb is refused before it is unpacked', () => {
		const bomb = zipSync({ 'archive.hlr': new Uint8Array(64 * 1024 * 1024) });
		const many = concat(...Array.from({ length: 4 }, () => bomb));
		expect(verdict(bomb)).toBe('not-archive');
		expect(verdict(many)).not.toBe('read');
		const claims = bomb.slice();
		// The central directory says how large the file becomes: 4 GB.
		const place = claims.length - 22 - 57;
		expect([claims[place], claims[place + 1]]).toEqual([0x50, 0x4b]);
		claims.set([0xff, 0xff, 0xff, 0xfe], place + 24);
		expect(unpackFiles(claims)).toEqual({ ok: false, error: { type: 'too-large' } });
		expect(MAX_ARCHIVE_BYTES).toBeLessThan(0xfeffffff);
	});

	test('names that mean something to a machine are only names', () => {
		const files = must(resultOf(unpackFiles(zip)), 'a zip of ours');
		const withFile = (name: string) => packFiles(new Map([...files, [name, utf8('x')]]), maker.at);
		for (const name of ['constructor', '../outside.bin', '/etc/passwd', 'a\\b.bin'])
			expect(verdict(withFile(name))).toBe('damaged');
		expect(verdict(renamed(withFile('--proto--'), '--proto--', '__proto__'))).toBe('damaged');
		expect(verdict(renamed(withFile('archive.hl_'), 'archive.hl_', 'archive.hlr'))).toBe('damaged');
		expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
	});
});

/** A zip in which a file has another name of the same length. */
function renamed(bytes: Uint8Array, from: string, to: string): Uint8Array {
	const text = Buffer.from(bytes).toString('latin1').replaceAll(from, to);
	return new Uint8Array(Buffer.from(text, 'latin1'));
}

const resultOf = <T>(result: { ok: true; value: T } | { ok: false }): T | null => (result.ok ? result.value : null);

function mutations(good: Uint8Array): fc.Arbitrary<Uint8Array> {
	const place = fc.nat(good.length - 1);
	return fc.oneof(
		fc.tuple(place, fc.nat(7)).map(([at, bit]) => good.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte))),
		fc.tuple(place, fc.uint8Array({ maxLength: 30 })).map(([at, more]) => {
			const bytes = good.slice();
			bytes.set(more.subarray(0, bytes.length - at), at);
			return bytes;
		}),
		fc.tuple(place, fc.nat(400)).map(([at, count]) => concat(good.subarray(0, at), good.subarray(at + count))),
		fc
			.tuple(place, place, fc.nat(300))
			.map(([from, to, count]) => concat(good.subarray(0, to), good.subarray(from, from + count), good.subarray(to))),
		// The directory at the end decides where everything is looked for.
		fc.tuple(fc.nat(400), fc.uint8Array({ minLength: 1, maxLength: 8 })).map(([back, more]) => {
			const bytes = good.slice();
			const at = Math.max(0, bytes.length - 1 - back);
			bytes.set(more.subarray(0, bytes.length - at), at);
			return bytes;
		}),
		fc.uint8Array({ maxLength: 500 }).map((tail) => concat(good.subarray(0, 4), tail))
	);
}
