import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstAtLeast, nearestTo } from './sorted';

const value = (number: number) => number;
const sorted = fc.array(fc.integer({ min: -50, max: 50 })).map((numbers) => numbers.sort((a, b) => a - b));

test('the first that is at least the target, as a slow search finds it', () => {
	fc.assert(
		fc.property(sorted, fc.integer({ min: -60, max: 60 }), (numbers, target) => {
			const slow = numbers.findIndex((number) => number >= target);
			expect(firstAtLeast(numbers, target, value)).toBe(slow < 0 ? numbers.length : slow);
		})
	);
});

test('none lies nearer than the nearest', () => {
	fc.assert(
		fc.property(sorted, fc.integer({ min: -60, max: 60 }), (numbers, target) => {
			const at = nearestTo(numbers, target, value);
			expect(at === null).toBe(numbers.length === 0);
			if (at === null) return;
			const least = Math.min(...numbers.map((number) => Math.abs(number - target)));
			expect(Math.abs((numbers[at] ?? Infinity) - target)).toBe(least);
		})
	);
});
