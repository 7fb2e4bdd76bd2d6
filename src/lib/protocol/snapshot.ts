/**
 * Grant snapshots (docs/protocol.md S3): what a reader is given of a book from a day on, in frames of type 2. The entries
 * stand as columns, deflated, under a key that only this reader and those who read the whole book were handed; the frames
 * are its slices. So a reader of fewer days, who holds the same epoch key, opens the frames and learns how many entries
 * there are and no more.
 *
 *     blob = nonce 24 | XChaCha20-Poly1305 of PADMÉ of: headLength u32 | head JSON | (deflated columns, entry ids)*
 */
import { deflateSync, Inflate } from 'fflate';
import * as z from 'zod/mini';
import {
	concat,
	concatAll,
	fromBase64url,
	readU32,
	toBase64url,
	u32,
	utf8,
	utf8ToString,
	type RandomBytes
} from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { pad, unpad } from '$lib/crypto/padding';
import { NONCE_LENGTH, openBox, sealBox } from '$lib/crypto/sealing';
import { assert, must } from '$lib/domain/assert';
import { parseLocalDate, type LocalDate } from '$lib/domain/time';
import { entrySchema, localDateSchema, MAX_LAMPORT } from './entries';
import { keyCommit } from './envelope';
import { MAX_PLAINTEXT_BYTES } from './frame';
import { hashText, type BookId, type CircleId, type Hash } from './ids';
import type { Stated } from './project';
import type { Cover, SnapshotPart } from './snapshot-part';
import { columnsHead, ColumnsReader, Dictionary, idsLength, PART, partSizes, toColumns } from './stated-columns';

export interface GrantContent {
	readonly from: LocalDate;
	/** Kinds of entry the writer's app could read: it handed over no others. */
	readonly kinds: readonly string[];
	/** Every entry of the window, in order, with who said it when. */
	readonly stated: readonly Stated[];
}

/** Where a grant stands: bound into its seal. */
export interface GrantPlace {
	readonly circle: CircleId;
	readonly book: BookId;
}

/** More than any circle's quota lets through, and little enough to be held. */
const MAX_PARTS = 400;
/** H5: what all columns of a snapshot may come to, bytes. */
export const MAX_UNPACKED = 48 * 1024 * 1024;
/** Compressed bytes inflated before the result is measured: at most a thousandfold comes out of them. */
const INFLATE_STEP = 4096;

const headSchema = z.object({
	v: z.literal(1),
	from: localDateSchema,
	kinds: z.array(z.string()),
	...columnsHead,
	parts: z.array(z.extend(partSizes, { unpacked: z.int(), packed: z.int() }))
});
type Head = z.infer<typeof headSchema>;

/** SHA-256 over the sorted ids: says which entries there are, whoever counts them. */
const rootOf = (stated: readonly Stated[]): Hash =>
	hashText(sha256(utf8(JSON.stringify(stated.map(({ entry }) => entry.id).sort()))));

/** The plaintexts of a grant's frames, in order. */
export function encodeGrant(
	content: GrantContent,
	covers: readonly Cover[],
	place: GrantPlace,
	key: Uint8Array,
	random: RandomBytes
): Uint8Array[] {
	const { stated } = content;
	const shared = {
		v: 1 as const,
		purpose: 'grant' as const,
		count: stated.length,
		root: rootOf(stated),
		key: keyCommit(key),
		lamport: stated.reduce((max, { lamport }) => Math.max(max, lamport), 1)
	};
	const blob = sealBox(key, random(NONCE_LENGTH), aadOf(place, shared), pad(pack(content)));
	const roomBeside = (own: readonly Cover[]) => {
		const other = utf8(JSON.stringify({ ...shared, part: MAX_PARTS, parts: MAX_PARTS, covers: own, columns: '' }));
		return Math.floor(((MAX_PLAINTEXT_BYTES - other.length) * 3) / 4);
	};
	const [first, rest] = [roomBeside(covers), roomBeside([])];
	assert(first > 0, 'the newest frames of a circle’s devices fit in a frame');
	const slices = [blob.subarray(0, first)];
	for (let at = first; at < blob.length; at += rest) slices.push(blob.subarray(at, at + rest));
	assert(slices.length <= MAX_PARTS, 'what is handed over fits in the parts everyone reads');
	return slices.map((slice, part) =>
		utf8(
			JSON.stringify({
				...shared,
				part,
				parts: slices.length,
				covers: part === 0 ? [...covers] : [],
				columns: toBase64url(slice)
			} satisfies SnapshotPart)
		)
	);
}

