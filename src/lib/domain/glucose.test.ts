import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from './assert';
import { glucoseShares, mgDlToMmolL, mmolLToMgDl } from './glucose';
import { roundedTo } from './rounding';

describe('units', () => {
	test('100 mg/dL is 5.5 mmol/L, not 5.6', () => expect(roundedTo(mgDlToMmolL(100), 1)).toBe(5.5));

	test('every mg/dL a meter shows comes back from mmol/L', () => {
		fc.assert(
			fc.property(fc.integer({ min: 9, max: 900 }), (mgDl) => {
				expect(roundedTo(mmolLToMgDl(mgDlToMmolL(mgDl)), 0)).toBe(mgDl);
			})
		);
	});

	test('every tenth of a mmol/L comes back from whole mg/dL', () => {
		fc.assert(
			fc.property(fc.integer({ min: 5, max: 500 }), (tenths) => {
				expect(roundedTo(mgDlToMmolL(roundedTo(mmolLToMgDl(tenths / 10), 0)), 1)).toBe(tenths / 10);
			})
		);
	});
});

describe('shares of readings', () => {
	test.each([
		[2.9, 'veryLow'],
		[3, 'low'],
		[3.8, 'low'],
		[3.89, 'low'],
		[3.9, 'inRange'],
		[10, 'inRange'],
		[10.1, 'high'],
		[13.9, 'high'],
		[14, 'veryHigh']
	] as const)('%d belongs to %s', (mmolL, range) => expect(glucoseShares([mmolL])?.[range]).toBe(100));

	test('are counted over readings, and a missing one is none', () => {
		expect(glucoseShares([2.8, null, 5, 6, 15])).toEqual({
			readings: 4,
			veryLow: 25,
			low: 0,
			inRange: 50,
			high: 0,
			veryHigh: 25
		});
	});

	test('of nothing are unknown, never 0', () => {
		expect(glucoseShares([])).toBeNull();
		expect(glucoseShares([null])).toBeNull();
	});

	test('make the whole: each reading lies in exactly one range', () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 5, max: 500 }), { minLength: 1 }), (tenths) => {
				const { readings, ...shares } = must(glucoseShares(tenths.map((one) => one / 10)), 'readings');
				expect(readings).toBe(tenths.length);
				expect(Object.values(shares).reduce((sum, share) => sum + share)).toBeCloseTo(100, 9);
			})
		);
	});
});
