import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundedTo } from './rounding';

test('a half is shown as the next whole, below zero too', () => {
	expect(roundedTo(134.5, 0)).toBe(135);
	expect(roundedTo(134.49, 0)).toBe(134);
	expect(roundedTo(-0.5, 0)).toBe(0);
	expect(roundedTo(-1.5, 0)).toBe(-1);
});

test('a half that binary fractions cannot write is still a half', () => {
	expect(roundedTo(74.25, 1)).toBe(74.3);
	expect(roundedTo(1.005, 2)).toBe(1.01);
});

test('what has no more decimals than asked for is shown as it is', () => {
	fc.assert(
		fc.property(fc.integer({ min: -100_000, max: 100_000 }), fc.integer({ min: 0, max: 3 }), (whole, decimals) => {
			const value = whole / 10 ** decimals;
			expect(roundedTo(value, decimals) - value).toBe(0);
		})
	);
});

test('is never farther away than half a step', () => {
	fc.assert(
		fc.property(
			fc.double({ min: -1000, max: 1000, noNaN: true }),
			fc.integer({ min: 0, max: 3 }),
			(value, decimals) => {
				const step = 10 ** -decimals;
				expect(Math.abs(roundedTo(value, decimals) - value)).toBeLessThanOrEqual(step / 2 + 1e-8);
			}
		)
	);
});
