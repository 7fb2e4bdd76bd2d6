/** One clause as typed: its kind, what stands in its fields, and the clause they come to. */
import { measureKinds, measures } from '$lib/domain/measures';
import {
	type Clause,
	type ClauseDraft,
	type ClauseKind,
	clauseSchema,
	isLimitField,
	type KnownClause,
	type NewerClause
} from '$lib/domain/plan/clause';
import { parseNumber } from '$lib/domain/typed-number';
import { fieldLabel, measureName } from '$lib/i18n/measure-words';
import { numberText } from '$lib/i18n/plan-clause-words';
import type { Values } from './line-fields';

export const clauseKinds = [
	'weightGain',
	'value',
	'seriesMean',
	'symptom',
	'health',
	'silence'
] as const satisfies readonly ClauseKind[];

export interface ClauseInput {
	readonly id: string;
	readonly kind: ClauseKind;
	readonly values: Values;
}

/** A clause of a newer app stands as it is and is not asked for. */
export type ClauseEntry = ClauseInput | NewerClause;

export const isInput = (entry: ClauseEntry): entry is ClauseInput => entry.kind !== 'newer';

/** `bloodPressure.systolic`: fields a limit can be set on, by name. */
export const limitFields = measureKinds.flatMap((measure) =>
	measures[measure].fields
		.filter(({ key }) => isLimitField({ measure, field: key }))
		.map(({ key, unit }) => ({ value: `${measure}.${key}`, measure, key, unit }))
);

/** "Blodtryck, övre"; a measure of one field by its own name. */
export const limitFieldName = ({ measure, key }: (typeof limitFields)[number]): string =>
	limitFields.filter((each) => each.measure === measure).length === 1
		? measureName(measure)
		: `${measureName(measure)}, ${fieldLabel(key).toLocaleLowerCase()}`;

export const limitFieldOf = (what: string | undefined) => limitFields.find(({ value }) => value === what);

const startOf: Readonly<Record<ClauseKind, Values>> = {
	weightGain: { kg: '2', days: '3' },
	value: { what: 'bloodPressure.systolic', relation: 'over', limit: '', readings: '1', withinDays: '2' },
	seriesMean: { field: 'systolic', relation: 'atLeast', limit: '', withinDays: '90' },
	symptom: { field: measures.symptoms.fields[0]?.key ?? '', step: '2', withinDays: '2' },
	health: { step: '4', direction: 'orWorse', withinDays: '2' },
	silence: { measure: 'weight', days: '3' }
};

export const newClause = (id: string, kind: ClauseKind = 'weightGain'): ClauseInput => ({
	id,
	kind,
	values: startOf[kind]
});

/** What stands in the fields for a clause that is changed. */
export function entryOf(clause: Clause): ClauseEntry {
	return clause.kind === 'newer' ? clause : { id: clause.id, kind: clause.kind, values: valuesOf(clause) };
}

export const entryOfDraft = (draft: ClauseDraft, id: string): ClauseEntry => entryOf({ ...draft, id } as KnownClause);

function valuesOf(clause: KnownClause): Values {
	const number = (value: number | undefined): string => (value === undefined ? '' : numberText(value));
	switch (clause.kind) {
		case 'weightGain':
			return { kg: number(clause.kg), days: number(clause.days), clear: number(clause.clear) };
		case 'value': {
			const { measure, field, relation, limit, readings, withinDays, clear } = clause;
			return {
				what: `${measure}.${field}`,
				relation,
				limit: number(limit),
				readings: number(readings),
				withinDays: number(withinDays),
				clear: number(clear)
			};
		}
		case 'seriesMean': {
			const { field, relation, limit, withinDays } = clause;
			return { field, relation, limit: number(limit), withinDays: number(withinDays) };
		}
		case 'symptom':
			return { field: clause.field, step: number(clause.step), withinDays: number(clause.withinDays) };
		case 'health':
			return { step: number(clause.step), direction: clause.direction, withinDays: number(clause.withinDays) };
		case 'silence':
			return { measure: clause.measure, days: number(clause.days) };
	}
}

/** The keys that hold numbers, by kind. */
const numberKeys: Readonly<Record<ClauseKind, readonly string[]>> = {
	weightGain: ['kg', 'days', 'clear'],
	value: ['limit', 'readings', 'withinDays', 'clear'],
	seriesMean: ['limit', 'withinDays'],
	symptom: ['step', 'withinDays'],
	health: ['step', 'withinDays'],
	silence: ['days']
};

/** The clause, or null with the keys that do not hold what a clause can. */
export function clauseOf(entry: ClauseEntry): { readonly clause: Clause | null; readonly wrong: readonly string[] } {
	if (!isInput(entry)) return { clause: entry, wrong: [] };
	const { id, kind, values } = entry;
	const numbers = numberKeys[kind].map((key) => [key, parseNumber(values[key] ?? '', 2)] as const);
	const wrong = numbers.filter(([key, number]) => !number.ok && !(key === 'clear' && number.error.type === 'empty'));
	if (wrong.length > 0) return { clause: null, wrong: wrong.map(([key]) => key) };
	const typed = Object.fromEntries(numbers.flatMap(([key, number]) => (number.ok ? [[key, number.value]] : [])));
	const parsed = clauseSchema.safeParse({ ...namesOf(kind, values), ...typed, id, kind });
	if (parsed.success && parsed.data.kind !== 'newer') return { clause: parsed.data, wrong: [] };
	const places = parsed.success ? [] : placesOf(parsed.error.issues);
	const named = numberKeys[kind].filter((key) => places.includes(key));
	return { clause: null, wrong: named.length > 0 ? named : numberKeys[kind].slice(0, 1) };
}

interface Issue {
	readonly path: readonly PropertyKey[];
	readonly code?: string | undefined;
	readonly errors?: readonly (readonly Issue[])[] | undefined;
}

/** Also those of the kinds a clause can be, which stand one level down. */
const placesOf = (issues: readonly Issue[]): readonly string[] =>
	issues.flatMap((issue) => [...issue.path.map(String), ...(issue.errors ?? []).flatMap((inner) => placesOf(inner))]);

/** What is chosen and not typed. */
function namesOf(kind: ClauseKind, values: Values): Readonly<Record<string, string | undefined>> {
	switch (kind) {
		case 'value': {
			const what = limitFieldOf(values['what']);
			return { measure: what?.measure, field: what?.key, relation: values['relation'] };
		}
		case 'seriesMean':
			return { field: values['field'], relation: values['relation'] };
		case 'symptom':
			return { field: values['field'] };
		case 'health':
			return { direction: values['direction'] };
		case 'silence':
			return { measure: values['measure'] };
		case 'weightGain':
			return {};
	}
}
