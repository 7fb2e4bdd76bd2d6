import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clauses, gainClause, valueClause } from '../../../tests/support/plan';
import type { Clause, KnownClause } from '$lib/domain/plan/clause';
import { locales } from './paraglide/runtime';
import { parseClause, parseCondition } from './plan-clause-parse';
import { clauseWords, conditionWords } from './plan-clause-words';

const withoutId = ({ id: _id, ...draft }: KnownClause) => draft;
const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const sv = (clause: Clause) => plain(clauseWords(clause, 'sv'));

describe('a clause in words', () => {
	test.each([
		[gainClause(), 'vikten går upp mer än 2 kg på 3 dagar'],
		[
			gainClause({ days: 1, kg: 1.36, clear: 0.5 }),
			'vikten går upp mer än 1,36 kg på 1 dag, tills högst 0,5 kg av uppgången är kvar'
		],
		[valueClause({ withinDays: 1 }), 'det övre talet är över 160 mmHg (i dag)'],
		[
			valueClause({ readings: 3, clear: 140 }),
			'det övre talet är över 160 mmHg 3 gånger i rad (de senaste 3 dagarna), tills värdet åter är 140 mmHg eller mindre'
		],
		[
			valueClause({ measure: 'pulse', field: 'pulse', relation: 'atMost', limit: 40 }),
			'pulsen är 40/min eller mindre (de senaste 3 dagarna)'
		],
		[
			{ id: 's', kind: 'symptom', field: 'breathlessness', step: 2, withinDays: 2 },
			'du svarar ”Ganska mycket” eller mer på ”Andfåddhet” (de senaste 2 dagarna)'
		],
		[{ id: 's', kind: 'symptom', field: 'fainting', step: 1, withinDays: 1 }, 'du svarar ”Ja” på ”Svimmat” (i dag)'],
		[
			{ id: 'h', kind: 'health', step: 4, direction: 'orWorse', withinDays: 7 },
			'du svarar ”Dåligt” eller sämre om ditt mående (de senaste 7 dagarna)'
		],
		[
			{ id: 'm', kind: 'seriesMean', field: 'diastolic', relation: 'atLeast', limit: 85, withinDays: 90 },
			'mätseriens medelvärde för det undre talet är 85 mmHg eller mer (de senaste 90 dagarna)'
		],
		[{ id: 'q', kind: 'silence', measure: 'weight', days: 3 }, 'du inte har loggat vikt på 3 hela dagar'],
		[{ id: 'n', kind: 'newer', raw: {} }, 'ett villkor är uppfyllt som kräver en nyare version av Hemlinje']
	] as const)('%j', (clause, words) => {
		expect(sv(clause)).toBe(words);
	});

	test('several are joined by "och", by "eller", or counted', () => {
		const of = (least: number, count: number) =>
			plain(conditionWords({ least, clauses: Array.from({ length: count }, () => gainClause()) }, 'sv'));
		const one = 'vikten går upp mer än 2 kg på 3 dagar';
		expect(of(1, 2)).toBe(`${one} eller ${one}`);
		expect(of(2, 2)).toBe(`${one} och ${one}`);
		expect(of(2, 3)).toBe(`minst 2 av 3 stämmer: ${one}; ${one}; ${one}`);
	});
});

describe.each(locales)('read back, %s', (locale) => {
	test('every clause comes back from its sentence as it was', () => {
		fc.assert(
			fc.property(clauses, (clause) => {
				expect(parseClause(clauseWords(clause, locale), locale)).toEqual(withoutId(clause));
			}),
			{ numRuns: 500 }
		);
	});

	test('and so do several, however they are joined', () => {
		const lists = fc.array(clauses, { minLength: 1, maxLength: 6 });
		fc.assert(
			fc.property(lists, fc.nat(), (list, pick) => {
				const condition = { least: 1 + (pick % list.length), clauses: list };
				expect(parseCondition(conditionWords(condition, locale), locale)).toEqual({
					least: condition.least,
					clauses: list.map(withoutId)
				});
			}),
			{ numRuns: 200 }
		);
	});

	test('nothing else is taken for a clause', () => {
		for (const text of ['', 'Vila', 'vikten', 'vikten går upp mer än mycket på 3 dagar']) {
			expect(parseClause(text, locale)).toBeNull();
			expect(parseCondition(text, locale)).toBeNull();
		}
		fc.assert(
			fc.property(fc.string({ maxLength: 60 }), (text) => {
				expect(parseClause(text, locale)).toBeNull();
			})
		);
	});
});

describe('read from what people type', () => {
	test('with ordinary spaces, small letters, and with "Om" before it', () => {
		expect(parseCondition('Om vikten går upp mer än 2,5 kg på 3 dagar', 'sv')?.clauses).toEqual([
			{ kind: 'weightGain', kg: 2.5, days: 3 }
		]);
		expect(parseClause('Det övre talet är över 160 mmhg  (i dag)', 'sv')).toMatchObject({ limit: 160, withinDays: 1 });
		expect(parseCondition('If the weight goes up by more than 2 kg in 3 days', 'en')?.least).toBe(1);
	});

	test('a number no clause can have is no clause', () => {
		expect(parseClause('vikten går upp mer än 2 kg på 400 dagar', 'sv')).toBeNull();
		expect(parseClause('vikten går upp mer än 0 kg på 3 dagar', 'sv')).toBeNull();
	});
});
