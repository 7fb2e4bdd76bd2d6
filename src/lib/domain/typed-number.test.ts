import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseNumber } from './typed-number';

describe('a number as people write it', () => {
	test.each([
		['128', 128],
		[' 128 ', 128],
		['1 28', 128],
		['0128', 128],
		['１２８', 128],
		['١٢٨', 128],
		['۱۲۸', 128],
		['128,0', 128],
		['\u200e128\u202c', 128],
		['4 000', 4000],
		['128.', 128]
	])('%j is read', (text, value) => expect(parseNumber(text, 0)).toEqual({ ok: true, value }));

	test.each([
		['76,4', 76.4],
		['76.4', 76.4],
		['７６，４', 76.4],
		['٧٦٫٤', 76.4],
		['76 , 4', 76.4],
		['076,40', 76.4],
		[',5', 0.5]
	])('%j is read with one decimal', (text, value) => expect(parseNumber(text, 1)).toEqual({ ok: true, value }));

	test.each([
		['', 'empty'],
		[' \u00a0', 'empty'],
		['abc', 'not-a-number'],
		['12o', 'not-a-number'],
		['1e2', 'not-a-number'],
		['+12', 'not-a-number'],
		['0x80', 'not-a-number'],
		['1,2,3', 'not-a-number'],
		['1.234,5', 'not-a-number'],
		[',', 'not-a-number'],
		['-', 'not-a-number'],
		['-5', 'negative'],
		['−5,5', 'negative'],
		['4.000', 'too-many-decimals'],
		['12,000', 'too-many-decimals'],
		['128,5', 'too-many-decimals']
	])('%j is refused as %s', (text, type) => expect(parseNumber(text, 0)).toMatchObject({ ok: false, error: { type } }));

	test('no text whatever makes it throw or give anything but a number that is not negative', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.nat(3), (text, decimals) => {
				const result = parseNumber(text, decimals);
				if (result.ok) expect(result.value).toBeGreaterThanOrEqual(0);
			}),
			{ numRuns: 10_000 }
		);
	});

	test('what the Swedish form writes is read back as it was', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 4000 }), (tenths) => {
				const text = (tenths / 10).toLocaleString('sv-SE');
				expect(parseNumber(text, 1)).toEqual({ ok: true, value: tenths / 10 });
			})
		);
	});
});
