/** The books of a circle as somebody will read them who is given them from a day on: made as their own device makes it. */
import type { BookKind } from '$lib/domain/books';
import type { Change } from '$lib/domain/change';
import type { MeasureKind } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import { unitedPulses } from '$lib/domain/pulse';
import type { LocalDate } from '$lib/domain/time';
import { ObservationIndex, type Stated } from '$lib/protocol/project';
import { projectChanges } from '$lib/protocol/project-changes';
import { withinWindow } from '$lib/protocol/window';

export interface WindowView {
	observations(measure: MeasureKind): readonly Observation[];
	readonly changes: readonly Change[];
}

/** What a grant from this day on would hold, projected as its reader projects it. */
export function windowView(
	{ statedIn }: { readonly statedIn: (kind: BookKind) => readonly Stated[] },
	from: LocalDate
): WindowView {
	const recorded = (kind: MeasureKind) => {
		const index = new ObservationIndex();
		index.add(withinWindow(kind, statedIn(kind), from));
		return index.observations;
	};
	return {
		observations: (measure) =>
			measure === 'pulse' ? unitedPulses(recorded('pulse'), recorded('bloodPressure')) : recorded(measure),
		changes: projectChanges(withinWindow('medicines', statedIn('medicines'), from))
	};
}
