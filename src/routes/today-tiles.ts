/** The measures of Idag: what may be logged here, one tap away, and what may only be read, as its last value. */
import { measureKinds, type MeasureKind } from '$lib/domain/measures';
import type { Moment } from '$lib/i18n/format';
import type { CircleView } from '$lib/state/circle-view';
import { measuresInUse } from '$lib/state/measures-in-use';
import { latestValue, type LatestValue } from './latest-value';

export interface TodayTile extends LatestValue {
	readonly measure: MeasureKind;
	/** False where this person only reads: the tile is then a value and no button. */
	readonly canLog: boolean;
}

/**
 * What the plan measures comes first. A measure that may only be read and has no value yet says nothing, and is left out.
 */
export function todayTiles(
	circle: Pick<CircleView, 'canWrite' | 'observations'>,
	now: Moment,
	planned: readonly MeasureKind[] = []
): readonly TodayTile[] {
	return [...new Set([...planned, ...measuresInUse(circle, measureKinds)])].flatMap((measure) => {
		const last = circle.observations(measure).at(-1);
		const canLog = circle.canWrite(measure);
		return canLog || last ? [{ measure, canLog, ...latestValue(measure, last, now) }] : [];
	});
}
