/**
 * From what a person typed, or pasted, to values that can be recorded.
 *
 * Hard limits refuse, soft limits ask once (STANDARDS A9); the words for both live in the catalogue. Errors name what is
 * wrong and never carry what was typed.
 */
import { must } from './assert';
import { type MeasureValues, valuesSchema } from './measure-values';
import type { FieldDefinition, MeasureDefinition } from './measures';
import type { Effective, Observation } from './observation';
import { err, ok, type Result } from './result';
import {
	daysBetween,
	effectiveAt,
	type LocalDate,
	localDate,
	MINUTE_MS,
	type NonexistentTime,
	type PlacedTime,
	placeWallTime
} from './time';

/** What stands in the fields, by field key. A missing key is an empty field. */
export type TypedFields = Readonly<Record<string, string>>;

export interface CheckedInput {
	readonly values: MeasureValues;
	/** What to ask about once before saving; empty for a common value. */
	readonly questions: readonly InputQuestion[];
}

/** A value that can be right but seldom is. */
export interface InputQuestion {
	readonly field: string;
	/** `unusual`: outside the soft range. `jump`: far from the last reading. `pounds`: may be in the wrong unit. */
	readonly type: 'unusual' | 'jump' | 'pounds';
}

/** Something that can never be a reading. */
export interface InputProblem {
	readonly field: string;
	readonly error: FieldError;
}

export type FieldError =
	| NumberError
	| { readonly type: 'out-of-range'; readonly min: number; readonly max: number }
	/** As `out-of-range`, and the number looks like a pressure in kilopascal. */
	| { readonly type: 'kilopascal'; readonly min: number; readonly max: number }
	/** The upper pressure is not above the lower. */
	| { readonly type: 'not-above-diastolic' };

/** Reads every field. All problems are told at once; with none, the values in the measure's units and what to ask about. */
export function checkInput(
	measure: MeasureDefinition,
	typed: TypedFields,
	context: { readonly effective: Effective; readonly previous?: Observation | undefined }
): Result<CheckedInput, readonly InputProblem[]> {
	const { values, problems } = readFields(measure, typed);
	const parsed = valuesSchema(measure.kind).safeParse(values);
	if (problems.length === 0 && parsed.success) {
		return ok({ values: parsed.data, questions: questionsAbout(measure, parsed.data, context) });
	}
	const unread = new Set(problems.map(({ field }) => field));
	const impossible = (parsed.error?.issues ?? [])
		.map((issue) => String(issue.path[0]))
		.filter((field) => !unread.has(field))
		.map((field) => ({ field, error: impossibility(measure, field, values) }));
	return err(measure.fields.flatMap(({ key }) => [...problems, ...impossible].filter(({ field }) => field === key)));
}

/** What could be read as numbers, and what could not. An optional field left empty is neither. */
function readFields(measure: MeasureDefinition, typed: TypedFields) {
	const values: Record<string, number> = {};
	const problems: InputProblem[] = [];
	for (const { key, decimals, required } of measure.fields) {
		const text = typed[key] ?? '';
		if (!required && text.trim() === '') continue;
		const number = parseNumber(text, decimals);
		if (number.ok) values[key] = number.value;
		else problems.push({ field: key, error: number.error });
	}
	return { values, problems };
}

/** Why the schema refused a number: outside the hard range, or the two pressures the wrong way round. */
function impossibility(measure: MeasureDefinition, key: string, values: MeasureValues): FieldError {
	const field = must(
		measure.fields.find((one) => one.key === key),
		'The schema names a field of the measure'
	);
	const value = must(values[key], 'A number that could be read');
	const { min, max } = field.hard;
	if (value >= min && value <= max) return { type: 'not-above-diastolic' };
	const kilopascal = field.unit === 'mm[Hg]' && value >= 3 && value < min;
	return { type: kilopascal ? 'kilopascal' : 'out-of-range', min, max };
}

const POUNDS_FROM_KG = 200;
const WEIGHT_JUMP_KG = 3;

function questionsAbout(
	measure: MeasureDefinition,
	values: MeasureValues,
	{ effective, previous }: { effective: Effective; previous?: Observation | undefined }
): readonly InputQuestion[] {
	return measure.fields.flatMap((field): InputQuestion[] => {
		const value = values[field.key];
		if (value === undefined) return [];
		if (field.unit === 'kg' && value > POUNDS_FROM_KG) return [{ field: field.key, type: 'pounds' }];
		if (value < field.soft.min || value > field.soft.max) return [{ field: field.key, type: 'unusual' }];
		return isWeightJump(field, value, effective, previous) ? [{ field: field.key, type: 'jump' }] : [];
	});
}

/** More than 3 kg from a weight of the same day or a day to either side is more often a slip than a weight. */
function isWeightJump(
	field: FieldDefinition,
	value: number,
	effective: Effective,
	previous: Observation | undefined
): boolean {
	const last = previous?.values[field.key];
	if (field.unit !== 'kg' || last === undefined || !previous) return false;
	const days = Math.abs(daysBetween(localDate(previous.effective), localDate(effective)));
	return days <= 1 && Math.abs(value - last) > WEIGHT_JUMP_KG;
}

