import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { categoryEsc2024Home, categoryStergiou2018 } from './pressure-category';
import { shownPressure } from './shown-pressure';

const categories = (systolic: number, diastolic: number) => [
	categoryStergiou2018({ systolic, diastolic }),
	categoryEsc2024Home({ systolic, diastolic })
];

describe('the category of a mean', () => {
	test.each([
		[119.9, 69.9, 'normal', 'non-elevated'],
		[120, 69, 'normal', 'elevated'],
		[119, 70, 'normal', 'elevated'],
		[129.9, 79.9, 'normal', 'elevated'],
		[130, 79, 'borderline', 'elevated'],
		[129, 80, 'borderline', 'elevated'],
		[134.96, 84.96, 'borderline', 'elevated'],
		[135, 60, 'home-hypertension', 'hypertension'],
		[110, 85, 'home-hypertension', 'hypertension']
	])('%d/%d is %s and %s', (systolic, diastolic, ...expected) => {
		expect(categories(systolic, diastolic)).toEqual(expected);
	});
});

describe('a mean as it is shown', () => {
	test.each([
		[135.625, 136, 0],
		[134.5, 134.5, 1],
		[134.4999, 134, 0],
		[134.96, 134.9, 1],
		[134.999_999, 134.9, 1],
		[135, 135, 0],
		[129.75, 129.8, 1],
		[119.5, 119.5, 1],
		[140.5, 141, 0]
	])('a systolic mean of %d is written %d', (mean, value, decimals) => {
		expect(shownPressure(mean, 75).systolic).toMatchObject({ value, decimals });
	});

	test('the rounded number is half up, also where it is not what is written', () => {
		expect(shownPressure(134.5, 84.5)).toMatchObject({ systolic: { rounded: 135 }, diastolic: { rounded: 85 } });
	});

	test('what is written never belongs to another category than the mean', () => {
		const sums = fc
			.integer({ min: 1, max: 140 })
			.chain((n) =>
				fc.tuple(fc.integer({ min: 100 * n, max: 150 * n }), fc.integer({ min: 60 * n, max: 95 * n }), fc.constant(n))
			);
		fc.assert(
			fc.property(sums, ([systolics, diastolics, n]) => {
				const [systolic, diastolic] = [systolics / n, diastolics / n];
				const shown = shownPressure(systolic, diastolic);
				expect(categories(shown.systolic.value, shown.diastolic.value)).toEqual(categories(systolic, diastolic));
				expect(Math.abs(shown.systolic.value - systolic)).toBeLessThanOrEqual(0.5);
			}),
			{ numRuns: 2000 }
		);
	});
});
