/**
 * A clause of a plan as a sentence: "vikten går upp mer än 2 kg på 3 dagar". Everything a clause says is in its sentence, so
 * that it can be read back from it (`plan-clause-parse.ts`).
 */
import { type MeasureKind, measures } from '$lib/domain/measures';
import type { ClauseDraft, NewerClause, Relation } from '$lib/domain/plan/clause';
import { isUpward } from '$lib/domain/plan/judge-value';
import { formatNumber } from './format';
import { m } from './paraglide/messages';
import { getLocale, type Locale } from './paraglide/runtime';

/** The numbers of a clause, by the key they stand under. */
export type NumberSlot = 'limit' | 'clear' | 'kg' | 'readings' | 'withinDays' | 'days';
/** How a number is written; the reader of sentences puts marks there instead. */
export type SayNumber = (slot: NumberSlot, value: number) => string;

/** `160`, `7,5`: no more decimals than there are. */
export function numberText(value: number, locale: Locale = getLocale()): string {
	const hundredths = Math.round(value * 100);
	const decimals = hundredths % 100 === 0 ? 0 : hundredths % 10 === 0 ? 1 : 2;
	return formatNumber(value, decimals, locale);
}

/** Without a capital or a full stop, as it stands after "Om". */
export function clauseWords(
	clause: ClauseDraft | NewerClause,
	locale: Locale = getLocale(),
	say: SayNumber = (_, value) => numberText(value, locale)
): string {
	const at = { locale };
	const window = (days: number) => m.plan_window({ n: days, count: say('withinDays', days) }, at);
	switch (clause.kind) {
		case 'value': {
			const { measure, relation, limit, readings, withinDays, clear } = clause;
			const field = m.measure_field_in_sentence({ field: clause.field }, at);
			const limitOf = (side: Relation, text: string) =>
				limitWords(side, text, unitOf(measure, clause.field, locale), locale);
			const back = isUpward(relation) ? 'atMost' : 'atLeast';
			return m.plan_clause_value(
				{
					field,
					limit: limitOf(relation, say('limit', limit)),
					row: m.plan_row({ n: readings, count: say('readings', readings) }, at),
					window: window(withinDays),
					clear: clear === undefined ? '' : m.plan_clear({ limit: limitOf(back, say('clear', clear)) }, at)
				},
				at
			);
		}
		case 'seriesMean': {
			const { relation, limit, withinDays } = clause;
			const field = m.measure_field_in_sentence({ field: clause.field }, at);
			const unit = unitOf('bloodPressure', clause.field, locale);
			const words = limitWords(relation, say('limit', limit), unit, locale);
			return m.plan_clause_series({ field, limit: words, window: window(withinDays) }, at);
		}
		case 'weightGain': {
			const { days, clear } = clause;
			const kilos = (slot: 'kg' | 'clear', kg: number) => `${say(slot, kg)}\u00a0${m.measure_unit({ unit: 'kg' }, at)}`;
			const left = clear === undefined ? '' : m.plan_gain_clear({ kg: kilos('clear', clear) }, at);
			return m.plan_clause_gain({ n: days, count: say('days', days), kg: kilos('kg', clause.kg), clear: left }, at);
		}
		case 'symptom': {
			const { field: key, step, withinDays } = clause;
			const field = measures.symptoms.fields.find((each) => each.key === key);
			const answer = m.measure_answer_step({ scale: field?.scale ?? '', step }, at);
			const more = step === field?.hard.max ? '' : m.plan_or_more({}, at);
			const question = m.measure_asked({ field: key }, at);
			return m.plan_clause_symptom({ answer, more, question, window: window(withinDays) }, at);
		}
		case 'health': {
			const { step, direction, withinDays } = clause;
			const answer = m.measure_step({ scale: 'health', step }, at);
			return m.plan_clause_health(
				{ answer, more: healthMore(step, direction, locale), window: window(withinDays) },
				at
			);
		}
		case 'silence': {
			const { days } = clause;
			const measure = m.measure_in_sentence({ kind: clause.measure }, at);
			return m.plan_clause_silence({ n: days, count: say('days', days), measure }, at);
		}
		case 'newer':
			return m.plan_clause_newer({}, at);
	}
}

/** The best and the worst step say it without a word more. */
function healthMore(step: number, direction: 'orWorse' | 'orBetter', locale: Locale): string {
	if (direction === 'orWorse') return step === 5 ? '' : m.plan_or_worse({}, { locale });
	return step === 1 ? '' : m.plan_or_better({}, { locale });
}

function limitWords(relation: Relation, number: string, unit: string, locale: Locale): string {
	const value = unit === '' || unit.startsWith('/') ? `${number}${unit}` : `${number}\u00a0${unit}`;
	return m.plan_limit({ relation, value }, { locale });
}

/** Empty where the number needs none: "antalet steg är under 3 000". */
function unitOf(measure: MeasureKind, key: string, locale: Locale): string {
	const unit = measures[measure].fields.find((field) => field.key === key)?.unit ?? '';
	return unit === '/d' ? '' : m.measure_unit({ unit }, { locale });
}

/** What a rule of several clauses says, without "Om": joined by "och", by "eller", or counted. */
export function conditionWords(
	{ least, clauses }: { readonly least: number; readonly clauses: readonly (ClauseDraft | NewerClause)[] },
	locale: Locale = getLocale()
): string {
	const at = { locale };
	const words = clauses.map((clause) => clauseWords(clause, locale));
	if (least === 1) return words.join(m.plan_or({}, at));
	if (least === clauses.length) return words.join(m.plan_and({}, at));
	const counts = { least: numberText(least, locale), all: numberText(clauses.length, locale) };
	return m.plan_least({ ...counts, clauses: words.join(m.plan_semicolon({}, at)) }, at);
}
