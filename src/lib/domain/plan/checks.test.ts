import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clauses, gainClause, rule, valueClause } from '../../../../tests/support/plan';
import type { LocalDate } from '../time';
import { booksOfPlan, checkPlan, isProblem } from './checks';
import type { Clause } from './clause';
import { clauseImplies, ruleImplies } from './implies';
import { emptyPlan, type Plan } from './plan';
import type { Rule } from './rule';

const anna = { id: 'anna', name: 'Anna', organisation: 'region' as const, phone: '010-123 45 67' };
const calm: Plan = {
	...emptyPlan('heartFailure'),
	measuring: [{ id: 'w', measure: 'weight', weekdays: [1], times: [], targets: [] }],
	rules: [rule([gainClause()]), rule([gainClause({ id: 'r', kg: 4 })], { zone: 'red' })],
	contacts: [anna],
	fixedContact: 'anna'
};
const typesOf = (change: Partial<Plan>, used: Parameters<typeof checkPlan>[1] = ['weight']) =>
	checkPlan({ ...calm, ...change }, used).map(({ type }) => type);
const rulesOf = (...rules: readonly Rule[]) => ({ rules: [...calm.rules, ...rules] });
const pressure = (relation: 'over' | 'under', limit: number, id = `${relation}${limit}`) =>
	valueClause({ id, relation, limit });

describe('a plan before it is agreed', () => {
	test('one that hangs together gets no notice', () => {
		expect(typesOf({})).toEqual([]);
	});

	test('clauses that exclude each other are named, where both are needed', () => {
		const both = [pressure('over', 160), pressure('under', 140)];
		expect(typesOf(rulesOf(rule(both, { least: 2 })))).toContain('never-met');
		expect(typesOf(rulesOf(rule(both)))).not.toContain('never-met');
		expect(typesOf(rulesOf(rule([pressure('over', 140), pressure('under', 160)], { least: 2 })))).not.toContain(
			'never-met'
		);
	});

	test('a yellow stricter than the red hides behind it, and both are named', () => {
		const rules = [
			rule([gainClause({ id: 'y', kg: 3 })], { id: 'y' }),
			rule([gainClause({ id: 'r', kg: 2 })], { id: 'r', zone: 'red' })
		];
		expect(checkPlan({ ...calm, rules }, ['weight'])).toContainEqual({ type: 'yellow-hidden', yellow: 'y', red: 'r' });
	});

	test('a limit that nobody can measure is named, and so is a value to clear at beyond the limit', () => {
		expect(typesOf(rulesOf(rule([pressure('over', 310)])))).toContain('impossible-limit');
		expect(typesOf(rulesOf(rule([pressure('over', 300)])))).not.toContain('impossible-limit');
		const step: Clause = { id: 's', kind: 'symptom', field: 'fainting', step: 2, withinDays: 2 };
		expect(typesOf(rulesOf(rule([step])))).toContain('impossible-limit');
		expect(typesOf(rulesOf(rule([valueClause({ clear: 170 })])))).toContain('clear-beyond-limit');
		expect(
			typesOf({
				measuring: [{ id: 'w', measure: 'weight', weekdays: [1], times: [], targets: [{ field: 'weight', max: 900 }] }]
			})
		).toEqual(['impossible-target']);
	});

	test('a plan without contact, or with one that cannot be called', () => {
		expect(typesOf({ contacts: [], fixedContact: undefined })).toEqual(['no-contact']);
		expect(typesOf({ contacts: [{ ...anna, phone: undefined }], fixedContact: undefined })).toEqual([
			'no-fixed-contact',
			'contact-without-phone'
		]);
	});

	test('lines that point at nothing are named', () => {
		const cover = {
			id: 'c',
			contact: 'gone',
			name: 'Bo',
			from: '2026-12-01' as LocalDate,
			until: '2026-12-09' as LocalDate
		};
		const steps = [{ kind: 'call' as const, contact: 'gone' }];
		const notices = checkPlan(
			{ ...calm, covers: [cover], rules: [...calm.rules, rule([gainClause({ id: 'x' })], { id: 'x', steps })] },
			[]
		);
		expect(
			notices.filter(({ type }) => type === 'points-at-nothing').map((each) => 'line' in each && each.line)
		).toEqual(['x', 'c']);
	});

	test('red must be there and say whom to call', () => {
		expect(typesOf({ rules: [rule([gainClause()])] })).toEqual(['no-red-rule']);
		const silent = rule([gainClause()], { zone: 'red', steps: [{ kind: 'do', text: 'Vila' }] });
		expect(typesOf({ rules: [silent] })).toEqual(['red-without-call']);
	});

	test('what is not measured, and a template for another disease than the readings', () => {
		expect(typesOf(rulesOf(rule([valueClause()])))).toEqual(['not-measured']);
		expect(typesOf({}, ['glucose'])).toEqual(['other-disease']);
		expect(typesOf({}, [])).toEqual([]);
	});

	test('problems come before warnings', () => {
		const notices = checkPlan(
			{ ...calm, contacts: [], fixedContact: undefined, rules: [rule([pressure('over', 900)])] },
			['glucose']
		);
		expect(notices.map(isProblem)).toEqual([...notices.map(isProblem)].sort((a, b) => Number(b) - Number(a)));
	});

	test('the sharing screen is told every book the zone rests on', () => {
		const pulse = valueClause({ id: 'p', measure: 'pulse', field: 'pulse', limit: 120 });
		expect(booksOfPlan(rulesOf(rule([pulse])))).toEqual(['weight', 'pulse', 'bloodPressure']);
	});
});

describe('what implies what', () => {
	test('every clause implies itself, and a rule of any of them itself', () => {
		fc.assert(
			fc.property(clauses, clauses, (a, b) => {
				expect(clauseImplies(a, a)).toBe(true);
				expect(ruleImplies(rule([a, b]), rule([a, b]))).toBe(true);
				expect(ruleImplies(rule([a, b], { least: 2 }), rule([a]))).toBe(true);
			})
		);
	});

	test('a limit is counted where it is counted', () => {
		const at = (relation: 'over' | 'atLeast', limit: number) => valueClause({ relation, limit });
		expect(clauseImplies(at('over', 160), at('atLeast', 160))).toBe(true);
		expect(clauseImplies(at('atLeast', 160), at('over', 160))).toBe(false);
		expect(clauseImplies(valueClause({ readings: 1 }), valueClause({ readings: 2 }))).toBe(false);
	});
});
