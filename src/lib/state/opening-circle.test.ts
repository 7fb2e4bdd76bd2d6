import { expect, test } from 'vitest';
import { MemoryCircle } from '../../../tests/doubles/memory-circle.svelte';
import { ok } from '$lib/domain/result';
import { openingCircle } from './opening-circle';

const draft = {
	measure: 'pulse' as const,
	values: { pulse: 64 },
	effective: { utc: 0, offset: 0, zone: 'Europe/Stockholm' },
	source: { kind: 'manual' as const }
};

test('what is typed for a person before the store is open is saved with that person', async () => {
	const circle = new MemoryCircle();
	const opening = openingCircle(Promise.resolve(ok(circle)), circle.id);
	expect([opening.id, opening.mine]).toEqual([circle.id, false]);
	expect(await opening.record(draft)).toMatchObject({ ok: true });
	expect(circle.observations('pulse')).toHaveLength(1);
});

test('and with nobody else when that person turns out not to be here', async () => {
	const circle = new MemoryCircle();
	const opening = openingCircle(Promise.resolve(ok(circle)), 'somebody else');
	expect(await opening.record(draft)).toEqual({ ok: false, error: { type: 'not-allowed' } });
	expect(circle.observations('pulse')).toEqual([]);
});
