/**
 * When a reading was measured, as its form stands: now, until a time is chosen; the time it was typed, when that was a while
 * ago; the time it had, when a reading that stands is changed.
 */
import { checkTime, type TimeError } from '$lib/domain/entry-time';
import type { Effective } from '$lib/domain/observation';
import { ok, type Result } from '$lib/domain/result';
import {
	clockText,
	effectiveAt,
	MINUTE_MS,
	parseClock,
	parseLocalDate,
	type PlacedTime,
	wallTime
} from '$lib/domain/time';
import type { ChosenTime } from './record-draft';

/** A value typed longer ago than this was not measured now: its time is then the time it was typed. */
const STILL_NOW_MS = 15 * MINUTE_MS;

export interface EntryWhenDeps {
	readonly now: () => number;
	/** The zone whose clock the time is told by. */
	readonly zone: () => string;
	/** The time of the reading that is changed; undefined for a new one. */
	readonly original: () => Effective | undefined;
}

export class EntryWhen {
	/** The time chosen instead of now, as typed; null while it is now. */
	chosen = $state.raw<ChosenTime | null>(null);
	/** When the last digit was typed; null while nothing is. */
	typedAt = $state.raw<number | null>(null);
	readonly #deps: EntryWhenDeps;

	constructor(deps: EntryWhenDeps) {
		this.#deps = deps;
	}

	/** True while the value will be saved with the time it is saved at. */
	get isNow(): boolean {
		return this.chosen === null && !this.#isStale && !this.#deps.original();
	}

	/** The time that will be stored, or why it cannot be. */
	get placed(): Result<PlacedTime, TimeError> {
		const { now } = this.#deps;
		const [original, zone] = [this.#deps.original(), this.#deps.zone()];
		if (!this.chosen) {
			return original ? ok({ effective: original, ambiguous: false }) : checkTime('now', this.#nowOrTyped(), zone);
		}
		const { date, clock, occurrence } = this.chosen;
		// Looked at and left as it was: the seconds stay too.
		if (original && occurrence === 'earlier' && isShownAs(original, date, clock))
			return ok({ effective: original, ambiguous: false });
		return checkTime({ date: parseLocalDate(date), minutes: parseClock(clock), occurrence }, now(), zone);
	}

	/** The chosen time, or the one that stands, as the fields for it show it. */
	get asFields(): ChosenTime {
		if (this.chosen) return this.chosen;
		const placed = this.placed;
		const wall = wallTime(placed.ok ? placed.value.effective : effectiveAt(this.#deps.now(), this.#deps.zone()));
		return { date: wall.date, clock: clockText(wall.minutes), occurrence: 'earlier' };
	}

	/** A value typed a while ago keeps the time it was typed, so that a form left open or restored is not dated wrong. */
	#nowOrTyped(): number {
		return this.#isStale && this.typedAt !== null ? this.typedAt : this.#deps.now();
	}

	get #isStale(): boolean {
		return this.typedAt !== null && this.#deps.now() - this.typedAt > STILL_NOW_MS;
	}
}

function isShownAs(effective: Effective, date: string, clock: string): boolean {
	const wall = wallTime(effective);
	return wall.date === date && clockText(wall.minutes) === clock;
}
