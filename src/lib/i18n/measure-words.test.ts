import { describe, expect, test } from 'vitest';
import { type MeasureKind, measureKinds, measures } from '$lib/domain/measures';
import { m } from './paraglide/messages';
import { locales } from './paraglide/runtime';
import { answersInWords, spokenValue, valueText, valueWithUnit } from './measure-words';

describe('every measure has its words, in every language', () => {
	const kinds = locales.flatMap((locale) => measureKinds.map((kind) => [locale, kind] as const));

	test.each(kinds)('%s: %s', (locale, kind) => {
		const { fields, context, entry } = measures[kind];
		const words = [
			m.measure_name({ kind }, { locale }),
			m.measure_in_sentence({ kind }, { locale }),
			m.measure_log({ kind }, { locale }),
			m.measure_new({ kind, count: 2 }, { locale }),
			...(entry === 'digits' ? [] : [m.measure_question({ kind }, { locale })]),
			...fields.map(({ key }) => {
				const word = entry === 'questions' ? m.measure_asked : m.measure_field;
				return named(key, word({ field: key }, { locale }));
			}),
			...fields
				.filter(({ scale }) => scale === undefined)
				.flatMap(({ key, unit, otherUnits }) => [
					named(key, m.measure_field_in_sentence({ field: key }, { locale })),
					m.measure_unit({ unit }, { locale }),
					...(otherUnits ?? []).map((other) => m.measure_unit({ unit: other.unit }, { locale }))
				]),
			...fields.flatMap(({ scale, hard, isNumbered }) =>
				Array.from({ length: scale === undefined ? 0 : hard.max - hard.min + 1 }, (_, at) => {
					const step = hard.min + at;
					const name = entry === 'questions' ? m.measure_answer_step : m.measure_step;
					const word = name({ scale: scale ?? '', step }, { locale });
					return isNumbered ? word : named(String(step), word);
				})
			),
			...context.flatMap(({ key, values }) => [
				named(key, m.measure_context({ key }, { locale })),
				...values.flatMap((value) => [
					named(value, m.measure_context_value({ key, value }, { locale })),
					m.measure_context_in_list({ key, value }, { locale })
				])
			])
		];
		for (const word of words) expect(word).toMatch(/\S/);
	});

	/** Empty where the catalogue had nothing and gave the key back. */
	const named = (key: string, word: string): string => (word === key ? '' : word);
});

describe('a reading in words', () => {
	const shown: readonly (readonly [MeasureKind, Record<string, number>, string, string])[] = [
		['bloodPressure', { systolic: 134, diastolic: 78, pulse: 64 }, '134/78', '134 över 78, puls 64'],
		['weight', { weight: 76.4 }, '76,4\u00a0kg', '76,4 kilo'],
		['pulse', { pulse: 64 }, '64/min', '64 slag per minut'],
		['oxygenSaturation', { saturation: 96 }, '96\u00a0%', '96 procent'],
		['glucose', { glucose: 6.7 }, '6,7\u00a0mmol/l', '6,7 millimol per liter'],
		['temperature', { temperature: 37 }, '37,0\u00a0°C', '37,0 grader'],
		['pain', { pain: 4 }, '4 av 10', '4 av 10'],
		['selfRatedHealth', { step: 2 }, 'Bra', 'Bra'],
		['symptoms', { breathlessness: 1, swelling: 0, pillows: 3 }, '1 symtom', '1 symtom'],
		['symptoms', { breathlessness: 0 }, 'Inga symtom', 'Inga symtom'],
		['habits', { fruit: 2, fish: 0 }, '2 svar', '2 svar']
	];

	test.each(shown)('%s %j', (kind, values, text, spoken) => {
		expect(valueWithUnit(kind, values)).toBe(text);
		expect(spokenValue(kind, values)).toBe(spoken);
	});

	test('answers are told one by one; a symptom that is not there is not listed', () => {
		expect(answersInWords('symptoms', { breathlessness: 1, swelling: 0, nightBreathlessness: 1 })).toEqual([
			'Andfåddhet: Lite',
			'Vaknat av andnöd i natt: Ja'
		]);
		expect(answersInWords('habits', { fish: 0 })).toHaveLength(1);
		expect(answersInWords('weight', { weight: 70 })).toEqual([]);
	});

	test('a mean of a scale in numbers is a number', () => {
		expect(valueText('pain', { pain: 4 })).toBe('4');
	});
});
