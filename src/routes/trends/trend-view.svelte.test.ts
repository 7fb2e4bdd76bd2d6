import { describe, expect, test } from 'vitest';
import { inventedReadings } from '../../../tests/doubles/invented-readings';
import { MemoryCircle } from '../../../tests/doubles/memory-circle.svelte';
import { must } from '$lib/domain/assert';
import type { MeasureKind } from '$lib/domain/measures';
import type { ObservationDraft } from '$lib/domain/observation';
import { addDays, effectiveAt, localDate, placeWallTime } from '$lib/domain/time';
import type { Toast } from '$lib/state/toasts.svelte';
import { notGivenBack, removeReading } from './remove-reading';
import { circumstances, dayAndPart } from './reading-words';
import { TrendView } from './trend-view.svelte';

const zone = 'Europe/Stockholm';
/** 16 November 2026, kl. 12.00 in Stockholm. */
const noon = Date.UTC(2026, 10, 16, 11);
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

function draft(measure: MeasureKind, daysAgo: number, hour: number, values: Record<string, number>): ObservationDraft {
	const date = addDays(localDate(effectiveAt(noon, zone)), -daysAgo);
	const placed = placeWallTime({ date, minutes: hour * 60 }, zone);
	if (!placed.ok) throw new Error('an hour that exists');
	return { measure, values, effective: placed.value.effective, source: { kind: 'manual' } };
}

function open(drafts: ObservationDraft[], measure: MeasureKind = 'bloodPressure') {
	const circle = new MemoryCircle(drafts);
	const clock = { now: noon };
	return { circle, clock, view: new TrendView(measure, { circle, now: () => clock.now, zone }) };
}

const week = Array.from({ length: 6 }, (_, day) => [
	draft('bloodPressure', 6 - day, 7, { systolic: 133, diastolic: 77 }),
	draft('bloodPressure', 6 - day, 20, { systolic: 139, diastolic: 81 })
]).flat();

describe('the sentence', () => {
	test('says the mean, over how long and of how many, and how evenings compare', () => {
		const { view } = open(week);
		expect(view.sentence).toEqual({
			text: 'Snittet är 136/79 på 30 dagar, av 12 mätningar. Kvällarna ligger 6 högre än morgnarna.',
			strong: '136/79'
		});
	});

	test('of a single reading is that reading', () => {
		const { view } = open(week.slice(-1));
		expect(view.sentence?.text).toBe('En mätning på 30 dagar: 139/81.');
	});

	test('of a weight says where it is now', () => {
		const weights = [draft('weight', 3, 7, { weight: 74.2 }), draft('weight', 0, 7, { weight: 76.4 })];
		const text = plain(must(open(weights, 'weight').view.sentence, 'a sentence').text);
		expect(text).toBe('Snittet är 75,3 kg på 30 dagar, av 2 mätningar. Senast 76,4 kg, i dag.');
	});

	test('of answers says the most common', () => {
		const answers = [3, 2, 2].map((step, at) => draft('selfRatedHealth', 9 - at, 9, { step }));
		const { view } = open(answers, 'selfRatedHealth');
		expect(view.sentence).toEqual({ text: 'Det vanligaste svaret är Bra, 2 av 3 svar på 30 dagar.', strong: 'Bra' });
	});

	test('follows the range; all reaches back to the first reading', () => {
		const { view } = open([draft('bloodPressure', 59, 7, { systolic: 150, diastolic: 90 }), ...week]);
		expect(view.kept).toHaveLength(12);
		view.range = 'all';
		expect(view.kept).toHaveLength(13);
		expect(view.sentence?.text).toContain('på 60 dagar, av 13 mätningar');
	});

	test('is silent for a range without readings, and the newest is still known', () => {
		const { view } = open([draft('bloodPressure', 40, 7, { systolic: 150, diastolic: 90 })]);
		expect([view.sentence, view.summary, view.all.length]).toEqual([null, null, 1]);
	});
});

describe('the chart', () => {
	test('speaks each reading in the order of its stops', () => {
		const { view } = open(inventedReadings(noon, zone, 40));
		expect(view.plot.stops).toHaveLength(view.kept.length);
		const last = view.plot.stops.length - 1;
		expect(plain(view.words.stop(last))).toMatch(/^i dag kl\. 07\.\d\d: \d+ över \d+, puls \d+$/);
	});

	test('takes in a reading as it is recorded, and lets one go as it is removed', async () => {
		const { view, circle } = open(week);
		const saved = await circle.record(draft('bloodPressure', 0, 7, { systolic: 128, diastolic: 75 }));
		expect(view.plot.stops).toHaveLength(13);
		if (saved.ok) await circle.voidObservation(saved.value);
		expect(view.plot.stops).toHaveLength(12);
	});

	test('today is the day of whoever looks', () => {
		const { view, clock } = open(week);
		expect(view.words.date(view.plot.dateTicks.at(-1) ?? localDate(effectiveAt(0, zone)))).toBe('16 nov');
		clock.now += 86_400_000;
		const later = open(week);
		later.clock.now = clock.now;
		expect(later.view.plot.dateTicks.at(-1)).toBe('2026-11-17');
	});
});

describe('the list', () => {
	test('tells day, part of day and what was noted', () => {
		const { view, circle } = open([
			{
				...draft('bloodPressure', 1, 20, { systolic: 133, diastolic: 77 }),
				note: 'efter promenad',
				context: { arm: 'left', mood: 'new' }
			}
		]);
		const reading = must(circle.observations('bloodPressure')[0], 'a reading');
		expect(plain(dayAndPart(reading, view.now))).toBe('i går, kväll');
		expect(circumstances(reading)).toBe('vänster arm, efter promenad');
	});

	test('a reading that is removed can be had back', async () => {
		const { circle } = open(week);
		const shown: Toast[] = [];
		const toasts = { show: (toast: Toast) => void shown.push(toast) };
		const reading = must(circle.observations('bloodPressure')[3], 'a reading');
		await removeReading(reading, 'wrongValue', { circle, toasts });
		expect(circle.observations('bloodPressure')).toHaveLength(11);
		expect(notGivenBack(circle.removed('bloodPressure'), circle.observations('bloodPressure'))).toMatchObject([
			{ id: reading.id, reason: 'wrongValue' }
		]);
		shown[0]?.undo?.();
		await expect.poll(() => shown.length).toBe(2);
		// What stands there again is no longer among the removed.
		expect(notGivenBack(circle.removed('bloodPressure'), circle.observations('bloodPressure'))).toEqual([]);
		expect(circle.observations('bloodPressure')).toHaveLength(12);
		expect(circle.observations('bloodPressure')[3]).toMatchObject({
			values: reading.values,
			effective: reading.effective
		});
	});

	test('a removal that fails says so and changes nothing', async () => {
		const { circle } = open(week);
		circle.failure = { type: 'storage-full' };
		const shown: Toast[] = [];
		await removeReading(must(circle.observations('bloodPressure')[0], 'a reading'), 'mistake', {
			circle,
			toasts: { show: (toast: Toast) => void shown.push(toast) }
		});
		expect(shown[0]?.undo).toBeUndefined();
		expect(circle.observations('bloodPressure')).toHaveLength(12);
	});
});
