import { describe, expect, test } from 'vitest';
import { DAY_0, gainClause, moment, planData, reading, rule, valueClause, weights } from '../../../tests/support/plan';
import { checkPlan } from '$lib/domain/plan/checks';
import { diffPlans } from '$lib/domain/plan/diff';
import { evaluateClause, evaluatePlan } from '$lib/domain/plan/evaluate';
import { emptyPlan, type Plan, templateIds } from '$lib/domain/plan/plan';
import { planFromTemplate } from '$lib/domain/plan/plan-from-template';
import { planLines } from '$lib/domain/plan/plan-lines';
import { lastDays, rehearse } from '$lib/domain/plan/rehearse';
import { addDays, type LocalDate } from '$lib/domain/time';
import { m } from './paraglide/messages';
import { locales } from './paraglide/runtime';
import { changeWords, lineWords, noticeWords, sectionName } from './plan-line-words';
import {
	ownText,
	planReadErrorWords,
	planWriteErrorWords,
	quietWords,
	rehearsalWords,
	ruleWords,
	type templateText,
	unknownWords,
	whyWords,
	zoneNote
} from './plan-words';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const anna = {
	id: 'anna',
	name: 'Anna',
	organisation: 'region' as const,
	phone: '010-123 45 67',
	hours: 'vardagar 8–16'
};
const plan: Plan = {
	...emptyPlan('heartFailure'),
	matters: [{ id: 'm1', text: 'Gå till Sara på söndagar' }],
	goals: [{ id: 'g1', text: 'Gå två kilometer', matters: 'm1', until: '2026-12-24' as LocalDate }],
	actions: [{ id: 'a1', who: 'relative', text: 'Hjälper till med dosetten', when: 'söndagar' }],
	measuring: [
		{
			id: 'w',
			measure: 'weight',
			weekdays: [1, 2, 3, 4, 5, 6, 7],
			times: [420],
			targets: [{ field: 'weight', max: 80 }]
		}
	],
	rules: [
		rule([gainClause()], {
			id: 'r1',
			steps: [
				{ kind: 'call', contact: 'anna' },
				{ kind: 'adjust', medicine: 'f' }
			],
			quietDays: 7
		})
	],
	medicines: [
		{
			id: 'f',
			name: 'Furosemid',
			dose: '40 mg',
			when: 'morgon',
			adjust: { step: 'en tablett extra', times: 3, withinDays: 7, mostPerDay: 1, contact: 'anna' }
		}
	],
	contacts: [anna],
	fixedContact: 'anna',
	covers: [{ id: 'c', contact: 'anna', name: 'Bo', from: '2026-12-20' as LocalDate, until: '2027-01-06' as LocalDate }],
	capacities: [{ id: 'k', who: 'Sara', can: false, text: 'väga på vardagar' }],
	sip: { wish: 'yes', coordinator: 'Anna' },
	followUp: '2027-02-01' as LocalDate
};
const now = moment(3, '08:00');
const linesIn = (of: Plan) => planLines(of).map((line) => plain(lineWords(line, of, now)));

describe('a rule in words', () => {
	test('says when, and what is done', () => {
		expect(plain(ruleWords(rule([gainClause()], { steps: [{ kind: 'call', contact: 'anna' }] }), plan))).toBe(
			'Om vikten går upp mer än 2 kg på 3 dagar: ring Anna'
		);
		const steps = [
			{ kind: 'measure' as const, measure: 'weight' as const },
			{ kind: 'write' as const, contact: 'anna' },
			{ kind: 'call' as const, contact: '112' }
		];
		expect(plain(ruleWords(rule([gainClause()], { steps }), plan))).toMatch(/: väg dig, skriv till Anna och ring 112$/);
		expect(plain(ruleWords(rule([gainClause()], { steps: [{ kind: 'call', contact: 'gone' }] }), plan))).toMatch(
			/ring någon som inte finns/
		);
	});

	test('quiet days are told, one day is none', () => {
		expect(quietWords(rule([gainClause()], { quietDays: 7 }))).toMatch(/inom 7 dagar/);
		expect(quietWords(rule([gainClause()]))).toBe('');
	});

	test('text from right to left is set apart, other text is left as it is', () => {
		expect(ownText('Anna')).toBe('Anna');
		expect(ownText('فاطمة')).toBe('\u2068فاطمة\u2069');
		const contacts = [{ ...anna, name: 'فاطمة' }];
		expect(
			ruleWords(
				rule([gainClause()], {
					steps: [
						{ kind: 'call', contact: 'anna' },
						{ kind: 'call', contact: '112' }
					]
				}),
				{ contacts, medicines: [] }
			)
		).toMatch(/ring \u2068.+\u2069 och ring 112$/);
	});
});

