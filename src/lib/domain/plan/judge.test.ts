import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gainClause, moment, planData, reading, valueClause, weights, DAY_0 } from '../../../../tests/support/plan';
import { homeBpPresets } from '../home-bp-presets';
import type { MeasuringSeries } from '../measuring-series';
import { addDays } from '../time';
import { isWeightRuleMet, weightRules } from '../weight-change';
import type { Clause } from './clause';
import { evaluateClause } from './evaluate';
import type { PlanData } from './timeline';

const pressure = (systolic: number, day: number, clock = '07:00', id?: string) =>
	reading({ systolic, diastolic: 70 }, day, clock, id);
const findingOf = (clause: Clause, data: PlanData, day: number, clock = '20:00') =>
	evaluateClause(clause, data, moment(day, clock)).finding;
const verdictOf = (clause: Clause, data: PlanData, day: number, clock?: string) =>
	findingOf(clause, data, day, clock).verdict;

describe('a limit on readings', () => {
	test('the newest reading counts, so that measuring again can lower as well as raise', () => {
		const data = planData({ bloodPressure: [pressure(180, 0, '07:00'), pressure(150, 0, '07:10')] });
		expect(verdictOf(valueClause(), data, 0)).toBe('notMet');
		const other = planData({ bloodPressure: [pressure(150, 0, '07:00'), pressure(180, 0, '07:10', 'high')] });
		expect(findingOf(valueClause(), other, 0)).toMatchObject({ verdict: 'met', readings: ['high'], isHeld: false });
	});

	test.each([
		['over', 160, 'notMet'],
		['atLeast', 160, 'met'],
		['under', 160, 'notMet'],
		['atMost', 160, 'met']
	] as const)('%s a limit of 160 is %s at 160', (relation, limit, verdict) => {
		const data = planData({ bloodPressure: [pressure(160, 0)] });
		expect(verdictOf(valueClause({ relation, limit }), data, 0)).toBe(verdict);
	});

	test('a reading older than the window says nothing, and it is said when it was', () => {
		const data = planData({ bloodPressure: [pressure(180, 0)] });
		expect(verdictOf(valueClause({ withinDays: 3 }), data, 2)).toBe('met');
		expect(findingOf(valueClause({ withinDays: 3 }), data, 3)).toEqual({
			verdict: 'unknown',
			why: { type: 'no-reading', measure: 'bloodPressure', last: moment(0) }
		});
	});

	test('so many in a row: one that lies right breaks the row, too few say nothing', () => {
		const clause = valueClause({ readings: 3, withinDays: 7 });
		const rows = (...values: number[]) => planData({ bloodPressure: values.map((value, day) => pressure(value, day)) });
		expect(verdictOf(clause, rows(170, 171, 172), 2)).toBe('met');
		expect(verdictOf(clause, rows(190, 150, 172), 2)).toBe('notMet');
		expect(verdictOf(clause, rows(150), 0)).toBe('notMet');
		expect(findingOf(clause, rows(170, 171), 1)).toEqual({
			verdict: 'unknown',
			why: { type: 'too-few', measure: 'bloodPressure', have: 2, need: 3 }
		});
	});

	test('the same reading from two sources is one', () => {
		const data = planData({ bloodPressure: [pressure(170, 0, '07:00'), pressure(170, 0, '07:00')] });
		expect(verdictOf(valueClause({ readings: 2 }), data, 0)).toBe('unknown');
	});

	test('hysteresis: met until a reading comes back to the value to clear at', () => {
		const clause = valueClause({ clear: 140 });
		const data = planData({ bloodPressure: [170, 150, 141, 140, 150].map((value, day) => pressure(value, day)) });
		expect([0, 1, 2, 3, 4].map((day) => verdictOf(clause, data, day))).toEqual([
			'met',
			'met',
			'met',
			'notMet',
			'notMet'
		]);
		expect(findingOf(clause, data, 2)).toMatchObject({ isHeld: true });
		expect(verdictOf(valueClause(), data, 1)).toBe('notMet');
	});

	test('a reading of a clock ahead counts today, and one of tomorrow waits', () => {
		const data = planData({ bloodPressure: [pressure(180, 0, '09:00'), pressure(100, 1, '08:00')] });
		expect(verdictOf(valueClause(), data, 0, '07:00')).toBe('met');
	});
});

