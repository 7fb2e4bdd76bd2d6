/** A circle in memory, for tests of screens' state and for looking at the screens without storage. */
import type { Change, ChangeDraft } from '../../src/lib/domain/change';
import { type MeasureKind, measureKinds, measures } from '../../src/lib/domain/measures';
import { inSeries, type MeasuringSeries } from '../../src/lib/domain/measuring-series';
import type { Observation, ObservationDraft, RemovedObservation, VoidReason } from '../../src/lib/domain/observation';
import type { AdjustmentUse } from '../../src/lib/domain/plan/adjustment';
import { err, ok, type Result } from '../../src/lib/domain/result';
import type { LocalDate } from '../../src/lib/domain/time';
import type { DeviceId, Hash, IdentityId } from '../../src/lib/protocol/ids';
import type { PlanEntry } from '../../src/lib/protocol/plan-entries';
import type { Stated } from '../../src/lib/protocol/project';
import type { Me, PlanCircle } from '../../src/lib/state/circle-plan.svelte';
import type {
	ChangeError,
	CircleView,
	Durability,
	PlanBook,
	PlanFacts,
	SaveError
} from '../../src/lib/state/circle-view';

export const OWNER = 'O'.repeat(43) as IdentityId;
export const CONTACT = 'C'.repeat(43) as IdentityId;
const MANIFEST = 'M'.repeat(43) as Hash;
const DEVICE = 'D'.repeat(22) as DeviceId;

const memberOf: PlanBook['memberAt'] = (_, author) => ({
	role: author === CONTACT ? 'careContact' : 'owner',
	actsFor: false
});

export class MemoryCircle implements CircleView {
	readonly id = 'circle';
	readonly mine = true;
	readonly personName = null;
	readonly durability: Durability = { type: 'here' };
	series: readonly MeasuringSeries[] = $state.raw([]);
	changes: readonly Change[] = $state.raw([]);
	adjustments: readonly AdjustmentUse[] = $state.raw([]);
	planBook: PlanBook = $state.raw({ stated: [], memberAt: memberOf });
	readonly measures: readonly MeasureKind[] = measureKinds;
	/** Null: the person's own, before it has begun. */
	readonly me: Me | null = null;
	/** Who speaks next of the plan. */
	author: IdentityId = OWNER;
	/** Set to make every save and void fail. */
	failure: SaveError | null = null;
	#all = $state.raw<readonly Observation[]>([]);
	#removed = $state.raw<readonly RemovedObservation[]>([]);
	#next = 1;

	constructor(drafts: readonly ObservationDraft[] = []) {
		for (const draft of drafts) this.#add(draft);
	}

	observations(measure: MeasureKind): readonly Observation[] {
		return this.#all.filter((one) => one.measure === measure).sort((a, b) => a.effective.utc - b.effective.utc);
	}

	get changesHere(): readonly Change[] {
		return this.changes;
	}

	observationsHere(measure: MeasureKind): readonly Observation[] {
		return this.observations(measure);
	}

	removed(measure: MeasureKind): readonly RemovedObservation[] {
		return this.#removed.filter((one) => one.measure === measure);
	}

	/** The first day this reader was given; null for everything. */
	from: LocalDate | null = null;

	sharedFrom(): LocalDate | null {
		return this.from;
	}

	missingOf(): null {
		return null;
	}

	canWrite(book: MeasureKind | 'medicines' | 'plan'): boolean {
		return book === 'medicines' || book === 'plan' || book in measures;
	}

	canTakeBack(): boolean {
		return true;
	}

	canChange({ within }: Observation): boolean {
		return !within;
	}

	nameOf(): string | null {
		return null;
	}

	isOwn(author: string): boolean {
		return author === OWNER;
	}

