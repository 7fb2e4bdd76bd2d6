import { expect, test } from 'vitest';
import { emptyPlan, type Plan } from './plan';
import { againstTarget, targetsOf } from './targets';

const plan = (...measuring: Plan['measuring']): Plan => ({ ...emptyPlan(), measuring });
const line = (id: string, measure: 'weight' | 'bloodPressure', ...targets: Plan['measuring'][number]['targets']) => ({
	id,
	measure,
	weekdays: [1],
	times: [],
	targets
});

test('a measure has the targets of its own lines, and of two plans the newest agreement’s', () => {
	const newest = plan(line('a', 'weight', { field: 'weight', max: 75 }), line('b', 'bloodPressure'));
	const other = plan(
		line('a', 'weight', { field: 'weight', min: 60 }),
		line('b', 'bloodPressure', { field: 'systolic', min: 120, max: 135 })
	);
	expect(targetsOf([newest, other], 'weight')).toEqual([{ field: 'weight', max: 75 }]);
	expect(targetsOf([newest, other], 'bloodPressure')).toEqual([{ field: 'systolic', min: 120, max: 135 }]);
	expect(targetsOf([], 'weight')).toEqual([]);
});

test('both ends of a target are in it, and an open end has none', () => {
	const target = { field: 'systolic', min: 120, max: 135 };
	expect([119, 120, 135, 136].map((value) => againstTarget(value, target))).toEqual([
		'below',
		'within',
		'within',
		'above'
	]);
	expect(againstTarget(300, { field: 'systolic', min: 120 })).toBe('within');
	expect(againstTarget(1, { field: 'systolic', max: 135 })).toBe('within');
});