describe('a gain of weight', () => {
	test('Märta, 2.3 kg in three days: met, resting on the lowest weight and that of today', () => {
		expect(findingOf(gainClause(), planData({ weight: weights(74.1, 74.6, 75.5, 76.4) }), 3)).toEqual({
			verdict: 'met',
			readings: ['w0', 'w3'],
			at: moment(3),
			isHeld: false
		});
	});

	test('2 kg is not more than 2 kg, whatever binary fractions make of it', () => {
		expect(verdictOf(gainClause(), planData({ weight: weights(62.4, 63, 63.5, 64.4) }), 3)).toBe('notMet');
		expect(verdictOf(gainClause(), planData({ weight: weights(62.4, 63, 63.5, 64.5) }), 3)).toBe('met');
	});

	test('without a weight of today it is "vet inte", and so it is with nothing to compare with', () => {
		const data = planData({ weight: weights(74, 75, 77) });
		expect(findingOf(gainClause(), data, 3)).toEqual({
			verdict: 'unknown',
			why: { type: 'no-reading', measure: 'weight', last: moment(2) }
		});
		expect(verdictOf(gainClause(), planData({ weight: weights(74, null, null, null, 77) }), 4)).toBe('unknown');
	});

	test('of 2 kg in three days says what the rule of heart failure care says (STANDARDS A3)', () => {
		const tenths = fc.array(fc.option(fc.integer({ min: 740, max: 780 })), { minLength: 1, maxLength: 9 });
		fc.assert(
			fc.property(tenths, (list) => {
				const kilos = list.map((kg) => kg && kg / 10);
				const today = kilos.length - 1;
				const rule = weightRules.moreThan2KgIn3Days;
				const isMet = isWeightRuleMet(
					rule,
					kilos.map((kg, day) => ({ day, kg })),
					today
				);
				const verdict = isMet === null ? 'unknown' : isMet ? 'met' : 'notMet';
				expect(verdictOf(gainClause(), planData({ weight: weights(...kilos) }), today)).toBe(verdict);
			})
		);
	});

	test('held until the gain is gone, also when the days have moved past where it began', () => {
		const data = planData({ weight: weights(74, 74, 76.5, 76.5, 76.5, 76.5, 76.5, 74.9) });
		const verdicts = (clause: Clause) => [2, 4, 6, 7].map((day) => verdictOf(clause, data, day));
		expect(verdicts(gainClause())).toEqual(['met', 'met', 'notMet', 'notMet']);
		expect(verdicts(gainClause({ clear: 1 }))).toEqual(['met', 'met', 'met', 'notMet']);
	});
});

describe('symptoms, health and silence', () => {
	const symptom: Clause = { id: 's', kind: 'symptom', field: 'breathlessness', step: 2, withinDays: 2 };

	test('a symptom is met from its step on; a question left out is not a no', () => {
		const answers = (values: Record<string, number>) => planData({ symptoms: [reading(values, 0)] });
		expect(verdictOf(symptom, answers({ breathlessness: 1 }), 0)).toBe('notMet');
		expect(verdictOf(symptom, answers({ breathlessness: 3 }), 0)).toBe('met');
		expect(findingOf(symptom, answers({ swelling: 0 }), 0)).toEqual({
			verdict: 'unknown',
			why: { type: 'unanswered', field: 'breathlessness' }
		});
	});

	test('health counts worse upwards', () => {
		const data = planData({ selfRatedHealth: [reading({ step: 4 }, 0)] });
		const health = (step: number, direction: 'orWorse' | 'orBetter'): Clause => ({
			id: 'h',
			kind: 'health',
			step,
			direction,
			withinDays: 1
		});
		expect(verdictOf(health(4, 'orWorse'), data, 0)).toBe('met');
		expect(verdictOf(health(5, 'orWorse'), data, 0)).toBe('notMet');
		expect(verdictOf(health(3, 'orBetter'), data, 0)).toBe('notMet');
		expect(verdictOf(health(3, 'orBetter'), data, 1)).toBe('unknown');
	});

	test('silence is whole days without a reading, from the last one or from the plan’s first day', () => {
		const silence: Clause = { id: 'q', kind: 'silence', measure: 'weight', days: 3 };
		const data = planData({ weight: weights(74) });
		expect([3, 4].map((day) => verdictOf(silence, data, day))).toEqual(['notMet', 'met']);
		expect(verdictOf(silence, planData({}), 0)).toBe('met');
		expect(verdictOf(silence, planData({}, { since: DAY_0 }), 3)).toBe('notMet');
	});
});

describe('the mean of a series', () => {
	const series: MeasuringSeries = { id: 'week', protocol: homeBpPresets['esh-7d'], start: DAY_0, endedAt: null };
	const clause: Clause = {
		id: 'm',
		kind: 'seriesMean',
		field: 'systolic',
		relation: 'atLeast',
		limit: 135,
		withinDays: 30
	};
	const week = (systolic: number, days: number) =>
		Array.from({ length: days * 4 }, (_, n) => ({
			...pressure(systolic, Math.floor(n / 4), ['07:00', '07:02', '19:00', '19:02'][n % 4]),
			context: { series: 'week' }
		}));
	const data = (systolic: number, days: number) =>
		planData({ bloodPressure: week(systolic, days) }, { series: [series] });

	test('met on its unrounded mean, once it is valid', () => {
		expect(verdictOf(clause, data(135, 7), 6)).toBe('met');
		expect(verdictOf(clause, data(134.5, 7), 6)).toBe('notMet');
	});

	test('a preliminary mean is "vet inte" with what is missing, and an old one says nothing', () => {
		expect(findingOf(clause, data(150, 3), 2)).toEqual({
			verdict: 'unknown',
			why: { type: 'too-few', measure: 'bloodPressure', have: 8, need: 12 }
		});
		expect(findingOf(clause, data(150, 7), 40)).toMatchObject({ why: { type: 'no-reading' } });
		expect(findingOf(clause, planData({ bloodPressure: [pressure(200, 0)] }), 0)).toMatchObject({
			why: { type: 'no-reading', last: null }
		});
	});

	test('a later series that is not valid yet leaves the one before to count', () => {
		const next = { ...series, id: 'next', start: addDays(DAY_0, 10) };
		const more = [...week(150, 7), { ...pressure(110, 10), context: { series: 'next' } }];
		expect(verdictOf(clause, planData({ bloodPressure: more }, { series: [next, series] }), 10)).toBe('met');
	});
});

