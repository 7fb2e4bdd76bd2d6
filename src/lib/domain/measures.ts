/**
 * What can be measured or answered, one definition each.
 *
 * Limits are STANDARDS A9 / D2 (copied to `docs/standards.md`): `hard` can never be a reading, `soft` is asked about once.
 * Units are UCUM codes; LOINC and SNOMED CT codes are those of `codes.json` in the vectors, where a source gave one.
 */
import { mgDlToMmolL, mmolLToMgDl } from './glucose';
import { symptoms, habits } from './questionnaires';
import type { FieldDefinition, MeasureDefinition, OtherUnit } from './measure-definition';

/** The order is the order they are offered in. */
export const measureKinds = [
	'bloodPressure',
	'weight',
	'pulse',
	'oxygenSaturation',
	'glucose',
	'temperature',
	'peakFlow',
	'steps',
	'waist',
	'pain',
	'selfRatedHealth',
	'symptoms',
	'habits'
] as const;
export type MeasureKind = (typeof measureKinds)[number];

const KG_PER_POUND = 0.45359237;
const MMHG_PER_KILOPASCAL = 7.50062;

/** A unit that is a multiple of the stored one. */
const multiple = (perUnit: number, other: Omit<OtherUnit, 'toStored' | 'fromStored'>): OtherUnit => ({
	...other,
	toStored: (value) => value * perUnit,
	fromStored: (value) => value / perUnit
});

/** Some meters show kilopascal: 16,0 over 10,7. */
const kilopascal = multiple(MMHG_PER_KILOPASCAL, {
	unit: 'kPa',
	decimals: 1,
	suspected: { min: 3, max: 29.9 },
	isOffered: false
});

const number = { required: true, decimals: 0 } as const;

const pulseField = (required: boolean): FieldDefinition => ({
	...number,
	key: 'pulse',
	unit: '/min',
	hard: { min: 20, max: 250 },
	soft: { min: 40, max: 150 },
	required,
	loinc: '8867-4',
	snomed: { heartRate: '364075005', pulseRate: '78564009', restingHeartRate: '444981005' }
});

