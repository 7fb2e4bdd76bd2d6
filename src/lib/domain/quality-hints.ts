/**
 * How the measuring is done, never what the values mean (ARCHITECTURE 1.4): things a person can do the same way next time so
 * that readings can be compared. Each says the counts it rests on, and none is said on thin ground.
 */
import type { MeasureKind } from './measures';
import type { Observation } from './observation';
import { mean } from './statistics';
import { MINUTE_MS } from './time';

export type QualityHint =
	/** The first of a session lies higher than those that follow it: rest was short. */
	| { readonly type: 'first-higher'; readonly difference: number; readonly sessions: number }
	/** More numbers end in 0 or 5 than chance gives: they are likely rounded. */
	| { readonly type: 'rounded'; readonly count: number; readonly total: number }
	/** Sessions of one reading, where the person otherwise takes two. */
	| { readonly type: 'single'; readonly count: number; readonly sessions: number }
	| { readonly type: 'arm-changed'; readonly left: number; readonly right: number }
	| { readonly type: 'meter-changed'; readonly meters: readonly string[] };

/** What may help at once, after a save. */
export type HintAfterSave =
	/** The person usually takes two: the second is best taken now. */
	| { readonly type: 'measure-again'; readonly pairs: number; readonly sessions: number }
	| { readonly type: 'other-arm'; readonly usual: string };

/** Readings no farther apart than this belong together. */
const SESSION_GAP_MS = 15 * MINUTE_MS;
/** What is looked at: the person's habit now, not years ago. */
const NEWEST = 60;
const FEWEST_SESSIONS = 5;
/** mmHg, the least worth telling. */
const FIRST_HIGHER = 5;
const FEWEST_NUMBERS = 40;
/** The chance of an accusation without ground, for somebody who never rounds. */
const ROUNDED_RISK = 0.001;

/** All that can be said about how `readings` (oldest first) were taken, the most useful first. */
export function qualityHints(measure: MeasureKind, readings: readonly Observation[]): readonly QualityHint[] {
	const newest = readings.filter(({ within }) => !within).slice(-NEWEST);
	const ofPressure = measure === 'bloodPressure' ? [firstHigher, singles, rounded, armChanged] : [];
	return [...ofPressure, meterChanged].flatMap((rule) => rule(newest) ?? []);
}

/** The one hint worth giving right after `saved`; null for most. `readings` are oldest first, `saved` among them. */
export function hintAfterSave(readings: readonly Observation[], saved: Observation): HintAfterSave | null {
	if (saved.measure !== 'bloodPressure') return null;
	const sessions = sessionsOf(readings.slice(-NEWEST));
	const own = sessions.find((session) => session.includes(saved));
	const before = sessions.filter((session) => session !== own).slice(-6);
	const pairs = before.filter(({ length }) => length > 1).length;
	if (own?.length === 1 && pairs >= 3 && pairs * 2 >= before.length) {
		return { type: 'measure-again', pairs, sessions: before.length };
	}
	const usual = readings.filter((one) => one !== saved && one.context?.['arm'] !== undefined).at(-1)?.context?.['arm'];
	const arm = saved.context?.['arm'];
	return usual !== undefined && arm !== undefined && arm !== usual ? { type: 'other-arm', usual } : null;
}

/** Readings in the sittings they were taken in, oldest first. */
export function sessionsOf<R extends Pick<Observation, 'effective'>>(
	readings: readonly R[]
): readonly (readonly R[])[] {
	const sessions: R[][] = [];
	for (const reading of readings) {
		const session = sessions.at(-1);
		const last = session?.at(-1);
		if (session && last && reading.effective.utc - last.effective.utc <= SESSION_GAP_MS) session.push(reading);
		else sessions.push([reading]);
	}
	return sessions;
}

function firstHigher(readings: readonly Observation[]): QualityHint | null {
	const differences = sessionsOf(readings).flatMap(([first, ...following]) => {
		const after = mean(following.flatMap(({ values }) => values['systolic'] ?? []));
		const upper = first?.values['systolic'];
		return after && upper !== undefined ? [upper - after.value] : [];
	});
	const difference = Math.round(mean(differences)?.value ?? 0);
	const higher = differences.filter((one) => one > 0).length;
	if (differences.length < FEWEST_SESSIONS || difference < FIRST_HIGHER || higher * 3 < differences.length * 2)
		return null;
	return { type: 'first-higher', difference, sessions: differences.length };
}

function singles(readings: readonly Observation[]): QualityHint | null {
	const sessions = sessionsOf(readings);
	const count = sessions.filter(({ length }) => length === 1).length;
	const pairs = sessions.length - count;
	if (sessions.length < FEWEST_SESSIONS || count === 0 || pairs < count) return null;
	return { type: 'single', count, sessions: sessions.length };
}

/** Only what a person typed: a meter never rounds to five. */
function rounded(readings: readonly Observation[]): QualityHint | null {
	const numbers = readings
		.filter(({ source }) => source.kind === 'manual')
		.flatMap(({ values: { systolic, diastolic } }) => [systolic ?? [], diastolic ?? []].flat());
	const count = numbers.filter((number) => number % 5 === 0).length;
	const total = numbers.length;
	if (total < FEWEST_NUMBERS || chanceOfAtLeast(count, total, 0.2) >= ROUNDED_RISK) return null;
	return { type: 'rounded', count, total };
}

/** The chance of at least `count` hits in `total` tries that each hit with `chance`: the upper tail of the binomial. */
export function chanceOfAtLeast(count: number, total: number, chance: number): number {
	// Logarithms, since 60 over 30 times 0.2 to the 30th loses its digits otherwise.
	let logarithm = total * Math.log(1 - chance);
	let below = 0;
	for (let hits = 0; hits < count; hits += 1) {
		below += Math.exp(logarithm);
		logarithm += Math.log((total - hits) / (hits + 1)) + Math.log(chance / (1 - chance));
	}
	return Math.max(0, 1 - below);
}

function armChanged(readings: readonly Observation[]): QualityHint | null {
	const on = (arm: string) => readings.filter(({ context }) => context?.['arm'] === arm).length;
	const [left, right] = [on('left'), on('right')];
	return left > 0 && right > 0 ? { type: 'arm-changed', left, right } : null;
}

/** In the order they came into use. */
function meterChanged(readings: readonly Observation[]): QualityHint | null {
	const meters = [...new Set(readings.flatMap(({ source }) => source.name ?? []))];
	return meters.length > 1 ? { type: 'meter-changed', meters } : null;
}
