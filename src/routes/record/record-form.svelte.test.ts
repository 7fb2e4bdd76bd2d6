import { describe, expect, test } from 'vitest';
import { MemoryCircle } from '../../../tests/doubles/memory-circle.svelte';
import { MemoryDrafts } from '../../../tests/doubles/memory-drafts';
import type { MeasureKind } from '$lib/domain/measures';
import { RecordForm } from './record-form.svelte';

const zone = 'Europe/Stockholm';
/** 16 November 2026, kl. 07.32 in Stockholm. */
const morning = Date.UTC(2026, 10, 16, 6, 32);

function open(measure: MeasureKind = 'bloodPressure') {
	const circle = new MemoryCircle();
	const drafts = new MemoryDrafts();
	const clock = { now: morning };
	const form = () => new RecordForm(measure, { circle, drafts, now: () => clock.now, zone });
	return { circle, drafts, clock, form: form(), reopened: form };
}

/** Types a text key by key, following the focus as the screen does; gives back the field where it ends. */
function keys(form: RecordForm, start: string, digits: string): string {
	let key = start;
	for (const digit of digits) {
		const focus = form.type(key, form.text(key) + digit);
		if (focus?.to === 'field') key = focus.key;
	}
	return key;
}

const texts = (form: RecordForm) => ['systolic', 'diastolic', 'pulse'].map((key) => form.text(key));

describe('typing', () => {
	test('a blood pressure costs its digits and one tap', async () => {
		const { form, circle } = open();
		expect(keys(form, 'systolic', '1347864')).toBe('pulse');
		expect(texts(form)).toEqual(['134', '78', '64']);
		expect(await form.save()).toEqual({ to: 'saved' });
		expect(circle.observations('bloodPressure')).toMatchObject([
			{ values: { systolic: 134, diastolic: 78, pulse: 64 }, effective: { utc: morning, offset: 60, zone } }
		]);
	});

	test('deleting a digit never moves on', () => {
		const { form } = open();
		form.type('systolic', '999');
		expect(form.type('systolic', '99')).toBeNull();
	});

	test('backspace in an empty field goes back, and in a field with text does not', () => {
		const { form } = open();
		keys(form, 'systolic', '134');
		expect(form.backspace('diastolic')).toEqual({ to: 'field', key: 'systolic', caret: 'after' });
		expect(form.backspace('systolic')).toBeNull();
	});

	test('Enter goes on, and saves from the last field', async () => {
		const { form } = open();
		form.type('systolic', '95');
		expect(await form.enter('systolic')).toEqual({ to: 'field', key: 'diastolic' });
		form.type('diastolic', '60');
		expect(await form.enter('diastolic')).toEqual({ to: 'field', key: 'pulse' });
		expect(await form.enter('pulse')).toEqual({ to: 'saved' });
	});

	test('pasted lines are one reading; other text is left to the field', () => {
		const { form } = open();
		expect(form.paste('systolic', '128/82\n72')).toEqual({ to: 'field', key: 'pulse' });
		expect(texts(form)).toEqual(['128', '82', '72']);
		expect(form.paste('systolic', '134')).toBeNull();
		expect(texts(form)).toEqual(['128', '82', '72']);
	});

	test('a whole reading can be pasted into any field', () => {
		const { form } = open();
		expect(form.type('systolic', '128/82')).toEqual({ to: 'field', key: 'pulse' });
		form.type('diastolic', '128/82, puls 72');
		expect(texts(form)).toEqual(['128', '82', '72']);
	});
});

