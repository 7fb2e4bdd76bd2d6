/** One circle as the care contact sees it: who, what is new since the unit looked, the newest value, the last fortnight. */
import { safetyNumber } from '$lib/crypto/safety-number';
import { dailyMeans } from '$lib/domain/daily-means';
import { measures, type MeasureKind } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import { needOf, type LastSeen, type Need } from '$lib/domain/panel-need';
import type { ZoneResult } from '$lib/domain/plan/evaluate';
import { dateWallMs, effectiveAt, type LocalDate, startOfLocalDay } from '$lib/domain/time';
import type { Result } from '$lib/domain/result';
import { m } from '$lib/i18n/paraglide/messages';
import { idBytes } from '$lib/protocol/ids';
import type { SeenReceipt } from '$lib/state/circle-books.svelte';
import { CirclePlan, type PlanCircle } from '$lib/state/circle-plan.svelte';
import type { CircleState } from '$lib/state/circle-state.svelte';
import type { SaveError } from '$lib/state/circle-view';

/** What the panel reads of a circle; `CircleState` is one. */
export type PanelCircle = Pick<
	CircleState,
	| 'id'
	| 'standing'
	| 'erasedAt'
	| 'personName'
	| 'held'
	| 'measures'
	| 'receipts'
	| 'memberSince'
	| 'person'
	| 'observations'
	| 'series'
	| 'heardFrom'
	| 'sharedFrom'
	| 'missingOf'
> &
	PlanCircle & {
		mark(outcome: 'accepted' | 'declined' | 'seen', name: string | null): Promise<Result<void, SaveError>>;
	};

/** Days in the small curve. */
const CURVE_DAYS = 14;

export interface PatientContext {
	/** The unit's own identity: whose marks count as looks. */
	readonly identity: string | null;
	readonly today: LocalDate;
	readonly zone: string;
}

/** When what a red or yellow zone rests on was measured; of what rests on nothing, the day it began. UTC milliseconds. */
function alarmSince({ zone, reasons }: ZoneResult): number | null {
	if (zone !== 'red' && zone !== 'yellow') return null;
	const moments = reasons.flatMap(({ clauses, alarm }) =>
		clauses.flatMap(({ clause, finding }) => {
			if (finding.verdict !== 'met') return [];
			if (clause.kind !== 'silence' && finding.at) return [finding.at.utc];
			return alarm ? [dateWallMs(alarm.since)] : [];
		})
	);
	return moments.length === 0 ? null : Math.max(...moments);
}

export class Patient<C extends PanelCircle = PanelCircle> {
	readonly circle: C;
	/** The written plan, read when it is asked for. */
	readonly plan: CirclePlan<C>;
	readonly #context: () => PatientContext;

	/** The zone of the plan on the unit's day; null without a plan this unit can read. Changes with the day, not the clock. */
	readonly result: ZoneResult | null = $derived.by(() => {
		const { today, zone } = this.#context();
		return this.circle.standing === 'invited' ? null : this.plan.zone(effectiveAt(startOfLocalDay(today, zone), zone));
	});

	/** The unit's own marks that somebody has looked, newest first. */
	readonly looks: readonly SeenReceipt[] = $derived.by(() => {
		const { identity } = this.#context();
		return this.circle.receipts.filter((receipt) => receipt.outcome === 'seen' && receipt.by === identity);
	});

	readonly seen: LastSeen | null = $derived(this.looks[0] ?? null);

	readonly need: Need = $derived.by(() => {
		const { today, zone } = this.#context();
		const { circle } = this;
		const measured = Object.fromEntries(
			circle.measures.map((measure) => [measure, this.#ownOf(measure).map(({ effective }) => effective)])
		);
		const standing = circle.standing === 'invited' ? 'invited' : 'joined';
		const asked = this.plan.toAnswer.map(({ at }) => at);
		return needOf(
			{
				standing,
				sharedAt: circle.memberSince ?? 0,
				measured,
				seen: this.seen,
				zone: this.result && { zone: this.result.zone, since: alarmSince(this.result) },
				askedAt: asked.length === 0 ? null : Math.min(...asked)
			},
			today,
			zone
		);
	});

	/** The newest measured value; an answer in steps only where nothing is measured. */
	readonly last: Observation | null = $derived.by(() => {
		const newest = this.circle.measures.flatMap((measure) => this.#ownOf(measure).at(-1) ?? []);
		const measured = newest.filter(({ measure }) => measures[measure].entry === 'digits');
		return (measured.length > 0 ? measured : newest).reduce<Observation | null>(
			(latest, each) => (latest && latest.effective.utc > each.effective.utc ? latest : each),
			null
		);
	});

	/** The fortnight of the measure that was newest; empty without any value. */
	readonly curve: readonly (number | null)[] = $derived.by(() => (this.last ? this.curveOf(this.last.measure) : []));

	constructor(circle: C, context: () => PatientContext) {
		this.circle = circle;
		this.plan = new CirclePlan(circle);
		this.#context = context;
	}

	get id(): string {
		return this.circle.id;
	}

	/** When the person erased their circle; null while it lives. */
	get erasedAt(): number | null {
		return this.circle.erasedAt;
	}

	get isNew(): boolean {
		return this.circle.standing === 'invited';
	}

	/** As the person wrote it; nobody has checked it until the safety numbers were compared. */
	get name(): string {
		return this.circle.personName ?? m.panel_no_name();
	}

	/** The first day of what was given from a day on; null when everything was. */
	get sharedFrom(): LocalDate | null {
		const days = this.circle.measures.flatMap((measure) => this.circle.sharedFrom(measure) ?? []);
		return days.sort()[0] ?? null;
	}

	/** The twelve digits to compare with the person's; null until this device is somebody. */
	get safetyNumber(): string | null {
		const { identity } = this.#context();
		const { person } = this.circle;
		return identity && person && safetyNumber(idBytes(identity), idBytes(person.id));
	}

	/** What was recorded as this measure: a pulse that came with a pressure is told of with the pressure. */
	#ownOf(measure: MeasureKind): readonly Observation[] {
		return this.circle.observations(measure).filter(({ within }) => within === undefined);
	}

	/** Daily means of a measure's first field, best step highest. */
	curveOf(measure: MeasureKind): readonly (number | null)[] {
		const [lead] = measures[measure].fields;
		if (!lead) return [];
		const means = dailyMeans(this.circle.observations(measure), lead.key, CURVE_DAYS, this.#context().today);
		return measures[measure].entry === 'scale' ? means.map((value) => (value === null ? null : -value)) : means;
	}

	/** Values of a measure that the unit's newest mark does not cover, oldest first. */
	newOf(measure: MeasureKind): readonly Observation[] {
		const count = this.need.news.find((each) => each.measure === measure)?.count ?? 0;
		return count === 0 ? [] : this.#ownOf(measure).slice(-count);
	}
}
