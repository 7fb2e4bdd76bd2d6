/** What a book comes to, worked out from all its entries at once: the readable twin that the growing one is held to. */
import { isMeasureKind, measures, type MeasureKind } from '$lib/domain/measures';
import { must } from '$lib/domain/assert';
import {
	type Observation,
	type ObservationVersion,
	type RemovedObservation,
	type VoidReason,
	voidReasons
} from '$lib/domain/observation';
import type { AcceptedFrame } from '$lib/protocol/accept';
import type { Entry, ObsAdd, ObsAmend, ObsVoid } from '$lib/protocol/entries';
import type { EntryId, IdentityId } from '$lib/protocol/ids';

interface Authored<E extends Entry> {
	readonly entry: E;
	readonly author: IdentityId;
	readonly device: string;
	readonly lamport: number;
	/** The person or a co-owner, who may correct anyone's entries. */
	readonly owning: boolean;
}

/** What one book says: the observations that show, and those taken out of view. */
interface ProjectedBook {
	/** Oldest measurement first. */
	readonly shown: readonly Observation[];
	/** In the order they were taken away. */
	readonly removed: readonly RemovedObservation[];
}

/** Observations of one book's accepted frames. Measures and units of a newer app are left out. */
export function slowProjection(frames: readonly AcceptedFrame[]): ProjectedBook {
	const entries = distinct(frames.flatMap(authoredEntries));
	const amendsByTarget = new Map<EntryId, Authored<ObsAmend>[]>();
	for (const each of entries)
		if (isKind(each, 'obs.amend'))
			amendsByTarget.set(each.entry.target, [...(amendsByTarget.get(each.entry.target) ?? []), each]);
	const voids = new Map<string, Authored<ObsVoid>>();
	const all = firstAdds(entries)
		.flatMap(({ id, add, contested }) => {
			const observation = toObservation(versionsOf(add, amendsByTarget), contested);
			const taking = entries
				.filter((each) => isKind(each, 'obs.void'))
				.filter((each) => each.entry.target === add.entry.id && mayChange(each, add))
				.sort(highestFirst)
				.at(-1);
			if (taking) voids.set(id, taking);
			return observation ? [{ ...observation, id }] : [];
		})
		.sort((a, b) => a.effective.utc - b.effective.utc || (a.id < b.id ? -1 : 1));
	const taken = all.flatMap((each) => {
		const void_ = voids.get(each.id);
		return void_ ? [{ each, void_ }] : [];
	});
	return {
		shown: all.filter(({ id }) => !voids.has(id)),
		removed: taken
			.sort((a, b) => highestFirst(b.void_, a.void_))
			.map(({ each, void_ }) => ({ ...each, reason: knownReason(void_.entry.reason) }))
	};
}

/** A reason only a newer app has a name for is none this app can tell. */
const knownReason = (reason: string): VoidReason => voidReasons.find((known) => known === reason) ?? 'mistake';

/** One of each entry of each author: a frame sealed again, or an import made twice, says the same thing twice. */
function distinct(entries: readonly Authored<Entry>[]): Authored<Entry>[] {
	const first = new Map<string, Authored<Entry>>();
	for (const each of entries) {
		const target = 'target' in each.entry ? each.entry.target : '';
		const key = `${each.author} ${each.entry.id} ${each.entry.kind} ${target}`;
		if (!first.has(key)) first.set(key, each);
	}
	return [...first.values()];
}

/**
 * What observations begin with. Whoever writes under an id that is taken pushes nobody aside: what the person has said of the id
 * stands alone, and of others each has a reading of their own. All are marked.
 */
function firstAdds(entries: readonly Authored<Entry>[]) {
	const adds = entries.filter((each) => isKind(each, 'obs.add'));
	return [...new Set(adds.map(({ entry }) => entry.id))].flatMap((id) => {
		const said = adds.filter(({ entry }) => entry.id === id);
		const add = must(said.find((each) => each.owning) ?? said[0], 'somebody has said it');
		const isSettled =
			add.owning || entries.some(({ entry, owning }) => owning && 'target' in entry && entry.target === id);
		const others = isSettled ? [] : said.filter((each) => each !== add);
		const contested = said.length > 1;
		return [{ id: id as string, add, contested }].concat(
			others.map((each) => ({ id: `${id}.${each.author}`, add: each, contested }))
		);
	});
}

