/**
 * Reads a clause back from its sentence, in the words of the catalogue and no others: the patterns are the sentences
 * themselves with their numbers left open, so that the two can never come apart.
 */
import { measureKinds, measures } from '$lib/domain/measures';
import { type ClauseDraft, clauseSchema, isLimitField, relations } from '$lib/domain/plan/clause';
import { clauseWords, type NumberSlot } from './plan-clause-words';
import { m } from './paraglide/messages';
import { getLocale, type Locale } from './paraglide/runtime';

/** What a sentence says; the ids are given by whoever keeps it. */
export interface ParsedCondition {
	readonly least: number;
	readonly clauses: readonly ClauseDraft[];
}

/** "vikten går upp mer än 2 kg på 3 dagar"; null for anything that is not the sentence of a clause. */
export function parseClause(text: string, locale: Locale = getLocale()): ClauseDraft | null {
	const plain = simplified(text);
	for (const { pattern, slots, skeleton } of patternsOf(locale)) {
		const match = pattern.exec(plain);
		if (!match) continue;
		const numbers = slots.map((slot, place) => [slot, toNumber(match[place + 1] ?? '', locale)]);
		const parsed = clauseSchema.safeParse({ ...skeleton, ...Object.fromEntries(numbers), id: 'parsed' });
		if (!parsed.success || parsed.data.kind === 'newer') continue;
		const { id: _id, ...draft } = parsed.data;
		return draft;
	}
	return null;
}

/** "Om a och b", "Om a eller b", "Om minst 2 av 3 stämmer: a; b; c"; also without "Om". */
export function parseCondition(text: string, locale: Locale = getLocale()): ParsedCondition | null {
	const opening = simplified(m.plan_if({ conditions: '' }, { locale })).trim();
	const whole = simplified(text).replace(new RegExp(`^${escaped(opening)} `, 'iu'), '');
	const one = parseClause(whole, locale);
	if (one) return { least: 1, clauses: [one] };
	const counted = parseCounted(whole, locale);
	if (counted) return counted;
	const all = parseJoined(whole, m.plan_and({}, { locale }), locale);
	if (all) return { least: all.length, clauses: all };
	const any = parseJoined(whole, m.plan_or({}, { locale }), locale);
	return any && { least: 1, clauses: any };
}

function parseCounted(text: string, locale: Locale): ParsedCondition | null {
	const sentence = m.plan_least({ least: MARK, all: MARK, clauses: MARK }, { locale });
	const match = new RegExp(`^${escaped(simplified(sentence)).replaceAll(MARK, '(.+)')}$`, 'iu').exec(text);
	const clauses = match && parseJoined(match[3] ?? '', m.plan_semicolon({}, { locale }), locale);
	const [least, all] = [Number(match?.[1]), Number(match?.[2])];
	return clauses && clauses.length === all && least <= all && least >= 1 ? { least, clauses } : null;
}

/** Two clauses or more. The joint may stand inside a clause as well ("fötter eller mage"), so each place of it is tried. */
function parseJoined(text: string, joint: string, locale: Locale): readonly ClauseDraft[] | null {
	const between = simplified(joint);
	for (let at = text.indexOf(between); at !== -1; at = text.indexOf(between, at + 1)) {
		const first = parseClause(text.slice(0, at), locale);
		if (!first) continue;
		const rest = text.slice(at + between.length);
		const last = parseClause(rest, locale);
		const others = last ? [last] : parseJoined(rest, joint, locale);
		if (others) return [first, ...others];
	}
	return null;
}

interface Pattern {
	readonly pattern: RegExp;
	/** In the order of the pattern's groups. */
	readonly slots: readonly NumberSlot[];
	/** What the sentence says besides its numbers. */
	readonly skeleton: ClauseDraft;
}

/** Sentences are made once a language; a memo of a pure function. */
const memo = new Map<Locale, readonly Pattern[]>();

function patternsOf(locale: Locale): readonly Pattern[] {
	const known = memo.get(locale);
	if (known) return known;
	const made = skeletons().map((skeleton) => patternOf(skeleton, locale));
	memo.set(locale, made);
	return made;
}

/** Private use signs, which no text of a plan's words holds. */
const MARK = '\uE000';

function patternOf(skeleton: ClauseDraft, locale: Locale): Pattern {
	const slots: NumberSlot[] = [];
	const sentence = clauseWords(skeleton, locale, (slot) => `${MARK}${slot}${MARK}`);
	const pattern = escaped(simplified(sentence)).replace(new RegExp(`${MARK}(\\w+)${MARK}`, 'g'), (_, slot: string) => {
		slots.push(slot as NumberSlot);
		return NUMBER[locale];
	});
	return { pattern: new RegExp(`^${pattern}$`, 'iu'), slots, skeleton };
}

const NUMBER: Readonly<Record<Locale, string>> = {
	sv: '(-?\\d[\\d ]*(?:[.,]\\d+)?)',
	en: '(-?\\d[\\d,]*(?:\\.\\d+)?)'
};

function toNumber(text: string, locale: Locale): number {
	return Number(locale === 'sv' ? text.replaceAll(' ', '').replace(',', '.') : text.replaceAll(',', ''));
}

/** One kind of space and of minus, and none at the ends. */
const simplified = (text: string): string => text.replace(/\s+/gu, ' ').replaceAll('−', '-');

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** One of each sentence. One and several are different words, so both are there. */
function skeletons(): readonly ClauseDraft[] {
	const counts = [1, 2];
	const clears = [{}, { clear: 1 }];
	const limitFields = measureKinds.flatMap((measure) =>
		measures[measure].fields.map(({ key }) => ({ measure, field: key })).filter(isLimitField)
	);
	const values = limitFields.flatMap((field) =>
		relations.flatMap((relation) =>
			counts.flatMap((readings) =>
				counts.flatMap((withinDays) =>
					clears.map((clear) => ({
						kind: 'value' as const,
						...field,
						relation,
						limit: 1,
						readings,
						withinDays,
						...clear
					}))
				)
			)
		)
	);
	const means = (['systolic', 'diastolic'] as const).flatMap((field) =>
		relations.flatMap((relation) =>
			counts.map((withinDays) => ({ kind: 'seriesMean' as const, field, relation, limit: 1, withinDays }))
		)
	);
	const gains = counts.flatMap((days) =>
		clears.map((clear) => ({ kind: 'weightGain' as const, kg: 1, days, ...clear }))
	);
	const symptoms = measures.symptoms.fields.flatMap(({ key: field, hard }) =>
		steps(1, hard.max).flatMap((step) =>
			counts.map((withinDays) => ({ kind: 'symptom' as const, field, step, withinDays }))
		)
	);
	const health = (['orWorse', 'orBetter'] as const).flatMap((direction) =>
		steps(1, 5).flatMap((step) =>
			counts.map((withinDays) => ({ kind: 'health' as const, step, direction, withinDays }))
		)
	);
	const silences = measureKinds.flatMap((measure) =>
		counts.map((days) => ({ kind: 'silence' as const, measure, days }))
	);
	return [...values, ...means, ...gains, ...symptoms, ...health, ...silences];
}

const steps = (from: number, to: number): readonly number[] =>
	Array.from({ length: to - from + 1 }, (_, at) => from + at);
