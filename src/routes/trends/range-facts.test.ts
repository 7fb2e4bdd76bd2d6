import { expect, test, vi } from 'vitest';
import { inventedReadings } from '../../../tests/doubles/invented-readings';
import { MemoryCircle } from '../../../tests/doubles/memory-circle.svelte';
import * as summaries from '$lib/domain/summary';
import { effectiveAt, localDate } from '$lib/domain/time';
import { rangeFacts } from './range-facts';

const now = Date.UTC(2026, 10, 16, 11);
const zone = 'Europe/Stockholm';
const inputs = {
	all: new MemoryCircle(inventedReadings(now, zone, 120)).observations('bloodPressure'),
	today: localDate(effectiveAt(now, zone)),
	changes: [],
	targets: []
};

test('a range is worked out once, whatever is looked at in between', () => {
	const summarise = vi.spyOn(summaries, 'summarise');
	const factsOf = rangeFacts('bloodPressure', inputs);
	const month = factsOf('30d');
	const all = factsOf('all');
	expect(factsOf('30d')).toBe(month);
	expect(factsOf('all')).toBe(all);
	expect(summarise).toHaveBeenCalledTimes(2);
	expect(all.kept.length).toBeGreaterThan(month.kept.length);
	expect(all.summary?.count).toBe(all.kept.length);
	expect(all.plot.stops).toHaveLength(all.kept.length);
});

test('other readings or another day are other facts', () => {
	const [before, without] = [inputs, { ...inputs, all: inputs.all.slice(1) }].map((each) =>
		rangeFacts('bloodPressure', each)('all')
	);
	expect(before?.kept.length).toBe((without?.kept.length ?? 0) + 1);
});
