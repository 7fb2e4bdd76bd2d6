import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tCritical } from './student-t';

const degrees = fc.integer({ min: 1, max: 300 });

/** The density of t between -limit and limit, added up by Simpson's rule: slow, and knows nothing of the sums above. */
function shareByArea(limit: number, freedom: number): number {
	const strips = 20_000;
	const density = (t: number) => (1 + (t * t) / freedom) ** (-(freedom + 1) / 2);
	const area = (to: number) => {
		const width = to / strips;
		let sum = density(0) + density(to);
		for (let strip = 1; strip < strips; strip++) sum += density(strip * width) * (strip % 2 === 1 ? 4 : 2);
		return (sum * width) / 3;
	};
	return area(limit) / area(400);
}

describe('the t of a confidence interval', () => {
	test.each([
		[1, 12.706],
		[2, 4.303],
		[3, 3.182],
		[4, 2.776],
		[5, 2.571],
		[7, 2.365],
		[10, 2.228],
		[13, 2.16],
		[30, 2.042],
		[60, 2],
		[120, 1.98],
		[1000, 1.962]
	])('for 95 %% and %i degrees of freedom is that of the printed tables', (freedom, expected) => {
		expect(tCritical(0.95, freedom)).toBeCloseTo(expected, 3);
	});

	test('for other shares too', () => {
		expect(tCritical(0.5, 1)).toBeCloseTo(1, 12);
		expect(tCritical(0.9, 10)).toBeCloseTo(1.812, 3);
		expect(tCritical(0.99, 5)).toBeCloseTo(4.032, 3);
		expect(tCritical(0.999, 29)).toBeCloseTo(3.659, 3);
	});

	test.each([5, 6, 11, 40])('leaves the asked share of the curve within it, %i degrees', (freedom) => {
		for (const share of [0.5, 0.8, 0.95, 0.99])
			expect(shareByArea(tCritical(share, freedom), freedom)).toBeCloseTo(share, 6);
	});

	test('falls with the degrees of freedom, and stays above that of the normal curve', () => {
		fc.assert(
			fc.property(degrees, (freedom) => {
				expect(tCritical(0.95, freedom)).toBeGreaterThan(tCritical(0.95, freedom + 1));
				expect(tCritical(0.95, freedom)).toBeGreaterThan(1.959963);
			})
		);
	});

	test('grows with the share', () => {
		fc.assert(
			fc.property(degrees, fc.integer({ min: 1, max: 997 }), (freedom, thousandths) => {
				expect(tCritical(thousandths / 1000, freedom)).toBeLessThan(tCritical((thousandths + 1) / 1000, freedom));
			})
		);
	});

	test('has no answer for half a degree or a whole share', () => {
		expect(() => tCritical(0.95, 0)).toThrow();
		expect(() => tCritical(0.95, 2.5)).toThrow();
		expect(() => tCritical(1, 5)).toThrow();
	});
});
