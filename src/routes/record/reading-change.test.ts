import { describe, expect, test } from 'vitest';
import { MemoryCircle } from '../../../tests/doubles/memory-circle.svelte';
import { MemoryDrafts } from '../../../tests/doubles/memory-drafts';
import { must } from '$lib/domain/assert';
import type { ObservationDraft } from '$lib/domain/observation';
import { ReadingChange } from './reading-change';
import { RecordForm } from './record-form.svelte';

const zone = 'Europe/Stockholm';
/** 16 November 2026, kl. 07.32.20 in Stockholm. */
const morning = Date.UTC(2026, 10, 16, 6, 32, 20);
const later = morning + 3 * 86_400_000;

const pressure: ObservationDraft = {
	measure: 'bloodPressure',
	values: { systolic: 143, diastolic: 80, pulse: 64 },
	effective: { utc: morning, offset: 60, zone },
	source: { kind: 'device', name: 'Mätaren' },
	context: { arm: 'left' },
	note: 'efter promenad'
};

function open(draft: ObservationDraft = pressure) {
	const circle = new MemoryCircle([draft]);
	const drafts = new MemoryDrafts();
	const reading = () => must(circle.observations(draft.measure)[0], 'a reading');
	const deps = { circle, drafts, now: () => later, zone: 'Asia/Bangkok' };
	const change = () => new RecordForm(draft.measure, deps, new ReadingChange(reading(), { circle }));
	return { circle, drafts, reading, form: change(), change };
}

const texts = (form: RecordForm) => ['systolic', 'diastolic', 'pulse'].map((key) => form.text(key));

describe('changing a reading', () => {
	test('the form begins as the reading stands, on the clock it was lived by', () => {
		const { form } = open();
		expect([texts(form), form.note, form.context]).toEqual([['143', '80', '64'], 'efter promenad', { arm: 'left' }]);
		expect(form.placed).toMatchObject({ value: { effective: pressure.effective } });
		form.setTime({});
		expect(form.time).toMatchObject({ date: '2026-11-16', clock: '07:32' });
		expect(form.placed).toMatchObject({ value: { effective: pressure.effective } });
	});

	test('what was first recorded is kept beside what it was changed to', async () => {
		const { form, reading } = open();
		form.type('systolic', '134');
		expect(await form.save()).toEqual({ to: 'saved' });
		expect(reading()).toMatchObject({
			values: { systolic: 134, diastolic: 80, pulse: 64 },
			effective: pressure.effective,
			context: { arm: 'left' },
			source: { kind: 'manual' },
			amended: true,
			earlier: [{ values: pressure.values }]
		});
	});

	test('numbers of a device stay the device’s when only the note is changed', async () => {
		const { form, reading } = open();
		form.setNote('');
		await form.save();
		expect(reading()).toMatchObject({ source: { name: 'Mätaren' }, amended: true });
		expect(reading().note).toBeUndefined();
	});

	test('a change can be changed, and each can be undone', async () => {
		const { form, change, reading } = open();
		form.type('systolic', '134');
		await form.save();
		const again = change();
		again.type('systolic', '135');
		await again.save();
		expect(reading().earlier?.map(({ values }) => values['systolic'])).toEqual([143, 134]);
		expect(await again.undo()).toMatchObject({ to: 'field' });
		expect(reading().values['systolic']).toBe(134);
		expect(texts(again)).toEqual(['134', '80', '64']);
	});

	test('nothing changed is nothing saved', async () => {
		const { form, reading } = open();
		form.setTime({});
		expect(await form.save()).toEqual({ to: 'failure' });
		expect(form.phase).toMatchObject({ type: 'failed', error: { type: 'unchanged' } });
		expect(reading().amended).toBe(false);
	});

	test('one taken away meanwhile is said so, and can be saved as a reading of its own', async () => {
		const { form, circle, reading } = open();
		form.type('systolic', '134');
		await circle.voidObservation(reading().id);
		expect(await form.save()).toEqual({ to: 'failure' });
		expect(form.phase).toMatchObject({ type: 'failed', error: { type: 'gone' } });
		expect(texts(form)).toEqual(['134', '80', '64']);
		expect(await form.saveAsNew()).toEqual({ to: 'saved' });
		expect(reading()).toMatchObject({ values: { systolic: 134 }, note: 'efter promenad', amended: false });
		// Whole minutes, as a person chooses them.
		expect(Math.abs(reading().effective.utc - morning)).toBeLessThan(60_000);
	});

	test('one changed meanwhile is never written over unseen: told once, then it is the newest that is changed', async () => {
		const { form, circle, reading } = open();
		form.type('systolic', '134');
		await circle.amend(reading(), { ...pressure, values: { ...pressure.values, systolic: 150 } });
		expect(await form.save()).toEqual({ to: 'failure' });
		expect(form.phase).toMatchObject({ type: 'failed', error: { type: 'changed' } });
		expect(await form.save()).toEqual({ to: 'saved' });
		expect(reading().earlier?.map(({ values }) => values['systolic'])).toEqual([143, 150]);
		await form.undo();
		expect(reading().values['systolic']).toBe(150);
	});

	test('is asked about like a new one: an unusual value once', async () => {
		const { form } = open();
		form.type('systolic', '224');
		expect(await form.save()).toEqual({ to: 'question' });
		expect(await form.confirm()).toEqual({ to: 'saved' });
	});

	test('left half done it comes back, and disturbs no new reading', async () => {
		const { form, change, circle, drafts } = open();
		form.type('systolic', '13');
		await form.kept();
		const back = change();
		await back.restore();
		expect(texts(back)).toEqual(['13', '80', '64']);
		const fresh = new RecordForm('bloodPressure', { circle, drafts, now: () => later, zone });
		await fresh.restore();
		expect(texts(fresh)).toEqual(['', '', '']);
	});

	test('the numbers stand in the unit the meter shows', async () => {
		const glucose: ObservationDraft = { ...pressure, measure: 'glucose', values: { glucose: 6.7 }, context: undefined };
		const { change, drafts } = open(glucose);
		await drafts.save('meter-units', { v: 1, units: { glucose: 'mg/dL' } });
		const form = change();
		await form.restore();
		expect(form.text('glucose')).toBe('121');
	});
});
