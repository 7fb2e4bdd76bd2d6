/** Plans, clauses and readings for tests: from a builder by hand, and at random. */
import fc from 'fast-check';
import { type ClauseOf, isLimitField, type KnownClause, relations } from '$lib/domain/plan/clause';
import type { Rule } from '$lib/domain/plan/rule';
import type { PlanData, PlanReading } from '$lib/domain/plan/timeline';
import { type MeasureKind, measures } from '$lib/domain/measures';
import type { Effective } from '$lib/domain/observation';
import { addDays, effectiveAt, type LocalDate, placeWallTime } from '$lib/domain/time';

const ZONE = 'Europe/Stockholm';
/** Day 0 of the tests. */
export const DAY_0 = '2026-11-02' as LocalDate;

/** Day 0 is 2 November 2026; the clock as on the wall. */
export function moment(day: number, clock = '07:00'): Effective {
	const [hours = 0, minutes = 0] = clock.split(':').map(Number);
	const placed = placeWallTime({ date: addDays(DAY_0, day), minutes: hours * 60 + minutes }, ZONE);
	return placed.ok ? placed.value.effective : effectiveAt(0, ZONE);
}

let made = 0;

/** A reading with an id that tells what it is. */
export function reading(values: Record<string, number>, day: number, clock = '07:00', id?: string): PlanReading {
	made += 1;
	return { id: id ?? `r${made}`, values, effective: moment(day, clock) };
}

/** Weights of a morning each, from day 0; null where nobody stood on the scale. */
export const weights = (...kilos: (number | null)[]): PlanReading[] =>
	kilos.flatMap((weight, day) => (weight === null ? [] : [reading({ weight }, day, '07:00', `w${day}`)]));

/** A reader who holds the books given here, and empty ones of the others unless they are named as closed. */
export const planData = (
	books: Partial<Record<MeasureKind, readonly PlanReading[]>>,
	options: { closed?: readonly MeasureKind[]; series?: PlanData['series']; since?: LocalDate } = {}
): PlanData => ({
	readings: (measure) => (options.closed?.includes(measure) ? null : (books[measure] ?? [])),
	series: options.series ?? [],
	since: options.since
});

export const valueClause = (change: Partial<ClauseOf<'value'>> = {}): ClauseOf<'value'> => ({
	id: 'v',
	kind: 'value',
	measure: 'bloodPressure',
	field: 'systolic',
	relation: 'over',
	limit: 160,
	readings: 1,
	withinDays: 3,
	...change
});

export const gainClause = (change: Partial<ClauseOf<'weightGain'>> = {}): ClauseOf<'weightGain'> => ({
	id: 'g',
	kind: 'weightGain',
	kg: 2,
	days: 3,
	...change
});

export const rule = (clauses: Rule['clauses'], change: Partial<Rule> = {}): Rule => ({
	id: `rule-${clauses.map(({ id }) => id).join('-')}`,
	zone: 'yellow',
	least: 1,
	clauses,
	steps: [{ kind: 'call', contact: '1177' }],
	...change
});

const days = (most: number) => fc.oneof(fc.constant(1), fc.integer({ min: 2, max: most }));
const limitFields = (Object.keys(measures) as MeasureKind[])
	.filter((kind) => measures[kind].entry === 'digits' || kind === 'pain')
	.flatMap((measure) => measures[measure].fields.map((field) => ({ measure, field })))
	.filter(({ measure, field }) => isLimitField({ measure, field: field.key }));

/** A limit as it can be typed for the field. */
const limitOf = ({ decimals, hard }: { decimals: number; hard: { min: number; max: number } }) =>
	fc
		.integer({ min: Math.ceil(hard.min * 10 ** decimals), max: Math.floor(hard.max * 10 ** decimals) })
		.map((steps) => steps / 10 ** decimals);

const valueClauses: fc.Arbitrary<ClauseOf<'value'>> = fc.constantFrom(...limitFields).chain(({ measure, field }) =>
	fc.record(
		{
			id: fc.constant('c'),
			kind: fc.constant('value' as const),
			measure: fc.constant(measure),
			field: fc.constant(field.key),
			relation: fc.constantFrom(...relations),
			limit: limitOf(field),
			readings: days(10),
			withinDays: days(366),
			clear: limitOf(field)
		},
		{ requiredKeys: ['id', 'kind', 'measure', 'field', 'relation', 'limit', 'readings', 'withinDays'] }
	)
);

const hundredths = (min: number, max: number) => fc.integer({ min, max }).map((parts) => parts / 100);

const gainClauses: fc.Arbitrary<ClauseOf<'weightGain'>> = fc.record(
	{
		id: fc.constant('c'),
		kind: fc.constant('weightGain' as const),
		kg: hundredths(10, 5000),
		days: days(60),
		clear: hundredths(0, 5000)
	},
	{ requiredKeys: ['id', 'kind', 'kg', 'days'] }
);

/** Every kind of clause this app knows. */
export const clauses: fc.Arbitrary<KnownClause> = fc.oneof(
	valueClauses,
	gainClauses,
	fc.record({
		id: fc.constant('c'),
		kind: fc.constant('seriesMean' as const),
		field: fc.constantFrom('systolic' as const, 'diastolic' as const),
		relation: fc.constantFrom(...relations),
		limit: fc.integer({ min: 40, max: 200 }),
		withinDays: days(366)
	}),
	fc.constantFrom(...measures.symptoms.fields).chain((field) =>
		fc.record({
			id: fc.constant('c'),
			kind: fc.constant('symptom' as const),
			field: fc.constant(field.key),
			step: fc.integer({ min: 1, max: field.hard.max }),
			withinDays: days(366)
		})
	),
	fc.record({
		id: fc.constant('c'),
		kind: fc.constant('health' as const),
		step: fc.integer({ min: 1, max: 5 }),
		direction: fc.constantFrom('orWorse' as const, 'orBetter' as const),
		withinDays: days(366)
	}),
	fc.record({
		id: fc.constant('c'),
		kind: fc.constant('silence' as const),
		measure: fc.constantFrom(...(Object.keys(measures) as MeasureKind[])),
		days: days(366)
	})
);
