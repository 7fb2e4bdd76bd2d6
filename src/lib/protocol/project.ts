/**
 * From accepted entries to what a screen shows: observations with amendments applied, and those taken out of view.
 * Conflicts are marked, never settled by a clock (docs/protocol.md 8).
 */
import { must } from '$lib/domain/assert';
import { isMeasureKind, measures, type MeasureKind } from '$lib/domain/measures';
import {
	type Observation,
	type ObservationVersion,
	type RemovedObservation,
	type VoidReason,
	voidReasons
} from '$lib/domain/observation';
import type { Acceptance, AcceptedFrame } from './accept';
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

/** Every entry that counts, in order: those of accepted frames, and what a grant snapshot hands over besides (S3). */
export function statedBy({ accepted, granted }: Pick<Acceptance, 'accepted' | 'granted'>): Stated[] {
	const own = accepted.flatMap(statedIn);
	if (granted.length === 0) return own;
	const placeOf = ({ device, entry }: Stated) => `${device} ${entry.id} ${entry.kind}`;
	const places = new Set(own.map(placeOf));
	const added = granted.filter((each) => {
		const place = placeOf(each);
		return !places.has(place) && places.add(place);
	});
	return [...own, ...added].sort(inStatedOrder);
}

/** The order of accepted frames, as far as it can be told from one entry; frames of one place keep the order they come in. */
export const inStatedOrder = (a: Stated, b: Stated): number =>
	a.lamport - b.lamport || (a.device < b.device ? -1 : a.device > b.device ? 1 : 0) || a.seq - b.seq;

/** Observations of one book's accepted frames, oldest measurement first. */
export function projectObservations(frames: readonly AcceptedFrame[]): readonly Observation[] {
	const index = new ObservationIndex();
	index.add(frames.flatMap(statedIn));
	return index.observations;
}

/**
 * Observations of a book that grows. What is added costs no more than what it concerns: the outcome is the same whether
 * entries are added one by one, or all at once.
 */
export class ObservationIndex {
	readonly #adds = new Map<EntryId, Stated<ObsAdd>>();
	/** What was stated again under an id, after the first. */
	readonly #repeats = new Map<EntryId, Stated<ObsAdd>[]>();
	readonly #amendsByTarget = new Map<EntryId, Stated<ObsAmend>[]>();
	readonly #voidsByTarget = new Map<EntryId, Stated<ObsVoid>[]>();
	/** What each amendment replaces, to find the first entry from any of its amendments. */
	readonly #targets = new Map<EntryId, Set<EntryId>>();
	readonly #shown = new OrderedObservations<Observation>();
	/** By the observation's id, as those that show. */
	readonly #removed = new Map<string, { readonly observation: RemovedObservation; readonly by: Stated<ObsVoid> }>();
	#removedList: readonly RemovedObservation[] | null = [];

	/** Those that show, oldest measurement first. Measures and units of a newer app are left out. */
	get observations(): readonly Observation[] {
		return this.#shown.list;
	}

	/** Those taken out of view, in that order. */
	get removed(): readonly RemovedObservation[] {
		this.#removedList ??= [...this.#removed.values()]
			.sort((a, b) => highestFirst(b.by, a.by))
			.map(({ observation }) => observation);
		return this.#removedList;
	}

