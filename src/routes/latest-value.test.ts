import { expect, test } from 'vitest';
import type { MeasureKind } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import { latestValue } from './latest-value';

const effective = { utc: Date.parse('2026-11-16T06:32:00Z'), offset: 60, zone: 'Europe/Stockholm' };
const now = { utc: Date.parse('2026-11-17T08:00:00Z'), offset: 60 };

const observed = (measure: MeasureKind, values: Record<string, number>): Observation => ({
	id: 'one',
	device: 'phone',
	measure,
	values,
	effective,
	source: { kind: 'manual' },
	amended: false,
	conflicting: false
});

test('a measure without values invites instead of showing a zero', () => {
	expect(latestValue('weight', undefined, now)).toEqual({ name: 'Vikt', when: 'när du vill' });
});

test('a pressure is shown as on the meter and spoken in words', () => {
	const shown = latestValue('bloodPressure', observed('bloodPressure', { systolic: 134, diastolic: 78 }), now);
	expect(shown).toEqual({
		name: 'Blodtryck',
		value: '134/78',
		spoken: '134 över 78',
		when: 'i\u00a0går kl.\u00a007.32'
	});
});

test('a weight has its decimal comma and unit', () => {
	expect(latestValue('weight', observed('weight', { weight: 76 }), now)).toMatchObject({ value: '76,0', unit: 'kg' });
});

test('self-rated health is shown in its words, best step first', () => {
	const words = [1, 2, 3, 4, 5].map(
		(step) => latestValue('selfRatedHealth', observed('selfRatedHealth', { step }), now).value
	);
	expect(words).toEqual(['Mycket bra', 'Bra', 'Någorlunda', 'Dåligt', 'Mycket dåligt']);
});

test('pain is a step among ten', () => {
	expect(latestValue('pain', observed('pain', { pain: 7 }), now)).toMatchObject({ value: '7 av 10' });
});
