import { beforeEach, describe, expect, test } from 'vitest';
import { asMember, MemoryCircle } from '../../../../../tests/doubles/memory-circle.svelte';
import { MemoryDrafts } from '../../../../../tests/doubles/memory-drafts';
import { must } from '$lib/domain/assert';
import { overwriteGetLocale } from '$lib/i18n/paraglide/runtime';
import type { PlanRef } from '$lib/protocol/plan-entries';
import { CirclePlan } from '$lib/state/circle-plan.svelte';
import { PlanEditor } from './editor.svelte';
import { LineForm } from './line-form.svelte';
import { RuleForm } from './rule-form.svelte';

beforeEach(() => overwriteGetLocale(() => 'sv'));

let made = 0;
const newId = (): string => `id${(made += 1)}`;
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

function setUp(drafts = new MemoryDrafts(), circle = new MemoryCircle()) {
	const plan = new CirclePlan(asMember(circle, null));
	const open = async (from: PlanRef | null = null): Promise<PlanEditor> => {
		const editor = new PlanEditor({
			plan,
			drafts,
			newId,
			now: () => 7,
			from,
			contact: { name: 'Anna', organisation: 'region', phone: '031-390 06 12' },
			approvers: []
		});
		await editor.open();
		return editor;
	};
	return { plan, open, circle, drafts };
}

describe('the editor', () => {
	test('what is written, typed and not yet a line, outlasts leaving the page', async () => {
		const { open } = setUp();
		const first = await open();
		first.begin('heartFailure');
		first.type('goals', 'Gå runt sjön');
		first.set({ story: 'å'.repeat(100_000) });
		const again = await open();
		expect(again.resumedAt).toBe(7);
		expect(again.typed.goals).toBe('Gå runt sjön');
		expect(again.plan).toEqual(first.plan);
		expect(again.plan?.contacts[0]?.name).toBe('Anna');
	});

	test('a text that is too long is told, nothing is saved, and it stays in the form', async () => {
		const { open, plan } = setUp();
		const editor = await open();
		editor.begin('general');
		editor.set({ story: 'å'.repeat(100_000) });
		expect(await editor.propose()).toBe(false);
		expect(editor.sending.error).toMatchObject({ type: 'unwritable' });
		expect(editor.plan?.story).toHaveLength(100_000);
		expect(plan.state.versions).toEqual([]);
	});

	test('what is typed becomes a line when the plan is sent, and the draft is gone', async () => {
		const { open, plan } = setUp();
		const editor = await open();
		editor.begin('general');
		editor.type('me', '  Promenad efter lunch ');
		expect(await editor.propose()).toBe(true);
		expect(plan.current?.plan.actions.map(({ text }) => text)).toContain('Promenad efter lunch');
		const next = await open();
		expect(next.resumedAt).toBeNull();
		expect(next.isChanged).toBe(false);
	});

	test('a problem stops the sending and is named; an empty plan too', async () => {
		const { open, plan } = setUp();
		const editor = await open();
		expect(await editor.propose()).toBe(false);
		expect(editor.isNothing).toBe(true);
		editor.begin('general');
		const contact = must(editor.plan?.contacts[0]?.id, 'a contact');
		editor.remove('contacts', contact);
		expect(editor.problems.map(({ type }) => type)).toContain('no-contact');
		expect(await editor.propose()).toBe(false);
		expect(plan.state.versions).toEqual([]);
	});

	test('a removed line comes back where it stood', async () => {
		const { open } = setUp();
		const editor = await open();
		editor.begin('heartFailure');
		const before = editor.plan?.rules.map(({ id }) => id);
		const undo = editor.remove('rules', must(before?.[1], 'a rule'));
		expect(editor.plan?.rules).toHaveLength(2);
		undo();
		expect(editor.plan?.rules.map(({ id }) => id)).toEqual(before);
	});

	test('a newer agreement than the one that was begun from is told, and the draft stands', async () => {
		const { open, plan } = setUp();
		const first = await open();
		first.begin('general');
		await first.propose();
		const editor = await open();
		editor.type('goals', 'Sova');
		editor.addTyped('goals');
		expect(editor.isBehind).toBe(false);
		const current = must(plan.current, 'in force');
		await plan.propose({ ...current.plan, goals: [{ id: 'g', text: 'Gå' }] }, current.ref, null);
		expect(editor.isBehind).toBe(true);
		expect(editor.plan?.goals.map(({ text }) => text)).toEqual(['Sova']);
	});
});

