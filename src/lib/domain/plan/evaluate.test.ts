import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	DAY_0,
	gainClause,
	moment,
	planData,
	reading,
	rule,
	valueClause,
	weights
} from '../../../../tests/support/plan';
import { addDays } from '../time';
import { evaluatePlan, type Zone } from './evaluate';
import { combined, type Verdict } from './finding';
import type { Rule } from './rule';
import type { PlanData } from './timeline';

const symptom = (step: number) =>
	({ id: `s${step}`, kind: 'symptom', field: 'breathlessness', step, withinDays: 2 }) as const;
const yellow = rule([gainClause()]);
const red = rule([symptom(3)], { zone: 'red' });
const zoneOf = (rules: readonly Rule[], data: PlanData, day = 3) => evaluatePlan({ rules }, data, moment(day, '20:00'));

describe('three values', () => {
	const verdicts: readonly Verdict[] = ['met', 'unknown', 'notMet'];
	const table = (least: number) => verdicts.map((a) => verdicts.map((b) => combined([a, b], least)));

	test('"or" is the better known of the two, "and" the less', () => {
		expect(table(1)).toEqual([
			['met', 'met', 'met'],
			['met', 'unknown', 'unknown'],
			['met', 'unknown', 'notMet']
		]);
		expect(table(2)).toEqual([
			['met', 'unknown', 'notMet'],
			['unknown', 'unknown', 'notMet'],
			['notMet', 'notMet', 'notMet']
		]);
	});

	test('two of three', () => {
		expect(combined(['met', 'met', 'unknown'], 2)).toBe('met');
		expect(combined(['met', 'unknown', 'notMet'], 2)).toBe('unknown');
		expect(combined(['met', 'notMet', 'notMet'], 2)).toBe('notMet');
	});

	test('what is learnt later never turns a known answer', () => {
		const list = fc.array(fc.constantFrom(...verdicts), { minLength: 1, maxLength: 6 });
		fc.assert(
			fc.property(list, fc.integer({ min: 1, max: 6 }), fc.boolean(), (known, least, isMet) => {
				const before = combined(known, least);
				const after = combined(
					known.map((verdict) => (verdict === 'unknown' ? (isMet ? 'met' : 'notMet') : verdict)),
					least
				);
				expect(before === 'unknown' || before === after).toBe(true);
			})
		);
	});
});

describe('the zone', () => {
	const steady = weights(74, 74, 74, 74);
	const gained = weights(74, 74, 75, 76.5);
	const answer = (breathlessness: number) => [reading({ breathlessness }, 3)];

	test('green only when every rule is known not to be met', () => {
		expect(zoneOf([yellow, red], planData({ weight: steady, symptoms: answer(0) }))).toMatchObject({
			zone: 'green',
			isRedUnknown: false,
			ask: []
		});
		expect(zoneOf([yellow, red], planData({ symptoms: answer(0) }))).toMatchObject({
			zone: 'unknown',
			ask: ['weight']
		});
	});

	test('a plan without rules is "vet inte", never green', () => {
		expect(zoneOf([], planData({}))).toMatchObject({ zone: 'unknown', isRedUnknown: true });
	});

	test('red wins, whatever else is unknown', () => {
		const result = zoneOf([yellow, red], planData({ symptoms: answer(3) }));
		expect(result.zone).toBe('red');
		expect(result.reasons.map((each) => each.rule.id)).toEqual([red.id]);
	});

	test('yellow with an unknown red is yellow, and says that red is unknown', () => {
		expect(zoneOf([yellow, red], planData({ weight: gained }))).toMatchObject({
			zone: 'yellow',
			isRedUnknown: true,
			ask: ['symptoms']
		});
	});

	test('a nurse without the symptoms does not see green, and is asked for nothing she cannot give', () => {
		const data = planData({ weight: steady }, { closed: ['symptoms'] });
		expect(zoneOf([yellow, red], data)).toMatchObject({ zone: 'unknown', isRedUnknown: true, ask: [] });
	});

	test('since when, and whether it is a repeat within the quiet days', () => {
		const high = valueClause({ withinDays: 1 });
		const on = (...days: number[]) => planData({ bloodPressure: days.map((day) => reading({ systolic: 180 }, day)) });
		const alarmOf = (data: PlanData, quietDays?: number) =>
			zoneOf([rule([high], quietDays === undefined ? {} : { quietDays })], data, 5).rules[0]?.alarm;
		expect(alarmOf(on(3, 4, 5))).toEqual({ since: addDays(DAY_0, 3), isRepeat: false });
		expect(alarmOf(on(2, 5), 3)).toEqual({ since: addDays(DAY_0, 5), isRepeat: true });
		expect(alarmOf(on(1, 5), 3)).toEqual({ since: addDays(DAY_0, 5), isRepeat: false });
		expect(zoneOf([rule([high], { quietDays: 3 })], on(2, 5), 5).zone).toBe('yellow');
	});
});

describe('for any readings', () => {
	const rank: Record<Zone, number> = { green: 0, unknown: 1, yellow: 2, red: 3 };
	const pressures = fc.array(
		fc.record({ systolic: fc.integer({ min: 100, max: 240 }), day: fc.integer({ min: 0, max: 6 }) }),
		{
			maxLength: 12
		}
	);
	const rules = [
		rule([valueClause({ id: 'a', limit: 150, readings: 2, clear: 140 })]),
		rule([valueClause({ id: 'b', limit: 200 }), valueClause({ id: 'c', limit: 180, readings: 2 })], { zone: 'red' })
	];
	const dataOf = (list: readonly { systolic: number; day: number }[], more = 0) =>
		planData({
			bloodPressure: list.map(({ systolic, day }, n) =>
				reading({ systolic: systolic + more }, day, `0${Math.min(9, n)}:${10 + n}`, `p${n}`)
			)
		});

	test('worse values never give a better zone, and order gives no other', () => {
		fc.assert(
			fc.property(pressures, fc.integer({ min: 0, max: 60 }), (list, more) => {
				const now = zoneOf(rules, dataOf(list), 6);
				expect(rank[zoneOf(rules, dataOf(list, more), 6).zone]).toBeGreaterThanOrEqual(rank[now.zone]);
				const turned = dataOf(list).readings('bloodPressure') ?? [];
				expect(zoneOf(rules, planData({ bloodPressure: [...turned].reverse() }), 6)).toEqual(now);
			})
		);
	});

	test('closing a book never gives green', () => {
		fc.assert(
			fc.property(pressures, (list) => {
				const readings = dataOf(list).readings('bloodPressure') ?? [];
				expect(zoneOf(rules, planData({ bloodPressure: readings }, { closed: ['bloodPressure'] }), 6).zone).toBe(
					'unknown'
				);
			})
		);
	});
});
