import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from './assert';
import { coefficientOfVariation, extent, median, sampleSd } from './spread';

const value = fc.integer({ min: 10, max: 4000 }).map((tenths) => tenths / 10);
const series = fc.array(fc.option(value), { maxLength: 60 });
const two = fc.array(value, { minLength: 2, maxLength: 60 });

describe('the middle', () => {
	test('is the middle value, or halfway between the two', () => {
		expect(median([140, 131, 138])).toBe(138);
		expect(median([140, 131, 138, 134])).toBe(136);
		expect(median([140])).toBe(140);
	});

	test('has as many values to each side', () => {
		fc.assert(
			fc.property(fc.array(value, { minLength: 1 }), (values) => {
				const middle = must(median(values), 'values');
				expect(values.filter((one) => one < middle).length).toBeLessThanOrEqual(values.length / 2);
				expect(values.filter((one) => one > middle).length).toBeLessThanOrEqual(values.length / 2);
			})
		);
	});
});

describe('the spread', () => {
	test('is that of a sample, n - 1', () => {
		expect(sampleSd([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
		expect(coefficientOfVariation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo((Math.sqrt(32 / 7) / 5) * 100, 12);
	});

	test('of equal values is nothing, also of such as binary cannot write', () => {
		expect(sampleSd([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])).toBe(0);
	});

	test('does not change when all values are moved, and grows with them', () => {
		fc.assert(
			fc.property(two, fc.integer({ min: -500, max: 500 }), fc.integer({ min: 1, max: 20 }), (values, by, times) => {
				const sd = must(sampleSd(values), 'two values');
				expect(sampleSd(values.map((one) => one + by))).toBeCloseTo(sd, 6);
				expect(sampleSd(values.map((one) => one * times))).toBeCloseTo(sd * times, 6);
				expect(coefficientOfVariation(values.map((one) => one * times))).toBeCloseTo(
					must(coefficientOfVariation(values), 'two values'),
					6
				);
			})
		);
	});

	test('is at most the range', () => {
		fc.assert(
			fc.property(two, (values) => {
				const { min, max, range } = must(extent(values), 'values');
				expect(range).toBe(max - min);
				expect(must(sampleSd(values), 'two values')).toBeLessThanOrEqual(range + 1e-9);
			})
		);
	});

	test('in per cent says nothing about a mean of zero or less', () => {
		expect(coefficientOfVariation([-1, 1])).toBeNull();
		expect(coefficientOfVariation([-3, -1])).toBeNull();
	});
});

test('what too few values cannot say is null, never 0', () => {
	expect([median([]), extent([]), sampleSd([]), sampleSd([80]), coefficientOfVariation([80])]).toEqual(
		new Array(5).fill(null)
	);
	expect(median([null, null])).toBeNull();
});

test('a missing day counts as no value', () => {
	fc.assert(
		fc.property(series, (values) => {
			const measured = values.filter((one) => one !== null);
			for (const statistic of [median, sampleSd, coefficientOfVariation, extent])
				expect(statistic(values)).toEqual(statistic(measured));
		})
	);
});
