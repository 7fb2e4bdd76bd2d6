/** What follows from a range of one measure's readings: worked out once for each range, as long as nothing it rests on changes. */
import type { Change } from '$lib/domain/change';
import { measures, type MeasureKind } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import type { Target } from '$lib/domain/plan/targets';
import { inRange, summarise, type Summary, type TrendRange } from '$lib/domain/summary';
import type { LocalDate } from '$lib/domain/time';
import type { TrendPlot } from '$lib/ui/chart/plot';
import { trendPlot } from '$lib/ui/chart/trend-plot';

export interface RangeFacts {
	/** The readings in the range, in the order of the wall clock. */
	readonly kept: readonly Observation[];
	readonly summary: Summary | null;
	readonly plot: TrendPlot;
}

interface RangeInputs {
	/** Every reading of the measure, oldest first. */
	readonly all: readonly Observation[];
	readonly today: LocalDate;
	readonly changes: readonly Change[];
	readonly targets: readonly Target[];
}

/** Ten years take a phone a tenth of a second: going from one range to another and back should not cost it again. */
export function rangeFacts(
	measure: MeasureKind,
	{ all, today, changes, targets }: RangeInputs
): (range: TrendRange) => RangeFacts {
	const known = new Map<TrendRange, RangeFacts>();
	const workOut = (range: TrendRange): RangeFacts => {
		const kept = inRange(all, range, today);
		return {
			kept,
			summary: summarise(measures[measure], all, range, today),
			plot: trendPlot(measures[measure], kept, { range, today, changes, targets })
		};
	};
	return (range) => {
		const facts = known.get(range) ?? workOut(range);
		known.set(range, facts);
		return facts;
	};
}
