import { expect, test } from 'vitest';
import { MemoryCircle } from '../../tests/doubles/memory-circle.svelte';
import { todayTiles } from './today-tiles';

const effective = { utc: Date.parse('2026-11-16T06:32:00Z'), offset: 60, zone: 'Europe/Stockholm' };
const now = { utc: Date.parse('2026-11-17T08:00:00Z'), offset: 60 };

/** A circle with one weight and one pulse, where only these may be logged. */
function circleWhere(...writable: string[]) {
	const circle = new MemoryCircle([
		{ measure: 'weight', values: { weight: 76.4 }, effective, source: { kind: 'manual' } },
		{ measure: 'pulse', values: { pulse: 64 }, effective, source: { kind: 'manual' } }
	]);
	circle.canWrite = (kind) => writable.includes(kind);
	return circle;
}

const shown = (circle: MemoryCircle) =>
	Object.fromEntries(todayTiles(circle, now).map(({ measure, canLog, value }) => [measure, [canLog, value]]));

test('a relative sees what they may read too, as a value without a way to log it', () => {
	expect(shown(circleWhere('weight'))).toEqual({ weight: [true, '76,4'], pulse: [false, '64'] });
});

test('what may be logged stands there before its first value; what may only be read does not', () => {
	expect(shown(circleWhere('bloodPressure'))).toEqual({
		bloodPressure: [true, undefined],
		weight: [false, '76,4'],
		pulse: [false, '64']
	});
});
