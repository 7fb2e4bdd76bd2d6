/**
 * What a book's accepted frames come to, in columns: read at start in place of the frames it stands for (docs/protocol.md
 * S2). Derived: whatever is missing, of another version or unreadable is made anew from the frames.
 *
 *     headLength u32 | head JSON | parts: columns, then the entry ids
 *
 * Not deflated: ten years are a megabyte either way of reading it, and inflating took longer than all the rest of a start
 * (decision 0006).
 */
import * as z from 'zod/mini';
import { concat, readU32, u32, utf8, utf8ToString } from '$lib/crypto/bytes';
import type { ChainTip, ParkReason, SeenGrant } from '$lib/protocol/accept';
import type { DeviceId, Hash } from '$lib/protocol/ids';
import type { Stated } from '$lib/protocol/project';
import {
	columnsHead,
	ColumnsReader,
	Dictionary,
	idsLength,
	PART,
	partSizes,
	toColumns
} from '$lib/protocol/stated-columns';
import { sliceClock } from './slices';

/**
 * Counted on whenever the same frames may come to something else: another rule of what is accepted, another kind of entry
 * that can be read, another layout of these bytes.
 */
export const CACHE_VERSION = 6;

/** What is known of one book when all its frames up to `arrivals` have been judged. */
export interface JudgedBook {
	/** Names all that judging depends on besides the frames; see `basisOf`. */
	readonly basis: string;
	/** The frames judged: those with a place up to this one … */
	readonly arrivals: number;
	/** … as they stood after so many rewrites. */
	readonly rewrites: number;
	readonly tips: ReadonlyMap<DeviceId, ChainTip | null>;
	readonly missing: ReadonlySet<Hash>;
	readonly parked: readonly { readonly hash: Hash; readonly reason: ParkReason }[];
	readonly forked: readonly DeviceId[];
	/** Grant snapshots in the book, as far as this reader can tell what they are worth (S3). */
	readonly grants: readonly SeenGrant[];
	readonly unknownEntries: number;
	/** Every entry that counts, in order. */
	readonly stated: readonly Stated[];
}

const headSchema = z.object({
	v: z.literal(CACHE_VERSION),
	basis: z.string(),
	arrivals: z.int(),
	rewrites: z.int(),
	tips: z.array(z.tuple([z.string(), z.nullable(z.object({ seq: z.int(), hash: z.string() }))])),
	missing: z.array(z.string()),
	parked: z.array(z.object({ hash: z.string(), reason: z.string() })),
	forked: z.array(z.string()),
	grants: z.array(z.object({ first: z.string(), key: z.string(), by: z.string(), state: z.string() })),
	unknownEntries: z.int(),
	...columnsHead,
	parts: z.array(z.extend(partSizes, { bytes: z.int() }))
});
type Head = z.infer<typeof headSchema>;

/** Packs a book, a part at a time. */
export async function packBook(book: JudgedBook): Promise<Uint8Array> {
	const clock = sliceClock();
	const dictionary = new Dictionary();
	const parts: Head['parts'] = [];
	const bytes: Uint8Array[] = [];
	for (let at = 0; at < book.stated.length; at += PART) {
		const { ids, columns, sizes } = toColumns(book.stated.slice(at, at + PART), dictionary);
		parts.push({ ...sizes, bytes: columns.length });
		bytes.push(columns, ids);
		await clock.pauseWhenDue();
	}
	const head: Head = {
		v: CACHE_VERSION,
		basis: book.basis,
		arrivals: book.arrivals,
		rewrites: book.rewrites,
		tips: [...book.tips],
		missing: [...book.missing],
		parked: [...book.parked],
		forked: [...book.forked],
		grants: [...book.grants],
		unknownEntries: book.unknownEntries,
		speakers: dictionary.speakers,
		templates: dictionary.templates,
		parts
	};
	const json = utf8(JSON.stringify(head));
	return concat(u32(json.length), json, ...bytes);
}

/** The book, or null when the bytes are of another version or no such book. `isWanted` is asked before the work is done. */
export async function unpackBook(
	bytes: Uint8Array,
	isWanted: (head: Pick<JudgedBook, 'basis' | 'arrivals' | 'rewrites'>) => boolean
): Promise<JudgedBook | null> {
	try {
		const end = 4 + readU32(bytes, 0);
		const parsed = headSchema.safeParse(JSON.parse(utf8ToString(bytes.subarray(4, end)) ?? ''));
		if (!parsed.success || !isWanted(parsed.data)) return null;
		const head = parsed.data;
		const stated: Stated[] = [];
		const reader = new ColumnsReader(head);
		const clock = sliceClock();
		let at = end;
		for (const part of head.parts) {
			const idsAt = at + part.bytes;
			const next = idsAt + idsLength(part);
			if (next > bytes.length) return null;
			// A copy of its own: numbers are read where they stand, and must stand where numbers may.
			reader.readInto(stated, bytes.slice(at, idsAt), bytes.subarray(idsAt, next), part);
			at = next;
			await clock.pauseWhenDue();
		}
		// What was sealed under this key and parses was written by `packBook`.
		return {
			...(head as unknown as JudgedBook),
			tips: new Map(head.tips as [DeviceId, ChainTip | null][]),
			missing: new Set(head.missing as Hash[]),
			stated
		};
	} catch {
		// Cut short or altered in a way its parts notice: it is made anew.
		return null;
	}
}
