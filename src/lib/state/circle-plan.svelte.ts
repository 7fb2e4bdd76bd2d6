/** The written plan of one circle as screens read it and speak of it: versions, who is asked, the zone, and the why. */
import { must } from '$lib/domain/assert';
import { isOn } from '$lib/domain/interpretive-functions';
import type { MeasureKind } from '$lib/domain/measures';
import type { Effective, Observation } from '$lib/domain/observation';
import { evaluatePlan, type ZoneResult } from '$lib/domain/plan/evaluate';
import type { Plan, PlanWriteError } from '$lib/domain/plan/plan';
import type { Rule } from '$lib/domain/plan/rule';
import type { PlanData } from '$lib/domain/plan/timeline';
import { err, type Result } from '$lib/domain/result';
import type { Role } from '$lib/domain/rights';
import { localDate } from '$lib/domain/time';
import type { EntryId, Hash, IdentityId } from '$lib/protocol/ids';
import { createProposal, type Party, type PlanRef } from '$lib/protocol/plan-entries';
import { type PlanState, type PlanVersion, projectPlan } from '$lib/protocol/project-plan';
import type { CircleView, SaveError } from './circle-view';

/** This device's own identity in the circle. */
export interface Me {
	readonly identity: IdentityId;
	readonly role: Role;
	readonly actsFor: boolean;
}

export interface PlanCircle extends Pick<
	CircleView,
	| 'id'
	| 'mine'
	| 'planBook'
	| 'measures'
	| 'sharedFrom'
	| 'observations'
	| 'series'
	| 'changes'
	| 'adjustments'
	| 'canWrite'
	| 'sayOfPlan'
	| 'noteAdjustment'
	| 'voidAdjustment'
	| 'nameOf'
	| 'isOwn'
	| 'personName'
> {
	/** Null in a circle that has not begun: then the device is the person's. */
	readonly me: Me | null;
}

/** A version in force that this app can read. */
export type ReadableVersion = PlanVersion & { readonly plan: Plan };

export type ProposeError = SaveError | { readonly type: 'unwritable'; readonly faults: readonly PlanWriteError[] };

const NOTHING: PlanState = { versions: [], inForce: [], proposals: [], history: [], unmatched: 0 };

/** Most versions in force one entry can name. */
const MOST_OVER = 8;

export class CirclePlan<C extends PlanCircle = PlanCircle> {
	readonly circle: C;

	/** Null when this reader does not hold the plan. */
	readonly book: PlanState | null = $derived.by(() => {
		const { planBook } = this.circle;
		return planBook && projectPlan(planBook.stated, planBook.memberAt);
	});

	readonly state: PlanState = $derived(this.book ?? NOTHING);

	/** In force, and read by this app; more than one when they were agreed without knowledge of each other. */
	readonly inForce: readonly ReadableVersion[] = $derived(this.state.inForce.filter(isReadable));

	/** What the page shows: the newest agreement. */
	readonly current: ReadableVersion | null = $derived(this.inForce[0] ?? null);

	readonly rules: readonly Rule[] = $derived(this.inForce.flatMap(({ plan }) => plan.rules));

	/** What this reader can judge by. */
	readonly data: PlanData = $derived.by(() => {
		const { circle } = this;
		const held = new Set(circle.measures);
		return {
			readings: (measure) => (held.has(measure) ? circle.observations(measure) : null),
			series: circle.series,
			givenFrom: (measure) => circle.sharedFrom(measure)
		};
	});

	/** Proposals that wait for this device's answer. */
	readonly toAnswer: readonly PlanVersion[] = $derived(
		this.state.proposals.filter((version) => this.mayAnswer(version))
	);

	constructor(circle: C) {
		this.circle = circle;
	}

	/** Null without a plan in force, or one that this app can read none of; and where the function is switched off. */
	zone(now: Effective): ZoneResult | null {
		const { current, rules, data } = this;
		if (!current || !isOn('planZone')) return null;
		const since = localDate({ ...now, utc: agreedAt(current) });
		return evaluatePlan({ rules }, { ...data, since }, now);
	}

	readonly readingOf = (measure: MeasureKind, id: string): Observation | undefined =>
		this.circle.observations(measure).find((reading) => reading.id === id);

	versionOf(ref: string): PlanVersion | undefined {
		return this.state.versions.find((version) => version.ref === ref);
	}

	/** "Version 4": how many versions it was made from, itself counted. */
	numberOf(version: PlanVersion): number {
		const seen = new Set<string>();
		for (let each: PlanVersion | undefined = version; each && !seen.has(each.ref);) {
			seen.add(each.ref);
			each = each.base === null ? undefined : this.versionOf(each.base);
		}
		return seen.size;
	}

	/** In what capacity this device can answer a version; null when it cannot. */
	partyFor({ careContact }: Pick<PlanVersion, 'careContact'>): Party | null {
		const { me } = this.circle;
		if (me === null) return this.circle.mine ? 'person' : null;
		if (me.role === 'owner' || (me.role === 'coOwner' && me.actsFor)) return 'person';
		return me.role === 'careContact' && me.identity === careContact ? 'careContact' : null;
	}

	mayAnswer(version: PlanVersion): boolean {
		const party = this.partyFor(version);
		return party !== null && version.awaits.includes(party) && this.circle.canWrite('plan');
	}

	get mayPropose(): boolean {
		return this.book !== null && this.circle.canWrite('plan');
	}

	/** Writes a version and agrees to it, as far as this device can. `base` is the version it was made from. */
	async propose(plan: Plan, base: PlanRef | null, careContact: IdentityId | null): Promise<Result<void, ProposeError>> {
		// Written once before anything is saved, so that every fault is told while the form is there.
		const facts = { id: '' as EntryId, manifest: '' as Hash, at: 0 };
		const over = this.#over;
		const tried = createProposal({ ...facts, plan, base, over, careContact });
		if (!tried.ok) return err({ type: 'unwritable', faults: tried.error });
		return this.circle.sayOfPlan((known) => {
			const proposal = createProposal({ ...known, plan, base, over, careContact });
			return must(proposal.ok ? proposal.value : null, 'what could be written before can be written again');
		});
	}

	async accept({ ref, careContact }: PlanVersion): Promise<Result<void, SaveError>> {
		const as = this.partyFor({ careContact });
		if (!as) return err({ type: 'not-allowed' });
		const over = this.#over.filter((each) => each !== ref);
		return this.circle.sayOfPlan((facts) => ({ kind: 'plan.accept', v: 1, target: ref, as, over, ...facts }));
	}

	/** `reason` in one's own words; may be left out. */
	async decline({ ref, careContact }: PlanVersion, reason: string | null): Promise<Result<void, SaveError>> {
		const as = this.partyFor({ careContact });
		if (!as) return err({ type: 'not-allowed' });
		const why = reason === null ? {} : { reason };
		return this.circle.sayOfPlan((facts) => ({ kind: 'plan.decline', v: 1, target: ref, as, ...why, ...facts }));
	}

	get #over(): PlanRef[] {
		return this.state.inForce.slice(0, MOST_OVER).map(({ ref }) => ref);
	}
}

const isReadable = (version: PlanVersion): version is ReadableVersion => version.plan !== null;

/** UTC milliseconds at which the last of those who had to agree did. */
export function agreedAt({ statements, careContact }: PlanVersion): number {
	const needed: readonly Party[] = careContact === null ? ['person'] : ['person', 'careContact'];
	const firsts = needed.map((party) =>
		Math.min(...statements.filter((each) => each.party === party && each.type !== 'declined').map(({ at }) => at))
	);
	return Math.max(...firsts);
}
