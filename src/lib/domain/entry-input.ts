/**
 * From what a person typed to values that can be recorded.
 *
 * Hard limits refuse, soft limits ask once (STANDARDS A9); the words for both live in the catalogue. Errors name what is
 * wrong and never carry what was typed.
 */
import { must } from './assert';
import type { FieldDefinition, MeasureDefinition, OtherUnit } from './measure-definition';
import { type MeasureValues, valuesSchema } from './measure-values';
import type { Effective, Observation } from './observation';
import { err, ok, type Result } from './result';
import { roundedTo } from './rounding';
import { daysBetween, localDate } from './time';
import { type NumberError, parseNumber, plainDigits } from './typed-number';

/** What stands in the fields, by field key. A missing key is an empty field. */
export type TypedFields = Readonly<Record<string, string>>;

/** The unit each field is typed in, where it is not the stored one. By field key, UCUM. */
export type TypedUnits = Readonly<Record<string, string>>;

export interface CheckedInput {
	readonly values: MeasureValues;
	/** What to ask about once before saving; empty for a common value. */
	readonly questions: readonly InputQuestion[];
}

/** A value that can be right but seldom is. */
export interface InputQuestion {
	readonly field: string;
	/** `unusual`: outside the soft range. `jump`: far from the last reading. `unit`: may be in the wrong unit. */
	readonly type: 'unusual' | 'jump' | 'unit';
	/** The unit it may be in, and what it would then be in the stored one. */
	readonly suspected?: Suspected | undefined;
}

/** Something that can never be a reading. */
export interface InputProblem {
	readonly field: string;
	readonly error: FieldError;
}

export type FieldError =
	| NumberError
	/** No answer was chosen at all. */
	| { readonly type: 'no-answer' }
	/** Limits in the unit the field is typed in. `suspected`: the number makes sense in another unit. */
	| {
			readonly type: 'out-of-range';
			readonly min: number;
			readonly max: number;
			readonly suspected?: Suspected | undefined;
	  }
	/** The upper pressure is not above the lower. */
	| { readonly type: 'not-above-diastolic' };

export interface Suspected {
	/** UCUM. */
	readonly unit: string;
	/** In the stored unit. */
	readonly value: number;
}

interface CheckContext {
	readonly effective: Effective;
	readonly previous?: Observation | undefined;
	readonly units?: TypedUnits | undefined;
}

/** Reads every field. All problems are told at once; with none, the values in the measure's units and what to ask about. */
export function checkInput(
	measure: MeasureDefinition,
	typed: TypedFields,
	context: CheckContext
): Result<CheckedInput, readonly InputProblem[]> {
	const { values, problems } = readFields(measure, typed, context.units ?? {});
	const parsed = valuesSchema(measure).safeParse(values);
	if (problems.length === 0 && parsed.success) {
		return ok({ values: parsed.data, questions: questionsAbout(measure, parsed.data, context) });
	}
	const unread = new Set(problems.map(({ field }) => field));
	const impossible = (parsed.error?.issues ?? [])
		.map((issue) => String(issue.path[0]))
		.filter((field) => !unread.has(field))
		.map((field) => ({ field, error: impossibility(measure, field, values, context.units ?? {}) }));
	return err(measure.fields.flatMap(({ key }) => [...problems, ...impossible].filter(({ field }) => field === key)));
}

/** What could be read as numbers, and what could not. An optional field left empty is neither. */
function readFields(measure: MeasureDefinition, typed: TypedFields, units: TypedUnits) {
	const values: Record<string, number> = {};
	const problems: InputProblem[] = [];
	for (const field of measure.fields) {
		const { key, required } = field;
		const text = typed[key] ?? '';
		if (!required && text.trim() === '') continue;
		const unit = typedUnit(field, units);
		const number = parseNumber(text, unit?.decimals ?? field.decimals);
		if (number.ok) values[key] = unit ? roundedTo(unit.toStored(number.value), field.decimals) : number.value;
		else problems.push({ field: key, error: unreadable(field, text, number.error) });
	}
	const [first] = measure.fields;
	if (measure.entry === 'questions' && first && Object.keys(values).length === 0 && problems.length === 0) {
		problems.push({ field: first.key, error: { type: 'no-answer' } });
	}
	return { values, problems };
}

/** A decimal where whole numbers stand may be another unit's: 16,3 over 10,1 is a pressure in kilopascal. */
function unreadable(field: FieldDefinition, text: string, error: NumberError): FieldError {
	if (field.scale !== undefined) return { type: 'no-answer' };
	const precise = error.type === 'too-many-decimals' ? parseNumber(text, 2) : null;
	const suspected = precise?.ok ? suspectedUnit(field, precise.value) : undefined;
	return suspected ? { type: 'out-of-range', min: field.hard.min, max: field.hard.max, suspected } : error;
}

