/** A measure, its fields and a reading in words, wherever one is named. The words are those of `measures.json`. */
import type { ShareableBook } from '$lib/domain/books';
import type { FieldDefinition } from '$lib/domain/measure-definition';
import { type MeasureKind, measures } from '$lib/domain/measures';
import type { Reading } from '$lib/domain/statistics';
import { formatNumber } from '$lib/i18n/format';
import { m } from '$lib/i18n/paraglide/messages';
import { measureName, numberLabel, singleStepName } from './number-words';

export { measureName, spokenValue, unitName, valueText, valueWithUnit } from './number-words';

/** **Blodtryck**, **Mediciner och händelser**: a book as it is shared. */
export function bookName(book: ShareableBook): string {
	if (book === 'plan') return m.circle_book_plan();
	return book === 'medicines' ? m.circle_book_medicines() : measureName(book);
}

/** As it stands inside a sentence: "blodtryck", "PEF". */
export const measureInSentence = (kind: MeasureKind): string => m.measure_in_sentence({ kind });

/** The everyday name: **Övre**. Of a question, the question. */
export const fieldLabel = (key: string): string =>
	asked.has(key) ? m.measure_asked({ field: key }) : numberLabel(key);

/** Fields of the measures that are several questions. */
const asked: ReadonlySet<string> = new Set(
	[...measures.symptoms.fields, ...measures.habits.fields].map(({ key }) => key)
);

/** **Mycket bra** for the first step of health. A scale is named in the field's definition. */
export const stepName = (scale: string, step: number): string =>
	scale === 'health' || scale === 'pain'
		? singleStepName(scale, step)
		: m.measure_answer_step({ scale, step: Math.round(step) });

/** One field's value as shown, without a unit: `134`, `76,4`, `Bra`. Also for means, already rounded. */
export function fieldValueText({ scale, isNumbered, decimals }: FieldDefinition, value: number): string {
	return scale !== undefined && !isNumbered ? stepName(scale, value) : formatNumber(value, decimals);
}

/** Every answer that says something, one part each: "Andfåddhet: lite". Of symptoms, those that are there, and pillows. */
export function answersInWords(kind: MeasureKind, values: Reading['values']): readonly string[] {
	const { entry, fields } = measures[kind];
	if (entry !== 'questions') return [];
	return fields.flatMap((field) => {
		const value = values[field.key];
		if (value === undefined || (kind === 'symptoms' && value === 0)) return [];
		const [question, answer] = [fieldLabel(field.key), fieldValueText(field, value)];
		return question.endsWith('?') ? `${question} ${answer}` : m.measure_answer({ question, answer });
	});
}

/** The name of a circumstance, and of what it can be: **Arm**, **Vänster**. */
export const contextName = (key: string): string => m.measure_context({ key });
export const contextValueName = (key: string, value: string): string => m.measure_context_value({ key, value });

/** The circumstances of a reading as a list has them: "vänster arm". Those of a newer app are left out. */
export const contextInList = (context: Readonly<Record<string, string>> | undefined): readonly string[] =>
	Object.entries(context ?? {}).flatMap(([key, value]) => m.measure_context_in_list({ key, value }) || []);

/** `kl. 06–09`. */
export const bandName = (from: number, to: number): string =>
	m.measure_hours({ from: String(from).padStart(2, '0'), to: String(to).padStart(2, '0') });
