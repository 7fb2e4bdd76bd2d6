/** What a measure can be put beside: other measures with a curve, and single questions. */
import { type MeasureKind, measureKinds, measures } from '$lib/domain/measures';
import type { CircleView } from '$lib/state/circle-view';
import { type Compared, comparedName } from '$lib/ui/chart/plot-words';

export interface CompareOption {
	/** Stays the same while the screen stands. */
	readonly value: string;
	readonly label: string;
	readonly which: Compared;
}

/** Every curve of another measure that has readings. */
export function compareOptions(
	circle: Pick<CircleView, 'observations'>,
	measure: MeasureKind
): readonly CompareOption[] {
	return measureKinds
		.filter((kind) => kind !== measure && circle.observations(kind).length > 0)
		.flatMap(curvesOf)
		.map((which) => ({ value: [which.measure, which.field?.key].join('.'), label: comparedName(which), which }));
}

/** A measure is one curve; of questions each is its own. */
function curvesOf(measure: MeasureKind): Compared[] {
	const { entry, fields, chart } = measures[measure];
	if (entry !== 'questions') return [{ measure, field: null }];
	return fields.filter(({ key }) => chart.series.includes(key)).map((field) => ({ measure, field }));
}

/** The fields drawn of it. */
export const keysOf = ({ measure, field }: Compared): readonly string[] =>
	field ? [field.key] : measures[measure].chart.series;
