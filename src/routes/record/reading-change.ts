/** The form's target when a reading is changed: each save amends it, and what was replaced can be brought back. */
import type { Observation, ObservationDraft } from '$lib/domain/observation';
import { err, ok, type Result } from '$lib/domain/result';
import type { CircleView } from '$lib/state/circle-view';
import type { RecordTarget, TargetError } from './record-target';

interface Deps {
	readonly circle: Pick<CircleView, 'observations' | 'amend'>;
}

export class ReadingChange implements RecordTarget {
	readonly draftName: string;
	readonly #deps: Deps;
	/** The version the person has before them. */
	#seen: Observation;
	/** What the last save replaced. */
	#before: Observation | null = null;

	constructor(seen: Observation, deps: Deps) {
		this.#seen = seen;
		this.#deps = deps;
		this.draftName = `change:${seen.id}`;
	}

	get original(): Observation {
		return this.#seen;
	}

	get zone(): string {
		return this.#seen.effective.zone;
	}

	previous(): Observation | undefined {
		const { id, measure, effective } = this.#seen;
		return this.#deps.circle
			.observations(measure)
			.filter((one) => one.id !== id && one.effective.utc <= effective.utc)
			.at(-1);
	}

	async save(draft: ObservationDraft): Promise<Result<string, TargetError>> {
		const seen = this.#seen;
		// Saying the shown version once more is how a conflict is settled.
		if (!seen.conflicting && isSame(draft, seen)) return err({ type: 'unchanged' });
		const saved = await this.#amend(withSource(draft, seen));
		if (!saved.ok) return saved;
		this.#before = seen;
		return ok(seen.id);
	}

	/** Says the replaced version anew: nothing in the log is ever taken out of it. */
	async undo(): Promise<Result<void, TargetError>> {
		if (!this.#before) return ok(undefined);
		const { measure, values, effective, source, context, note } = this.#before;
		const undone = await this.#amend({ measure, values, effective, source, context, note });
		if (undone.ok) this.#before = null;
		return undone;
	}

	/** A version that was changed meanwhile is refused once; then the person has been told, and means the newest. */
	async #amend(draft: ObservationDraft): Promise<Result<void, TargetError>> {
		const result = await this.#deps.circle.amend(this.#seen, draft);
		if (result.ok || result.error.type === 'changed') this.#seen = this.#newest() ?? this.#seen;
		return result;
	}

	readonly #newest = (): Observation | undefined =>
		this.#deps.circle.observations(this.#seen.measure).find(({ id }) => id === this.#seen.id);
}

/** Numbers read from a device stay the device's while they are the same; typed over, they are the person's. */
const withSource = (draft: ObservationDraft, seen: Observation): ObservationDraft => ({
	...draft,
	source: isEqual(draft.values, seen.values) ? seen.source : { kind: 'manual' }
});

const isSame = (draft: ObservationDraft, seen: Observation): boolean =>
	isEqual(draft.values, seen.values) &&
	draft.effective.utc === seen.effective.utc &&
	(draft.note ?? '') === (seen.note ?? '') &&
	isEqual(draft.context ?? {}, seen.context ?? {});

function isEqual<T>(a: Readonly<Record<string, T>>, b: Readonly<Record<string, T>>): boolean {
	const keys = Object.keys(a);
	return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
