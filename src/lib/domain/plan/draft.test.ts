import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clauses, rule } from '../../../../tests/support/plan';
import { planDraftToStored, readPlanDraft, tidyPlan } from './draft';
import { emptyPlan, type Plan, parsePlan } from './plan';

const plan = (parts: Partial<Plan>): Plan => ({ ...emptyPlan(), ...parts });
const stored = (draft: Plan): unknown => JSON.parse(JSON.stringify(planDraftToStored(draft)));

describe('what is kept of a plan being written', () => {
	test('a text of 100,000 letters and one that is empty come back as they were', () => {
		const draft = plan({
			story: 'å'.repeat(100_000),
			matters: [{ id: 'a', text: '' }],
			goals: [{ id: 'b', text: `Gå ${'långt '.repeat(1000)}` }],
			rules: [
				rule([{ id: 'c', kind: 'weightGain', kg: 2, days: 3 }], { steps: [{ kind: 'do', text: 'x'.repeat(999) }] })
			]
		});
		expect(readPlanDraft(stored(draft))).toEqual(draft);
	});

	test('any clause comes back, also one of a newer app beside a text that is too long', () => {
		fc.assert(
			fc.property(clauses, (clause) => {
				const newer = { kind: 'newer' as const, id: 'n', raw: { id: 'n', kind: 'moon', phase: 3 } };
				const draft = plan({ story: 'x'.repeat(9000), rules: [rule([clause, newer], { id: 'r' })] });
				expect(readPlanDraft(stored(draft))).toEqual(draft);
			})
		);
	});

	test('what is no plan is no draft', () => {
		for (const each of [null, 3, 'plan', {}, { v: 1 }, { ...emptyPlan(), v: 2 }, { ...emptyPlan(), template: 'other' }])
			expect(readPlanDraft(each)).toBeNull();
		expect(readPlanDraft({ ...emptyPlan(), goals: [{ id: 'a', text: 7 }] })).toBeNull();
		expect(readPlanDraft({ ...emptyPlan(), surplus: 1 })).toBeNull();
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				expect(readPlanDraft(value)).toBeNull();
			})
		);
	});
});

describe('tidy', () => {
	test('empty lines and parts go, words stay, hidden signs go', () => {
		const draft = plan({
			story: '  ',
			matters: [
				{ id: 'a', text: '  Gå \u202Etill Gunnel ' },
				{ id: 'b', text: ' ' }
			],
			contacts: [{ id: 'c', name: 'Anna ', organisation: 'region', unit: ' ' }]
		});
		expect(tidyPlan(draft)).toEqual(
			plan({
				matters: [{ id: 'a', text: 'Gå till Gunnel' }],
				contacts: [{ id: 'c', name: 'Anna', organisation: 'region' }]
			})
		);
	});

	test('a tidy plan is read by everybody, and tidying it again changes nothing', () => {
		const texts = fc.string({ maxLength: 40 });
		fc.assert(
			fc.property(fc.array(texts, { maxLength: 5 }), texts, (lines, story) => {
				const tidy = tidyPlan(plan({ story, matters: lines.map((text, at) => ({ id: `m${at}`, text })) }));
				expect(parsePlan(JSON.parse(JSON.stringify(planDraftToStored(tidy)))).ok).toBe(true);
				expect(tidyPlan(tidy)).toEqual(tidy);
			})
		);
	});
});
