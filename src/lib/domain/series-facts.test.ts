import { describe, expect, test } from 'vitest';
import { dailyWeights, today } from '../../../tests/support/readings';
import { must } from './assert';
import { seriesFacts } from './series-facts';
import { addDays } from './time';

describe('more about the values', () => {
	test('only lowest and highest until there are five days over seven', () => {
		expect(seriesFacts(dailyWeights(74, 75, 76, 75, 74, 75), 'weight')).toEqual({ min: 74, max: 76, more: null });
		expect(seriesFacts([], 'weight')).toBeNull();
	});

	test('a climb is a direction and a pattern, with its days', () => {
		const { more } = must(seriesFacts(dailyWeights(70, 70.4, 70.8, 71.2, 71.6, 72, 72.4), 'weight'), 'facts');
		expect(more?.direction.verdict).toBe('rising');
		expect(more?.direction.slopePerDay).toBeCloseTo(0.4);
		expect(more?.patterns).toEqual([{ type: 'rising', from: addDays(today, -6), to: today, days: 7 }]);
		expect(more?.dayToDay).toBeCloseTo(0.4);
	});

	test('one day far from the others is outside the usual', () => {
		const level = [70, 70.2, 70, 70.2, 70, 70.2, 70, 70.2, 70, 75, 70.2, 70];
		const { more } = must(seriesFacts(dailyWeights(...level), 'weight'), 'facts');
		expect(more?.outside).toEqual([addDays(today, -2)]);
		expect(more?.direction.verdict).toBe('no-clear-trend');
	});
});
