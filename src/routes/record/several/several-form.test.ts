import { describe, expect, test } from 'vitest';
import { MemoryCircle } from '../../../../tests/doubles/memory-circle.svelte';
import { MemoryDrafts } from '../../../../tests/doubles/memory-drafts';
import type { MeasureKind } from '$lib/domain/measures';
import { MOST_ROWS, SeveralForm } from './several-form.svelte';

const zone = 'Europe/Stockholm';
/** 16 November 2026, kl. 07.32 in Stockholm. */
const morning = Date.UTC(2026, 10, 16, 6, 32);

function open(measure: MeasureKind = 'bloodPressure') {
	const circle = new MemoryCircle();
	const drafts = new MemoryDrafts();
	const form = () => new SeveralForm(measure, { circle, drafts, now: () => morning, zone });
	return { circle, drafts, form: form(), reopened: form };
}

const list = '14/11 07:10 128/82 72\n14/11 19:30 131/79\n15/11 07:05 125/80 70\n15/11 20:00 127/81 71';
const key = (form: SeveralForm, at: number) => form.rows[at]?.key ?? 0;

describe('several at once', () => {
	test('begins with three empty rows, today', () => {
		const { form } = open();
		expect(form.rows.map(({ date, clock }) => [date, clock])).toEqual(
			Array.from({ length: 3 }, () => ['2026-11-16', ''])
		);
	});

	test('a pasted list fills the rows, and one save records them all', async () => {
		const { form, circle } = open();
		form.paste(list);
		expect(form.rows).toHaveLength(4);
		expect(await form.save()).toEqual({ to: 'saved' });
		const readings = circle.observations('bloodPressure');
		expect(readings.map(({ values }) => values['systolic'])).toEqual([128, 131, 125, 127]);
		expect(readings[0]?.effective).toEqual({ utc: Date.UTC(2026, 10, 14, 6, 10), offset: 60, zone });
	});

	test('what stands in other rows stays when a list is pasted', () => {
		const { form } = open();
		form.type(key(form, 1), 'systolic', '140');
		form.paste(list);
		expect(form.rows).toHaveLength(5);
		expect(form.rows[0]?.typed['systolic']).toBe('140');
	});

	test('one number is left to its field', () => {
		const { form } = open();
		expect(form.paste('128')).toBeNull();
		expect(form.rows).toHaveLength(3);
	});

	test('lines that cannot be read are shown, not lost', () => {
		const { form } = open();
		form.paste(`Datum Tid Tryck\n${list}`);
		expect(form.unread).toEqual(['Datum Tid Tryck']);
	});

	test('more lines than one save can hold are told too', () => {
		const { form } = open();
		form.paste(Array.from({ length: MOST_ROWS + 2 }, () => '14/11 07:10 128/82').join('\n'));
		expect([form.rows.length, form.unread.length, form.isFull, form.addRow()]).toEqual([MOST_ROWS, 2, true, null]);
	});

	test('every row is told what is wrong with it, and nothing is saved', async () => {
		const { form, circle } = open();
		form.paste('14/11 07:10 128/82\n14/11 128/82\n14/11 19:00 82/128\n16/11 23:00 128/82');
		expect(await form.save()).toEqual({ to: 'row', key: key(form, 1), field: 'clock' });
		expect(form.rows.map((row) => form.problemOf(row.key))).toMatchObject([
			undefined,
			{ time: { type: 'time-missing' } },
			{ inputs: [{ field: 'systolic', error: { type: 'not-above-diastolic' } }] },
			{ time: { type: 'time-in-future' } }
		]);
		expect(circle.observations('bloodPressure')).toEqual([]);
	});

	test('rows without numbers are no readings; none at all is said', async () => {
		const { form, circle } = open();
		form.setClock(key(form, 0), '07:10');
		expect(await form.save()).toEqual({ to: 'row', key: key(form, 0), field: 'systolic' });
		expect(form.phase).toMatchObject({ type: 'typing', isEmpty: true });
		form.type(key(form, 0), 'systolic', '128');
		form.type(key(form, 0), 'diastolic', '82');
		expect(await form.save()).toEqual({ to: 'saved' });
		expect(circle.observations('bloodPressure')).toHaveLength(1);
	});

	test('unusual values are asked about once, all together', async () => {
		const { form, circle } = open();
		form.paste('14/11 07:10 228/82\n14/11 19:30 131/79\n15/11 07:05 125/130 190'.replace('125/130', '135/125'));
		expect(await form.save()).toEqual({ to: 'question' });
		expect(form.phase).toMatchObject({
			questions: [
				{ number: 1, value: 228 },
				{ number: 3, value: 125 },
				{ number: 3, value: 190 }
			]
		});
		expect(form.change()).toEqual({ to: 'row', key: key(form, 0), field: 'systolic' });
		expect(await form.save()).toEqual({ to: 'saved' });
		expect(circle.observations('bloodPressure')).toHaveLength(3);
	});

	test('undo takes them all back, and the rows are there again', async () => {
		const { form, circle } = open();
		form.paste(list);
		await form.save();
		await form.undo();
		expect(circle.observations('bloodPressure')).toEqual([]);
		expect(form.rows).toHaveLength(4);
	});

	test('a save that fails keeps every row, and the next try can succeed', async () => {
		const { form, circle } = open();
		form.paste(list);
		circle.failure = { type: 'storage-full' };
		expect(await form.save()).toEqual({ to: 'failure' });
		expect(form.rows).toHaveLength(4);
		circle.failure = null;
		expect(await form.save()).toEqual({ to: 'saved' });
	});

	test('left half done it comes back; saved it leaves nothing behind', async () => {
		const { form, reopened, drafts } = open();
		form.paste(list);
		await form.kept();
		const back = reopened();
		await back.restore();
		expect(back.rows.map(({ typed }) => typed['systolic'])).toEqual(['128', '131', '125', '127']);
		await back.save();
		await back.kept();
		expect(drafts.kept.size).toBe(0);
	});

	test('a day chosen for a row is the day of the untouched rows below it', () => {
		const { form } = open();
		form.setDate(key(form, 1), '2026-11-10');
		expect(form.rows.map(({ date }) => date)).toEqual(['2026-11-16', '2026-11-10', '2026-11-10']);
		form.addRow();
		expect(form.rows.at(-1)?.date).toBe('2026-11-10');
	});

	test('the last row taken away leaves an empty one', () => {
		const { form } = open();
		for (const row of form.rows) form.removeRow(row.key);
		expect(form.rows).toHaveLength(1);
	});

	test('numbers are read in the unit the meter shows', async () => {
		const { form, circle, drafts } = open('glucose');
		await drafts.save('meter-units', { v: 1, units: { glucose: 'mg/dL' } });
		await form.restore();
		form.paste('14/11 07:10 121\n15/11 07:10 118');
		await form.save();
		expect(circle.observations('glucose').map(({ values }) => values['glucose'])).toEqual([6.7, 6.5]);
	});
});
