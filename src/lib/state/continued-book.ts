/**
 * One kind of book over the circle it stands in now and those it goes on from. Lamport times of different circles have nothing
 * to do with each other: what was stated in an earlier circle comes before everything in a later one.
 */
import type { Observation, RemovedObservation } from '$lib/domain/observation';
import type { EntryId } from '$lib/protocol/ids';
import { ObservationIndex, type Stated } from '$lib/protocol/project';

/** Statements of several circles, oldest circle first, as one line of them. */
export function inOneLine(circles: readonly (readonly Stated[])[]): Stated[] {
	const line: Stated[] = [];
	let base = 0;
	for (const stated of circles) {
		const at = base;
		for (const each of stated) {
			line.push(at === 0 ? each : { ...each, lamport: each.lamport + at });
			base = Math.max(base, each.lamport + at);
		}
	}
	return line;
}

/** The observations of a measure's book that goes on from earlier ones. */
export class ContinuedBook {
	readonly #earlier: readonly Stated[];
	readonly #ids: ReadonlySet<EntryId>;
	readonly #base: number;
	#index: ObservationIndex;
	#source: readonly Stated[] | null = null;
	#taken = 0;

	/** `earlier`: in one line. */
	constructor(earlier: readonly Stated[]) {
		this.#earlier = earlier;
		this.#ids = new Set(earlier.flatMap(({ entry }) => (entry.kind === 'obs.add' ? [entry.id] : [])));
		this.#base = earlier.reduce((most, { lamport }) => Math.max(most, lamport), 0);
		this.#index = this.#fresh();
	}

	#fresh(): ObservationIndex {
		const index = new ObservationIndex();
		index.add(this.#earlier);
		return index;
	}

	/** Takes in what the present circle's book holds: a list that grows, or another list when the book was read anew. */
	take(stated: readonly Stated[]): void {
		if (stated !== this.#source || stated.length < this.#taken) {
			if (this.#taken > 0) this.#index = this.#fresh();
			this.#taken = 0;
		}
		const added = stated
			.slice(this.#taken)
			// Restated from a backup file: who stated it first is known here.
			.filter(({ entry }) => entry.kind !== 'obs.add' || !this.#ids.has(entry.id))
			.map((each) => ({ ...each, lamport: each.lamport + this.#base }));
		this.#index.add(added);
		this.#source = stated;
		this.#taken = stated.length;
	}

	get observations(): readonly Observation[] {
		return this.#index.observations;
	}

	get removed(): readonly RemovedObservation[] {
		return this.#index.removed;
	}
}
