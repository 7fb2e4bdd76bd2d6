/** What a book comes to, worked out from all its entries at once: the readable twin that the growing one is held to. */
import { isMeasureKind, measures, type MeasureKind } from '$lib/domain/measures';
import type { Observation } from '$lib/domain/observation';
import type { AcceptedFrame } from '$lib/protocol/accept';
import type { Entry, ObsAdd, ObsAmend } from '$lib/protocol/entries';
import type { EntryId, IdentityId } from '$lib/protocol/ids';

interface Authored<E extends Entry> {
	readonly entry: E;
	readonly author: IdentityId;
	readonly device: string;
	readonly lamport: number;
	/** The person or a co-owner, who may correct anyone's entries. */
	readonly owning: boolean;
}

export function slowProjection(frames: readonly AcceptedFrame[]): Observation[] {
	const entries = distinct(frames.flatMap(authoredEntries));
	const adds = firstAdds(entries);
	const amendsByTarget = new Map<EntryId, Authored<ObsAmend>[]>();
	const voided = new Set<EntryId>();
	for (const each of entries) {
		if (isKind(each, 'obs.amend')) {
			amendsByTarget.set(each.entry.target, [...(amendsByTarget.get(each.entry.target) ?? []), each]);
		} else if (isKind(each, 'obs.void')) {
			const target = adds.get(each.entry.target)?.add;
			if (target && mayChange(each, target)) voided.add(target.entry.id);
		}
	}
	return [...adds.values()]
		.filter(({ add }) => !voided.has(add.entry.id))
		.flatMap(({ add, contested }) => {
			const { newest, conflicting } = newestVersion(add, amendsByTarget);
			return toObservation(add, newest, contested || conflicting) ?? [];
		})
		.sort((a, b) => a.effective.utc - b.effective.utc || (a.id < b.id ? -1 : 1));
}

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

/** Whoever writes under an id that is taken cannot push the taken one aside: the person's stands before others', and both are marked. */
function firstAdds(
	entries: readonly Authored<Entry>[]
): ReadonlyMap<EntryId, { add: Authored<ObsAdd>; contested: boolean }> {
	const adds = new Map<EntryId, { add: Authored<ObsAdd>; contested: boolean }>();
	for (const each of entries) {
		if (!isKind(each, 'obs.add')) continue;
		const known = adds.get(each.entry.id);
		if (!known) adds.set(each.entry.id, { add: each, contested: false });
		else adds.set(each.entry.id, { add: each.owning && !known.add.owning ? each : known.add, contested: true });
	}
	return adds;
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

interface Version {
	readonly newest: Authored<ObsAdd | ObsAmend>;
	readonly conflicting: boolean;
}

/** Follows amendments from the first entry on; of two that replace the same one, the highest (lamport, device, id) shows. */
function newestVersion(add: Authored<ObsAdd>, amendsByTarget: ReadonlyMap<EntryId, Authored<ObsAmend>[]>): Version {
	let newest: Authored<ObsAdd | ObsAmend> = add;
	let conflicting = false;
	const seen = new Set<EntryId>();
	while (!seen.has(newest.entry.id)) {
		seen.add(newest.entry.id);
		const next = (amendsByTarget.get(newest.entry.id) ?? [])
			.filter((amend) => mayChange(amend, add) && amend.entry.measure === add.entry.measure)
			.sort(highestFirst);
		conflicting ||= next.length > 1;
		newest = next[0] ?? newest;
	}
	return { newest, conflicting };
}

function highestFirst(a: Authored<ObsAmend>, b: Authored<ObsAmend>): number {
	return (
		b.lamport - a.lamport || (a.device < b.device ? 1 : a.device > b.device ? -1 : a.entry.id < b.entry.id ? 1 : -1)
	);
}

function toObservation(
	add: Authored<ObsAdd>,
	newest: Authored<ObsAdd | ObsAmend>,
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
