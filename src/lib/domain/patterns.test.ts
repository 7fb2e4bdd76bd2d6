import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findPatterns, type Pattern } from './patterns';

const mirror: Record<Pattern['type'], Pattern['type']> = {
	above: 'below',
	below: 'above',
	rising: 'falling',
	falling: 'rising'
};
const series = fc.array(fc.option(fc.integer({ min: 130, max: 134 }), { freq: 8 }), { maxLength: 40 });

describe('a run', () => {
	const above = [138, 139, 138, 139, 138, 139, 138, 139];
	const below = [131, 130, 131, 130, 131, 130, 131];

	test('is eight values in a row on one side of the mean; seven are none', () => {
		expect(findPatterns([...above, ...below])).toEqual([{ type: 'above', from: 0, to: 7 }]);
	});

	test('is told as long as it is', () => {
		expect(findPatterns([...above, 138, ...below])).toEqual([{ type: 'above', from: 0, to: 8 }]);
	});

	test('is not ended by a missing day, which keeps its place', () => {
		expect(findPatterns([null, 138, 139, 138, null, 139, 138, 139, 138, 139, ...below])).toEqual([
			{ type: 'above', from: 1, to: 9 }
		]);
	});

	test('is ended by a value on the line', () => {
		expect(findPatterns([138, 139, 138, 139, 135, 138, 139, 138, 139, 131, 132, 131, 132, 131, 132, 132])).toEqual([]);
	});

	test('level values are on no side, also such as binary cannot write', () => {
		expect(findPatterns(new Array<number>(12).fill(0.1))).toEqual([]);
	});
});

describe('a climb', () => {
	test('is six values in a row, each above the one before; five are none', () => {
		expect(findPatterns([5, 1, 2, 3, 4, 5, 6])).toEqual([{ type: 'rising', from: 1, to: 6 }]);
		expect(findPatterns([5, 1, 2, 3, 4, 5])).toEqual([]);
	});

	test('is ended by an equal value', () => {
		expect(findPatterns([1, 2, 3, 3, 4, 5, 6])).toEqual([]);
	});

	test('passes over a missing day', () => {
		expect(findPatterns([6, 5, null, 4, 3, 2, 1])).toEqual([{ type: 'falling', from: 0, to: 6 }]);
	});
});

test('nothing has no patterns', () => {
	expect(findPatterns([])).toEqual([]);
	expect(findPatterns([null, null])).toEqual([]);
});

test('upside down, a series has the same patterns upside down', () => {
	fc.assert(
		fc.property(series, (values) => {
			const mirrored = values.map((value) => (value === null ? null : 264 - value));
			expect(findPatterns(mirrored)).toEqual(
				findPatterns(values).map((pattern) => ({ ...pattern, type: mirror[pattern.type] }))
			);
		})
	);
});

test('a pattern begins and ends with a measured value', () => {
	fc.assert(
		fc.property(series, (values) => {
			for (const { from, to } of findPatterns(values)) {
				expect(values[from]).not.toBeNull();
				expect(values[to]).not.toBeNull();
				expect(values.slice(from, to + 1).filter((value) => value !== null).length).toBeGreaterThanOrEqual(6);
			}
		})
	);
});
