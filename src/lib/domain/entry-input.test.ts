import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import plausibility from '../../../tests/fixtures/bp-plausibility.json';
import { must } from './assert';
import { areDigitsComplete, checkInput, convertTyped, type TypedFields, type TypedUnits } from './entry-input';
import type { FieldDefinition } from './measure-definition';
import { type MeasureKind, measureKinds, measures } from './measures';
import type { Observation } from './observation';
import { effectiveAt } from './time';

const zone = 'Europe/Stockholm';
const now = Date.UTC(2026, 10, 16, 6, 32);
const context = { effective: effectiveAt(now, zone) };
const check = (kind: MeasureKind, typed: TypedFields) => checkInput(measures[kind], typed, context);
const pressure = (systolic: string, diastolic: string, pulse = '') =>
	check('bloodPressure', { systolic, diastolic, pulse });
const problems = (result: ReturnType<typeof check>) =>
	result.ok ? [] : result.error.map(({ field, error }) => `${field}: ${error.type}`);
const questions = (result: ReturnType<typeof check>) =>
	result.ok ? result.value.questions.map(({ field, type }) => `${field}: ${type}`) : ['refused'];
const field = (kind: MeasureKind, key: string): FieldDefinition =>
	must(
		measures[kind].fields.find((one) => one.key === key),
		'a field of the measure'
	);

