import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from './assert';
import { type DayPoint, fitLine, trendVerdict } from './trend';

const on = (days: readonly number[], values: readonly (number | null)[]): DayPoint[] =>
	values.map((value, at) => ({ day: must(days[at], 'a day for each value'), value }));
const daily = (...values: (number | null)[]) => on([...values.keys()], values);

const points = fc
	.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 3, maxLength: 40 })
	.chain((days) =>
		fc
			.array(fc.integer({ min: 40, max: 300 }), { minLength: days.length, maxLength: days.length })
			.map((values) => on(days, values))
	);

describe('the line', () => {
	test('goes by real day numbers, not by the order of the readings', () => {
		const line = must(fitLine(on([0, 1, 10], [100, 101, 110])), 'a line');
		expect(line.slopePerDay).toBeCloseTo(1, 12);
		expect(line.intercept).toBeCloseTo(100, 12);
		expect(line.residualSd).toBeCloseTo(0, 9);
	});

	test('has an interval as wide as its values are unruly', () => {
		// By hand: slope 0.5, residuals -0.5, 1, -0.5, so the SD is sqrt(1.5) with one degree of freedom.
		const line = must(fitLine(daily(1, 3, 2)), 'a line');
		expect(line.slopePerDay).toBeCloseTo(0.5, 12);
		expect(line.residualSd).toBeCloseTo(Math.sqrt(1.5), 12);
		expect(line.slopeSe).toBeCloseTo(Math.sqrt(0.75), 12);
		expect(line.tCritical95).toBeCloseTo(12.706, 3);
		expect(line.ci95[0]).toBeCloseTo(0.5 - 12.7062 * Math.sqrt(0.75), 3);
		expect(line.ci95[1]).toBeCloseTo(0.5 + 12.7062 * Math.sqrt(0.75), 3);
	});

	test('needs three values on more than one day', () => {
		expect(fitLine(daily(100, 101))).toBeNull();
		expect(fitLine(on([4, 4, 4], [100, 101, 102]))).toBeNull();
	});

	test('passes over missing days', () => {
		expect(fitLine(daily(100, null, 104, null, 103, 109))).toEqual(fitLine(on([0, 2, 4, 5], [100, 104, 103, 109])));
	});

	test('turns with its values, and does not mind which day is called 0', () => {
		fc.assert(
			fc.property(points, fc.integer({ min: -20_000, max: 20_000 }), (all, days) => {
				const line = must(fitLine(all), 'a line');
				const mirrored = must(
					fitLine(all.map(({ day, value }) => ({ day, value: -must(value, 'a value') }))),
					'a line'
				);
				expect(mirrored.slopePerDay).toBeCloseTo(-line.slopePerDay, 9);
				const moved = must(fitLine(all.map(({ day, value }) => ({ day: day + days, value }))), 'a line');
				expect(moved.slopePerDay).toBeCloseTo(line.slopePerDay, 9);
				expect(moved.slopeSe).toBeCloseTo(line.slopeSe, 6);
				expect(moved.intercept).toBeCloseTo(line.intercept - line.slopePerDay * days, 4);
			})
		);
	});

	test('lies so that no other line is nearer', () => {
		const distance = (all: readonly DayPoint[], slope: number, intercept: number) =>
			all.reduce((sum, { day, value }) => sum + (must(value, 'a value') - intercept - slope * day) ** 2, 0);
		fc.assert(
			fc.property(points, fc.constantFrom(-0.01, 0.01), fc.constantFrom(-0.5, 0, 0.5), (all, turn, lift) => {
				const { slopePerDay, intercept } = must(fitLine(all), 'a line');
				expect(distance(all, slopePerDay, intercept)).toBeLessThanOrEqual(
					distance(all, slopePerDay + turn, intercept + lift)
				);
			})
		);
	});
});

describe('the verdict', () => {
	test('is rising or falling only when the whole interval is', () => {
		expect(trendVerdict(daily(80, 80.2, 80.1, 80.4, 80.6, 80.5, 80.9))).toBe('rising');
		expect(trendVerdict(daily(80.9, 80.5, 80.6, 80.4, 80.1, 80.2, 80))).toBe('falling');
		expect(trendVerdict(daily(80, 81, 79, 81, 80, 79, 81))).toBe('no-clear-trend');
	});

	test('of level values is no clear trend', () => {
		expect(trendVerdict(daily(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1))).toBe('no-clear-trend');
	});

	test('is unknown before five days with values over seven days (S1)', () => {
		expect(trendVerdict([])).toBeNull();
		expect(trendVerdict(daily(80, 81, 82, 83, 84, 85))).toBeNull();
		expect(trendVerdict(daily(80, null, 82, null, 84, null, 86))).toBeNull();
		expect(trendVerdict(daily(80, 81, 82, null, 84, null, 86))).toBe('rising');
	});

	test('several readings of one day are one day', () => {
		expect(trendVerdict(on([0, 0, 0, 0, 9], [80, 80, 80, 80, 90]))).toBeNull();
		expect(trendVerdict(on([0, 0, 2, 3, 4, 6], [80, 80, 82, 83, 84, 86]))).toBe('rising');
	});

	test('of the mirrored values is the mirrored verdict', () => {
		const mirror = { rising: 'falling', falling: 'rising', 'no-clear-trend': 'no-clear-trend' } as const;
		fc.assert(
			fc.property(points, (all) => {
				const verdict = trendVerdict(all);
				const mirrored = trendVerdict(all.map(({ day, value }) => ({ day, value: 400 - must(value, 'a value') })));
				expect(mirrored).toBe(verdict === null ? null : mirror[verdict]);
			})
		);
	});
});
