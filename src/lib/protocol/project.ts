/**
 * From accepted entries to what a screen shows: observations with amendments applied and voids left out. Conflicts are
 * marked, never settled by a clock (docs/protocol.md 8).
 */
import { must } from '$lib/domain/assert';
import { isMeasureKind, measures, type MeasureKind } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import type { AcceptedFrame } from './accept';
import type { Entry, ObsAdd, ObsAmend, ObsVoid } from './entries';
import type { DeviceId, EntryId, IdentityId } from './ids';

/** An accepted entry, with who stated it and its place in the order of accepted frames. */
export interface Stated<E extends Entry = Entry> {
	readonly entry: E;
	readonly author: IdentityId;
	readonly device: DeviceId;
	readonly lamport: number;
	readonly seq: number;
	/** The person or a co-owner, who may correct anyone's entries. */
	readonly owning: boolean;
}

export const statedIn = ({ frame, author, role, batch }: AcceptedFrame): Stated[] =>
	batch.entries.map((entry) => ({
		entry,
		author,
		device: frame.header.device,
		lamport: batch.lamport,
		seq: frame.header.seq,
		owning: role === 'owner' || role === 'coOwner'
	}));

/** The order of accepted frames, as far as it can be told from one entry; frames of one place keep the order they come in. */
export const inStatedOrder = (a: Stated, b: Stated): number =>
	a.lamport - b.lamport || (a.device < b.device ? -1 : a.device > b.device ? 1 : 0) || a.seq - b.seq;

/** Observations of one book's accepted frames, oldest measurement first. */
export function projectObservations(frames: readonly AcceptedFrame[]): readonly Observation[] {
	const index = new ObservationIndex();
	index.add(frames.flatMap(statedIn));
	return index.observations;
}

/** From this many changed observations on, all are put in order anew. */
const FEW = 16;

/**
 * Observations of a book that grows. What is added costs no more than what it concerns: the outcome is the same whether
 * entries are added one by one, or all at once.
 */
export class ObservationIndex {
	readonly #adds = new Map<EntryId, Stated<ObsAdd>[]>();
	readonly #amendsByTarget = new Map<EntryId, Stated<ObsAmend>[]>();
	readonly #voidsByTarget = new Map<EntryId, Stated<ObsVoid>[]>();
	/** What each amendment replaces, to find the first entry from any of its amendments. */
	readonly #targets = new Map<EntryId, Set<EntryId>>();
	readonly #shown = new Map<EntryId, Observation>();
	#list: readonly Observation[] = [];
	#isInOrder = true;