	add(entries: readonly Stated[]): void {
		const concerned = new Set<EntryId>();
		for (const each of entries) {
			if (isKind(each, 'obs.add')) {
				if (this.#adds.has(each.entry.id)) push(this.#repeats, each.entry.id, each);
				else this.#adds.set(each.entry.id, each);
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
		const isMany = concerned.size > FEW;
		for (const id of concerned) this.#place(id, isMany);
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

	#place(id: EntryId, isMany: boolean): void {
		const first = this.#adds.get(id);
		if (!first) return;
		const repeats = this.#repeats.get(id);
		// Nearly every reading: said once, never changed. Ten years of them are made at every start.
		if (!repeats && !this.#amendsByTarget.has(id) && !this.#voidsByTarget.has(id))
			return this.#shown.set(id, plainObservation(first), isMany);
		const said = distinct([first, ...(repeats ?? [])]);
		const add = must(said.find((each) => each.owning) ?? said[0], 'an id that is known was stated');
		const contested = said.length > 1;
		this.#placeAs(id, add, contested, isMany);
		if (!contested) return;
		// What the person has said of the id stands alone. Of others nobody pushes anybody aside: each has a reading of their own.
		const changes = [...(this.#amendsByTarget.get(id) ?? []), ...(this.#voidsByTarget.get(id) ?? [])];
		const isSettled = [add, ...changes].some(({ owning }) => owning);
		for (const each of said) this.#placeAs(besideId(each), isSettled || each === add ? null : each, true, isMany);
	}

	/** Shows the observation that begins with `add`, or its taking back; none where it is null. */
	#placeAs(id: string, add: Stated<ObsAdd> | null, contested: boolean, isMany: boolean): void {
		const found = add && toObservation(versionsOf(add, this.#amendsByTarget), contested);
		const observation = found && { ...found, id };
		const by = add ? this.#voidOf(add.entry.id, add) : undefined;
		this.#shown.set(id, by ? null : observation, isMany);
		if (!by && !this.#removed.has(id)) return;
		this.#removedList = null;
		if (by && observation)
			this.#removed.set(id, { observation: { ...observation, reason: knownReason(by.entry.reason) }, by });
		else this.#removed.delete(id);
	}

	/** Of several voids the first one made says why; undefined while there is none that counts. */
	#voidOf(id: EntryId, add: Stated<ObsAdd>): Stated<ObsVoid> | undefined {
		const voids = (this.#voidsByTarget.get(id) ?? []).filter((each) => mayChange(each, add));
		return voids.sort(highestFirst).at(-1);
	}
}

/** A reason only a newer app has a name for is none this app can tell. */
const knownReason = (reason: string): VoidReason => voidReasons.find((known) => known === reason) ?? 'mistake';

/** From this many changed observations on, all are put in order anew. */
const FEW = 16;

/** Observations by the first entry's id, and as a list that is put in order at little cost. A list given out is never changed. */
class OrderedObservations<O extends Observation> {
	readonly #byId = new Map<string, O>();
	#list: readonly O[] = [];
	#isInOrder = true;

	/** Oldest measurement first. */
	get list(): readonly O[] {
		if (!this.#isInOrder) this.#list = [...this.#byId.values()].sort(oldestFirst);
		this.#isInOrder = true;
		return this.#list;
	}

	/** `null` takes it out. `isMany`: the list is put in order once, when it is next asked for. */
	set(id: string, now: O | null, isMany: boolean): void {
		const before = this.#byId.get(id);
		if (!before && !now) return;
		if (now) this.#byId.set(id, now);
		else this.#byId.delete(id);
		this.#isInOrder &&= !isMany;
		if (!this.#isInOrder) return;
		const list = [...this.#list];
		if (before) list.splice(placeIn(list, before), 1);
		if (now) list.splice(placeIn(list, now), 0, now);
		this.#list = list;
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

/** What is shown beside an observation, or whatever else, whose id somebody else has stated too: the entry's id and who stated it. */
export const besideId = ({ entry, author }: Stated): string => `${entry.id}.${author}`;

/** The entry an observation, or whatever else is shown, begins with. */
export const entryOf = (observation: string): EntryId => observation.split('.')[0] as EntryId;

function isKind<K extends Entry['kind']>(each: Stated, kind: K): each is Stated<Extract<Entry, { kind: K }>> {
	return each.entry.kind === kind;
}

const mayChange = (change: Stated, target: Stated): boolean => change.owning || change.author === target.author;

interface Versions {
	/** From the first entry to the version that shows. */
	readonly chain: readonly Stated<ObsAdd | ObsAmend>[];
	/** Where other amendments ended that nobody has chosen against. */
	readonly rivals: readonly Stated<ObsAmend>[];
}

/** Follows amendments from the first entry on; of two that replace the same one, the highest (lamport, device, id) shows. */
function versionsOf(add: Stated<ObsAdd>, amendsByTarget: ReadonlyMap<EntryId, readonly Stated<ObsAmend>[]>): Versions {
	const seen = new Set<EntryId>([add.entry.id]);
	const amendsOf = (target: EntryId): Stated<ObsAmend>[] =>
		distinct(amendsByTarget.get(target) ?? [])
			.filter((amend) => mayChange(amend, add) && amend.entry.measure === add.entry.measure)
			.filter(({ entry }) => !seen.has(entry.id))
			.sort(highestFirst);
	/** The ends of branches that do not show; a branch may be as long as somebody cares to make it. */
	const endsOf = (branches: readonly Stated<ObsAmend>[]): Stated<ObsAmend>[] => {
		const ends: Stated<ObsAmend>[] = [];
		for (const waiting = [...branches].reverse(); waiting.length > 0;) {
			const branch = must(waiting.pop(), 'a branch is waiting');
			seen.add(branch.entry.id);
			const next = amendsOf(branch.entry.id);
			if (next.length === 0) ends.push(branch);
			else waiting.push(...next.reverse());
		}
		return ends;
	};
	const chain: Stated<ObsAdd | ObsAmend>[] = [add];
	const branches: Stated<ObsAmend>[] = [];
	for (let next = amendsOf(add.entry.id); next[0]; next = amendsOf(next[0].entry.id)) {
		chain.push(next[0]);
		next.forEach(({ entry }) => seen.add(entry.id));
		branches.push(...next.slice(1));
	}
	const settled = new Set(chain.flatMap(({ entry }) => (entry.kind === 'obs.amend' ? (entry.settles ?? []) : [])));
	return { chain, rivals: endsOf(branches).filter(({ entry }) => !settled.has(entry.id)) };
}

/** Negative when `a` stands above `b` by (lamport, device, id). */
function highestFirst(a: Stated, b: Stated): number {
	return (
		b.lamport - a.lamport || (a.device < b.device ? 1 : a.device > b.device ? -1 : a.entry.id < b.entry.id ? 1 : -1)
	);
}

/** What `toObservation` makes of an entry that nobody has said anything more about. */
function plainObservation({ entry, author, device }: Stated<ObsAdd>): Observation | null {
	const { id, measure, values, effective, source, context, note } = entry;
	if (!isMeasureKind(measure) || !isInKnownUnits(measure, entry)) return null;
	return {
		values,
		effective,
		source,
		context,
		note,
		id,
		device,
		by: author,
		measure,
		amended: false,
		conflicting: false
	};
}

function toObservation({ chain, rivals }: Versions, contested: boolean): Observation | null {
	const add = must(chain[0], 'a chain begins with what was first recorded');
	const newest = must(chain.at(-1), 'a chain begins with what was first recorded');
	const { measure } = newest.entry;
	if (!isMeasureKind(measure) || !isInKnownUnits(measure, newest.entry)) return null;
	const { id: version, by: _, ...shown } = toVersion(newest);
	const readable = ({ entry }: Stated<ObsAdd | ObsAmend>) => isInKnownUnits(measure, entry);
	return {
		...shown,
		id: add.entry.id,
		device: newest.device,
		by: add.author,
		measure,
		amended: newest !== add,
		...(newest !== add && { version, earlier: chain.slice(0, -1).filter(readable).map(toVersion) }),
		conflicting: contested || rivals.length > 0,
		...(rivals.length > 0 && { rivals: rivals.filter(readable).map(toVersion) })
	};
}

const toVersion = ({ entry, author }: Stated<ObsAdd | ObsAmend>): ObservationVersion => {
	const { id, values, effective, source, context, note } = entry;
	return { id, by: author, values, effective, source, context, note };
};

/** Every required value is there, and each in the unit it is shown in: 180 pounds must never be read as kilograms. */
function isInKnownUnits(measure: MeasureKind, { values, units }: ObsAdd | ObsAmend): boolean {
	return measures[measure].fields.every(({ key, unit, required }) =>
		Object.hasOwn(values, key) ? units[key] === unit : !required
	);
}
