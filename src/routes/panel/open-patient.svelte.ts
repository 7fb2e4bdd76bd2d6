/** One person on their own screen: what the row knows, and the circle with everything in it. */
import type { MeasureKind } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import type { ZoneResult } from '$lib/domain/plan/evaluate';
import { effectiveAt, startOfLocalDay } from '$lib/domain/time';
import type { SeenReceipt } from '$lib/state/circle-books.svelte';
import type { CircleState } from '$lib/state/circle-state.svelte';
import type { CirclePlan } from '$lib/state/circle-plan.svelte';
import { CURVE_DAYS } from '$lib/state/panel/circle-summary';
import type { OpenCircle } from '$lib/state/panel/panel-circles.svelte';
import { meansOf, ownOf, type SummaryContext } from '$lib/state/panel/summarise';
import { Patient, type ListedCircle } from './patient.svelte';

export class OpenPatient extends Patient {
	readonly state: CircleState;
	/** The written plan, read when it is asked for. */
	readonly plan: CirclePlan<CircleState>;
	readonly #now: () => SummaryContext;

	/** The whole of what the row's zone is told from. */
	readonly result: ZoneResult | null = $derived.by(() => {
		const { today, zone } = this.#now();
		return this.isNew ? null : this.plan.zone(effectiveAt(startOfLocalDay(today, zone), zone));
	});

	/** The unit's own marks that somebody has looked, newest first. */
	readonly looks: readonly SeenReceipt[] = $derived.by(() => {
		const { identity } = this.#now();
		return this.state.receipts.filter((receipt) => receipt.outcome === 'seen' && receipt.by === identity);
	});

	constructor(listed: ListedCircle, { state, plan }: OpenCircle, context: () => SummaryContext) {
		super(listed, context);
		this.state = state;
		this.plan = plan;
		this.#now = context;
	}

	/** The fortnight of a measure: daily means of its first field, best step highest. */
	curveOf(measure: MeasureKind): readonly (number | null)[] {
		return meansOf(this.state, measure, CURVE_DAYS, this.#now().today);
	}

	/** Values of a measure that the unit's newest mark does not cover, oldest first. */
	newOf(measure: MeasureKind): readonly Observation[] {
		const count = this.need.news.find((each) => each.measure === measure)?.count ?? 0;
		return count === 0 ? [] : ownOf(this.state, measure).slice(-count);
	}
}