describe('what cannot be read', () => {
	test('a clause on a book the reader does not hold is "vet inte", whatever its kind', () => {
		const closed = planData({ bloodPressure: [pressure(200, 0)] }, { closed: ['bloodPressure'] });
		expect(findingOf(valueClause(), closed, 0)).toEqual({
			verdict: 'unknown',
			why: { type: 'book-unreadable', measure: 'bloodPressure' }
		});
		const silence: Clause = { id: 'q', kind: 'silence', measure: 'bloodPressure', days: 1 };
		expect(verdictOf(silence, closed, 9)).toBe('unknown');
	});

	test('a pulse may stand in a blood pressure, so both books are needed', () => {
		const pulse = valueClause({ measure: 'pulse', field: 'pulse', limit: 100 });
		const data = planData({ pulse: [reading({ pulse: 70 }, 0)] }, { closed: ['bloodPressure'] });
		expect(findingOf(pulse, data, 0)).toMatchObject({ why: { type: 'book-unreadable', measure: 'bloodPressure' } });
	});

	test('a clause of a newer app is "vet inte"', () => {
		const newer: Clause = { kind: 'newer', id: 'n', raw: { id: 'n', kind: 'dream' } };
		expect(findingOf(newer, planData({}), 0)).toEqual({ verdict: 'unknown', why: { type: 'newer-clause' } });
	});
});

describe('for any readings', () => {
	const histories = fc.array(
		fc.record({ value: fc.integer({ min: 150, max: 170 }), hour: fc.integer({ min: 0, max: 100 }) }),
		{
			maxLength: 20
		}
	);
	const asReadings = (history: readonly { value: number; hour: number }[]) =>
		history.map(({ value, hour }, n) =>
			pressure(value, Math.floor(hour / 24), `${String(hour % 24).padStart(2, '0')}:00`, `p${n}`)
		);
	const shapes = fc.record(
		{
			readings: fc.integer({ min: 1, max: 4 }),
			withinDays: fc.integer({ min: 1, max: 5 }),
			clear: fc.integer({ min: 150, max: 160 })
		},
		{ requiredKeys: ['readings', 'withinDays'] }
	);
	const rank = { notMet: 0, unknown: 1, met: 2 };

	test('the order they are given in never matters', () => {
		fc.assert(
			fc.property(histories, shapes, (history, shape) => {
				const given = asReadings(history);
				const clause = valueClause(shape);
				const finding = findingOf(clause, planData({ bloodPressure: given }), 3);
				expect(findingOf(clause, planData({ bloodPressure: [...given].reverse() }), 3)).toEqual(finding);
			})
		);
	});

	test('worse values never give a better answer', () => {
		fc.assert(
			fc.property(
				histories,
				shapes,
				fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 20, maxLength: 20 }),
				(history, shape, more) => {
					const clause = valueClause(shape);
					const worse = history.map(({ value, hour }, n) => ({ value: value + (more[n] ?? 0), hour }));
					const [before, after] = [history, worse].map(
						(each) => rank[verdictOf(clause, planData({ bloodPressure: asReadings(each) }), 3)]
					);
					expect(after).toBeGreaterThanOrEqual(before ?? 0);
				}
			),
			{ numRuns: 400 }
		);
	});

	test('a heavier weight of today never gives a better answer', () => {
		const kilos = fc.array(fc.option(fc.integer({ min: 700, max: 760 }), { freq: 3 }), { minLength: 1, maxLength: 8 });
		const clears = fc.option(
			fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10),
			{ nil: undefined }
		);
		fc.assert(
			fc.property(kilos, fc.integer({ min: 0, max: 40 }), clears, (tenths, more, clear) => {
				const clause = gainClause(clear === undefined ? {} : { clear });
				const of = (last: number) =>
					weights(
						...tenths.map((kg, day) => (kg === null ? null : (kg + (day === tenths.length - 1 ? last : 0)) / 10))
					);
				const [before, after] = [0, more].map(
					(last) => rank[verdictOf(clause, planData({ weight: of(last) }), tenths.length - 1)]
				);
				expect(after).toBeGreaterThanOrEqual(before ?? 0);
			}),
			{ numRuns: 400 }
		);
	});
});
