/**
 * Measures and their numbers in words: what a first screen needs. Questions and their answers are many words more, and stand
 * in `measure-words.ts`, so that a form for numbers does not wait for them.
 */
import type { FieldDefinition } from '$lib/domain/measure-definition';
import { type MeasureKind, measures } from '$lib/domain/measures';
import type { Reading } from '$lib/domain/statistics';
import { formatNumber, formatPressure } from '$lib/i18n/format';
import { m } from '$lib/i18n/paraglide/messages';

/** **Blodtryck**. */
export const measureName = (kind: MeasureKind): string => m.measure_name({ kind });

/** The everyday name of a number's field: **Övre**. */
export const numberLabel = (key: string): string => m.measure_field({ field: key });

/** The care word: **systoliskt**; undefined where there is none. */
export const fieldTerm = (key: string): string | undefined => m.measure_term({ field: key }) || undefined;

/** As it stands in a sentence: "det övre talet". */
export const fieldInSentence = (key: string): string => m.measure_field_in_sentence({ field: key });

/** A UCUM unit as people read it; empty for a step of a scale. */
export const unitName = (unit: string): string => m.measure_unit({ unit });

/** **Mycket bra** for the first step of health: the steps of a measure that is one question. */
export const singleStepName = (scale: string, step: number): string =>
	m.measure_step({ scale, step: Math.round(step) });

/** Values as shown, without a unit: `134/78`, `76,4`, `Bra`, `2 symtom`. Also for means, already rounded. */
export function valueText(kind: MeasureKind, values: Reading['values']): string {
	const { entry, fields } = measures[kind];
	const { systolic, diastolic } = values;
	if (kind === 'bloodPressure') return formatPressure(systolic ?? 0, diastolic ?? 0);
	if (entry === 'questions') return answersInShort(kind, values);
	const [lead] = fields;
	return lead ? leadText(lead, values[lead.key] ?? 0) : '';
}

/** The value of a measure's first field: a number, or the name of a step. */
const leadText = ({ scale, isNumbered, decimals }: FieldDefinition, value: number): string =>
	scale !== undefined && !isNumbered ? singleStepName(scale, value) : formatNumber(value, decimals);

/** Values with their unit, unless the unit goes without saying: `134/78`, `76,4 kg`, `64/min`, `4 av 10`. */
export function valueWithUnit(kind: MeasureKind, values: Reading['values']): string {
	const [lead] = measures[kind].fields;
	const text = valueText(kind, values);
	if (lead?.isNumbered) return m.measure_of_most({ value: text, most: formatNumber(lead.hard.max) });
	const unit = kind === 'bloodPressure' ? '' : unitName(lead?.unit ?? '');
	if (unit === '') return text;
	return unit.startsWith('/') ? `${text}${unit}` : `${text}\u00a0${unit}`;
}

/** As spoken: "134 över 78, puls 64", "76,4 kilo". */
export function spokenValue(kind: MeasureKind, values: Reading['values']): string {
	const { systolic = 0, diastolic = 0, pulse } = values;
	const [lead] = measures[kind].fields;
	if (kind !== 'bloodPressure') {
		return lead && measures[kind].entry === 'digits'
			? m.measure_spoken({ unit: lead.unit, value: valueText(kind, values) })
			: valueWithUnit(kind, values);
	}
	const pressure = m.common_pressure_spoken({ systolic: formatNumber(systolic), diastolic: formatNumber(diastolic) });
	return pulse === undefined ? pressure : `${pressure}, ${m.record_pulse_too({ pulse: formatNumber(pulse) })}`;
}

/** `2 symtom`, `Inga symtom`, `10 svar`: as much as fits where a number stands. */
function answersInShort(kind: MeasureKind, values: Reading['values']): string {
	const answered = measures[kind].fields.filter(({ key }) => values[key] !== undefined);
	if (kind !== 'symptoms') return m.measure_answers({ count: answered.length });
	return m.measure_symptoms({ count: answered.filter((field) => isTrouble(field, values[field.key] ?? 0)).length });
}

/** A symptom that is there. Pillows are counted, never judged. */
const isTrouble = ({ scale }: FieldDefinition, value: number): boolean =>
	(scale === 'severity' || scale === 'yesNo') && value > 0;
