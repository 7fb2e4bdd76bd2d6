import { describe, expect, test } from 'vitest';
import { checkPlan, isProblem } from './checks';
import { suggestedLines } from './origins';
import { templateIds, writePlan } from './plan';
import { planFromTemplate } from './plan-from-template';
import { sourceOf } from './sources';
import { templates } from './templates';

describe('the templates', () => {
	let made = 0;
	const planOf = (id: (typeof templateIds)[number]) =>
		planFromTemplate(
			id,
			(text) => text,
			() => `id${(made += 1)}`
		);

	test.each(templateIds)('%s is a plan that can be stored, and lacks nothing but a contact', (id) => {
		const plan = planOf(id);
		expect(writePlan(plan).ok).toBe(true);
		expect(checkPlan(plan, []).filter(isProblem)).toEqual([{ type: 'no-contact' }]);
		expect(checkPlan(plan, []).map(({ type }) => type)).toEqual(['no-contact']);
	});

	test.each(templateIds)('every number of %s has a source, and is a suggestion', (id) => {
		for (const { source } of templates[id].rules) expect(sourceOf(source)?.section).toMatch(/^A\d/);
		const version = { ref: 'v', base: null, author: 'marta', at: 1, plan: planOf(id) };
		const suggested = suggestedLines(
			version,
			() => undefined,
			() => false
		);
		expect(version.plan.rules.every((each) => suggested.has(`rules ${each.id}`))).toBe(true);
	});

	test('a source of a newer app has no words', () => {
		expect(sourceOf('dream')).toBeUndefined();
		expect(sourceOf('toString')).toBeUndefined();
	});
});
