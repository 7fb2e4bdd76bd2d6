/** Rules of a plan, what came of them and what is done, in words. The sentences are those of `plan.json`. */
import type { MeasureKind } from '$lib/domain/measures';
import type { UnknownReason } from '$lib/domain/plan/finding';
import { measureOfClause } from '$lib/domain/plan/clause';
import type { ZoneResult } from '$lib/domain/plan/evaluate';
import type { Plan, PlanReadError, PlanWriteError, TemplateId } from '$lib/domain/plan/plan';
import type { Rehearsal } from '$lib/domain/plan/rehearse';
import type { Rule, Step } from '$lib/domain/plan/rule';
import type { ClauseResult } from '$lib/domain/plan/rule-history';
import type { TemplateText } from '$lib/domain/plan/templates';
import type { Reading } from '$lib/domain/statistics';
import { formatNumber, formatRelativeDay, type Moment } from './format';
import { answersInWords, fieldLabel, measureInSentence } from './measure-words';
import { valueWithUnit } from './number-words';
import { clauseWords, conditionWords, numberText } from './plan-clause-words';
import { m } from './paraglide/messages';

/** Letters written from right to left, and signs that say so. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\u200F\uFB1D-\uFDFF\uFE70-\uFEFE\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** People's own text inside a sentence of ours: one that runs from right to left is set apart, so that it turns nothing else. */
export const ownText = (text: string): string => (RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text);

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What names are taken from: the contacts and medicines of the plan a line stands in. */
export type PlanNames = Pick<Plan, 'contacts' | 'medicines'>;

export function contactName(id: string, { contacts }: PlanNames): string {
	if (id === '112' || id === '1177') return id;
	const contact = contacts.find((each) => each.id === id);
	return contact ? ownText(contact.name) : m.plan_gone_contact();
}

/** "ring Anna", "väg dig". */
function stepWords(step: Step, plan: PlanNames): string {
	switch (step.kind) {
		case 'call':
			return m.plan_step_call({ name: contactName(step.contact, plan) });
		case 'write':
			return m.plan_step_write({ name: contactName(step.contact, plan) });
		case 'measure':
			return m.plan_step_measure({ kind: step.measure, measure: measureInSentence(step.measure) });
		case 'adjust': {
			const medicine = plan.medicines.find(({ id }) => id === step.medicine);
			if (!medicine?.adjust) return m.plan_gone_medicine();
			return m.plan_step_adjust({ medicine: ownText(medicine.name), step: ownText(medicine.adjust.step) });
		}
		case 'do':
			return ownText(step.text);
	}
}

/** What a rule says is done: "vila, ta en extra tablett och ring Anna". */
export function stepsWords(steps: readonly Step[], plan: PlanNames): string {
	const words = steps.map((step) => stepWords(step, plan));
	const [last, ...before] = words.toReversed();
	return before.length === 0 ? (last ?? '') : `${before.toReversed().join(', ')}${m.plan_and()}${last}`;
}

/** "Om vikten går upp mer än 2 kg på 3 dagar: ring Anna". */
export function ruleWords(rule: Rule, plan: PlanNames): string {
	const condition = m.plan_if({ conditions: conditionWords(rule) });
	return m.plan_rule({ condition, steps: stepsWords(rule.steps, plan) });
}

/** "Kommer det tillbaka inom 7 dagar räknas det inte som ett nytt larm."; empty without quiet days. */
export const quietWords = ({ quietDays = 1 }: Rule): string =>
	m.plan_quiet({ n: quietDays, count: formatNumber(quietDays) });

/** "Vet inte – väg dig. Senast i går." */
export function unknownWords(why: UnknownReason, now: Moment): string {
	switch (why.type) {
		case 'no-reading': {
			const help = m.plan_step_measure({ kind: why.measure, measure: measureInSentence(why.measure) });
			return why.last ? m.plan_unknown_last({ help, day: formatRelativeDay(why.last, now) }) : m.plan_unknown({ help });
		}
		case 'too-few':
			return m.plan_unknown_few({ have: formatNumber(why.have), need: formatNumber(why.need) });
		case 'unanswered':
			return m.plan_unknown_answer({ question: fieldLabel(why.field) });
		case 'book-unreadable':
			return m.plan_unknown_book({ measure: measureInSentence(why.measure) });
		case 'newer-clause':
			return m.plan_unknown_newer();
	}
}

/** A reading by its id, as the screens hold them; undefined for one that is not there any more. */
export type ReadingOf = (measure: MeasureKind, id: string) => (Reading & { readonly effective: Moment }) | undefined;

/** More readings than these are told by the day of the newest. */
const MOST_TOLD = 3;

/**
 * The why line of a clause: "Vikten går upp mer än 2 kg på 3 dagar: 74,1 kg 13 november, 76,4 kg i dag." Of an unknown one,
 * what would help.
 */
export function whyWords({ clause, finding }: ClauseResult, readingOf: ReadingOf, now: Moment): string {
	if (finding.verdict === 'unknown') return unknownWords(finding.why, now);
	const words = capitalised(clauseWords(clause));
	const held = finding.isHeld ? ` ${m.plan_why_held()}` : '';
	if (!finding.at || clause.kind === 'newer') return m.plan_why_bare({ clause: words }) + held;
	const measure = measureOfClause(clause);
	const key = clause.kind === 'symptom' ? clause.field : null;
	const told = finding.readings.length > MOST_TOLD ? [] : finding.readings;
	const values = told.flatMap((id) => {
		const reading = readingOf(measure, id);
		if (!reading) return [];
		const day = formatRelativeDay(reading.effective, now);
		return m.plan_why_value({ value: readingWords(measure, key, reading), day });
	});
	const text = values.join(', ') || m.plan_why_many({ day: formatRelativeDay(finding.at, now) });
	return m.plan_why({ clause: words, values: text }) + held;
}

/** Of a form, the one answer the clause asks about. */
function readingWords(measure: MeasureKind, key: string | null, { values }: Reading): string {
	const value = key === null ? undefined : values[key];
	const asked = key !== null && value !== undefined ? { [key]: value } : values;
	return (key !== null && answersInWords(measure, asked)[0]) || valueWithUnit(measure, asked);
}

/** What a zone card says under the reasons: that red cannot be ruled out, or that there is nothing to judge by. */
export function zoneNote({ zone, isRedUnknown, rules }: ZoneResult): string {
	if (rules.length === 0) return m.plan_no_rules();
	return zone !== 'unknown' && isRedUnknown ? m.plan_red_unknown() : '';
}

/** "Hade larmat 9 gånger på 90 dagar. 12 dagar går inte att säga." */
export function rehearsalWords({ alarms, days, unknownDays }: Rehearsal): string {
	const raised = m.plan_rehearsal({ count: alarms.length, days: numberText(days) });
	return unknownDays === 0 ? raised : `${raised} ${m.plan_rehearsal_unknown({ count: unknownDays })}`;
}

export const planReadErrorWords = ({ type }: PlanReadError): string =>
	type === 'newer' ? m.plan_newer_version() : m.plan_unreadable();

export function planWriteErrorWords(error: PlanWriteError): string {
	switch (error.type) {
		case 'text-too-long':
			return m.plan_write_text_long({ length: formatNumber(error.length), most: formatNumber(error.most) });
		case 'plan-too-large':
			return m.plan_write_plan_large();
		case 'invalid':
			return m.plan_write_invalid();
	}
}

export const templateName = (id: TemplateId): string => m.plan_template({ id });
export const templateText = (id: TemplateText): string => m.plan_template_text({ id });
