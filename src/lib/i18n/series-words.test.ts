import { beforeEach, expect, test } from 'vitest';
import { shownPressure } from '$lib/domain/shown-pressure';
import { overwriteGetLocale } from './paraglide/runtime';
import { targetComparison } from './series-words';

beforeEach(() => overwriteGetLocale(() => 'sv'));
const plain = (text: string) => text.replaceAll('\u00a0', ' ').replaceAll('\u2060', '');

test('a mean is set beside the plan’s target by the number that is shown', () => {
	const targets = [
		{ field: 'systolic', min: 120, max: 135 },
		{ field: 'diastolic', max: 80 }
	];
	expect(plain(targetComparison(shownPressure(138.2, 79.9), targets))).toBe(
		'Planens mål. Övre 138: över målet, 120–135. Undre 79,9: i målet, högst 80.'
	);
	expect(plain(targetComparison(shownPressure(118, 92), [{ field: 'systolic', min: 120 }]))).toBe(
		'Planens mål. Övre 118: under målet, minst 120.'
	);
});

test('without a target for a pressure nothing is said', () => {
	expect(targetComparison(shownPressure(138, 80), [])).toBe('');
	expect(targetComparison(shownPressure(138, 80), [{ field: 'pulse', max: 90 }])).toBe('');
});
