/** The grant snapshots among a book's frames, put together of their parts (docs/protocol.md S3). */
import type { GrantsRead, ReadGrants, SeenGrant } from './accept';
import type { Frame } from './frame';
import type { Hash } from './ids';
import type { Stated } from './project';
import { openGrant, type GrantPlace } from './snapshot';
import type { SnapshotPart } from './snapshot-part';

/** How a reader opens them. */
export interface GrantKeys {
	readonly place: GrantPlace;
	/** The slice in a frame; null while its epoch's key is missing, or when it is none. */
	readonly openPart: (frame: Frame) => SnapshotPart | null;
	/** The key of a grant by its commitment; null where this reader was not handed it. */
	readonly keyOf: (commit: string) => Uint8Array | null;
}

/** A grant as far as its frames are here, in order. */
export interface GrantParts {
	readonly first: Frame;
	readonly key: string;
	readonly parts: readonly SnapshotPart[];
	readonly isWhole: boolean;
}

/** Every grant that begins among these frames. */
export function grantsAmong(frames: readonly Frame[], { openPart }: Pick<GrantKeys, 'openPart'>): GrantParts[] {
	const after = new Map<Hash, { frame: Frame; part: SnapshotPart }[]>();
	const firsts: { frame: Frame; part: SnapshotPart }[] = [];
	for (const frame of frames) {
		const part = frame.type === 'snapshot' ? openPart(frame) : null;
		if (!part || part.purpose !== 'grant' || part.key === undefined) continue;
		if (part.part === 0) firsts.push({ frame, part });
		const { prev } = frame.header;
		if (prev !== null) after.set(prev, [...(after.get(prev) ?? []), { frame, part }]);
	}
	return firsts.map(({ frame, part }) => {
		const parts = [part];
		for (let at = frame; parts.length < part.parts;) {
			// Of two in one place the same is chosen by whoever looks.
			const next = (after.get(at.hash) ?? [])
				.filter((each) => each.part.part === parts.length && isOfOne(each.part, part))
				.sort((a, b) => (a.frame.hash < b.frame.hash ? -1 : 1))[0];
			if (!next) break;
			parts.push(next.part);
			at = next.frame;
		}
		return { first: frame, key: part.key ?? '', parts, isWhole: parts.length === part.parts };
	});
}

const isOfOne = (a: SnapshotPart, b: SnapshotPart): boolean =>
	a.key === b.key && a.parts === b.parts && a.count === b.count && a.root === b.root;

/** The frames up to which a grant holds its book: those it names, and its writer's own before it. */
export const endsOf = ({ first, parts }: GrantParts): Hash[] => [
	...(parts[0]?.covers ?? []).map(({ hash }) => hash),
	...(first.header.prev === null ? [] : [first.header.prev])
];

/** Reads the grants this reader holds the key of. What is said in somebody's name by no device of theirs is not taken. */
export const grantReader =
	(keys: GrantKeys): ReadGrants =>
	(frames, { isOwners, authorOf }) => {
		const anchors = new Set<Hash>();
		const stated: Stated[] = [];
		const seen: SeenGrant[] = [];
		for (const grant of grantsAmong(frames, keys)) {
			const { first, key } = grant;
			const by = authorOf(first.header.device);
			const secret = keys.keyOf(key);
			if (!by || !secret || !isOwners(first)) continue;
			const opened = grant.isWhole ? openGrant(grant.parts, keys.place, secret) : null;
			const isTrue = opened?.stated.every(({ device, author }) => authorOf(device) === author) ?? false;
			if (opened && isTrue) stated.push(...opened.stated);
			if (isTrue || !grant.isWhole) for (const end of endsOf(grant)) anchors.add(end);
			seen.push({ first: first.hash, key, by, state: isTrue ? 'read' : grant.isWhole ? 'closed' : 'partial' });
		}
		return { anchors, stated, seen } satisfies GrantsRead;
	};
