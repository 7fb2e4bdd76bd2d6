/** Invented readings for looking at screens and for tests of them: the same ones every time. */
import { measures } from '../../src/lib/domain/measures';
import type { ObservationDraft } from '../../src/lib/domain/observation';
import { addDays, effectiveAt, localDate, placeWallTime } from '../../src/lib/domain/time';

/** `days` days up to `now` of every measure, as often as people take it; some days are missing. */
export function inventedReadings(now: number, zone: string, days: number): ObservationDraft[] {
	const random = numbers(7);
	const today = localDate(effectiveAt(now, zone));
	return Array.from({ length: days }, (_, at) => days - 1 - at).flatMap((daysAgo) => {
		if (daysAgo === 9 || daysAgo === 10) return [];
		const drift = (daysAgo / days) * 8;
		const pressure = (base: number) => ({
			systolic: Math.round(base + drift + random() * 10),
			diastolic: Math.round(base * 0.55 + 2 + drift / 3 + random() * 5),
			pulse: Math.round(62 + random() * 14)
		});
		const at = (minutes: number) => {
			const placed = placeWallTime({ date: addDays(today, -daysAgo), minutes }, zone);
			return placed.ok && placed.value.effective.utc <= now ? placed.value.effective : null;
		};
		const morning = at(415 + Math.round(random() * 50));
		const evening = at(1180 + Math.round(random() * 60));
		const source = { kind: 'manual' } as const;
		const draft = (measure: ObservationDraft['measure'], values: Record<string, number>, effective = morning) =>
			effective ? [{ measure, values, effective, source }] : [];
		return [
			...draft('bloodPressure', pressure(127)),
			...draft('bloodPressure', pressure(132), evening),
			...draft('weight', { weight: Math.round((74 + random() + Math.max(0, 4 - daysAgo) * 0.5) * 10) / 10 }),
			...draft('pulse', { pulse: Math.round(62 + random() * 14) }),
			...draft('oxygenSaturation', { saturation: Math.round(94 + random() * 4) }),
			...draft('glucose', { glucose: Math.round((5.4 + random() * 2) * 10) / 10 }),
			...draft('glucose', { glucose: Math.round((7 + random() * 4) * 10) / 10 }, at(760 + Math.round(random() * 60))),
			...draft('glucose', { glucose: Math.round((6 + random() * 3) * 10) / 10 }, evening),
			...draft('temperature', { temperature: Math.round((36.5 + random() * 0.9) * 10) / 10 }),
			...draft('peakFlow', { peakFlow: Math.round(38 + random() * 4 - drift) * 10 }),
			...draft('peakFlow', { peakFlow: Math.round(40 + random() * 5 - drift) * 10 }, evening),
			...draft('steps', { steps: Math.round(3200 + random() * 6400) }, evening),
			...(daysAgo % 7 === 0 ? draft('waist', { waist: Math.round((94 + drift / 4 + random()) * 10) / 10 }) : []),
			...(daysAgo % 2 === 0 ? draft('pain', { pain: Math.floor(random() * 7) }, evening) : []),
			...(daysAgo % 2 === 0 ? draft('symptoms', symptomsOf(random)) : []),
			...(daysAgo % 20 === 3 ? draft('habits', habitsOf(random)) : []),
			...(daysAgo % 4 === 0 ? draft('selfRatedHealth', { step: 1 + Math.floor(random() * 4) }) : [])
		];
	});
}

/** Some days a question is left out. */
const symptomsOf = (random: () => number): Record<string, number> =>
	Object.fromEntries(
		measures.symptoms.fields.flatMap(({ key, hard, redFlagFrom }) =>
			random() < 0.1 ? [] : [[key, redFlagFrom === 1 ? 0 : Math.floor(random() ** 2 * (hard.max + 1) * 0.99)]]
		)
	);

const habitsOf = (random: () => number): Record<string, number> =>
	Object.fromEntries(measures.habits.fields.map(({ key, hard }) => [key, Math.floor(random() * (hard.max + 1))]));

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function numbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}
