/**
 * What a grant snapshot must hold, worked out from the originals: by the owner's device that seals one, and by everybody
 * else who has them and checks it (docs/protocol.md S3, MR13). Both ask for the frames up to the same ends and for the
 * records up to the one the writer knew, so that what has come since makes no difference.
 */
import type { LocalDate } from '$lib/domain/time';
import { acceptFrames, type AcceptRules, type SeenGrant } from './accept';
import { entrySchema } from './entries';
import type { Frame } from './frame';
import type { DeviceId, Hash } from './ids';
import { inStatedOrder, statedIn, type Stated } from './project';
import { endsOf, type GrantKeys, type GrantParts } from './read-grants';
import { openGrant } from './snapshot';
import type { Cover } from './snapshot-part';
import { withinWindow } from './window';

/** The rules of somebody who was given the whole book, and which of its keys they hold. */
export interface OriginalRules extends Omit<AcceptRules, 'readGrants'> {
	readonly holdsKey: (epoch: number) => boolean;
}

/** Kinds of entry this app can read. */
export const knownKinds: readonly string[] = entrySchema._zod.def.options.flatMap((option) => [
	...(option._zod.propValues['kind'] ?? [])
]) as string[];

/**
 * The newest frames of each device up to which every key is held; of a device that forked, the end of each branch. A frame
 * without its chain, or after one whose key somebody withholds, is not among them.
 */
export function coverableEnds(rules: OriginalRules, frames: readonly Frame[]): Cover[] {
	const { parked } = acceptFrames({ ...rules, frames });
	const unlinked = new Set(
		parked
			.filter(({ reason }) => reason === 'gap' || reason === 'bad-signature' || reason === 'unknown-device')
			.map(({ frame }) => frame.hash)
	);
	const covered = new Map<Hash, Frame>();
	for (const frame of [...frames].sort((a, b) => a.header.seq - b.header.seq)) {
		const { prev, epoch, book } = frame.header;
		const isLinked = book === rules.book && !unlinked.has(frame.hash) && (prev === null || covered.has(prev));
		if (isLinked && rules.holdsKey(epoch)) covered.set(frame.hash, frame);
	}
	const before = new Set([...covered.values()].map(({ header }) => header.prev));
	return [...covered.values()]
		.filter(({ hash }) => !before.has(hash))
		.map(({ header, hash }) => ({ device: header.device, seq: header.seq, hash }))
		.sort((a, b) => (a.hash < b.hash ? -1 : 1));
}

/** The entries from `from` on in the frames up to these ends, by the records up to `manifest`. Null while anything of that is missing. */
export function entriesToGrant(
	rules: OriginalRules,
	frames: readonly Frame[],
	{ ends, manifest, from }: { readonly ends: readonly Hash[]; readonly manifest: Hash; readonly from: LocalDate }
): Stated[] | null {
	const known = rules.chain.records.findIndex(({ hash }) => hash === manifest);
	const records = rules.chain.records.slice(0, known + 1);
	const head = records.at(-1);
	const among = framesUpTo(ends, frames);
	if (!head || !among || among.some(({ header }) => !rules.holdsKey(header.epoch))) return null;
	const { accepted } = acceptFrames({ ...rules, chain: { ...rules.chain, records, head }, frames: among });
	return withinWindow(rules.kind, distinctStated(accepted.flatMap(statedIn)), from);
}

function framesUpTo(ends: readonly Hash[], frames: readonly Frame[]): Frame[] | null {
	const byHash = new Map(frames.map((frame) => [frame.hash, frame]));
	const found = new Map<Hash, Frame>();
	for (const end of ends) {
		for (let at: Hash | null = end; at !== null && !found.has(at);) {
			const frame = byHash.get(at);
			if (!frame) return null;
			found.set(at, frame);
			at = frame.header.prev;
		}
	}
	return [...found.values()];
}

/** One of each entry of each device, as it was first said: a frame sealed again says the same. */
function distinctStated(stated: readonly Stated[]): Stated[] {
	const first = new Map<string, Stated>();
	for (const each of [...stated].sort(inStatedOrder)) {
		const key = placeOf(each);
		if (!first.has(key)) first.set(key, each);
	}
	return [...first.values()];
}

const placeOf = ({ device, entry }: { readonly device: DeviceId; readonly entry: Stated['entry'] }): string =>
	`${device} ${entry.id} ${entry.kind}`;

/** What somebody who holds the originals can say of a grant. */
export function checkGrant(
	rules: OriginalRules,
	frames: readonly Frame[],
	grant: GrantParts,
	keys: Pick<GrantKeys, 'place' | 'keyOf'>
): Extract<SeenGrant['state'], 'agrees' | 'differs' | 'unchecked'> {
	const key = keys.keyOf(grant.key);
	const given = grant.isWhole && key ? openGrant(grant.parts, keys.place, key) : null;
	const known = given?.kinds.every((kind) => knownKinds.includes(kind)) ?? false;
	if (!given || !known) return 'unchecked';
	const { manifest } = grant.first.header;
	const held = entriesToGrant(rules, frames, { ends: endsOf(grant), manifest, from: given.from });
	if (!held) return 'unchecked';
	const expected = held.filter(({ entry }) => given.kinds.includes(entry.kind));
	return isSame(expected, given.stated) ? 'agrees' : 'differs';
}

function isSame(a: readonly Stated[], b: readonly Stated[]): boolean {
	const texts = (stated: readonly Stated[]) =>
		stated
			.map(({ entry, author, device, lamport, seq, owning }) =>
				JSON.stringify([author, device, lamport, seq, owning, entry])
			)
			.sort();
	const [left, right] = [texts(a), texts(b)];
	return left.length === right.length && left.every((text, at) => text === right[at]);
}