describe('a line’s form', () => {
	const form = <S extends 'contacts' | 'appointments' | 'covers' | 'measuring' | 'medicines'>(section: S) => {
		const plan = { ...must(begun(), 'a plan'), covers: [] };
		return new LineForm({ section, plan, line: null, id: 'new', zone: 'Europe/Stockholm' });
	};
	const begun = () => {
		const { plan } = setUp();
		const editor = new PlanEditor({
			plan,
			drafts: new MemoryDrafts(),
			newId,
			now: () => 0,
			from: null,
			contact: { name: 'Anna', organisation: 'region' },
			approvers: []
		});
		editor.begin('general');
		return editor.plan;
	};

	test('what is missing or wrong is said beside its field, and the rest stays', () => {
		const contact = form('contacts');
		contact.put('phone', 'ring växeln');
		expect(contact.finish()).toBeNull();
		expect(Object.keys(contact.wrong)).toEqual(['name', 'phone']);
		contact.put('name', ' Anna\u202E ');
		contact.put('phone', '031-390 06 12');
		expect(contact.finish()).toEqual({ id: 'new', name: 'Anna', organisation: 'region', phone: '031-390 06 12' });
	});

	test('a time that does not exist on its day is refused, one that does is placed in the zone', () => {
		const time = form('appointments');
		time.put('title', 'Anna ringer');
		time.put('date', '2027-03-28');
		time.put('clock', '02:30');
		expect(time.finish()).toBeNull();
		expect(Object.keys(time.wrong)).toEqual(['clock']);
		time.put('clock', '10:30');
		time.put('video', 'javascript:alert(1)');
		expect(time.finish()).toBeNull();
		expect(Object.keys(time.wrong)).toEqual(['video']);
		time.put('video', '');
		expect(time.finish()).toMatchObject({ at: { utc: Date.UTC(2027, 2, 28, 8, 30), offset: 120 } });
	});

	test('an end before its beginning is refused', () => {
		const cover = form('covers');
		for (const [key, value] of Object.entries({ contact: 'x', name: 'Jonas', from: '2026-12-10', until: '2026-12-01' }))
			cover.put(key, value);
		expect(cover.finish()).toBeNull();
		expect(Object.keys(cover.wrong)).toEqual(['contact']);
		const option = must(cover.fields[0], 'the contact');
		cover.put('contact', option.kind === 'choice' ? must(option.options[0], 'one').value : '');
		expect(cover.finish()).toBeNull();
		expect(Object.keys(cover.wrong)).toEqual(['until']);
	});

	test('a measuring line has days, clocks and targets with decimals as people write them', () => {
		const line = form('measuring');
		line.put('times', '19:00,07:00,07:00');
		line.put('weekdays', '1,5');
		line.put('target.weight.min', '73,5');
		line.put('target.weight.max', '73');
		expect(line.finish()).toBeNull();
		line.put('target.weight.max', '75');
		expect(line.finish()).toMatchObject({
			measure: 'weight',
			weekdays: [1, 5],
			times: [420, 1140],
			targets: [{ field: 'weight', min: 73.5, max: 75 }]
		});
	});

	test('bounds of a self-adjustment are whole numbers within what the plan can hold', () => {
		const medicine = form('medicines');
		for (const [key, value] of Object.entries({
			name: 'Furix',
			dose: '40 mg',
			adjust: 'yes',
			step: 'ta en till',
			times: '99',
			withinDays: '7'
		}))
			medicine.put(key, value);
		expect(medicine.finish()).toBeNull();
		expect(Object.keys(medicine.wrong)).toEqual(['times']);
		medicine.put('times', '3');
		expect(medicine.finish()).toMatchObject({
			adjust: { step: 'ta en till', times: 3, withinDays: 7, mostPerDay: 1, contact: '1177' }
		});
	});
});

describe('a limit’s form', () => {
	const rule = () => {
		const { plan } = setUp();
		const editor = new PlanEditor({
			plan,
			drafts: new MemoryDrafts(),
			newId,
			now: () => 0,
			from: null,
			contact: { name: 'Anna', organisation: 'region' },
			approvers: []
		});
		editor.begin('general');
		return new RuleForm({ plan: must(editor.plan, 'a plan'), rule: null, newId });
	};

	test('begins as a whole limit, and is none while a number is missing', () => {
		const form = rule();
		expect(form.rule).toMatchObject({ zone: 'yellow', clauses: [{ kind: 'weightGain', kg: 2, days: 3 }] });
		const [clause] = form.clauses;
		if (clause?.kind !== 'weightGain') throw new Error('a limit begins with the weight');
		form.putClause(0, { ...clause, values: { ...clause.values, kg: 'två' } });
		expect(form.rule).toBeNull();
		expect(form.wrongIn(0)).toEqual([]);
		expect(form.finish()).toBeNull();
		expect(form.wrongIn(0)).toEqual(['kg']);
	});

	test('a sentence becomes its conditions; one that is none leaves everything', () => {
		const form = rule();
		form.sentence = 'Om det övre talet är över 160 mmHg (i dag) eller vikten går upp mer än 2 kg på 3 dagar.';
		form.useSentence();
		expect(form.rule).toMatchObject({ least: 1, clauses: [{ kind: 'value', limit: 160 }, { kind: 'weightGain' }] });
		form.sentence = 'När det känns konstigt';
		form.useSentence();
		expect(form.isSentenceUnknown).toBe(true);
		expect(form.sentence).toBe('När det känns konstigt');
		expect(form.clauses).toHaveLength(2);
	});

	test('two conditions that exclude each other are told', () => {
		const form = rule();
		form.sentence = 'Om det övre talet är över 160 mmHg (i dag) och det övre talet är under 100 mmHg (i dag)';
		form.useSentence();
		expect(form.least).toBe('all');
		expect(form.notices.map(({ type }) => type)).toContain('never-met');
	});

	test('of several conditions so many can be asked for, and no more than there are', () => {
		const form = rule();
		form.addClause();
		form.addClause();
		form.least = 2;
		expect(form.rule?.least).toBe(2);
		form.removeClause(0);
		form.removeClause(0);
		expect(form.rule?.least).toBe(1);
	});

	test('quiet days are whole days within what a rule can hold', () => {
		const form = rule();
		form.quietDays = '90';
		expect(form.rule).toBeNull();
		expect(plain(form.quietWrong ?? '')).toBe('Skriv ett tal från 1 till 60.');
		form.quietDays = '7';
		expect(form.rule?.quietDays).toBe(7);
	});
});
