import { expect, test } from 'vitest';
import type { ObservationDraft } from '$lib/domain/observation';
import { effectiveAt } from '$lib/domain/time';
import { MemoryCircle } from '../../tests/doubles/memory-circle.svelte';
import { showsSeriousValue } from './serious-value';

const reading = (minute: number, measure: ObservationDraft['measure'], values: Record<string, number>) => ({
	measure,
	values,
	effective: effectiveAt(Date.UTC(2026, 10, 16, 7, minute), 'Europe/Stockholm'),
	source: { kind: 'manual' as const }
});
const high = reading(0, 'bloodPressure', { systolic: 235, diastolic: 100 });

test('a serious value is one while it is the newest of its measure', () => {
	expect(showsSeriousValue(new MemoryCircle([]))).toBe(false);
	expect(showsSeriousValue(new MemoryCircle([high]))).toBe(true);
	expect(showsSeriousValue(new MemoryCircle([high, reading(1, 'weight', { weight: 70 })]))).toBe(true);
	const after = reading(5, 'bloodPressure', { systolic: 140, diastolic: 80 });
	expect(showsSeriousValue(new MemoryCircle([high, after]))).toBe(false);
	expect(showsSeriousValue(new MemoryCircle([reading(0, 'symptoms', { chestPain: 1 })]))).toBe(true);
});
