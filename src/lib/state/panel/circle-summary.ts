/**
 * What the care contact's list shows of one circle, as plain data: kept sealed on the device, so that a start opens no book
 * (docs/protocol.md 10 S2, 15 D9). It holds for a span of days: what changes with the day is there once for each of them.
 */
import * as z from 'zod/mini';
import { measureKinds, type MeasureKind } from '$lib/domain/measures';
import type { Effective, Observation } from '$lib/domain/observation';
import type { CountedFacts } from '$lib/domain/panel-need';
import type { Zone } from '$lib/domain/plan/evaluate';
import type { ClauseResult } from '$lib/domain/plan/rule-history';
import { dateWallMs, DAY_MS, type LocalDate } from '$lib/domain/time';
import type { IdentityId } from '$lib/protocol/ids';
import { parsedText } from '$lib/storage/panel-store';
import type { Held } from '../held';

/** Raised when the same circle comes to another summary by another rule than the plan's, which the app's version covers. */
const SUMMARY_VERSION = 1;

/** The zone of the plan on one day, as a row tells it. */
export interface ZoneOfDay {
	readonly zone: Zone;
	/** Of a red or yellow one: when what it rests on was measured, else the day it began. UTC milliseconds. */
	readonly since: number | null;
	/** The clauses that tell it. */
	readonly telling: readonly ClauseResult[];
}

export type SummaryReading = Pick<Observation, 'id' | 'measure' | 'values' | 'effective'>;

export interface CircleSummary extends Pick<CountedFacts, 'unseen' | 'seen' | 'askedAt'> {
	readonly standing: 'mine' | 'invited' | 'joined' | 'declined';
	/** When the person erased the circle, UTC milliseconds. */
	readonly erasedAt: number | null;
	/** The person's name as they wrote it. */
	readonly name: string | null;
	/** Who holds the circle for the person; null once it is their own. */
	readonly held: Held | null;
	readonly person: IdentityId | null;
	/** When the unit was let in, UTC milliseconds. */
	readonly memberSince: number | null;
	/** Measures the unit may read. */
	readonly measures: readonly MeasureKind[];
	/** The first day of what was given from a day on. */
	readonly sharedFrom: LocalDate | null;
	/** The newest measurement of all; null without any. */
	readonly newest: Effective | null;
	/** The value the row shows; null without any. */
	readonly last: SummaryReading | null;
	/** The first of the days it holds for. */
	readonly from: LocalDate;
	/** The zone on each of those days, as runs of days that are alike; null without a plan the unit can read. */
	readonly zones: readonly { readonly days: number; readonly zone: ZoneOfDay | null }[];
	/** Readings the clauses rest on. */
	readonly readings: readonly SummaryReading[];
	/** Daily means of the measure shown, NaN for a hole: a fortnight up to the first day, then each day it holds for. */
	readonly curve: Float64Array;
}

/** Days in the small curve. */
export const CURVE_DAYS = 14;
/** How many days a summary holds for: over a long weekend. */
export const SUMMARY_DAYS = 8;

/** Which of its days a day is; null when it is none of them. */
export function dayIn({ from }: Pick<CircleSummary, 'from'>, today: LocalDate): number | null {
	const at = (dateWallMs(today) - dateWallMs(from)) / DAY_MS;
	return at >= 0 && at < SUMMARY_DAYS ? at : null;
}

export function zoneOn(summary: Pick<CircleSummary, 'from' | 'zones'>, today: LocalDate): ZoneOfDay | null {
	const at = dayIn(summary, today);
	let end = 0;
	return (at === null ? undefined : summary.zones.find(({ days }) => at < (end += days)))?.zone ?? null;
}

/** The fortnight up to a day; null is a hole. */
export function curveOn(summary: Pick<CircleSummary, 'from' | 'curve'>, today: LocalDate): readonly (number | null)[] {
	const at = dayIn(summary, today) ?? 0;
	return [...summary.curve.subarray(at, at + CURVE_DAYS)].map((value) => (Number.isNaN(value) ? null : value));
}

/** What a kept summary was made from, and by whom: with anything else it is made anew, without a word. */
export interface SummaryBasis {
	/** The app's version: rules of zones and needs are part of it. */
	readonly app: string;
	/** IANA zone of the device. */
	readonly timeZone: string;
	/** The rows of the circle it was made from (`CircleStamps`). */
	readonly stamp: string;
	/** Whose logs were among them. */
	readonly identities: readonly IdentityId[];
}

const nullable = z.nullable(z.number());
const effective = z.object({ utc: z.number(), offset: z.number(), zone: z.string() });
const reading = z.object({
	id: z.string(),
	measure: z.enum(measureKinds),
	values: z.record(z.string(), z.number()),
	effective
});
const zoneOfDay = z.object({
	zone: z.enum(['green', 'yellow', 'red', 'unknown']),
	since: nullable,
	telling: z.array(
		z.object({ clause: z.looseObject({ kind: z.string() }), finding: z.looseObject({ verdict: z.string() }) })
	)
});
const keptSchema = z.object({
	v: z.literal(SUMMARY_VERSION),
	basis: z.object({ app: z.string(), timeZone: z.string(), stamp: z.string(), identities: z.array(z.string()) }),
	summary: z.object({
		standing: z.enum(['mine', 'invited', 'joined', 'declined']),
		erasedAt: nullable,
		name: z.nullable(z.string()),
		held: z.nullable(z.object({ by: z.string(), isMine: z.boolean() })),
		person: z.nullable(z.string()),
		memberSince: nullable,
		measures: z.array(z.enum(measureKinds)),
		sharedFrom: z.nullable(z.string()),
		unseen: z.array(z.object({ measure: z.enum(measureKinds), count: z.int(), first: z.number() })),
		seen: z.nullable(z.object({ at: z.number(), until: z.record(z.string(), z.number()) })),
		askedAt: nullable,
		newest: z.nullable(effective),
		last: z.nullable(reading),
		from: z.string(),
		zones: z.array(z.object({ days: z.int(), zone: z.nullable(zoneOfDay) })),
		readings: z.array(reading),
		curve: z.array(nullable)
	})
});

export function packSummary(summary: CircleSummary, basis: SummaryBasis): string {
	// JSON has no NaN: a hole becomes null.
	return JSON.stringify({ v: SUMMARY_VERSION, basis, summary: { ...summary, curve: [...summary.curve] } });
}

/** Null for another version, or anything else. */
export function unpackSummary(text: string): { readonly summary: CircleSummary; readonly basis: SummaryBasis } | null {
	const parsed = keptSchema.safeParse(parsedText(text));
	if (!parsed.success) return null;
	const { summary, basis } = parsed.data;
	// What was sealed under this key and parses was written by `packSummary`.
	const kept = { ...summary, curve: Float64Array.from(summary.curve, (value) => value ?? NaN) };
	return { summary: kept as unknown as CircleSummary, basis: basis as unknown as SummaryBasis };
}