/** Why the schema refused a number: outside the hard range, or the two pressures the wrong way round. */
function impossibility(measure: MeasureDefinition, key: string, values: MeasureValues, units: TypedUnits): FieldError {
	const field = must(
		measure.fields.find((one) => one.key === key),
		'The schema names a field of the measure'
	);
	const value = must(values[key], 'A number that could be read');
	const { min, max } = field.hard;
	if (value >= min && value <= max) return { type: 'not-above-diastolic' };
	const unit = typedUnit(field, units);
	if (unit) return { type: 'out-of-range', min: inUnit(unit, min), max: inUnit(unit, max) };
	return { type: 'out-of-range', min, max, suspected: suspectedUnit(field, value) };
}

const inUnit = (unit: OtherUnit, value: number): number => roundedTo(unit.fromStored(value), unit.decimals);

/** The other unit a field is typed in; undefined for the stored one. */
const typedUnit = (field: FieldDefinition, units: TypedUnits): OtherUnit | undefined =>
	field.otherUnits?.find(({ unit }) => unit === units[field.key]);

/** The unit a number is more likely in than the stored one (STANDARDS A9, unit guard). */
function suspectedUnit(field: FieldDefinition, value: number): Suspected | undefined {
	for (const { unit, suspected, toStored } of field.otherUnits ?? []) {
		const stored = roundedTo(toStored(value), field.decimals);
		const fits = value >= suspected.min && value <= suspected.max;
		if (fits && stored >= field.hard.min && stored <= field.hard.max) return { unit, value: stored };
	}
	return undefined;
}

/**
 * What was typed, read in `unit` and written in the stored one: every field that has that unit and whose number looks
 * like it. **Ja, det är mg/dl** on one field of a reading is meant for them all.
 */
export function convertTyped(measure: MeasureDefinition, typed: TypedFields, unit: string): TypedFields {
	const converted = measure.fields.flatMap((field) => {
		const number = parseNumber(typed[field.key] ?? '', 2);
		const suspected = number.ok ? suspectedUnit(field, number.value) : undefined;
		return suspected?.unit === unit ? [[field.key, String(suspected.value).replace('.', ',')]] : [];
	});
	return { ...typed, ...(Object.fromEntries(converted) as TypedFields) };
}

/** Stored values as a person would type them, in the units their meters show. */
export function typedValues(measure: MeasureDefinition, values: MeasureValues, units: TypedUnits): TypedFields {
	const typed = measure.fields.flatMap((field) => {
		const value = values[field.key];
		if (value === undefined) return [];
		const unit = typedUnit(field, units);
		const text = unit ? inUnit(unit, value).toFixed(unit.decimals) : value.toFixed(field.decimals);
		return [[field.key, text.replace('.', ',')]];
	});
	return Object.fromEntries(typed) as TypedFields;
}

function questionsAbout(
	measure: MeasureDefinition,
	values: MeasureValues,
	{ effective, previous, units }: CheckContext
): readonly InputQuestion[] {
	return measure.fields.flatMap((field): InputQuestion[] => {
		const { key, soft } = field;
		const value = values[key];
		if (value === undefined) return [];
		const suspected = typedUnit(field, units ?? {}) ? undefined : suspectedUnit(field, value);
		if (suspected) return [{ field: key, type: 'unit', suspected }];
		if (value < soft.min || value > soft.max) return [{ field: key, type: 'unusual' }];
		return isJump(field, value, effective, previous) ? [{ field: key, type: 'jump' }] : [];
	});
}

/** Farther from the last value, within so few days, than a slip of the finger is likely to explain otherwise. */
function isJump(
	field: FieldDefinition,
	value: number,
	effective: Effective,
	previous: Observation | undefined
): boolean {
	const last = previous?.values[field.key];
	if (!field.jump || last === undefined || !previous) return false;
	const days = Math.abs(daysBetween(localDate(previous.effective), localDate(effective)));
	return days <= field.jump.days && Math.abs(value - last) > field.jump.most;
}

/**
 * True when the digits typed make a possible value and one more digit never could, so that the next field can take over.
 *
 * Systolic (40-300): three digits, or two from 40 to 99. Two digits from 10 to 30 wait for a third (30 can become 300).
 * Diastolic (20-200): two digits from 21 to 99; 1x waits for a third digit, and so does 20, which can become 200.
 * Pulse (20-250): three digits, or two from 26 to 99. A value that is not possible never moves on by itself, and neither
 * does a field with decimals.
 */
export function areDigitsComplete(field: FieldDefinition, text: string): boolean {
	if (field.decimals > 0) return false;
	const number = parseNumber(text, 0);
	if (!number.ok || /[.,]/.test(plainDigits(text))) return false;
	const { min, max } = field.hard;
	return number.value >= min && number.value <= max && number.value * 10 > max;
}