describe('what cannot be a reading', () => {
	test('is said at its field, the form stays as typed, and typing takes the sentence away', async () => {
		const { form, circle } = open();
		keys(form, 'systolic', '80');
		form.type('diastolic', '128');
		expect(await form.save()).toEqual({ to: 'field', key: 'systolic' });
		expect(form.problemOf('systolic')?.error.type).toBe('not-above-diastolic');
		expect(texts(form)).toEqual(['80', '128', '']);
		expect(circle.observations('bloodPressure')).toEqual([]);
		form.type('systolic', '180');
		expect(form.problemOf('systolic')).toBeUndefined();
	});

	test('an empty form says what is missing, from the first field on', async () => {
		const { form } = open();
		expect(await form.save()).toEqual({ to: 'field', key: 'systolic' });
		expect([form.problemOf('systolic')?.error.type, form.problemOf('pulse')]).toEqual(['empty', undefined]);
	});

	test('a time in the future sends the person to the time', async () => {
		const { form } = open();
		keys(form, 'systolic', '13478');
		form.setTime({ clock: '09:00' });
		expect(await form.save()).toEqual({ to: 'time' });
		expect(form.phase).toMatchObject({ type: 'typing', timeProblem: { type: 'time-in-future' } });
	});

	test('a time that never was comes with one that was', async () => {
		const { form, circle } = open();
		keys(form, 'systolic', '13478');
		form.setTime({ date: '2026-03-29', clock: '02:30' });
		await form.save();
		const problem = form.phase.type === 'typing' ? form.phase.timeProblem : null;
		expect(problem?.type).toBe('nonexistent-time');
		if (problem?.type === 'nonexistent-time') form.takeSuggestion(problem.suggestion);
		expect(await form.save()).toEqual({ to: 'saved' });
		expect(circle.observations('bloodPressure')[0]?.effective).toMatchObject({ utc: Date.UTC(2026, 2, 29, 1, 30) });
	});
});

describe('Stämmer värdet?', () => {
	test('is asked once; yes saves', async () => {
		const { form, circle } = open();
		keys(form, 'systolic', '224');
		keys(form, 'diastolic', '98');
		expect(await form.save()).toEqual({ to: 'question' });
		expect(form.questionOf('systolic')?.type).toBe('unusual');
		expect(await form.save()).toEqual({ to: 'question' });
		expect(circle.observations('bloodPressure')).toEqual([]);
		expect(await form.confirm()).toEqual({ to: 'saved' });
	});

	test('a value looked at again and kept is not asked about twice', async () => {
		const { form } = open();
		keys(form, 'systolic', '22498');
		await form.save();
		expect(form.change()).toEqual({ to: 'field', key: 'systolic' });
		expect(await form.save()).toEqual({ to: 'saved' });
	});

	test('another unusual value is asked about anew', async () => {
		const { form } = open();
		keys(form, 'systolic', '22498');
		await form.save();
		form.type('systolic', '223');
		expect(await form.save()).toEqual({ to: 'question' });
	});
});

describe('saving', () => {
	test.each(['storage-full', 'storage-unavailable', 'newer-app', 'wiped', 'not-allowed'] as const)(
		'%s is told, the form stays as typed, and the next try can succeed',
		async (type) => {
			const { form, circle } = open();
			keys(form, 'systolic', '13478');
			circle.failure = { type };
			expect(await form.save()).toEqual({ to: 'failure' });
			expect(form.phase).toEqual({ type: 'failed', error: { type } });
			expect(texts(form)).toEqual(['134', '78', '']);
			circle.failure = null;
			expect(await form.save()).toEqual({ to: 'saved' });
		}
	);

	test('two presses save once', async () => {
		const { form, circle } = open();
		keys(form, 'systolic', '13478');
		await Promise.all([form.save(), form.save()]);
		expect(circle.observations('bloodPressure')).toHaveLength(1);
	});

	test('undo takes the value back and gives the digits back', async () => {
		const { form, circle } = open();
		keys(form, 'systolic', '13478');
		await form.save();
		expect(await form.undo()).toEqual({ to: 'field', key: 'diastolic' });
		expect(circle.observations('bloodPressure')).toEqual([]);
		expect(texts(form)).toEqual(['134', '78', '']);
	});

	test('an undo that fails leaves the saved value in view and says so', async () => {
		const { form, circle } = open();
		keys(form, 'systolic', '13478');
		await form.save();
		circle.failure = { type: 'storage-full' };
		await form.undo();
		expect(form.phase).toMatchObject({ type: 'saved', undo: { type: 'storage-full' } });
	});

	test('measuring again starts empty and now', async () => {
		const { form } = open();
		keys(form, 'systolic', '13478');
		form.setTime({ clock: '06:00' });
		form.setNote('efter promenad');
		await form.save();
		expect(form.again()).toEqual({ to: 'field', key: 'systolic' });
		expect([texts(form), form.note, form.isNow]).toEqual([['', '', ''], '', true]);
	});

	test('note and context are saved only when there are any', async () => {
		const { form, circle } = open();
		keys(form, 'systolic', '13478');
		form.setNote('  efter promenad ');
		form.toggleContext('arm', 'left');
		form.toggleContext('posture', 'sitting');
		form.toggleContext('posture', 'sitting');
		await form.save();
		form.again();
		keys(form, 'systolic', '13478');
		await form.save();
		const [first, second] = circle.observations('bloodPressure');
		expect(first).toMatchObject({ note: 'efter promenad', context: { arm: 'left' } });
		expect([second?.note, second?.context]).toEqual([undefined, undefined]);
	});
});

