/**
 * Many readings pasted at once: a list kept on paper and typed in a note, or rows of a spreadsheet. Each line is a day, a
 * clock and the numbers, in the ways people write them. Nothing is judged here: what cannot be read is left for the person.
 */
import type { TypedFields, TypedUnits } from './entry-input';
import type { MeasureDefinition } from './measure-definition';
import { splitPasted } from './pasted-reading';
import { clockText, type LocalDate, parseLocalDate } from './time';
import { plainDigits } from './typed-number';

export interface PastedLine {
	/** As in a date field; empty when the line names no day. */
	readonly date: string;
	/** As in a time field; empty when the line names no clock. */
	readonly clock: string;
	readonly typed: TypedFields;
}

export interface PastedLines {
	readonly lines: readonly PastedLine[];
	/** Lines with something on them that could not be read as a reading, as they stood. */
	readonly unread: readonly string[];
}

/**
 * Reads each line with something on it. A line without a day has that of the line before, as in a list under a heading.
 * `units` are those the person's meters show.
 */
export function readPastedLines(
	measure: MeasureDefinition,
	text: string,
	today: LocalDate,
	units: TypedUnits = {}
): PastedLines {
	const lines: PastedLine[] = [];
	const unread: string[] = [];
	let day = '';
	for (const raw of text.split(/[\r\n\u2028\u2029]+/)) {
		const plain = plainDigits(raw)
			.replace(/[\t\u00a0\s]+/g, ' ')
			.trim();
		if (plain === '') continue;
		const dated = takeDate(plain, today);
		const timed = takeClock(dated.rest);
		day = dated.date || day;
		const typed = readValues(measure, timed.rest, units);
		if (typed) lines.push({ date: day, clock: timed.clock, typed });
		// A day on a line of its own is a heading.
		else if (!dated.date || timed.rest !== '') unread.push(raw.trim());
	}
	return { lines, unread };
}

const months = ['jan', 'feb', 'mar', 'apr', 'ma[jy]', 'jun', 'jul', 'aug', 'sep', 'o[kc]t', 'nov', 'dec'];

const isoDate = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?=$|[ ,;T])/;
const compactDate = /^(\d{4})(\d{2})(\d{2})(?=$|[ ,;])/;
/** Day before month, as in Sweden and Britain. A point between needs a second one or a year: 07.10 is a clock. */
const dayMonth = /^(\d{1,2})(?:\/| ?- ?)(\d{1,2})(?:[/-](\d{4}|\d{2}))?(?=$|[ ,;:])/;
const dayMonthPoint = /^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?(?=$|[ ,;:])/;
const dayNamed = new RegExp(String.raw`^(\d{1,2})\.? (${months.join('|')})\p{L}*\.?,?(?: (\d{4}))?(?=$|[ ,;:])`, 'iu');
const weekday = /^(?:\p{L}{2,8}(?:dag|day)|mån|tis|ons|tors?|fre|lör|sön|mon|tue|wed|thu|fri|sat|sun)\.?,? (?=\d)/iu;

function takeDate(line: string, today: LocalDate): { date: string; rest: string } {
	const text = line.replace(weekday, '');
	const iso = isoDate.exec(text) ?? compactDate.exec(text);
	if (iso) return taken(text, iso[0], dateOf(iso[1], iso[2], iso[3]));
	const named = dayNamed.exec(text);
	if (named) {
		const month = months.findIndex((name) => new RegExp(`^${name}$`, 'iu').test((named[2] ?? '').slice(0, 3))) + 1;
		return taken(text, named[0], dateInYear(named[1], String(month), named[3], today));
	}
	const numbers = dayMonth.exec(text) ?? dayMonthPoint.exec(text);
	if (numbers) return taken(text, numbers[0], dateInYear(numbers[1], numbers[2], numbers[3], today));
	return { date: '', rest: line };
}

/** What follows a day that is one; a text that only looks like a day stays whole. */
const taken = (text: string, match: string, date: LocalDate | undefined): { date: string; rest: string } =>
	date ? { date, rest: trimmed(text.slice(match.length)) } : { date: '', rest: text };

const trimmed = (text: string): string => text.replace(/^[ ,;:T]+/, '');

const dateOf = (year = '', month = '', day = ''): LocalDate | undefined =>
	parseLocalDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);

/** Without a year: the latest such day that is not in the future. */
function dateInYear(day = '', month = '', year: string | undefined, today: LocalDate): LocalDate | undefined {
	if (year) return dateOf(year.length === 2 ? `20${year}` : year, month, day);
	const thisYear = Number(today.slice(0, 4));
	// Eight years back is past every leap day.
	for (let back = 0; back <= 8; back += 1) {
		const date = dateOf(String(thisYear - back), month, day);
		if (date && date <= today) return date;
	}
	return undefined;
}

/** `07:10`, `07.10`, `kl. 7.10`, `kl 7`, `07:10:00`; after it the numbers, or nothing. */
const clock = /^(?:(?:kl|at)\.? ?)?(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?(?: ?(am|pm|fm|em))?(?=$|[ ,;])/i;
const hour = /^kl\.? ?(\d{1,2})(?=$|[ ,;])/i;

function takeClock(text: string): { clock: string; rest: string } {
	const match = clock.exec(text) ?? hour.exec(text);
	if (!match) return { clock: '', rest: text };
	const isAfternoon = /^(pm|em)$/i.test(match[3] ?? '');
	const hours = Number(match[1]) + (isAfternoon && Number(match[1]) < 12 ? 12 : 0);
	const minutes = Number(match[2] ?? 0);
	if (hours > 23 || minutes > 59) return { clock: '', rest: text };
	return { clock: clockText(hours * 60 + minutes), rest: trimmed(text.slice(match[0].length)) };
}

function readValues(measure: MeasureDefinition, text: string, units: TypedUnits): TypedFields | undefined {
	const spaced = text.replace(/[,;]/g, ' ').replace(/ +/g, ' ');
	const split = splitPasted(measure, text, units) ?? splitPasted(measure, spaced, units);
	if (split) return split;
	const [field] = measure.fields;
	const isOneNumber = measure.fields.length === 1 && /^\d+(?:[.,]\d+)?$/.test(text);
	return field && isOneNumber ? { [field.key]: text } : undefined;
}
