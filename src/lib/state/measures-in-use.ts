/** Of all measures, those worth a place on a screen: what most people follow, and whatever this person has recorded. */
import { type MeasureKind, measures } from '$lib/domain/measures';
import type { CircleView } from './circle-view';

export const measuresInUse = (
	circle: Pick<CircleView, 'observations'>,
	kinds: readonly MeasureKind[]
): readonly MeasureKind[] =>
	kinds.filter((kind) => measures[kind].isEveryday === true || circle.observations(kind).length > 0);
