/** A whole reading pasted or typed into one field, spread over the fields it belongs to. */
import { type TypedFields, type TypedUnits, typedValues } from './entry-input';
import type { MeasureDefinition } from './measure-definition';
import { parseNumber, plainDigits } from './typed-number';

/**
 * Splits text such as `128/82 72`, `128/82, puls 72` or `128 / 82 mmHg` over the fields of a blood pressure, and takes the
 * unit off a single number (`76,4 kg`). `units` are those the fields are typed in: a number in another is converted.
 * Undefined when the text is anything else: it then stays in the field as it is.
 */
export function splitPasted(measure: MeasureDefinition, text: string, units: TypedUnits = {}): TypedFields | undefined {
	const plain = plainDigits(text).trim();
	return measure.kind === 'bloodPressure' ? splitPressure(plain) : splitSingle(measure, plain, units);
}

const pressure =
	/^(?:\p{L}[\p{L} .:]*)?(\d{2,4})\s*(?:mm\s?hg)?\s*(?:[/\\|;-]|,(?=\s)|över|over|\s)\s*(\d{2,4})(?:\s*mm\s?hg)?(?:[\s/,;|(]+(?:\p{L}[\p{L} .:]*)?(\d{2,4})\s*(?:\/\s?min|slag(?:\/min| per minut)?|bpm)?)?[\s.)]*$/iu;

function splitPressure(plain: string): TypedFields | undefined {
	const match = pressure.exec(plain);
	const [systolic, diastolic, pulse] = match?.slice(1) ?? [];
	if (!systolic || !diastolic) return undefined;
	return pulse ? { systolic, diastolic, pulse } : { systolic, diastolic };
}

/** How each unit is written after a number. By UCUM. */
const unitMarks: Readonly<Record<string, string>> = {
	kg: 'kg|kilo',
	'[lb_av]': 'lbs?|pund|pounds?',
	'/min': String.raw`\/\s?min|slag(?:\/min| per minut)?|bpm`,
	'%': '%|procent|per ?cent',
	'mmol/L': String.raw`mmol(?:\/l)?`,
	'mg/dL': String.raw`mg(?:\/dl)?`,
	Cel: '°? ?c|grader',
	'[degF]': '°? ?f',
	'L/min': String.raw`l\/min`,
	'/d': 'steg|steps',
	cm: 'cm|centimeter'
};

/**
 * A single number with its unit taken off. A unit that was written is never dropped: 168 lb is 76,2 where the field is in
 * kilos, and 6,7 mmol/l is 121 where the meter shows mg/dl.
 */
function splitSingle(measure: MeasureDefinition, plain: string, units: TypedUnits): TypedFields | undefined {
	const [field] = measure.fields;
	if (!field || measure.entry !== 'digits') return undefined;
	const { key, otherUnits = [] } = field;
	const typedIn = units[key] ?? field.unit;
	for (const unit of [field.unit, ...otherUnits.map((other) => other.unit)]) {
		const text = numberBefore(unitMarks[unit], plain);
		if (text === undefined) continue;
		if (unit === typedIn) return { [key]: text };
		const number = parseNumber(text, 3);
		if (!number.ok) return undefined;
		const other = otherUnits.find((one) => one.unit === unit);
		return typedValues(measure, { [key]: other ? other.toStored(number.value) : number.value }, units);
	}
	return undefined;
}

const numberBefore = (marks: string | undefined, plain: string): string | undefined =>
	marks === undefined
		? undefined
		: new RegExp(String.raw`^(?:\p{L}[\p{L} .:]*)?(\d+(?:[.,]\d+)?)\s*(?:${marks})\.?$`, 'iu').exec(plain)?.[1];