	/** Oldest measurement first. Measures and units of a newer app are left out. */
	get observations(): readonly Observation[] {
		if (!this.#isInOrder) this.#list = [...this.#shown.values()].sort(oldestFirst);
		this.#isInOrder = true;
		return this.#list;
	}

	add(entries: readonly Stated[]): void {
		const concerned = new Set<EntryId>();
		for (const each of entries) {
			if (isKind(each, 'obs.add')) {
				push(this.#adds, each.entry.id, each);
				concerned.add(each.entry.id);
			} else if (isKind(each, 'obs.void')) {
				push(this.#voidsByTarget, each.entry.target, each);
				concerned.add(each.entry.target);
			} else if (isKind(each, 'obs.amend')) {
				push(this.#amendsByTarget, each.entry.target, each);
				const targets = this.#targets.get(each.entry.id) ?? new Set();
				this.#targets.set(each.entry.id, targets.add(each.entry.target));
			}
		}
		for (const each of entries) if (isKind(each, 'obs.amend')) this.#addFirsts(concerned, each.entry.target, new Set());
		if (concerned.size > FEW) this.#isInOrder = false;
		for (const id of concerned) this.#show(id);
	}

	/** The first entries that an amendment of `target` may show in. */
	#addFirsts(firsts: Set<EntryId>, target: EntryId, seen: Set<EntryId>): void {
		for (const waiting = [target]; waiting.length > 0;) {
			const id = waiting.pop() as EntryId;
			if (seen.has(id)) continue;
			seen.add(id);
			firsts.add(id);
			waiting.push(...(this.#targets.get(id) ?? []));
		}
	}

	#show(id: EntryId): void {
		const before = this.#shown.get(id);
		const now = this.#observation(id);
		if (now) this.#shown.set(id, now);
		else this.#shown.delete(id);
		if (!this.#isInOrder || (!before && !now)) return;
		const list = [...this.#list];
		if (before) list.splice(placeIn(list, before), 1);
		if (now) list.splice(placeIn(list, now), 0, now);
		this.#list = list;
	}

	#observation(id: EntryId): Observation | null {
		const adds = this.#adds.get(id);
		if (!adds) return null;
		const { add, contested } = firstOf(adds);
		if (this.#voidsByTarget.get(id)?.some((each) => mayChange(each, add))) return null;
		const { newest, conflicting } = newestVersion(add, this.#amendsByTarget);
		return toObservation(add, newest, contested || conflicting);
	}
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
	const list = lists.get(key);
	if (list) list.push(value);
	else lists.set(key, [value]);
}

const oldestFirst = (a: Observation, b: Observation): number =>
	a.effective.utc - b.effective.utc || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Where an observation stands in the ordered list, or would stand. */
function placeIn(list: readonly Observation[], observation: Observation): number {
	let [low, high] = [0, list.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (oldestFirst(must(list[middle], 'inside the list'), observation) < 0) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** One of each entry of each author: a frame sealed again, or an import made twice, says the same thing twice. */
function distinct<E extends Entry>(entries: readonly Stated<E>[]): readonly Stated<E>[] {
	if (entries.length < 2) return entries;
	const first = new Map<string, Stated<E>>();
	for (const each of [...entries].sort(inStatedOrder)) {
		const key = `${each.author} ${each.entry.id}`;
		if (!first.has(key)) first.set(key, each);
	}
	return [...first.values()];
}

/** Whoever writes under an id that is taken cannot push the taken one aside: the person's stands before others', and both are marked. */
function firstOf(adds: readonly Stated<ObsAdd>[]): { readonly add: Stated<ObsAdd>; readonly contested: boolean } {
	const said = distinct(adds);
	const add = must(said.find((each) => each.owning) ?? said[0], 'an id that is known was stated');
	return { add, contested: said.length > 1 };
}

function isKind<K extends Entry['kind']>(each: Stated, kind: K): each is Stated<Extract<Entry, { kind: K }>> {
	return each.entry.kind === kind;
}

const mayChange = (change: Stated, target: Stated): boolean => change.owning || change.author === target.author;

interface Version {
	readonly newest: Stated<ObsAdd | ObsAmend>;
	readonly conflicting: boolean;
}

/** Follows amendments from the first entry on; of two that replace the same one, the highest (lamport, device, id) shows. */
function newestVersion(
	add: Stated<ObsAdd>,
	amendsByTarget: ReadonlyMap<EntryId, readonly Stated<ObsAmend>[]>
): Version {
	let newest: Stated<ObsAdd | ObsAmend> = add;
	let conflicting = false;
	const seen = new Set<EntryId>();
	while (!seen.has(newest.entry.id)) {
		seen.add(newest.entry.id);
		const next = distinct(amendsByTarget.get(newest.entry.id) ?? [])
			.filter((amend) => mayChange(amend, add) && amend.entry.measure === add.entry.measure)
			.sort(highestFirst);
		conflicting ||= next.length > 1;
		newest = next[0] ?? newest;
	}
	return { newest, conflicting };
}

function highestFirst(a: Stated<ObsAmend>, b: Stated<ObsAmend>): number {
	return (
		b.lamport - a.lamport || (a.device < b.device ? 1 : a.device > b.device ? -1 : a.entry.id < b.entry.id ? 1 : -1)
	);
}

function toObservation(
	add: Stated<ObsAdd>,
	newest: Stated<ObsAdd | ObsAmend>,
	conflicting: boolean
): Observation | null {
	const { measure, values, effective, source, context, note } = newest.entry;
	if (!isMeasureKind(measure) || !isInKnownUnits(measure, newest.entry)) return null;
	return {
		id: add.entry.id,
		device: newest.device,
		measure,
		values,
		effective,
		source,
		context,
		note,
		amended: newest !== add,
		conflicting
	};
}

/** Every required value is there, and each in the unit it is shown in: 180 pounds must never be read as kilograms. */
function isInKnownUnits(measure: MeasureKind, { values, units }: ObsAdd | ObsAmend): boolean {
	return measures[measure].fields.every(({ key, unit, required }) =>
		Object.hasOwn(values, key) ? units[key] === unit : !required
	);
}
