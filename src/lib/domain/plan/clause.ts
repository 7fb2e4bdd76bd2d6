/**
 * Clauses: the closed language in which a plan says when something has happened. Not code: six kinds, each with a few
 * numbers, so that every one can be told in a sentence, read back from it, and counted the same way everywhere.
 *
 * What a clause means is defined by `judge.ts`. A clause that a newer app has written, of a kind, measure or question this
 * app does not know, is kept as it stands and judged "vet inte".
 */
import * as z from 'zod/mini';
import { type MeasureKind, isMeasureKind, measureKinds, measures } from '../measures';
import { daysSchema, lineIdSchema } from './fields';

/** Over and under leave the limit itself out; the other two count it. */
export const relations = ['over', 'atLeast', 'under', 'atMost'] as const;
export type Relation = (typeof relations)[number];

/** Measures whose values are numbers to the person: a limit can be set on them. */
const limitMeasures = measureKinds.filter(
	(kind) => measures[kind].entry === 'digits' || measures[kind].fields.some(({ isNumbered }) => isNumbered)
);

/** No finer than a sentence says it. */
const limitSchema = z.number().check(z.minimum(-1e6), z.maximum(1e6), z.multipleOf(0.01));
const stepSchema = z.int().check(z.minimum(0), z.maximum(20));
/** A reading older than so many days, today counted, says nothing of now. */
const withinDays = daysSchema(366);

/** One field of the newest reading, or of so many in a row, lies beyond a limit. */
const valueClauseSchema = z
	.strictObject({
		id: lineIdSchema,
		kind: z.literal('value'),
		measure: z.enum(measureKinds),
		field: z.string(),
		relation: z.enum(relations),
		limit: limitSchema,
		/** How many of the newest readings must lie there. */
		readings: z.int().check(z.minimum(1), z.maximum(10)),
		withinDays,
		/** Once met, it stays so until a reading comes back to this value (hysteresis). */
		clear: z.optional(limitSchema)
	})
	.check(z.refine(isLimitField, 'a field with a number'));

/** The mean of the newest valid series of home blood pressures lies beyond a limit. */
const seriesMeanClauseSchema = z.strictObject({
	id: lineIdSchema,
	kind: z.literal('seriesMean'),
	field: z.enum(['systolic', 'diastolic']),
	relation: z.enum(relations),
	limit: limitSchema,
	withinDays
});

/** The weight of today is more than so many kilos above the lowest of the days before. */
const weightGainClauseSchema = z.strictObject({
	id: lineIdSchema,
	kind: z.literal('weightGain'),
	kg: z.number().check(z.minimum(0.1), z.maximum(50), z.multipleOf(0.01)),
	/** Days before today. */
	days: daysSchema(60),
	/** Once met, it stays so until no more than this of the gain is left. */
	clear: z.optional(z.number().check(z.minimum(0), z.maximum(50), z.multipleOf(0.01)))
});

/** A symptom was answered with this step or a worse one. */
const symptomClauseSchema = z.strictObject({
	id: lineIdSchema,
	kind: z.literal('symptom'),
	field: z.string().check(z.refine((field) => symptomFields.includes(field), 'a symptom that is asked about')),
	step: stepSchema,
	withinDays
});

/** Self-rated health (mående) is this step or further in one direction. Step 1 is the best, 5 the worst. */
const healthClauseSchema = z.strictObject({
	id: lineIdSchema,
	kind: z.literal('health'),
	step: z.int().check(z.minimum(1), z.maximum(5)),
	direction: z.enum(['orWorse', 'orBetter']),
	withinDays
});

/** Nothing was recorded of a measure for so many whole days; today is not over and is not counted. */
const silenceClauseSchema = z.strictObject({
	id: lineIdSchema,
	kind: z.literal('silence'),
	measure: z.enum(measureKinds),
	days: daysSchema(366)
});

const symptomFields: readonly string[] = measures.symptoms.fields.map(({ key }) => key);

const knownClauseSchema = z.discriminatedUnion('kind', [
	valueClauseSchema,
	seriesMeanClauseSchema,
	weightGainClauseSchema,
	symptomClauseSchema,
	healthClauseSchema,
	silenceClauseSchema
]);

/** A clause this app can judge. */
export type KnownClause = z.infer<typeof knownClauseSchema>;
export type ClauseKind = KnownClause['kind'];
export type ClauseOf<K extends ClauseKind> = Extract<KnownClause, { kind: K }>;

/** A clause that has not been given an id yet: of a template, or read from a sentence. */
export type ClauseDraft = { [K in ClauseKind]: Omit<ClauseOf<K>, 'id'> }[ClauseKind];

const clauseKinds = ['value', 'seriesMean', 'weightGain', 'symptom', 'health', 'silence'] as const;

/** A clause of a newer app, kept as it stands. */
export interface NewerClause {
	readonly kind: 'newer';
	readonly id: string;
	readonly raw: Readonly<Record<string, unknown>>;
}

/** Read out of a stored plan. What is stored is `clauseToStored` of it. */
const newerClauseSchema = z.pipe(
	z.looseObject({ id: lineIdSchema, kind: z.string() }).check(z.refine(isOfNewerApp, 'a clause of a newer app')),
	z.transform((raw): NewerClause => ({ kind: 'newer', id: raw.id, raw }))
);

export const clauseSchema = z.union([knownClauseSchema, newerClauseSchema]);
export type Clause = KnownClause | NewerClause;

export const clauseToStored = (clause: Clause): unknown => (clause.kind === 'newer' ? clause.raw : clause);

/** A name in it is unknown here. With known names a clause that does not parse is broken, not newer. */
function isOfNewerApp(raw: Readonly<Record<string, unknown>>): boolean {
	const { kind, measure, field } = raw;
	if (!(clauseKinds as readonly unknown[]).includes(kind)) return true;
	if (typeof measure === 'string' && !isMeasureKind(measure)) return true;
	if (typeof field !== 'string') return false;
	if (kind === 'symptom') return !symptomFields.includes(field);
	return kind === 'value' && typeof measure === 'string' && isMeasureKind(measure) && !hasField(measure, field);
}

const hasField = (measure: MeasureKind, field: string): boolean =>
	measures[measure].fields.some(({ key }) => key === field);

/** A pulse taken with a blood pressure is judged as a pulse, with the others (`pulse.ts`). */
export function isLimitField({ measure, field }: { measure: MeasureKind; field: string }): boolean {
	const isPulseWithin = measure === 'bloodPressure' && field === 'pulse';
	return limitMeasures.includes(measure) && hasField(measure, field) && !isPulseWithin;
}

/** The books a clause rests on: a pulse may stand in a blood pressure, and who sees only one of the books sees too little. */
export function booksOfClause(clause: KnownClause): readonly MeasureKind[] {
	const measure = measureOfClause(clause);
	return measure === 'pulse' ? ['pulse', 'bloodPressure'] : [measure];
}

/** The measure a clause speaks of. */
export function measureOfClause(clause: KnownClause): MeasureKind {
	switch (clause.kind) {
		case 'value':
		case 'silence':
			return clause.measure;
		case 'seriesMean':
			return 'bloodPressure';
		case 'weightGain':
			return 'weight';
		case 'symptom':
			return 'symptoms';
		case 'health':
			return 'selfRatedHealth';
	}
}
