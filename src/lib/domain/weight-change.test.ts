import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DayWeight, isWeightRuleMet, weightGainG, weightRules } from './weight-change';

type RuleName = keyof typeof weightRules;
const names = Object.keys(weightRules) as RuleName[];

/** Day 0 onwards, one weight or hole a day. */
const daily = (...weights: (number | null)[]): DayWeight[] => weights.map((kg, day) => ({ day, kg }));
/** The rules that say yes, and those that do not know, on the last day. */
function answers(weights: readonly DayWeight[], today = Math.max(...weights.map(({ day }) => day))) {
	const which = (wanted: boolean | null) =>
		names.filter((name) => isWeightRuleMet(weightRules[name], weights, today) === wanted);
	return { met: which(true), unknown: which(null) };
}

const kilos = fc.integer({ min: 400, max: 1500 }).map((tenths) => tenths / 10);
const near = fc.integer({ min: 780, max: 830 }).map((tenths) => tenths / 10);
const days = fc
	.array(fc.option(near, { freq: 3 }), { minLength: 1, maxLength: 14 })
	.map((weights) => daily(...weights));

describe('the gain', () => {
	test('is counted from the lowest weight of the window, in whole grams', () => {
		expect(weightGainG(daily(80, 81.5, 79.6, 81.9), 3, { from: 1, to: 3 })).toBe(2300);
		expect(weightGainG(daily(62.4, 62.9, 63.5, 64.4), 3, { from: 1, to: 3 })).toBe(2000);
	});

	test('is negative after a loss', () => {
		expect(weightGainG(daily(80, 79, 78.2, 77.6), 3, { from: 1, to: 3 })).toBe(-600);
	});

	test('passes over days without a weight, and is unknown without any', () => {
		expect(weightGainG(daily(80, null, null, 82.3), 3, { from: 1, to: 3 })).toBe(2300);
		expect(weightGainG(daily(80, null, null, null, 82.3), 4, { from: 1, to: 3 })).toBeNull();
		expect(weightGainG(daily(80, 82.3, null), 2, { from: 1, to: 3 })).toBeNull();
	});

	test('of a day weighed twice is that of the first, the morning', () => {
		const weights = [...daily(80, 81), { day: 1, kg: 83 }, { day: 0, kg: 70 }];
		expect(weightGainG(weights, 1, { from: 1, to: 1 })).toBe(1000);
	});

	test('looks neither at later days nor at the order of the list', () => {
		expect(weightGainG([...daily(80, 81), { day: 2, kg: 60 }].reverse(), 1, { from: 1, to: 7 })).toBe(1000);
	});

	test('is the difference the scale shows, whatever binary fractions make of it', () => {
		fc.assert(
			fc.property(kilos, fc.integer({ min: -50, max: 50 }), (kg, tenths) => {
				const later = Math.round(kg * 10 + tenths) / 10;
				expect(weightGainG(daily(kg, later), 1, { from: 1, to: 1 })).toBe(tenths * 100);
			})
		);
	});
});

describe('the rules', () => {
	test('2 kg is not more than 2 kg, a tenth above is', () => {
		expect(answers(daily(80, 80.5, 81.2, 82)).met).toEqual([]);
		expect(answers(daily(80, 80.5, 81.2, 82.1)).met).toEqual(['moreThan2KgIn3Days', 'moreThan2KgIn3To7Days']);
	});

	test('2.1 kg within two days is within three', () => {
		expect(answers(daily(80.2, 80, 81, 82.1)).met).toContain('moreThan2KgIn3Days');
	});

	test('3 pounds in a day is 1.36 kg, not less', () => {
		expect(answers(daily(80, 81.35)).met).toEqual([]);
		expect(answers(daily(80, 81.36)).met).toEqual(['threePoundsIn1Day']);
	});

	test('3 pounds in a day needs a weight of yesterday, whatever the days before say', () => {
		expect(answers(daily(80, 80, null, 81.5)).unknown).toEqual(['threePoundsIn1Day']);
	});

	test('5 pounds is 2.27 kg, not less', () => {
		const five: RuleName[] = ['fivePoundsIn3Days', 'fivePoundsInAWeek'];
		expect(answers(daily(80, 81, 82, 82.27)).met).toEqual(expect.arrayContaining(five));
		expect(answers(daily(80, 81, 82, 82.26)).met).not.toEqual(expect.arrayContaining(five));
	});

	test('5 pounds in three days counts from the very day, not from a lower one between', () => {
		expect(answers(daily(80, 81.5, 79.6, 81.9)).met).not.toContain('fivePoundsIn3Days');
		expect(answers(daily(null, 81.5, 79.6, 81.9)).unknown).toEqual(['fivePoundsIn3Days']);
	});

	test('the middle of the window may be missing', () => {
		expect(answers(daily(80, null, null, 82.3))).toEqual({
			met: ['moreThan2KgIn3Days', 'fivePoundsIn3Days', 'fivePoundsInAWeek', 'moreThan2KgIn3To7Days'],
			unknown: ['threePoundsIn1Day']
		});
	});

	test('a week has seven days before today and no more', () => {
		const weekly: RuleName[] = ['fivePoundsInAWeek', 'moreThan2KgIn3To7Days'];
		expect(answers([...daily(80), { day: 7, kg: 82.3 }]).met).toEqual(weekly);
		expect(answers([...daily(80), { day: 8, kg: 82.3 }])).toEqual({ met: [], unknown: names });
	});

	test('without a weight today nothing is known, however much was gained until yesterday', () => {
		expect(answers(daily(80, 83, null))).toEqual({ met: [], unknown: names });
	});

	test('an unknown answer is never a no: no rule says false without a weight in its window and one today', () => {
		fc.assert(
			fc.property(days, (weights) => {
				const today = weights.length - 1;
				for (const name of names) {
					const { from, to } = weightRules[name].window;
					const window = weights.filter(({ day }) => day >= today - to && day <= today - from);
					const isKnown = weights[today]?.kg !== null && window.some(({ kg }) => kg !== null);
					expect(isWeightRuleMet(weightRules[name], weights, today) === null).toBe(!isKnown);
				}
			})
		);
	});

	test('more in three days is more in a week, and 5 pounds is more than 2 kg', () => {
		const follows: [RuleName, RuleName][] = [
			['moreThan2KgIn3Days', 'moreThan2KgIn3To7Days'],
			['fivePoundsIn3Days', 'fivePoundsInAWeek'],
			['fivePoundsIn3Days', 'moreThan2KgIn3Days'],
			['fivePoundsInAWeek', 'moreThan2KgIn3To7Days']
		];
		fc.assert(
			fc.property(days, (weights) => {
				const { met } = answers(weights);
				for (const [rule, wider] of follows) if (met.includes(rule)) expect(met).toContain(wider);
			})
		);
	});

	test('no weight of an earlier day, once added, takes a yes back', () => {
		fc.assert(
			fc.property(days, fc.integer({ min: -8, max: 12 }), near, (weights, day, kg) => {
				const today = weights.length - 1;
				if (day >= today) return;
				const { met } = answers(weights, today);
				expect(answers([...weights, { day, kg }], today).met).toEqual(expect.arrayContaining(met));
			})
		);
	});
});
