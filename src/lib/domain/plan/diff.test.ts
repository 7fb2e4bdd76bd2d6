import { describe, expect, test } from 'vitest';
import { gainClause, rule } from '../../../../tests/support/plan';
import { diffPlans } from './diff';
import { emptyPlan, type Plan } from './plan';

const base: Plan = {
	...emptyPlan(),
	matters: [{ id: 'm1', text: 'Gå till Sara' }],
	rules: [rule([gainClause()], { id: 'r1', source: 'weightGain' })]
};
const changed: Plan = {
	...base,
	matters: [
		{ id: 'm2', text: 'Sjunga i kören' },
		{ id: 'm1', text: 'Gå till Sara varje söndag' }
	],
	story: 'Jag var lärare.'
};

describe('what differs between two versions', () => {
	test('line by line, with both texts', () => {
		const told = diffPlans(base, changed).map((change) => [
			change.type,
			'before' in change ? change.before.line : null,
			'after' in change ? change.after.line : null
		]);
		expect(told).toEqual([
			['added', null, { id: 'm2', text: 'Sjunga i kören' }],
			['changed', { id: 'm1', text: 'Gå till Sara' }, { id: 'm1', text: 'Gå till Sara varje söndag' }],
			['added', null, 'Jag var lärare.']
		]);
		expect(diffPlans(changed, base).map(({ type }) => type)).toEqual(['changed', 'removed', 'removed']);
	});

	test('nothing, for the same lines in another order or with parts left undefined', () => {
		const turned = { ...changed, matters: [...changed.matters].reverse(), followUp: undefined };
		expect(diffPlans(changed, turned)).toEqual([]);
	});
});
