/** Two measures over each other. */
import type { DayPair } from '$lib/domain/day-pairs';
import type { Observation } from '$lib/domain/observation';
import type { Compared } from '$lib/ui/chart/plot-words';

export interface Pair {
	readonly which: readonly [Compared, Compared];
	/** The readings of the range, of each. */
	readonly kept: readonly [readonly Observation[], readonly Observation[]];
	/** Oldest first. */
	readonly days: readonly DayPair[];
}