describe('a form that is left', () => {
	test('comes back as it was, with the cursor where typing went on', async () => {
		const { form, reopened } = open();
		keys(form, 'systolic', '134');
		form.setNote('vänster');
		form.setTime({ clock: '06:10' });
		await form.kept();
		const back = reopened();
		expect(await back.restore()).toEqual({ to: 'field', key: 'diastolic' });
		expect([texts(back), back.note, back.time?.clock]).toEqual([['134', '', ''], 'vänster', '06:10']);
	});

	test('hands over every digit at once, without waiting for the one before to be kept', () => {
		const { drafts, form } = open();
		const saved: unknown[] = [];
		drafts.save = (_form, value) => {
			saved.push(value);
			return new Promise(() => undefined);
		};
		keys(form, 'systolic', '134');
		expect(saved.at(-1)).toMatchObject({ typed: { systolic: '134' } });
	});

	test('a number left half typed is gone on with', async () => {
		const { form, reopened } = open();
		keys(form, 'systolic', '1347');
		await form.kept();
		const back = reopened();
		expect(await back.restore()).toEqual({ to: 'field', key: 'diastolic', caret: 'after' });
		expect(keys(back, 'diastolic', '864')).toBe('pulse');
		expect(texts(back)).toEqual(['134', '78', '64']);
	});

	test('what has been typed before it came back wins', async () => {
		const { form, reopened } = open();
		keys(form, 'systolic', '134');
		await form.kept();
		const back = reopened();
		const restoring = back.restore();
		back.type('systolic', '1');
		expect(await restoring).toBeNull();
		expect(texts(back)).toEqual(['1', '', '']);
	});

	test('typed long ago keeps the time it was typed; typed just now is now', async () => {
		const { form, clock, circle } = open();
		keys(form, 'systolic', '13478');
		expect(form.isNow).toBe(true);
		clock.now += 10 * 60_000;
		expect(form.isNow).toBe(true);
		clock.now += 5 * 3_600_000;
		expect(form.isNow).toBe(false);
		await form.save();
		expect(circle.observations('bloodPressure')[0]?.effective.utc).toBe(morning);
	});

	test('an emptied or saved form leaves nothing behind', async () => {
		const { form, drafts } = open();
		form.type('systolic', '1');
		await form.kept();
		expect(drafts.kept.size).toBe(1);
		form.type('systolic', '');
		await form.kept();
		expect(drafts.kept.size).toBe(0);
		keys(form, 'systolic', '13478');
		await form.save();
		await form.kept();
		expect(drafts.kept.size).toBe(0);
	});

	test('a time alone is not kept: it would date another reading', async () => {
		const { form, reopened } = open();
		form.setTime({ clock: '06:10' });
		form.setNote('vänster');
		await form.kept();
		const back = reopened();
		await back.restore();
		expect([back.note, back.isNow]).toEqual(['vänster', true]);
	});

	test('a draft that is no draft is ignored', async () => {
		for (const text of ['null', '[]', '{"v":2}', '{"v":1,"typed":{"systolic":134}}']) {
			const { form, drafts } = open();
			drafts.kept.set('record:mine:bloodPressure', text);
			expect(await form.restore()).toBeNull();
			expect(texts(form)).toEqual(['', '', '']);
		}
	});
});
