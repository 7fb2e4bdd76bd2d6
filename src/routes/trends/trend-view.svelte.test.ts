import { describe, expect, test } from 'vitest';
import { inventedReadings } from '../../../tests/doubles/invented-readings';
import { MemoryCircle } from '../../../tests/doubles/memory-circle.svelte';
import { must } from '$lib/domain/assert';
import type { ChangeDraft } from '$lib/domain/change';
import { type MeasureKind, measures } from '$lib/domain/measures';
import type { ObservationDraft } from '$lib/domain/observation';
import { addDays, effectiveAt, localDate, placeWallTime } from '$lib/domain/time';
import type { Toast } from '$lib/state/toasts.svelte';
import { notGivenBack, removeReading } from './remove-reading';
import { changeLong, changeShort } from '$lib/i18n/change-words';
import { ChangeForm } from './change-form.svelte';
import { directionText, patternTexts } from './facts-words';
import { removeChange } from './remove-change';
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

	test('of many questions counts only those who answered the one it tells of', () => {
		const answers = [
			draft('symptoms', 2, 8, { breathlessness: 1 }),
			draft('symptoms', 1, 8, { breathlessness: 1, fatigue: 2 }),
			draft('symptoms', 0, 8, { fatigue: 2 })
		];
		const { view } = open(answers, 'symptoms');
		expect(view.sentence?.text).toBe('Andfåddhet: det vanligaste svaret är Lite, 2 av 2 svar på 30 dagar.');
	});

	test('of living habits says how often they were answered', () => {
		const { view } = open([draft('habits', 3, 8, { fish: 1, fruit: 2 })], 'habits');
		expect(view.sentence?.text).toBe('Besvarat en gång på 30 dagar. Senast 13 november.');
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
		expect(view.words.tick(view.plot.ticks.at(-1) ?? 0)).toBe('16 nov');
		clock.now += 86_400_000;
		const later = open(week);
		later.clock.now = clock.now;
		expect(later.view.words.tick(later.view.plot.ticks.at(-1) ?? 0)).toBe('17 nov');
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

describe('against the hour', () => {
	test('says when most readings are taken and what lies in their middle', () => {
		const { view } = open([...week, draft('bloodPressure', 0, 7, { systolic: 143, diastolic: 87 })]);
		view.view = 'hours';
		expect(plain(must(view.sentence, 'a sentence').text)).toBe(
			'Flest mätningar kl. 06–09: mittvärdet är 133/77, av 7 mätningar. Därefter kl. 18–21: 139/81, av 6 mätningar.'
		);
		expect(view.plot.stops).toHaveLength(2);
		expect(plain(view.words.stop(1))).toBe('kl. 18–21: mittvärdet är 139 över 81, av 6 mätningar');
	});

	test('is offered only where the hour matters', () => {
		const { view } = open([draft('weight', 0, 7, { weight: 74 })], 'weight');
		view.view = 'hours';
		expect([view.hasHours, view.shows]).toEqual([false, 'time']);
	});
});

describe('two over each other', () => {
	const weights = [draft('weight', 3, 7, { weight: 74.2 }), draft('weight', 0, 7, { weight: 76.4 })];
	const answers = [draft('symptoms', 3, 8, { breathlessness: 2, fatigue: 0 })];

	test('a measure can be put beside every other that has readings, and beside single questions', () => {
		const { view } = open([...week, ...weights, ...answers]);
		expect(view.options.map(({ label }) => label)).toEqual([
			'Vikt',
			'Andfåddhet',
			'Svullna ben, fötter eller mage',
			'Trötthet'
		]);
	});

	test('the sentence names both ranges and claims nothing of the one and the other', () => {
		const { view } = open([...week, ...weights]);
		view.other = 'weight.';
		expect(plain(must(view.sentence, 'a sentence').text).replaceAll('\u2060', '')).toBe(
			'Blodtryck övre 133–139, undre 77–81. Vikt 74,2–76,4 kg. Båda finns samma dag 1 gång på 30 dagar.'
		);
		expect(view.plot.panes.map(({ measure }) => measure)).toEqual(['bloodPressure', 'weight']);
	});

	test('the cursor speaks both, and says what is missing', () => {
		const { view } = open([...week, ...weights]);
		view.other = 'weight.';
		const at = (day: number) => plain(view.words.stop(day));
		expect(at(3)).toBe('13 november: Blodtryck 136 över 79, Vikt 74,2 kilo');
		expect(at(view.plot.stops.length - 1)).toBe('i dag: Blodtryck saknas, Vikt 76,4 kilo');
	});
});

describe('changes', () => {
	const day = addDays(localDate(effectiveAt(noon, zone)), -3);
	const dose: ChangeDraft = { type: 'medicine.change', day, name: 'Enalapril', from: '5 mg', to: '10 mg' };

	test('a change in the range is marked, and spoken with the readings of its day', async () => {
		const { view, circle } = open(week);
		await circle.noteChange(dose);
		const [mark] = view.plot.marks;
		expect(view.words.mark(must(mark, 'a mark').id)).toBe('Enalapril 5 → 10 mg');
		expect(plain(view.words.stop(6))).toBe('13 november kl. 07.00: 133 över 77. Enalapril 5 → 10 mg');
	});

	test('are told shortly above the plot and whole in the list', () => {
		const long = 'Feber och hosta i en vecka, låg mest';
		const drafts: ChangeDraft[] = [
			dose,
			{ ...dose, type: 'medicine.start', from: undefined },
			{ ...dose, type: 'medicine.stop', to: undefined },
			{ type: 'other', day, name: long },
			{ ...dose, from: '1 tablett', to: '10 mg' }
		];
		expect(drafts.map(changeShort)).toEqual([
			'Enalapril 5 → 10 mg',
			'Enalapril 10 mg, ny',
			'Enalapril 5 mg slut',
			'Feber och hosta i en vecka…',
			'Enalapril 1 tablett → 10 mg'
		]);
		expect(drafts.slice(0, 4).map(changeLong)).toEqual([
			'Ny dos: Enalapril 5 → 10 mg',
			'Ny medicin: Enalapril 10 mg',
			'Slutat med Enalapril 5 mg',
			long
		]);
	});

	test('the form says what is missing, keeps what was typed, and an edit takes the place of the first', async () => {
		const { circle, view } = open([]);
		const form = new ChangeForm({ circle, today: view.today });
		form.day = addDays(view.today, 1);
		expect([await form.save(), form.wrong]).toEqual([false, { name: true, day: true }]);
		Object.assign(form, { name: ' Enalpril ', day, to: '10 mg' });
		circle.failure = { type: 'storage-full' };
		expect([await form.save(), form.saving.error]).toEqual([false, { type: 'storage-full' }]);
		circle.failure = null;
		expect(await form.save()).toBe(true);
		const edit = new ChangeForm({ circle, today: view.today }, must(circle.changes[0], 'a change'));
		edit.name = 'Enalapril';
		edit.type = 'medicine.stop';
		expect(await edit.save()).toBe(true);
		expect(circle.changes).toMatchObject([{ name: 'Enalapril', type: 'medicine.stop', day }]);
		expect(circle.changes[0]).not.toHaveProperty('to');
	});

	test('one that is removed can be had back', async () => {
		const { circle } = open([]);
		await circle.noteChange(dose);
		const shown: Toast[] = [];
		const toasts = { show: (toast: Toast) => void shown.push(toast) };
		await removeChange(must(circle.changes[0], 'a change'), { circle, toasts });
		expect(circle.changes).toEqual([]);
		shown[0]?.undo?.();
		await expect.poll(() => shown.length).toBe(2);
		expect(circle.changes).toMatchObject([dose]);
	});
});

describe('more about the values', () => {
	const field = must(measures.weight.fields[0], 'a field');
	const direction = { verdict: 'falling', slopePerDay: -0.04, ci95: [-0.06, -0.02] } as const;

	test('the slope is told by the month, and by the week where the values reach over less', () => {
		expect(plain(directionText(field, direction, 40))).toBe('−1,20 kg per månad, mellan −1,80 kg och −0,60 kg');
		expect(plain(directionText(field, direction, 10))).toContain('per vecka');
		const level = { verdict: 'no-clear-trend', slopePerDay: 0.01, ci95: [-0.02, 0.04] } as const;
		expect(plain(directionText(field, level, 40))).toBe(
			'Ingen tydlig riktning: +0,30 kg per månad, mellan −0,60 kg och +1,20 kg'
		);
	});

	test('the newest patterns are named and the others counted', () => {
		const { view } = open(week);
		const dates = Array.from({ length: 5 }, (_, at) => addDays(view.today, -20 + at));
		const patterns = dates.map((date) => ({ type: 'rising' as const, from: date, to: date, days: 6 }));
		const facts = { sd: 1, dayToDay: 1, direction, spanDays: 30, patterns, outside: dates };
		expect(patternTexts(facts, view.now)).toEqual([
			'6 dagar i rad som stiger, 31 okt–31 okt',
			'6 dagar i rad som stiger, 30 okt–30 okt',
			'6 dagar i rad som stiger, 29 okt–29 okt',
			'och 2 tidigare',
			'5 dagar utanför det vanliga: 31 okt, 30 okt, 29 okt och 2 tidigare'
		]);
	});
});
