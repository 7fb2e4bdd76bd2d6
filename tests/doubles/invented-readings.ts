/** Invented readings for looking at screens and for tests of them: the same ones every time. */
import type { ObservationDraft } from '../../src/lib/domain/observation';
import { addDays, effectiveAt, localDate, placeWallTime } from '../../src/lib/domain/time';

/** `days` days up to `now` with a pressure morning and evening and a weight in the morning; some days are missing. */
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
			...(daysAgo % 4 === 0 ? draft('selfRatedHealth', { step: 1 + Math.floor(random() * 4) }) : [])
		];
	});
}

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
