/** A circle and drafts in memory, for tests of screens' state and for looking at the screens without storage. */
import { type MeasureKind, measures } from '../../src/lib/domain/measures';
import type { Observation, ObservationDraft } from '../../src/lib/domain/observation';
import { err, ok, type Result } from '../../src/lib/domain/result';
import type { CircleView, Durability, SaveError } from '../../src/lib/state/circle-view';
import type { DraftKeeper } from '../../src/lib/state/draft-keeper';

export class MemoryCircle implements CircleView {
	readonly id = 'circle';
	readonly mine = true;
	readonly personName = null;
	readonly durability: Durability = { type: 'here' };
	/** Set to make every save and void fail. */
	failure: SaveError | null = null;
	#all = $state.raw<readonly Observation[]>([]);
	#next = 1;

	constructor(drafts: readonly ObservationDraft[] = []) {
		for (const draft of drafts) this.#add(draft);
	}

	observations(measure: MeasureKind): readonly Observation[] {
		return this.#all
			.filter((one) => one.measure === measure)
			.sort((a, b) => a.effective.utc - b.effective.utc);
	}

	canWrite(measure: MeasureKind): boolean {
		return measure in measures;
	}

	async record(draft: ObservationDraft): Promise<Result<string, SaveError>> {
		return this.failure ? err(this.failure) : ok(this.#add(draft));
	}

	async voidObservation(id: string): Promise<Result<void, SaveError>> {
		if (this.failure) return err(this.failure);
		this.#all = this.#all.filter((one) => one.id !== id);
		return ok(undefined);
	}

	#add(draft: ObservationDraft): string {
		const id = `o${this.#next++}`;
		this.#all = [...this.#all, { ...draft, id, device: 'device', amended: false, conflicting: false }];
		return id;
	}
}

export class MemoryDrafts implements DraftKeeper {
	readonly kept = new Map<string, string>();

	async load(form: string): Promise<unknown> {
		const text = this.kept.get(form);
		return text === undefined ? undefined : JSON.parse(text);
	}

	async save(form: string, value: unknown): Promise<void> {
		this.kept.set(form, JSON.stringify(value));
	}

	async clear(form: string): Promise<void> {
		this.kept.delete(form);
	}
}
