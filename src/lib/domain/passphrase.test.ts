import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { MIN_PASSPHRASE, passphraseProblem } from './passphrase';

test.each([
	['', 'too-short'],
	['kort', 'too-short'],
	['1234', 'only-digits'],
	['19420512 1234', 'only-digits'],
	['aaaaaaaaaaaaaaaa', 'too-simple'],
	['ababab ababab', 'too-simple'],
	['tre gula båtar', null],
	['gräsklippare i mars', null]
])('"%s" is %s', (text, problem) => expect(passphraseProblem(text)).toBe(problem));

test('A10: no PIN that anybody would type is ever enough', () => {
	fc.assert(
		fc.property(fc.stringMatching(/^\d{1,12}$/), (pin) => {
			expect(passphraseProblem(pin)).toBe('only-digits');
		})
	);
});

test('nothing under the shortest length passes', () => {
	fc.assert(
		fc.property(fc.string({ maxLength: MIN_PASSPHRASE - 1, unit: 'grapheme-ascii' }), (text) => {
			expect(passphraseProblem(text)).not.toBeNull();
		})
	);
});
