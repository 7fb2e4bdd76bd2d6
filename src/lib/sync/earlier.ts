/**
 * Circles that ended elsewhere, read in from an archive. They are opened by the same code as a living circle, from the first
 * record on, with the eyes of the owner who archived them; nothing is ever written to them.
 */
import { err, ok, type Result } from '$lib/domain/result';
import { acceptFrames, type Acceptance } from '$lib/protocol/accept';
import type { Batch } from '$lib/protocol/entries';
import { matchesCommit } from '$lib/protocol/envelope';
import { parseFrame, verifyFrame, type Frame } from '$lib/protocol/frame';
import type { Identity } from '$lib/protocol/identity-log';
import { idBytes, type BookId, type DeviceId, type Hash, type IdentityId } from '$lib/protocol/ids';
import { bookOf, commitOf } from '$lib/protocol/manifest';
import type { EarlierCircle } from '$lib/storage/keyring';
import { inSlices } from '$lib/storage/slices';
import { identityFrom, isOwning, kindOf, openCircle, type CircleAccess } from './circle-access';
import { openBatch } from './open-book';

/** Why a circle is not believed: what stands in it does not prove itself. */
export interface Unproven {
	readonly type: 'damaged';
}

/** The circle as its owner's device opened it. */
export function openEarlier(row: EarlierCircle): Result<CircleAccess, Unproven> {
	const identities = new Map<IdentityId, Identity>();
	for (const { identity, log } of row.logs) {
		const known = identityFrom(log, identity);
		if (!known) return err({ type: 'damaged' });
		identities.set(identity, known);
	}
	const keys = {
		v: 1 as const,
		circle: row.circle,
		standing: 'joined' as const,
		published: false,
		manifests: row.manifests,
		keys: row.keys
	};
	const access = openCircle(keys, identities, row.reader);
	if (!access.ok || access.value.chain.circle !== row.circle || !isOwning(access.value.member))
		return err({ type: 'damaged' });
	const { chain } = access.value;
	const fits = row.keys.every(({ book, epoch, key }) => {
		const commit = commitOf(chain, book, epoch);
		return commit !== null && matchesCommit(idBytes(key), commit);
	});
	return fits ? access : err({ type: 'damaged' });
}

/** The frames of a book, when each of them is one and was signed by a device of somebody who is or was in the circle. */
export async function verifiedFrames(
	access: CircleAccess,
	book: BookId,
	bytes: readonly Uint8Array[],
	onSlice: (count: number) => void
): Promise<Result<Frame[], Unproven>> {
	if (!bookOf(access.chain.head.body, book)) return err({ type: 'damaged' });
	const keyOf = new Map<DeviceId, Uint8Array>(
		[...access.identities.values()].flatMap(({ devices }) =>
			[...devices.values()].filter(({ confirmed }) => confirmed).map(({ id, sign }) => [id, sign] as const)
		)
	);
	const frames: Frame[] = [];
	let isSound = true;
	await inSlices(bytes, (some) => {
		for (const each of isSound ? some : []) {
			const frame = parseFrame(each);
			const sign = frame.ok ? keyOf.get(frame.value.header.device) : undefined;
			isSound &&= frame.ok && sign !== undefined && isOf(frame.value, access, book) && verifyFrame(frame.value, sign);
			if (frame.ok) frames.push(frame.value);
		}
		onSlice(some.length);
	});
	return isSound && new Set(frames.map(({ hash }) => hash)).size === frames.length
		? ok(frames)
		: err({ type: 'damaged' });
}

const isOf = ({ header }: Frame, { chain }: CircleAccess, book: BookId): boolean =>
	header.circle === chain.circle && header.book === book;

/** What counts of frames whose signatures were verified; null for a book of a kind this app does not know. */
export async function judgeFrames(
	access: CircleAccess,
	book: BookId,
	frames: readonly Frame[]
): Promise<Acceptance | null> {
	const kind = kindOf(access, book);
	if (!kind) return null;
	const batches = new Map<Hash, Batch | null>();
	await inSlices(frames, (some) => {
		for (const frame of some) batches.set(frame.hash, openBatch(access, frame));
	});
	return acceptFrames({
		book,
		kind,
		chain: access.chain,
		identities: [...access.identities.values()],
		isSigned: () => true,
		open: (frame) => batches.get(frame.hash) ?? null,
		frames
	});
}