describe('limits', () => {
	test.each(plausibility.cases)('line $line: $field $value ($note)', ({ field: key, value, accept, warn }) => {
		const [systolic = '', diastolic = ''] = String(value).split('/');
		const typed =
			key === 'pair'
				? { systolic, diastolic }
				: { systolic: key === 'diastolic' ? '240' : '120', diastolic: '30', [key]: systolic };
		const result = check('bloodPressure', typed);
		expect(result.ok).toBe(accept);
		if (accept) {
			expect(questions(result).some((question) => question.startsWith(key))).toBe(warn);
		}
	});

	test('every problem is told at once, in the order of the fields', () => {
		expect(problems(pressure('', '8a', '-1'))).toEqual([
			'systolic: empty',
			'diastolic: not-a-number',
			'pulse: negative'
		]);
		expect(problems(pressure('1200', '', '72'))).toEqual(['systolic: out-of-range', 'diastolic: empty']);
	});

	test('an upper pressure that is not above the lower is refused at the upper', () => {
		expect(problems(pressure('80', '128'))).toEqual(['systolic: not-above-diastolic']);
		expect(problems(pressure('80', '80'))).toEqual(['systolic: not-above-diastolic']);
	});

	test('another unit is suspected where the number makes sense in it (STANDARDS A9)', () => {
		const suspected = (kind: MeasureKind, typed: TypedFields) => {
			const result = check(kind, typed);
			const found = result.ok
				? result.value.questions.map((question) => question.suspected)
				: result.error.map(({ error }) => (error.type === 'out-of-range' ? error.suspected : undefined));
			return found.map((each) => (each ? `${each.value} from ${each.unit}` : 'none'));
		};
		expect(suspected('glucose', { glucose: '120' })).toEqual(['6.7 from mg/dL']);
		expect(suspected('glucose', { glucose: '45' })).toEqual(['2.5 from mg/dL']);
		expect(suspected('glucose', { glucose: '100' })).toEqual(['5.5 from mg/dL']);
		expect(suspected('weight', { weight: '205' })).toEqual(['93 from [lb_av]']);
		expect(suspected('temperature', { temperature: '98,6' })).toEqual(['37 from [degF]']);
		expect(suspected('bloodPressure', { systolic: '17', diastolic: '11' })).toEqual(['128 from kPa', '83 from kPa']);
		expect(suspected('bloodPressure', { systolic: '17,3', diastolic: '10,7' })).toEqual([
			'130 from kPa',
			'80 from kPa'
		]);
		expect(suspected('bloodPressure', { systolic: '12', diastolic: '80' })).toEqual(['90 from kPa']);
		expect(suspected('bloodPressure', { systolic: '0', diastolic: '80' })).toEqual(['none']);
		expect(suspected('oxygenSaturation', { saturation: '0' })).toEqual(['none']);
	});

	test('one yes converts every field of the reading that looks like it, and no other', () => {
		expect(convertTyped(measures.bloodPressure, { systolic: '17,3', diastolic: '10,7', pulse: '64' }, 'kPa')).toEqual({
			systolic: '130',
			diastolic: '80',
			pulse: '64'
		});
		expect(convertTyped(measures.glucose, { glucose: '100' }, 'mg/dL')).toEqual({ glucose: '5,5' });
	});

	test('a field typed in the unit of the meter is read in it, with limits in it', () => {
		const typed = (glucose: string, units: TypedUnits) =>
			checkInput(measures.glucose, { glucose }, { ...context, units });
		const inMilligrams = { glucose: 'mg/dL' };
		expect(typed('100', inMilligrams)).toMatchObject({ ok: true, value: { values: { glucose: 5.5 }, questions: [] } });
		expect(questions(typed('40', inMilligrams))).toEqual(['glucose: unusual']);
		expect(typed('5', inMilligrams)).toMatchObject({ error: [{ error: { type: 'out-of-range', min: 9, max: 901 } }] });
		expect(problems(typed('5,5', inMilligrams))).toEqual(['glucose: too-many-decimals']);
	});

	test('questions may be left out one by one but not all, and an answer is one of its steps', () => {
		expect(check('symptoms', { breathlessness: '1' })).toMatchObject({
			ok: true,
			value: { values: { breathlessness: 1 } }
		});
		expect(problems(check('symptoms', {}))).toEqual(['breathlessness: no-answer']);
		expect(problems(check('selfRatedHealth', {}))).toEqual(['step: no-answer']);
		expect(problems(check('symptoms', { breathlessness: '4' }))).toEqual(['breathlessness: out-of-range']);
	});

	test('pulse may be left out of a blood pressure but not out of a pulse', () => {
		expect(pressure('134', '78')).toEqual({
			ok: true,
			value: { values: { systolic: 134, diastolic: 78 }, questions: [] }
		});
		expect(problems(check('pulse', {}))).toEqual(['pulse: empty']);
	});

	test('unusual values are asked about, each at its field', () => {
		expect(questions(pressure('224', '124', '38'))).toEqual([
			'systolic: unusual',
			'diastolic: unusual',
			'pulse: unusual'
		]);
		expect(questions(check('weight', { weight: '205' }))).toEqual(['weight: unit']);
		expect(questions(check('weight', { weight: '25' }))).toEqual(['weight: unusual']);
	});

	test('a weight far from yesterday is asked about, one far from last week is not', () => {
		const previous = (days: number): Observation => ({
			measure: 'weight',
			values: { weight: 74.1 },
			effective: effectiveAt(now - days * 86_400_000, zone),
			source: { kind: 'manual' },
			id: 'a',
			device: 'b',
			amended: false,
			conflicting: false
		});
		const ask = (weight: string, days: number) =>
			questions(checkInput(measures.weight, { weight }, { ...context, previous: previous(days) }));
		expect(ask('47,1', 1)).toEqual(['weight: jump']);
		expect(ask('77,1', 1)).toEqual([]);
		expect(ask('77,2', 1)).toEqual(['weight: jump']);
		expect(ask('47,1', 7)).toEqual([]);
	});

	test('whatever is accepted lies within the hard limits of its measure, and never with too many decimals', () => {
		const anyText = fc.oneof(
			fc.integer({ min: -20, max: 420 }).map(String),
			fc.double({ min: 0, max: 500, noNaN: true }).map((value) => value.toFixed(2).replace('.', ',')),
			fc.string({ maxLength: 5 })
		);
		fc.assert(
			fc.property(
				fc.constantFrom(...measureKinds),
				fc.array(anyText, { minLength: 3, maxLength: 3 }),
				(kind, texts) => {
					const typed = Object.fromEntries(measures[kind].fields.map(({ key }, at) => [key, texts[at] ?? '']));
					const result = check(kind, typed);
					if (!result.ok) {
						expect(result.error).not.toEqual([]);
						return;
					}
					for (const [key, value] of Object.entries(result.value.values)) {
						const { hard, decimals } = field(kind, key);
						expect(value).toBeGreaterThanOrEqual(hard.min);
						expect(value).toBeLessThanOrEqual(hard.max);
						expect(Number(value.toFixed(decimals))).toBe(value);
					}
				}
			),
			{ numRuns: 10_000 }
		);
	});

	test('every weight with one decimal can be recorded', () => {
		for (let tenths = 20; tenths <= 4000; tenths++) {
			expect(check('weight', { weight: String(tenths / 10) }).ok).toBe(true);
		}
	});
});

describe('digits that are complete', () => {
	test.each([
		[
			'systolic',
			['134', '40', '99', '300', '0128', '１３４'],
			['1', '13', '30', '29', '301', '39', '400', '', 'a', '134,']
		],
		['diastolic', ['78', '99', '21', '110', '200'], ['7', '1', '10', '11', '20', '201', '12a']],
		['pulse', ['64', '26', '99', '120', '250'], ['6', '20', '25', '12', '251']]
	])('%s', (key, complete, open) => {
		const definition = field('bloodPressure', key);
		for (const text of complete) expect(areDigitsComplete(definition, text), text).toBe(true);
		for (const text of open) expect(areDigitsComplete(definition, text), text).toBe(false);
	});

	test('a weight never moves on by itself', () => {
		expect(areDigitsComplete(field('weight', 'weight'), '76,4')).toBe(false);
	});

	test('no possible value is cut short: while a longer one can follow, the field waits', () => {
		for (const definition of measures.bloodPressure.fields) {
			for (let value = definition.hard.min; value <= definition.hard.max; value++) {
				const text = String(value);
				for (let length = 1; length < text.length; length++) {
					expect(areDigitsComplete(definition, text.slice(0, length))).toBe(false);
				}
			}
		}
	});
});