const authoredEntries = ({ frame, author, role, batch }: AcceptedFrame): Authored<Entry>[] =>
	batch.entries.map((entry) => ({
		entry,
		author,
		device: frame.header.device,
		lamport: batch.lamport,
		owning: role === 'owner' || role === 'coOwner'
	}));

function isKind<K extends Entry['kind']>(
	each: Authored<Entry>,
	kind: K
): each is Authored<Extract<Entry, { kind: K }>> {
	return each.entry.kind === kind;
}

const mayChange = (change: Authored<Entry>, target: Authored<Entry>): boolean =>
	change.owning || change.author === target.author;

interface Versions {
	/** From the first entry to the version that shows. */
	readonly chain: readonly Authored<ObsAdd | ObsAmend>[];
	/** Where other amendments ended that nobody has chosen against. */
	readonly rivals: readonly Authored<ObsAmend>[];
}

/** Follows amendments from the first entry on; of two that replace the same one, the highest (lamport, device, id) shows. */
function versionsOf(add: Authored<ObsAdd>, amendsByTarget: ReadonlyMap<EntryId, Authored<ObsAmend>[]>): Versions {
	const seen = new Set<EntryId>([add.entry.id]);
	const amendsOf = (target: EntryId): Authored<ObsAmend>[] =>
		(amendsByTarget.get(target) ?? [])
			.filter((amend) => mayChange(amend, add) && amend.entry.measure === add.entry.measure)
			.filter(({ entry }) => !seen.has(entry.id))
			.sort(highestFirst);
	/** The ends of a branch that does not show. */
	const endsOf = (branch: Authored<ObsAmend>): Authored<ObsAmend>[] => {
		seen.add(branch.entry.id);
		const next = amendsOf(branch.entry.id);
		return next.length === 0 ? [branch] : next.flatMap(endsOf);
	};
	const chain: Authored<ObsAdd | ObsAmend>[] = [add];
	const branches: Authored<ObsAmend>[] = [];
	for (let next = amendsOf(add.entry.id); next[0]; next = amendsOf(next[0].entry.id)) {
		chain.push(next[0]);
		next.forEach(({ entry }) => seen.add(entry.id));
		branches.push(...next.slice(1));
	}
	const settled = new Set(chain.flatMap(({ entry }) => (entry.kind === 'obs.amend' ? (entry.settles ?? []) : [])));
	return { chain, rivals: branches.flatMap(endsOf).filter(({ entry }) => !settled.has(entry.id)) };
}

/** Negative when `a` stands above `b` by (lamport, device, id). */
function highestFirst(a: Authored<Entry>, b: Authored<Entry>): number {
	return (
		b.lamport - a.lamport || (a.device < b.device ? 1 : a.device > b.device ? -1 : a.entry.id < b.entry.id ? 1 : -1)
	);
}

function toObservation({ chain, rivals }: Versions, contested: boolean): Observation | null {
	const add = must(chain[0], 'a chain begins with what was first recorded');
	const newest = must(chain.at(-1), 'a chain begins with what was first recorded');
	const { measure } = newest.entry;
	if (!isMeasureKind(measure) || !isInKnownUnits(measure, newest.entry)) return null;
	const { id: version, by: _, ...shown } = toVersion(newest);
	const readable = ({ entry }: Authored<ObsAdd | ObsAmend>) => isInKnownUnits(measure, entry);
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

const toVersion = ({ entry, author }: Authored<ObsAdd | ObsAmend>): ObservationVersion => {
	const { id, values, effective, source, context, note } = entry;
	return { id, by: author, values, effective, source, context, note };
};

/** Every required value is there, and each in the unit it is shown in: 180 pounds must never be read as kilograms. */
function isInKnownUnits(measure: MeasureKind, { values, units }: ObsAdd | ObsAmend): boolean {
	return measures[measure].fields.every(({ key, unit, required }) =>
		Object.hasOwn(values, key) ? units[key] === unit : !required
	);
}