	record(draft: ObservationDraft): Promise<Result<string, SaveError>> {
		return Promise.resolve(this.failure ? err(this.failure) : ok(this.#add(draft)));
	}

	recordTogether(drafts: readonly ObservationDraft[]): Promise<Result<readonly string[], SaveError>> {
		return Promise.resolve(this.failure ? err(this.failure) : ok(drafts.map((draft) => this.#add(draft))));
	}

	voidObservation(id: string, reason: VoidReason = 'mistake'): Promise<Result<void, SaveError>> {
		return this.voidTogether([id], reason);
	}

	voidTogether(ids: readonly string[], reason: VoidReason): Promise<Result<void, SaveError>> {
		if (this.failure) return Promise.resolve(err(this.failure));
		const taken = this.#all.filter(({ id }) => ids.includes(id));
		this.#removed = [...this.#removed, ...taken.map((one) => ({ ...one, reason }))];
		this.#all = this.#all.filter((one) => !taken.includes(one));
		return Promise.resolve(ok(undefined));
	}

	amend(seen: Observation, draft: ObservationDraft): Promise<Result<void, ChangeError>> {
		const known = this.#all.find(({ id }) => id === seen.id);
		if (this.failure) return Promise.resolve(err(this.failure));
		if (!known) return Promise.resolve(err({ type: 'gone' }));
		if (known.version !== seen.version) return Promise.resolve(err({ type: 'changed' }));
		const { id, device, earlier = [], version = id } = known;
		const before = { ...known, id: version, by: 'owner' };
		const amended: Observation = {
			...draft,
			id,
			device,
			amended: true,
			version: `o${this.#next++}`,
			earlier: [...earlier, before],
			conflicting: false
		};
		this.#all = this.#all.map((one) => (one === known ? amended : one));
		return Promise.resolve(ok(undefined));
	}

	noteChange(draft: ChangeDraft, replaces?: string): Promise<Result<string, SaveError>> {
		if (this.failure) return Promise.resolve(err(this.failure));
		const id = `c${this.#next++}`;
		this.changes = [...this.changes.filter((one) => one.id !== replaces), { ...draft, id }];
		return Promise.resolve(ok(id));
	}

	voidChange(id: string): Promise<Result<void, SaveError>> {
		if (this.failure) return Promise.resolve(err(this.failure));
		this.changes = this.changes.filter((one) => one.id !== id);
		return Promise.resolve(ok(undefined));
	}

	noteAdjustment(
		use: Pick<AdjustmentUse, 'medicine' | 'name' | 'step' | 'effective'>
	): Promise<Result<string, SaveError>> {
		if (this.failure) return Promise.resolve(err(this.failure));
		const id = `a${this.#next++}`;
		this.adjustments = [...this.adjustments, { ...use, id, by: 'owner' }];
		return Promise.resolve(ok(id));
	}

	voidAdjustment(id: string): Promise<Result<void, SaveError>> {
		if (this.failure) return Promise.resolve(err(this.failure));
		this.adjustments = this.adjustments.filter((one) => one.id !== id);
		return Promise.resolve(ok(undefined));
	}

	sayOfPlan(make: (facts: PlanFacts) => PlanEntry): Promise<Result<void, SaveError>> {
		if (this.failure) return Promise.resolve(err(this.failure));
		const n = this.#next++;
		const facts = { id: `${n}`.padStart(22, 'A') as PlanFacts['id'], manifest: MANIFEST, at: n };
		const entry = make(facts);
		const stated: Stated = {
			entry,
			author: this.author,
			device: DEVICE,
			lamport: n,
			seq: n,
			owning: this.author === OWNER
		};
		this.planBook = { ...this.planBook, stated: [...this.planBook.stated, stated] };
		return Promise.resolve(ok(undefined));
	}

	#add(typed: ObservationDraft): string {
		const draft = inSeries(typed, this.series);
		const id = `o${this.#next++}`;
		this.#all = [...this.#all, { ...draft, id, device: 'device', amended: false, conflicting: false }];
		return id;
	}
}

/** The circle as one of its members has it, perhaps without some of its books. */
export function asMember(circle: MemoryCircle, me: Me | null, measures = circle.measures): PlanCircle {
	const own: Readonly<Record<PropertyKey, unknown>> = {
		me,
		measures,
		sayOfPlan: (make: Parameters<MemoryCircle['sayOfPlan']>[0]) => {
			circle.author = me?.identity ?? OWNER;
			return circle.sayOfPlan(make);
		}
	};
	return new Proxy(circle, {
		get: (target, key) => {
			if (Object.hasOwn(own, key)) return own[key];
			const part: unknown = Reflect.get(target, key, target);
			return typeof part === 'function' ? (part.bind(target) as unknown) : part;
		}
	});
}
