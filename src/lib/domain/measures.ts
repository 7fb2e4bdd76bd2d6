/**
 * What can be measured. One definition a measure; forms, validation, charts and exports read it from here, so that
 * a new measure is one more definition and its words in the catalogue.
 *
 * Limits are STANDARDS A9 / D2 (copied to `docs/standards.md`): `hard` can never be a reading, `soft` is asked about once.
 * Units are UCUM codes; LOINC codes follow FHIR R4 vital signs.
 */

/** Kinds of measure this version can record. The order is the order they are offered in. */
export const measureKinds = ['bloodPressure', 'weight', 'pulse', 'selfRatedHealth'] as const;
export type MeasureKind = (typeof measureKinds)[number];

/** An inclusive range in the field's unit. */
export interface Range {
	readonly min: number;
	readonly max: number;
}

export interface FieldDefinition {
	/** Key in `values` of a stored entry. Never renamed once released. */
	readonly key: string;
	/** UCUM unit, as stored. */
	readonly unit: string;
	/** Decimals a person may type; stored values are rounded to it. */
	readonly decimals: number;
	readonly hard: Range;
	readonly soft: Range;
	readonly required: boolean;
	readonly loinc?: string | undefined;
}

export interface MeasureDefinition {
	readonly kind: MeasureKind;
	/** `digits`: number fields; `scale`: a choice of named steps, best first. */
	readonly entry: 'digits' | 'scale';
	readonly fields: readonly FieldDefinition[];
	/** LOINC code of the whole observation. */
	readonly loinc?: string | undefined;
}

const pulseField = (required: boolean): FieldDefinition => ({
	key: 'pulse',
	unit: '/min',
	decimals: 0,
	hard: { min: 20, max: 250 },
	soft: { min: 40, max: 150 },
	required,
	loinc: '8867-4'
});

export const measures: { readonly [K in MeasureKind]: MeasureDefinition } = {
	bloodPressure: {
		kind: 'bloodPressure',
		entry: 'digits',
		loinc: '85354-9',
		fields: [
			{
				key: 'systolic',
				unit: 'mm[Hg]',
				decimals: 0,
				hard: { min: 40, max: 300 },
				soft: { min: 70, max: 220 },
				required: true,
				loinc: '8480-6'
			},
			{
				key: 'diastolic',
				unit: 'mm[Hg]',
				decimals: 0,
				hard: { min: 20, max: 200 },
				soft: { min: 40, max: 120 },
				required: true,
				loinc: '8462-4'
			},
			pulseField(false)
		]
	},
	weight: {
		kind: 'weight',
		entry: 'digits',
		loinc: '29463-7',
		fields: [
			{
				key: 'weight',
				unit: 'kg',
				decimals: 1,
				hard: { min: 2, max: 400 },
				soft: { min: 30, max: 200 },
				required: true,
				loinc: '29463-7'
			}
		]
	},
	pulse: { kind: 'pulse', entry: 'digits', loinc: '8867-4', fields: [pulseField(true)] },
	/** Självskattad hälsa: five steps, EU wording; 1 = mycket bra … 5 = mycket dåligt (STANDARDS A7). */
	selfRatedHealth: {
		kind: 'selfRatedHealth',
		entry: 'scale',
		fields: [
			{
				key: 'step',
				unit: '{score}',
				decimals: 0,
				hard: { min: 1, max: 5 },
				soft: { min: 1, max: 5 },
				required: true
			}
		]
	}
};

/** True for a measure this version knows; a newer app may have written others. */
export function isMeasureKind(kind: string): kind is MeasureKind {
	return (measureKinds as readonly string[]).includes(kind);
}
