import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PressureSymptom, pressureSymptoms, type TriageInput, triagePressure } from './pressure-triage';
import { safetyNoticeFor } from './safety-notice';

const triage = (systolic: number, diastolic: number, symptoms: readonly PressureSymptom[] = [], pregnant = false) =>
	triagePressure({ systolic, diastolic, symptoms, pregnant });

const anyInput: fc.Arbitrary<TriageInput> = fc.record({
	systolic: fc.integer({ min: 40, max: 300 }),
	diastolic: fc.integer({ min: 20, max: 200 }),
	symptoms: fc.subarray([...pressureSymptoms]),
	pregnant: fc.boolean()
});

describe('symptoms win over numbers', () => {
	const redFlags: readonly PressureSymptom[] = [
		'chest-pain',
		'breathlessness',
		'back-pain',
		'numbness',
		'weakness',
		'vision-change',
		'speech-difficulty',
		'face-drooping',
		'unconscious'
	];

	test.each(redFlags)('%s asks for 112 whatever the pressure', (symptom) => {
		fc.assert(
			fc.property(anyInput, (input) => {
				const symptoms = [...input.symptoms, symptom];
				expect(triagePressure({ ...input, symptoms })).toMatchObject({
					action: 'call-112',
					patientPage: null,
					measureAgainFirst: false
				});
			}),
			{ numRuns: 30 }
		);
	});

	test('a faint is never hidden by a normal pressure', () => {
		expect(triage(120, 75, ['syncope']).action).toBe('call-1177');
	});
});

describe('high pressure', () => {
	test.each([
		[139, 89, 'no-alarm', null],
		[140, 70, 'contact-vardcentral', 'grade-1'],
		[120, 90, 'contact-vardcentral', 'grade-1'],
		[160, 90, 'contact-vardcentral', 'grade-2'],
		[150, 100, 'contact-vardcentral', 'grade-2'],
		[180, 90, 'contact-vardcentral', 'grade-3'],
		[150, 110, 'contact-vardcentral', 'grade-3'],
		[229, 129, 'contact-vardcentral', 'grade-3'],
		[230, 90, 'vardcentral-or-jour-as-soon-as-possible', 'grade-3'],
		[190, 130, 'vardcentral-or-jour-as-soon-as-possible', 'grade-3']
	])('%i/%i without symptoms: %s, %s', (systolic, diastolic, action, grade) => {
		expect(triage(systolic, diastolic)).toMatchObject({
			action,
			grade,
			flag: null,
			measureAgainFirst: grade === 'grade-3'
		});
	});

	test.each([
		[159, 109, 'contact-vardcentral'],
		[160, 90, 'contact-immediately'],
		[150, 110, 'contact-immediately'],
		[235, 120, 'contact-immediately'],
		[120, 75, 'no-alarm']
	])('%i/%i in pregnancy: %s', (systolic, diastolic, action) => {
		expect(triage(systolic, diastolic, [], true)).toMatchObject({
			action,
			measureAgainFirst: action === 'contact-immediately'
		});
	});

	test('the tier from 230/130 is the safety notice’s', () => {
		fc.assert(
			fc.property(anyInput, ({ systolic, diastolic }) => {
				const isTier = triage(systolic, diastolic).patientPage === 'vardcentral-or-jour-as-soon-as-possible';
				expect(isTier).toBe(safetyNoticeFor('bloodPressure', { systolic, diastolic }) !== null);
			})
		);
	});
});

describe('low pressure', () => {
	test('without symptoms it asks for nothing', () => {
		expect(triage(88, 56)).toMatchObject({ action: 'no-alarm', patientPage: null, flag: 'low-without-symptoms' });
		expect(triage(90, 60).flag).toBeNull();
		expect(triage(110, 59).flag).toBe('low-without-symptoms');
	});

	test.each(['dizziness', 'dizziness-recurrent', 'near-fainting'] as const)(
		'%s is told at the health centre',
		(symptom) => {
			expect(triage(88, 56, [symptom])).toMatchObject({ action: 'contact-vardcentral', flag: 'low-with-symptoms' });
			expect(triage(90, 60, [symptom]).action).toBe('no-alarm');
		}
	);

	test('a faint is told to 1177; with chest pain, breathlessness or lasting unconsciousness it is 112 (D4)', () => {
		expect(triage(88, 56, ['syncope'])).toMatchObject({ action: 'call-1177', patientPage: 'contact-vardcentral' });
		expect(triage(88, 56, ['syncope', 'chest-pain']).action).toBe('call-112');
		expect(triage(88, 56, ['syncope', 'breathlessness']).action).toBe('call-112');
		expect(triage(88, 56, ['unconscious']).action).toBe('call-112');
	});
});

test('one symptom more never makes the answer milder, and the order of symptoms never matters', () => {
	const urgency = [
		'no-alarm',
		'contact-vardcentral',
		'call-1177',
		'vardcentral-or-jour-as-soon-as-possible',
		'contact-immediately',
		'call-112'
	];
	fc.assert(
		fc.property(anyInput, fc.constantFrom(...pressureSymptoms), (input, more) => {
			const after = triagePressure({ ...input, symptoms: [more, ...input.symptoms] });
			expect(urgency.indexOf(after.action)).toBeGreaterThanOrEqual(urgency.indexOf(triagePressure(input).action));
			expect(triagePressure({ ...input, symptoms: [...input.symptoms, more] })).toEqual(after);
		})
	);
});

test('no screen knows the categories or the triage (ARCHITECTURE 1.4)', () => {
	const src = path.join(import.meta.dirname, '../..');
	const importers = readdirSync(src, { recursive: true, encoding: 'utf8' })
		.filter((file) => /\.(ts|svelte)$/.test(file) && !file.endsWith('.test.ts') && !file.includes('paraglide'))
		.filter((file) => /from '[^']*\/pressure-(category|triage)'/.test(readFileSync(path.join(src, file), 'utf8')));
	expect(importers).toEqual([]);
});