export const measures: { readonly [K in MeasureKind]: MeasureDefinition<K> } = {
	bloodPressure: {
		kind: 'bloodPressure',
		isEveryday: true,
		entry: 'digits',
		loinc: '85354-9',
		snomed: { panel: '75367002' },
		context: [
			{ key: 'arm', values: ['left', 'right'] },
			{ key: 'posture', values: ['sitting', 'lying', 'standing'] },
			{ key: 'medicine', values: ['before', 'after'] },
			// The mark many meters show; never a diagnosis (STANDARDS A6).
			{ key: 'irregular', values: ['yes'] }
		],
		chart: { yStep: 20, line: 'ribbon', series: ['systolic', 'diastolic'], colour: 1, byHour: true },
		fields: [
			{
				...number,
				key: 'systolic',
				unit: 'mm[Hg]',
				hard: { min: 40, max: 300 },
				soft: { min: 70, max: 220 },
				redFlagFrom: 230,
				otherUnits: [kilopascal],
				loinc: '8480-6',
				snomed: { systolic: '271649006' }
			},
			{
				...number,
				key: 'diastolic',
				unit: 'mm[Hg]',
				hard: { min: 20, max: 200 },
				soft: { min: 40, max: 120 },
				redFlagFrom: 130,
				otherUnits: [kilopascal],
				loinc: '8462-4',
				snomed: { diastolic: '271650006' }
			},
			pulseField(false)
		]
	},
	weight: {
		kind: 'weight',
		isEveryday: true,
		entry: 'digits',
		loinc: '29463-7',
		snomed: { bodyWeight: '27113001' },
		context: [],
		chart: { yStep: 1, line: 'line', series: ['weight'], colour: 3 },
		offersLast: true,
		fields: [
			{
				...number,
				key: 'weight',
				unit: 'kg',
				decimals: 1,
				hard: { min: 2, max: 400 },
				soft: { min: 30, max: 200 },
				jump: { most: 3, days: 1 },
				loinc: '29463-7',
				otherUnits: [
					multiple(KG_PER_POUND, {
						unit: '[lb_av]',
						decimals: 1,
						suspected: { min: 200.1, max: 880 },
						isOffered: false
					})
				]
			}
		]
	},
	pulse: {
		kind: 'pulse',
		isEveryday: true,
		entry: 'digits',
		loinc: '8867-4',
		context: [{ key: 'activity', values: ['resting', 'afterEffort'] }],
		chart: { yStep: 10, line: 'ribbon', series: ['pulse'], colour: 4, byHour: true },
		fields: [pulseField(true)]
	},
	/** Syremättnad. What counts as a drop is judged against the person's own usual value (STANDARDS A4). */
	oxygenSaturation: {
		kind: 'oxygenSaturation',
		entry: 'digits',
		loinc: '2708-6',
		snomed: { saturation: '103228002' },
		context: [
			{ key: 'activity', values: ['resting', 'afterEffort'] },
			{ key: 'oxygen', values: ['air', 'oxygen'] }
		],
		chart: { yStep: 2, line: 'ribbon', series: ['saturation'], colour: 1 },
		fields: [
			{
				...number,
				key: 'saturation',
				unit: '%',
				hard: { min: 50, max: 100 },
				soft: { min: 90, max: 100 },
				loinc: '2708-6'
			}
		]
	},
	/** Blodsocker, from a finger stick. */
	glucose: {
		kind: 'glucose',
		entry: 'digits',
		loinc: '15074-8',
		context: [{ key: 'meal', values: ['fasting', 'beforeMeal', 'afterMeal', 'bedtime', 'night'] }],
		chart: { yStep: 2, line: 'ribbon', series: ['glucose'], colour: 2, byHour: true },
		fields: [
			{
				...number,
				key: 'glucose',
				unit: 'mmol/L',
				decimals: 1,
				hard: { min: 0.5, max: 50 },
				soft: { min: 3, max: 25 },
				loinc: '15074-8',
				otherUnits: [
					{
						unit: 'mg/dL',
						decimals: 0,
						suspected: { min: 40.1, max: 900 },
						toStored: mgDlToMmolL,
						fromStored: mmolLToMgDl,
						isOffered: true
					}
				]
			}
		]
	},
	temperature: {
		kind: 'temperature',
		entry: 'digits',
		loinc: '8310-5',
		snomed: { bodyTemperature: '386725007', core: '276885007', ear: '415974002' },
		context: [{ key: 'site', values: ['ear', 'mouth', 'armpit', 'rectal', 'forehead'] }],
		chart: { yStep: 0.5, line: 'line', series: ['temperature'], colour: 2, byHour: true },
		fields: [
			{
				...number,
				key: 'temperature',
				unit: 'Cel',
				decimals: 1,
				hard: { min: 30, max: 45 },
				soft: { min: 35, max: 40 },
				loinc: '8310-5',
				otherUnits: [
					{
						unit: '[degF]',
						decimals: 1,
						suspected: { min: 45.1, max: 113 },
						toStored: (fahrenheit) => ((fahrenheit - 32) * 5) / 9,
						fromStored: (celsius) => (celsius * 9) / 5 + 32,
						isOffered: false
					}
				]
			}
		]
	},
	/** PEF, the best of the blows. No code was found in a source; limits are ours. */
	peakFlow: {
		kind: 'peakFlow',
		entry: 'digits',
		context: [{ key: 'inhaler', values: ['before', 'after'] }],
		chart: { yStep: 50, line: 'ribbon', series: ['peakFlow'], colour: 1, byHour: true },
		fields: [
			{
				...number,
				key: 'peakFlow',
				unit: 'L/min',
				hard: { min: 30, max: 900 },
				soft: { min: 80, max: 800 }
			}
		]
	},
	/** Steps of a day. There is no limit to judge by: the person's own history is all that is shown (STANDARDS A7). */
	steps: {
		kind: 'steps',
		entry: 'digits',
		loinc: '41950-7',
		context: [],
		chart: { yStep: 1000, line: 'line', series: ['steps'], colour: 3 },
		fields: [
			{
				...number,
				key: 'steps',
				unit: '/d',
				hard: { min: 0, max: 100_000 },
				soft: { min: 0, max: 40_000 },
				loinc: '41950-7'
			}
		]
	},
	waist: {
		kind: 'waist',
		entry: 'digits',
		loinc: '8280-0',
		context: [],
		chart: { yStep: 2, line: 'line', series: ['waist'], colour: 3 },
		fields: [
			{
				...number,
				key: 'waist',
				unit: 'cm',
				decimals: 1,
				hard: { min: 30, max: 250 },
				soft: { min: 50, max: 160 },
				loinc: '8280-0'
			}
		]
	},
	/** Smärta, NRS: 0 = no pain, 10 = worst imaginable (STANDARDS A7). */
	pain: {
		kind: 'pain',
		entry: 'scale',
		loinc: '72514-3',
		context: [{ key: 'activity', values: ['resting', 'moving'] }],
		chart: { yStep: 2, line: 'line', series: ['pain'], colour: 2 },
		fields: [
			{
				...number,
				key: 'pain',
				unit: '{score}',
				hard: { min: 0, max: 10 },
				soft: { min: 0, max: 10 },
				scale: 'pain',
				isNumbered: true,
				loinc: '72514-3'
			}
		]
	},
	/** Självskattad hälsa: five steps, EU wording; 1 = mycket bra … 5 = mycket dåligt (STANDARDS A7). */
	selfRatedHealth: {
		kind: 'selfRatedHealth',
		isEveryday: true,
		entry: 'scale',
		context: [],
		chart: { yStep: 1, line: 'line', series: ['step'], colour: 3 },
		fields: [
			{
				...number,
				key: 'step',
				unit: '{score}',
				hard: { min: 1, max: 5 },
				soft: { min: 1, max: 5 },
				scale: 'health',
				bestFirst: true
			}
		]
	},
	symptoms,
	habits
};

/** True for a measure this version knows; a newer app may have written others. */
export function isMeasureKind(kind: string): kind is MeasureKind {
	return (measureKinds as readonly string[]).includes(kind);
}
