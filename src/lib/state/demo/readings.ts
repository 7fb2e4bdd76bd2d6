/** Invented but plausible values: a slow drift, a morning and an evening, days that were missed. Same seed, same values. */
import { homeBpPresets } from '$lib/domain/home-bp-presets';
import type { Observation, ObservationDraft } from '$lib/domain/observation';
import { DAY_MS, effectiveAt, MINUTE_MS, startOfLocalDay, addDays, type LocalDate, localDate } from '$lib/domain/time';
import type { DemoPatient } from './people';

const DAYS = 90;
const GAIN_DAYS = 3;
/** From the first value of a morning to its last, and a little more. */
const EARLY_MINUTES = 20;

/** Uniform in [0, 1). Mulberry32: small, fast, and good enough for invented values. */
function seededRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** The first day of a patient's measuring week; null without one. */
export function firstSeriesDay({ seriesDaysAgo }: DemoPatient, now: number, zone: string): LocalDate | null {
	return seriesDaysAgo === null ? null : addDays(localDate(effectiveAt(now, zone)), -seriesDaysAgo);
}

const isInWeek = ({ seriesDaysAgo }: DemoPatient, daysAgo: number): boolean =>
	seriesDaysAgo !== null && daysAgo <= seriesDaysAgo && daysAgo > seriesDaysAgo - demoProtocol.days;

export const demoProtocol = homeBpPresets['esh-7d'];

/** Ninety days of values up to now, oldest first. */
export function demoReadings(patient: DemoPatient, now: number, zone: string, seed: number): ObservationDraft[] {
	const random = seededRandom(seed);
	const noise = (spread: number) => (random() + random() + random() - 1.5) * spread;
	const today = localDate(effectiveAt(now, zone));
	const drafts: ObservationDraft[] = [];
	for (let daysAgo = DAYS; daysAgo >= patient.silentDays; daysAgo -= 1) {
		const midnight = startOfLocalDay(addDays(today, -daysAgo), zone);
		const usual = midnight + (6 * 60 + 45 + Math.round(random() * 50)) * MINUTE_MS;
		// Whoever tries the demo in the small hours meets somebody who is up as early.
		const morning = Math.max(midnight, Math.min(usual, now - EARLY_MINUTES * MINUTE_MS));
		const evening = midnight + (19 * 60 + Math.round(random() * 70)) * MINUTE_MS;
		// In a measuring week no day is missed, and each sitting has its two readings.
		const inWeek = isInWeek(patient, daysAgo);
		const sitting = (utc: number, higher: number) =>
			(inWeek ? [0, 2] : [0]).map((minutes) => pressure(patient, daysAgo, utc + minutes * MINUTE_MS, higher, noise));
		if (inWeek || random() > 0.07)
			drafts.push(weight(patient, daysAgo, morning, noise), ...sitting(morning + 8 * MINUTE_MS, 0));
		if (inWeek || random() > 0.15) drafts.push(...sitting(evening, 5));
		if (daysAgo % 3 === 0) drafts.push(health(patient, daysAgo, morning + 12 * MINUTE_MS, random));
		if (daysAgo % 2 === 0) drafts.push(symptoms(patient, daysAgo, morning + 14 * MINUTE_MS, random));
	}
	return drafts
		.filter(({ effective }) => effective.utc < now - MINUTE_MS)
		.sort((a, b) => a.effective.utc - b.effective.utc);

	function draft(measure: ObservationDraft['measure'], utc: number, values: Record<string, number>): ObservationDraft {
		return { measure, values, effective: effectiveAt(utc, zone), source: { kind: 'manual' } };
	}
	function weight(who: DemoPatient, daysAgo: number, utc: number, spread: (s: number) => number): ObservationDraft {
		const gain = who.lateGain * Math.max(0, 1 - daysAgo / GAIN_DAYS);
		return draft('weight', utc, { weight: Math.round((who.weight + gain + spread(0.35)) * 10) / 10 });
	}
	function pressure(
		who: DemoPatient,
		daysAgo: number,
		utc: number,
		higher: number,
		spread: (s: number) => number
	): ObservationDraft {
		const drift = Math.max(0, daysAgo - 12) / 14;
		return draft('bloodPressure', utc, {
			systolic: Math.round(who.systolic + drift + higher + spread(9)),
			diastolic: Math.round(who.diastolic + drift / 2 + higher / 2 + spread(6)),
			pulse: Math.round(who.pulse + spread(7))
		});
	}
	function health(who: DemoPatient, daysAgo: number, utc: number, roll: () => number): ObservationDraft {
		const worse = who.lateGain > 1 && daysAgo < GAIN_DAYS * 2 ? 1 : 0;
		return draft('selfRatedHealth', utc, { step: 2 + worse + (roll() > 0.7 ? 1 : 0) });
	}
	function symptoms(who: DemoPatient, daysAgo: number, utc: number, roll: () => number): ObservationDraft {
		const worse = who.lateGain > 1 && daysAgo < GAIN_DAYS * 2 ? 1 : 0;
		return draft('symptoms', utc, {
			breathlessness: worse + (roll() > 0.6 ? 1 : 0),
			nightBreathlessness: 0,
			pillows: 1 + worse,
			swelling: worse,
			fatigue: roll() > 0.5 ? 1 : 0,
			chestPain: 0
		});
	}
}

/** One more blood pressure, near the last one. */
export function nextReading(
	last: Observation | undefined,
	now: number,
	zone: string,
	random: () => number
): ObservationDraft {
	const near = (value: number | undefined, otherwise: number, spread: number) =>
		Math.round((value ?? otherwise) + (random() - 0.5) * spread);
	return {
		measure: 'bloodPressure',
		values: {
			systolic: near(last?.values['systolic'], 134, 10),
			diastolic: near(last?.values['diastolic'], 78, 6),
			pulse: near(last?.values['pulse'], 68, 8)
		},
		effective: effectiveAt(now, zone),
		source: { kind: 'manual' }
	};
}

/** A demo is made anew after this long: the relay deletes its circles after a day. */
const DEMO_LIFETIME_MS = 20 * 3600 * 1000;
export const isStale = (madeAt: number, now: number): boolean =>
	now - madeAt > DEMO_LIFETIME_MS || madeAt > now + DAY_MS;
