/**
 * `codes.json`: what each measure is called in LOINC, UCUM and SNOMED CT, and its hard limits. The device and application
 * codes in it are for the importers.
 */
import { must } from '$lib/domain/assert';
import type { FieldDefinition } from '$lib/domain/measure-definition';
import { type MeasureKind, measures } from '$lib/domain/measures';
import * as z from 'zod';
import type { CaseResult } from './case-result';
import { malformed, runCases } from './judge';

const kindByKey: Readonly<Record<string, MeasureKind | undefined>> = {
	bp: 'bloodPressure',
	pulse: 'pulse',
	weight: 'weight',
	temperature: 'temperature',
	spo2: 'oxygenSaturation',
	glucose: 'glucose',
	steps: 'steps',
	waist: 'waist',
	painNrs: 'pain'
};

const range = z.tuple([z.number(), z.number()]);
const text = z.record(z.string(), z.string());

const itemSchema = z.object({
	key: z.string(),
	loinc: z.string(),
	components: text.optional(),
	ucum: z.string(),
	snomed: text.optional(),
	hardLimits: z.union([range, z.record(z.string(), range)]).optional()
});

const fileSchema = z.object({ items: z.array(z.looseObject({ key: z.string() })) });

export function run(json: unknown): CaseResult[] {
	const file = fileSchema.safeParse(json);
	if (!file.success) return [malformed('the whole file', file.error)];
	const items = file.data.items.filter(({ key }) => kindByKey[key]).map((item) => ({ ...item, id: item.key }));
	return runCases('item', items, itemSchema, ({ key, components, ...expected }) => {
		const kind = must(kindByKey[key], 'Only what is measured here is left');
		return {
			expected: { ...expected, key, ...(components && { components: ofFields(components, kind) }) },
			got: { key, ...codesOf(kind, expected.hardLimits) }
		};
	});
}

/** What the file names and nothing here measures, so that there is nothing to compare. */
export function notRun(json: unknown): string[] {
	const file = z.object({ items: z.array(z.object({ key: z.string(), components: text.optional() })) }).safeParse(json);
	if (!file.success) return [];
	return file.data.items.flatMap(({ key, components = {} }) => {
		const kind = kindByKey[key];
		if (!kind) return key;
		const known = ofFields(components, kind);
		return Object.keys(components).flatMap((name) => (name in known ? [] : `${key} ${name}`));
	});
}

/** The components that are fields of the measure. */
const ofFields = (components: Readonly<Record<string, string>>, kind: MeasureKind) =>
	Object.fromEntries(Object.entries(components).filter(([name]) => fieldsOf(kind).some(({ key }) => key === name)));

function codesOf(kind: MeasureKind, expectedLimits: unknown) {
	const fields = fieldsOf(kind);
	const [lead] = fields;
	const limits = Object.fromEntries(fields.map(({ key, hard: { min, max } }) => [key, [min, max]]));
	return {
		loinc: measures[kind].loinc,
		components: Object.fromEntries(fields.map(({ key, loinc }) => [key, loinc])),
		ucum: lead?.unit,
		snomed: Object.assign({}, measures[kind].snomed, ...fields.map(({ snomed }) => snomed)) as unknown,
		// A measure of one number has one pair of limits.
		hardLimits: Array.isArray(expectedLimits) ? limits[lead?.key ?? ''] : limits
	};
}

const fieldsOf = (kind: MeasureKind): readonly FieldDefinition[] => measures[kind].fields;