export type NumberError =
	| { readonly type: 'empty' }
	| { readonly type: 'not-a-number' }
	| { readonly type: 'negative' }
	| { readonly type: 'too-many-decimals'; readonly decimals: number };

/**
 * A number as people write it: spaces anywhere, full-width and Arabic digits, decimal comma or point, leading zeros.
 * Zeros beyond the allowed decimals are let through: 128,0 is 128.
 */
export function parseNumber(text: string, decimals: number): Result<number, NumberError> {
	const plain = plainDigits(text).replace(/\s/gu, '');
	if (plain === '') return err({ type: 'empty' });
	if (/^-(\d+[.,]?\d*|[.,]\d+)$/.test(plain)) return err({ type: 'negative' });
	const match = /^(\d*)(?:[.,](\d*))?$/.exec(plain);
	const [whole = '', fraction = ''] = match?.slice(1) ?? [];
	if (!match || whole + fraction === '') return err({ type: 'not-a-number' });
	const significant = fraction.replace(/0+$/, '');
	if (significant.length > decimals) return err({ type: 'too-many-decimals', decimals });
	return ok(Number(`${whole || '0'}.${significant || '0'}`));
}

/** Digits and marks of other keyboards as plain ones: ０-９ (also ．，), Arabic and Persian digits, the longer minus. */
function plainDigits(text: string): string {
	return text
		.normalize('NFKC')
		.replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
		.replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
		.replace(/٫/g, ',')
		.replace(/[−–]/g, '-');
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

/**
 * Splits text such as `128/82 72`, `128/82, puls 72` or `128 / 82 mmHg` over the fields of a blood pressure, and takes the
 * unit off a single number (`76,4 kg`). Undefined when the text is anything else: it then stays in the field as it is.
 */
export function splitPasted(measure: MeasureDefinition, text: string): TypedFields | undefined {
	const plain = plainDigits(text).trim();
	return measure.kind === 'bloodPressure' ? splitPressure(plain) : splitSingle(measure, plain);
}

const pressure =
	/^(?:\p{L}[\p{L} .:]*)?(\d{2,4})\s*(?:mm\s?hg)?\s*(?:[/\\|;-]|,(?=\s)|över|over|\s)\s*(\d{2,4})(?:\s*mm\s?hg)?(?:[\s/,;|(]+(?:\p{L}[\p{L} .:]*)?(\d{2,4})\s*(?:\/\s?min|slag(?:\/min| per minut)?|bpm)?)?[\s.)]*$/iu;

function splitPressure(plain: string): TypedFields | undefined {
	const match = pressure.exec(plain);
	const [systolic, diastolic, pulse] = match?.slice(1) ?? [];
	if (!systolic || !diastolic) return undefined;
	return pulse ? { systolic, diastolic, pulse } : { systolic, diastolic };
}

const withUnit = /^(?:\p{L}[\p{L} .:]*)?(\d+(?:[.,]\d+)?)\s*(?:kg|kilo|\/\s?min|slag(?:\/min| per minut)?|bpm)\.?$/iu;

function splitSingle(measure: MeasureDefinition, plain: string): TypedFields | undefined {
	const [field] = measure.fields;
	const number = withUnit.exec(plain)?.[1];
	return field && number && measure.entry === 'digits' ? { [field.key]: number } : undefined;
}

/** What stands in the date and time fields, or `now` when they are untouched. */
export type TypedTime =
	| 'now'
	| {
			readonly date?: LocalDate | undefined;
			readonly minutes?: number | undefined;
			/** Which one, for a time the clock showed twice. */
			readonly occurrence?: 'earlier' | 'later' | undefined;
	  };

export type TimeError =
	| { readonly type: 'time-missing' }
	| NonexistentTime
	| { readonly type: 'time-in-future' }
	| { readonly type: 'time-too-old'; readonly years: number };

const FUTURE_GRACE_MS = 5 * MINUTE_MS;
const OLDEST_YEARS = 50;

/** When it was measured. `now` is always taken as it is, however wrong the device's clock may be: recording always works. */
export function checkTime(typed: TypedTime, now: number, zone: string): Result<PlacedTime, TimeError> {
	if (typed === 'now') return ok({ effective: effectiveAt(now, zone), ambiguous: false });
	const { date, minutes, occurrence } = typed;
	if (date === undefined || minutes === undefined) return err({ type: 'time-missing' });
	const placed = placeWallTime({ date, minutes }, zone, occurrence);
	if (!placed.ok) return placed;
	if (placed.value.effective.utc > now + FUTURE_GRACE_MS) return err({ type: 'time-in-future' });
	if (daysBetween(date, localDate(effectiveAt(now, zone))) > OLDEST_YEARS * 365.25) {
		return err({ type: 'time-too-old', years: OLDEST_YEARS });
	}
	return placed;
}

/**
 * The one safety notice (STANDARDS A2): from here the person is asked to rest, measure again and call. Nothing else in the
 * program interprets a pressure.
 */
export function callsForSafetyNotice(values: MeasureValues): boolean {
	return (values['systolic'] ?? 0) >= 230 || (values['diastolic'] ?? 0) >= 130;
}
