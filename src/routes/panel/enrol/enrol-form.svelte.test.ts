import { beforeEach, expect, test } from 'vitest';
import { err, ok, type Result } from '$lib/domain/result';
import { overwriteGetLocale } from '$lib/i18n/paraglide/runtime';
import type { CircleId } from '$lib/protocol/ids';
import type { Enrolment, EnrolError } from '$lib/state/unit';
import { enrolmentPath } from '../enrolment-link';
import { EnrolForm, enrolErrorWords } from './enrol-form.svelte';

beforeEach(() => overwriteGetLocale(() => 'sv'));

const link: Enrolment = {
	t: 'A'.repeat(43),
	unit: 'Hjärtsvikt, Älven',
	contact: 'Anna Bergqvist',
	phone: '',
	hours: ''
};

function open(...answers: Result<void, EnrolError>[]) {
	const sent: Enrolment[] = [];
	const form = new EnrolForm(link, (chosen) => {
		sent.push(chosen);
		return Promise.resolve(answers.shift() ?? ok(undefined));
	});
	return { form, sent };
}

test('what stands in the link is proposed, and what was changed is sent, trimmed', async () => {
	const { form, sent } = open();
	form.values.hours = '  vardagar 8 till 12 ';
	expect(await form.confirm()).toBe(true);
	expect(sent).toEqual([{ ...link, hours: 'vardagar 8 till 12' }]);
});

test('a unit needs a name, and nothing may be longer than its card holds; nothing is sent before that', async () => {
	const { form, sent } = open();
	form.values = { ...form.values, unit: '  ', phone: '0'.repeat(33) };
	expect(await form.confirm()).toBe(false);
	expect(form.problems).toEqual({ unit: 'Skriv vad enheten heter.', phone: 'Det är för långt. Högst 32 tecken.' });
	expect(sent).toEqual([]);
});

test('a refused link says so, keeps what was typed and can be tried again', async () => {
	const { form } = open(err({ type: 'unreachable' }));
	form.values.unit = 'Hjärtat';
	expect(await form.confirm()).toBe(false);
	expect(form.failure).toContain('Servern svarar inte.');
	expect([form.values.unit, form.isBusy]).toEqual(['Hjärtat', false]);
	expect(await form.confirm()).toBe(true);
	expect(form.failure).toBeNull();
});

test('each failure has a sentence of its own that says what to do', () => {
	const errors: EnrolError[] = [
		{ type: 'link-malformed' },
		{ type: 'link-used' },
		{ type: 'device-taken' },
		{ type: 'unreachable' },
		{ type: 'refused', code: 'unavailable' },
		{ type: 'relay-went-back', circle: 'c' as CircleId },
		{ type: 'cloned' },
		{ type: 'storage-full' },
		{ type: 'storage-unavailable' },
		{ type: 'newer-app' }
	];
	const sentences = errors.map(enrolErrorWords);
	expect(new Set(sentences).size).toBe(errors.length);
	for (const sentence of sentences) expect(sentence).toMatch(/\.$/);
});

test('a pasted link leads to the page that reads it, whole or only its end; other text does not', () => {
	const fragment = `t=${'A'.repeat(43)}&unit=${encodeURIComponent('Hjärtsvikt')}`;
	const path = ok(`/panel/enrol#${fragment}`);
	expect(enrolmentPath(` https://hemlinje.example/panel/enrol#${fragment}\n`)).toEqual(path);
	expect(enrolmentPath(`#${fragment}`)).toEqual(path);
	expect(enrolmentPath(fragment)).toEqual(path);
	for (const text of ['', 'hej', 'https://hemlinje.example/panel/enrol', `#t=kort&unit=x`])
		expect(enrolmentPath(text).ok).toBe(false);
});
