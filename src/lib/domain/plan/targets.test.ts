import { expect, test } from 'vitest';
import { emptyPlan, type Plan } from './plan';
import { targetsOf } from './targets';

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
