import { expect, test } from 'vitest';
import { sparkShape } from './sparkline-path';

const box = { width: 128, height: 44, inset: 4 };

test('the curve spans the box, highest value on top', () => {
	expect(sparkShape([1, 3], null, box)).toEqual({ path: 'M4 40L124 4', end: { x: 124, y: 4 }, band: null });
});

test('a day without a value is a hole in the line', () => {
	expect(sparkShape([1, 2, null, 3, 1], null, box).path).toBe('M4 40L34 22M94 4L124 40');
});

test('a day alone is a dot', () => {
	expect(sparkShape([1, null, 3, null, 2, 2], null, box).path).toBe('M4 40h0M52 4h0M100 22L124 22');
});

test('the last known value is the end, however long ago', () => {
	expect(sparkShape([1, 2, null, null], null, box).end).toEqual({ x: 44, y: 4 });
});

test('the band is inside the box even when every value is outside it', () => {
	expect(sparkShape([10, 10], { min: 0, max: 5 }, box).band).toEqual({ y: 22, height: 18 });
});

test('no values, one value and equal values draw without a crash', () => {
	expect(sparkShape([], null, box)).toEqual({ path: '', end: null, band: null });
	expect(sparkShape([null], null, box).end).toBeNull();
	expect(sparkShape([5], null, box).end).toEqual({ x: 124, y: 22 });
	expect(sparkShape([5, 5], null, box).path).toBe('M4 22L124 22');
});
