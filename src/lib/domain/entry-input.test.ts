import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import plausibility from '../../../tests/fixtures/bp-plausibility.json';
import {
	areDigitsComplete,
	callsForSafetyNotice,
	checkInput,
	checkTime,
	parseNumber,
	splitPasted,
	type TypedFields
} from './entry-input';
import { must } from './assert';
import { type FieldDefinition, type MeasureKind, measureKinds, measures } from './measures';
import type { Observation } from './observation';
import { effectiveAt, parseLocalDate } from './time';

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

describe('a number as people write it', () => {
	test.each([
		['128', 128],
		[' 128 ', 128],
		['1 28', 128],
		['0128', 128],
		['１２８', 128],
		['١٢٨', 128],
		['۱۲۸', 128],
		['128,0', 128],
		['128.', 128]
	])('%j is read', (text, value) => expect(parseNumber(text, 0)).toEqual({ ok: true, value }));

	test.each([
		['76,4', 76.4],
		['76.4', 76.4],
		['７６，４', 76.4],
		['٧٦٫٤', 76.4],
		['76 , 4', 76.4],
		['076,40', 76.4],
		[',5', 0.5]
	])('%j is read with one decimal', (text, value) => expect(parseNumber(text, 1)).toEqual({ ok: true, value }));

	test.each([
		['', 'empty'],
		[' \u00a0', 'empty'],
		['abc', 'not-a-number'],
		['12o', 'not-a-number'],
		['1e2', 'not-a-number'],
		['+12', 'not-a-number'],
		['0x80', 'not-a-number'],
		['1,2,3', 'not-a-number'],
		['1.234,5', 'not-a-number'],
		[',', 'not-a-number'],
		['-', 'not-a-number'],
		['-5', 'negative'],
		['−5,5', 'negative'],
		['128,5', 'too-many-decimals']
	])('%j is refused as %s', (text, type) => expect(parseNumber(text, 0)).toMatchObject({ ok: false, error: { type } }));

	test('no text whatever makes it throw or give anything but a number that is not negative', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.nat(3), (text, decimals) => {
				const result = parseNumber(text, decimals);
				if (result.ok) expect(result.value).toBeGreaterThanOrEqual(0);
			}),
			{ numRuns: 10_000 }
		);
	});

	test('what the Swedish form writes is read back as it was', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 4000 }), (tenths) => {
				const text = (tenths / 10).toLocaleString('sv-SE');
				expect(parseNumber(text, 1)).toEqual({ ok: true, value: tenths / 10 });
			})
		);
	});
});

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

	test('kilopascal is recognised', () => {
		expect(problems(pressure('17', '11'))).toEqual(['systolic: kilopascal', 'diastolic: kilopascal']);
		expect(problems(pressure('12', '80'))).toEqual(['systolic: kilopascal']);
		expect(problems(pressure('0', '80'))).toEqual(['systolic: out-of-range']);
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
		expect(questions(check('weight', { weight: '205' }))).toEqual(['weight: pounds']);
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

	test('the safety notice starts at 230 or 130 and nowhere else', () => {
		expect(callsForSafetyNotice({ systolic: 229, diastolic: 129 })).toBe(false);
		expect(callsForSafetyNotice({ systolic: 230, diastolic: 90 })).toBe(true);
		expect(callsForSafetyNotice({ systolic: 180, diastolic: 130 })).toBe(true);
		expect(callsForSafetyNotice({ weight: 300 })).toBe(false);
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

describe('pasted text', () => {
	const all = { systolic: '128', diastolic: '82', pulse: '72' };
	test.each([
		['128/82 72', all],
		['128/82, puls 72', all],
		['128 / 82 / 72', all],
		['Blodtryck: 128/82 mmHg, puls 72 slag/min.', all],
		['128 över 82 (puls 72)', all],
		['１２８／８２　７２', all],
		['128 / 82', { systolic: '128', diastolic: '82' }],
		['128 82', { systolic: '128', diastolic: '82' }],
		['128-82', { systolic: '128', diastolic: '82' }],
		['128, 82', { systolic: '128', diastolic: '82' }],
		['12/80', { systolic: '12', diastolic: '80' }],
		['1200/80', { systolic: '1200', diastolic: '80' }]
	])('%j is split over the fields', (text, fields) =>
		expect(splitPasted(measures.bloodPressure, text)).toEqual(fields)
	);

	test.each(['', '128', '128,50', '-128', '2026-11-16', '2026-11-16 128/82', 'kl 07.32', '128/82/72/60', 'hej'])(
		'%j is left in its field',
		(text) => expect(splitPasted(measures.bloodPressure, text)).toBeUndefined()
	);

	test('a unit is taken off a single number', () => {
		expect(splitPasted(measures.weight, 'Vikt: 76,4 kg')).toEqual({ weight: '76,4' });
		expect(splitPasted(measures.pulse, '72 slag/min')).toEqual({ pulse: '72' });
		expect(splitPasted(measures.weight, '76,4')).toBeUndefined();
		expect(splitPasted(measures.weight, '76 mmHg')).toBeUndefined();
	});

	test('no text whatever hangs or throws', () => {
		const part = fc.constantFrom('128', '82', ' ', '/', ',', 'puls', 'mm', 'hg', '(', '-', ':', 'å', '.');
		fc.assert(
			fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
				const started = performance.now();
				splitPasted(measures.bloodPressure, parts.join(''));
				expect(performance.now() - started).toBeLessThan(200);
			}),
			{ numRuns: 2_000 }
		);
	});
});

describe('the time of a measurement', () => {
	const at = (day: string, minutes: number) => checkTime({ date: parseLocalDate(day), minutes }, now, zone);
	const type = (result: ReturnType<typeof at>) => (result.ok ? 'ok' : result.error.type);

	test('now is taken as it is, also from a clock that is wrong', () => {
		expect(checkTime('now', 0, zone)).toEqual({
			ok: true,
			value: { effective: { utc: 0, offset: 60, zone }, ambiguous: false }
		});
	});

	test('up to five minutes ahead is a clock that differs; more is the future', () => {
		expect(type(at('2026-11-16', 7 * 60 + 37))).toBe('ok');
		expect(type(at('2026-11-16', 7 * 60 + 38))).toBe('time-in-future');
	});

	test('a time that does not exist is refused with the one after the gap', () => {
		expect(at('2026-03-29', 150)).toEqual({
			ok: false,
			error: { type: 'nonexistent-time', suggestion: { date: '2026-03-29', minutes: 210 } }
		});
	});

	test('a time that came twice is the first, and flagged', () => {
		expect(at('2026-10-25', 150)).toMatchObject({ ok: true, value: { ambiguous: true, effective: { offset: 120 } } });
	});

	test('the second of the two can be asked for', () => {
		const date = parseLocalDate('2026-10-25');
		const second = checkTime({ date, minutes: 150, occurrence: 'later' }, now, zone);
		expect(second).toMatchObject({ ok: true, value: { ambiguous: true, effective: { offset: 60 } } });
	});

	test('fifty years back is a slip', () => {
		expect(type(at('1976-11-17', 0))).toBe('ok');
		expect(type(at('1976-11-10', 0))).toBe('time-too-old');
	});

	test('half a time is asked for', () => {
		expect(type(checkTime({ minutes: 3 }, now, zone))).toBe('time-missing');
		expect(type(at('2026-02-30', 3))).toBe('time-missing');
	});
});