/**
 * What a whole grant hands over; null when the parts are not all of one, were sealed under another key or are no entries
 * this app can read. Who said something is as the writer claims it: the caller checks it.
 */
export function openGrant(parts: readonly SnapshotPart[], place: GrantPlace, key: Uint8Array): GrantContent | null {
	const [first] = parts;
	if (!first || first.purpose !== 'grant' || first.key !== keyCommit(key)) return null;
	if (parts.length !== first.parts || parts.length > MAX_PARTS) return null;
	const slices = parts.map(({ columns }) => fromBase64url(columns));
	if (slices.some((slice) => slice === null)) return null;
	const blob = concatAll(slices.map((slice) => must(slice, 'no slice is missing')));
	const padded = openBox(key, aadOf(place, first), blob);
	const content = padded && unpad(padded);
	const opened = content && unpack(content);
	return opened?.stated.length === first.count && rootOf(opened.stated) === first.root ? opened : null;
}

const aadOf = ({ circle, book }: GrantPlace, { count, root }: Pick<SnapshotPart, 'count' | 'root'>): Uint8Array =>
	utf8(`hl/grant/1${JSON.stringify([circle, book, count, root])}`);

function pack({ from, kinds, stated }: GrantContent): Uint8Array {
	const dictionary = new Dictionary();
	const parts: Head['parts'] = [];
	const bytes: Uint8Array[] = [];
	for (let at = 0; at < stated.length; at += PART) {
		const { ids, columns, sizes } = toColumns(stated.slice(at, at + PART), dictionary);
		const packed = deflateSync(columns, { level: 6 });
		parts.push({ ...sizes, unpacked: columns.length, packed: packed.length });
		bytes.push(packed, ids);
	}
	const { speakers, templates } = dictionary;
	const head: Head = { v: 1, from, kinds: [...kinds], speakers, templates, parts };
	const json = utf8(JSON.stringify(head));
	return concat(u32(json.length), json, ...bytes);
}

function unpack(bytes: Uint8Array): GrantContent | null {
	try {
		const end = 4 + readU32(bytes, 0);
		const parsed = headSchema.safeParse(JSON.parse(utf8ToString(bytes.subarray(4, end)) ?? ''));
		const from = parsed.success && parseLocalDate(parsed.data.from);
		if (!from) return null;
		const { parts, kinds } = parsed.data;
		if (parts.reduce((sum, part) => sum + part.unpacked, 0) > MAX_UNPACKED) return null;
		const reader = new ColumnsReader(parsed.data);
		const stated: Stated[] = [];
		let at = end;
		for (const part of parts) {
			const idsAt = at + part.packed;
			const next = idsAt + idsLength(part);
			if (part.count > PART || next > bytes.length || next <= at) return null;
			const columns = inflateBounded(bytes.subarray(at, idsAt), part.unpacked);
			if (!columns) return null;
			reader.readInto(stated, columns, bytes.subarray(idsAt, next), part);
			at = next;
		}
		return { from, kinds, stated: stated.map(checked) };
	} catch {
		// Cut short, altered or made by somebody who wished us ill: nothing of it is taken.
		return null;
	}
}

/** Throws for an entry this app cannot read, or one with a place nobody can have. */
function checked(each: Stated): Stated {
	const { lamport, seq } = each;
	assert(Number.isInteger(lamport) && lamport >= 1 && lamport <= MAX_LAMPORT && seq >= 1, 'a place in a log');
	return { ...each, entry: entrySchema.parse(each.entry) };
}

/** Exactly `length` bytes, or null. A bomb is given up as soon as it has grown past them (H5). */
export function inflateBounded(packed: Uint8Array, length: number): Uint8Array<ArrayBuffer> | null {
	if (!Number.isInteger(length) || length < 0 || length > MAX_UNPACKED) return null;
	const out = new Uint8Array(length);
	let size = 0;
	const inflate = new Inflate((chunk) => {
		if (size + chunk.length <= length) out.set(chunk, size);
		size += chunk.length;
	});
	for (let at = 0; at < packed.length && size <= length; at += INFLATE_STEP)
		inflate.push(packed.subarray(at, at + INFLATE_STEP), at + INFLATE_STEP >= packed.length);
	return size === length ? out : null;
}
