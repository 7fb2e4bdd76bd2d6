/**
 * What the one sentence above a trend says, as data; the words live in the catalogue.
 *
 * It counts and compares and never judges: no "high", no "good", no cause (ARCHITECTURE 1.4).
 */
import { isOn } from './interpretive-functions';
import type { MeasureDefinition } from './measure-definition';
import { roundedTo } from './rounding';
import { firstAtLeast } from './sorted';
import { type Mean, type MeansByPart, meansByPart, type Reading, valuesOf } from './statistics';
import { addDays, DAY_MS, dateWallMs, daysBetween, type LocalDate, localDate, wallMs } from './time';

export const trendRanges = ['7d', '30d', '90d', '1y', 'all'] as const;
export type TrendRange = (typeof trendRanges)[number];

const rangeDays: { readonly [R in TrendRange]: number | null } = {
	'7d': 7,
	'30d': 30,
	'90d': 90,
	'1y': 365,
	all: null
};

/**
 * The readings of a range, which ends with and includes `today`, in the order of the person's wall clock. A reading from a
 * clock ahead of today is kept. Readings come oldest first; the cost is that of the range.
 */
export function inRange<R extends Reading>(readings: readonly R[], range: TrendRange, today: LocalDate): readonly R[] {
	const from = firstDayOf(range, today);
	return inWallOrder(from === null ? readings : since(readings, dateWallMs(from)));
}

/** No zone is farther from UTC than this. */
const FARTHEST_OFFSET_MS = 18 * 3_600_000;

/** The readings whose wall clock showed `start` or later. In UTC they are in order, on the wall only nearly. */
function since<R extends Reading>(readings: readonly R[], start: number): readonly R[] {
	const utc = ({ effective }: R) => effective.utc;
	const [maybe, surely] = [start - FARTHEST_OFFSET_MS, start + FARTHEST_OFFSET_MS].map((at) =>
		firstAtLeast(readings, at, utc)
	);
	return [
		...readings.slice(maybe, surely).filter(({ effective }) => wallMs(effective) >= start),
		...readings.slice(surely)
	];
}

/** The readings of whole local days, both ends counted, in the order of the wall clock. Readings come oldest first. */
export function readingsOfDays<R extends Reading>(
	readings: readonly R[],
	from: LocalDate,
	to: LocalDate
): readonly R[] {
	const kept = inWallOrder(since(readings, dateWallMs(from)));
	return kept.slice(
		0,
		firstAtLeast(kept, dateWallMs(to) + DAY_MS, ({ effective }) => wallMs(effective))
	);
}

/** A journey west can put a later reading at an earlier hour; for most people the list is in order already. */
function inWallOrder<R extends Reading>(readings: readonly R[]): readonly R[] {
	let before = -Infinity;
	const isOrdered = readings.every(({ effective }) => before <= (before = wallMs(effective)));
	return isOrdered ? readings : [...readings].sort((a, b) => wallMs(a.effective) - wallMs(b.effective));
}

/** The first day of a range; null for all. */
export function firstDayOf(range: TrendRange, today: LocalDate): LocalDate | null {
	const days = rangeDays[range];
	return days === null ? null : addDays(today, 1 - days);
}

export interface Summary {
	/** Readings in the range. */
	readonly count: number;
	/** Days the range covers: its own length, or for all from the first reading to today. */
	readonly days: number;
	/** By field key. */
	readonly means: Readonly<Record<string, MeansByPart>>;
	/** How far the evenings lie above the mornings (negative: below), when there is enough to say so. */
	readonly eveningAboveMorning: number | null;
	/** For a measure answered in steps: the step chosen most often, the most recent of equals. */
	readonly mostCommon: Mean | null;
}

/** Null when the range holds no reading. Readings come oldest first, as `CircleView.observations` gives them. */
export function summarise(
	measure: MeasureDefinition,
	readings: readonly Reading[],
	range: TrendRange,
	today: LocalDate
): Summary | null {
	const kept = inRange(readings, range, today);
	const [first] = kept;
	const [lead] = measure.fields;
	if (!first || !lead) return null;
	const means = Object.fromEntries(measure.fields.map(({ key }) => [key, meansByPart(kept, key)]));
	return {
		count: kept.length,
		days: rangeDays[range] ?? Math.max(1, daysBetween(localDate(first.effective), today) + 1),
		means,
		eveningAboveMorning:
			measure.kind === 'bloodPressure' && isOn('eveningAgainstMorning') ? eveningAboveMorning(means[lead.key]) : null,
		mostCommon: lead.scale !== undefined && !lead.isNumbered ? mostCommon(valuesOf(kept, lead.key)) : null
	};
}

/** As many of each as a trend needs (STANDARDS A10, S1). */
const READINGS_TO_COMPARE = 5;
/** A cuff may show 3 mmHg wrong; a smaller difference is not worth a sentence. */
const LEAST_DIFFERENCE_MMHG = 3;

/** The difference of the means as they are shown, so that the sentence and the numerals never disagree. */
function eveningAboveMorning(means: MeansByPart | undefined): number | null {
	if (!means?.morning || !means.evening) return null;
	if (Math.min(means.morning.count, means.evening.count) < READINGS_TO_COMPARE) return null;
	const difference = shownMean(means.evening, 0) - shownMean(means.morning, 0);
	return Math.abs(difference) < LEAST_DIFFERENCE_MMHG ? null : difference;
}

/** A mean as it is shown: half up, to the measure's decimals (STANDARDS A1, D1). */
export const shownMean = ({ value }: Mean, decimals: number): number => roundedTo(value, decimals);

/** The value met most often, the most recent of equals; null without values. */
export function mostCommon(values: readonly number[]): Mean | null {
	const counts = new Map<number, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	const most = Math.max(0, ...counts.values());
	const value = values.findLast((one) => counts.get(one) === most);
	return value === undefined ? null : { value, count: most };
}