describe('why', () => {
	const list = weights(74.1, 74.6, 75.5, 76.4);
	const readingOf = (_: string, id: string) => list.find((each) => each.id === id);

	test('names the clause, the readings and their days', () => {
		const result = evaluateClause(gainClause(), planData({ weight: list }), now);
		expect(plain(whyWords(result, readingOf, now))).toBe(
			'Vikten går upp mer än 2 kg på 3 dagar: 74,1 kg 2 november, 76,4 kg i dag.'
		);
	});

	test('of an unknown one says what would help', () => {
		expect(unknownWords({ type: 'no-reading', measure: 'weight', last: null }, now)).toBe('Vet inte – väg dig.');
		expect(plain(unknownWords({ type: 'no-reading', measure: 'weight', last: moment(2) }, now))).toBe(
			'Vet inte – väg dig. Senast i går.'
		);
		expect(unknownWords({ type: 'book-unreadable', measure: 'symptoms' }, now)).toBe(
			'Vet inte – bygger på symtom som du inte ser.'
		);
		expect(unknownWords({ type: 'unanswered', field: 'breathlessness' }, now)).toMatch(/svara på ”Andfåddhet”/);
		expect(unknownWords({ type: 'too-few', measure: 'weight', have: 1, need: 2 }, now)).toBe(
			'Vet inte – 1 av 2 mätningar.'
		);
		expect(unknownWords({ type: 'newer-clause' }, now)).toMatch(/nyare version/);
	});

	test('a symptom is told by its own answer', () => {
		const answers = [reading({ breathlessness: 3, swelling: 1 }, 3, '07:00', 'a')];
		const clause = { id: 's', kind: 'symptom', field: 'breathlessness', step: 2, withinDays: 2 } as const;
		const result = evaluateClause(clause, planData({ symptoms: answers }), now);
		expect(plain(whyWords(result, () => answers[0], now))).toMatch(/: Andfåddhet: Mycket i dag\.$/);
	});

	test('a yellow with an unknown red says so, and a plan without rules that there is nothing to judge by', () => {
		const rules = [rule([gainClause()]), rule([valueClause()], { zone: 'red' })];
		expect(zoneNote(evaluatePlan({ rules }, planData({ weight: list }), now))).toMatch(
			/går inte att säga om det är rött/
		);
		expect(zoneNote(evaluatePlan({ rules: [] }, planData({}), now))).toMatch(/inga gränser/);
	});

	test('a rehearsal counts alarms', () => {
		const result = rehearse(rule([gainClause()]), planData({ weight: list }), lastDays(90, addDays(DAY_0, 3)));
		expect(rehearsalWords(result)).toBe('Hade larmat 1 gång på 90 dagar. 87 dagar går inte att säga.');
	});
});

describe('the lines of a plan', () => {
	test('each is one text, with the names of the plan', () => {
		expect(linesIn(plan)).toEqual([
			'Gå till Sara på söndagar',
			'Gå två kilometer, för: Gå till Sara på söndagar, till och med 24 december',
			'Närstående gör: Hjälper till med dosetten, söndagar',
			'Vikt, varje dag, kl. 07.00, mål: vikten högst 80',
			'Gul: Om vikten går upp mer än 2 kg på 3 dagar: ring Anna och en tablett extra (Furosemid)',
			'Furosemid, 40 mg, morgon. Får själv: en tablett extra, högst 3 gånger på 7 dagar, sedan Anna',
			'Anna',
			'Anna, Region, 010-123 45 67, vardagar 8–16',
			'Bo ersätter Anna 20 december till 6 januari 2027',
			'Sara orkar inte just nu: väga på vardagar',
			'Önskar en samordnad individuell plan. Samordnas av Anna',
			'1 februari 2027'
		]);
	});

	test('a change is told with both texts', () => {
		const after = {
			...plan,
			rules: [rule([gainClause({ kg: 3 })], { id: 'r1', steps: [{ kind: 'call', contact: 'anna' }] })]
		};
		const told = diffPlans(plan, after).map((change) => plain(changeWords(change, plan, after, now)));
		expect(told).toEqual([
			'Gränser: ändrat från Gul: Om vikten går upp mer än 2 kg på 3 dagar: ring Anna och en tablett extra (Furosemid) till Gul: Om vikten går upp mer än 3 kg på 3 dagar: ring Anna'
		]);
	});

	test('a notice names the line it is about', () => {
		const rules = [rule([valueClause({ limit: 900 })], { id: 'r1', steps: [{ kind: 'do', text: 'Vila' }] })];
		const notices = checkPlan({ ...plan, rules }, ['glucose']).map((notice) => plain(noticeWords(notice, plan, now)));
		expect(notices[0]).toMatch(/^Inget värde kan nå/);
		expect(notices).toContain('Mallen räknar med vikt, men det finns inga sådana värden. Är det rätt mall?');
	});

	test.each(locales)('every section, template and line of a template has its words, %s', (locale) => {
		let made = 0;
		for (const id of templateIds) {
			const words = (text: Parameters<typeof templateText>[0]) => m.plan_template_text({ id: text }, { locale });
			const begun = planFromTemplate(id, words, () => `id${(made += 1)}`);
			for (const line of planLines(begun)) expect(lineWords(line, begun, now)).not.toMatch(/plan_|undefined|_/);
			expect(m.plan_template({ id }, { locale })).not.toBe('plan_template');
		}
		for (const { section } of planLines(plan)) expect(sectionName(section)).not.toBe('plan_section');
	});

	test('what cannot be read or written is said in a sentence', () => {
		const said = [
			planReadErrorWords({ type: 'newer', v: 2 }),
			planReadErrorWords({ type: 'unreadable' }),
			planWriteErrorWords({ type: 'text-too-long', place: 'matters', length: 100_000, most: 1000 }),
			planWriteErrorWords({ type: 'plan-too-large', bytes: 60_000, most: 49_152 }),
			planWriteErrorWords({ type: 'invalid', places: [] })
		];
		expect(new Set(said).size).toBe(said.length);
		for (const sentence of said) expect(sentence).toMatch(/^[A-ZÅÄÖ].+\.$/s);
		expect(said[2]).toContain('100');
	});
});
