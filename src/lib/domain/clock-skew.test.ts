import { expect, test } from 'vitest';
import { clockSkew } from './clock-skew';

const minute = 60_000;

test('a clock within two minutes, or one nobody has compared, is not told about', () => {
	expect([null, 0, 2 * minute, -2 * minute].map(clockSkew)).toEqual([null, null, null, null]);
});

test('the rest is told in the largest unit that says it, with its direction', () => {
	expect(clockSkew(3 * minute)).toEqual({ direction: 'ahead', unit: 'minute', amount: 3 });
	expect(clockSkew(-120 * minute)).toEqual({ direction: 'behind', unit: 'hour', amount: 2 });
	expect(clockSkew(-365 * 24 * 60 * minute)).toEqual({ direction: 'behind', unit: 'day', amount: 365 });
});
