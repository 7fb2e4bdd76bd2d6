/** When a reading was made, from what stands in the date and time fields. */
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
