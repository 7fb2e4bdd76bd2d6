/**
 * What a book's accepted frames come to, in columns: read at start in place of the frames it stands for (docs/protocol.md
 * S2). Derived: whatever is missing, of another version or unreadable is made anew from the frames.
 *
 *     headLength u32 | head JSON | parts: columns, then the entry ids
 *
 * Not deflated: ten years are a megabyte either way of reading it, and inflating took longer than all the rest of a start
 * (decision 0006). A reading is a template (who said it, which measure, units and zone) and its numbers; any other entry stands as JSON.
 * Numbers are in the byte order of this device, which is the only one that ever reads them.
 */
import * as z from 'zod/mini';
import { concat, fromBase64url, readU32, toBase64url, u32, utf8, utf8ToString } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import type { ChainTip, ParkReason } from '$lib/protocol/accept';
import type { Entry, ObsAdd } from '$lib/protocol/entries';
import type { DeviceId, EntryId, Hash, IdentityId } from '$lib/protocol/ids';
import type { Stated } from '$lib/protocol/project';
import { sliceClock } from './slices';

/**
 * Counted on whenever the same frames may come to something else: another rule of what is accepted, another kind of entry
 * that can be read, another layout of these bytes.
 */
export const CACHE_VERSION = 5;

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
	readonly unknownEntries: number;
	/** Every entry that counts, in order. */
	readonly stated: readonly Stated[];
}

/** Entries in one part: what is packed or unpacked without a pause. */
const PART = 1024;
/** Stands in place of a template's number where the entry is no plain reading. */
const WHOLE = 0xffff;
/** Sixteen bytes of an id and two of filling are 24 characters: many ids are then one text. */
const ID_BYTES = 16;
const ID_CHARACTERS = 22;
const ID_STEP = 24;

const templateSchema = z.object({
	by: z.int(),
	measure: z.string(),
	fields: z.array(z.string()),
	rest: z.record(z.string(), z.unknown()),
	zone: z.string()
});
type Template = z.infer<typeof templateSchema>;

const headSchema = z.object({
	v: z.literal(CACHE_VERSION),
	basis: z.string(),
	arrivals: z.int(),
	rewrites: z.int(),
	tips: z.array(z.tuple([z.string(), z.nullable(z.object({ seq: z.int(), hash: z.string() }))])),
	missing: z.array(z.string()),
	parked: z.array(z.object({ hash: z.string(), reason: z.string() })),
	forked: z.array(z.string()),
	unknownEntries: z.int(),
	speakers: z.array(z.tuple([z.string(), z.string(), z.boolean()])),
	templates: z.array(templateSchema),
	parts: z.array(z.object({ count: z.int(), values: z.int(), ids: z.int(), bytes: z.int() }))
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
		const readings = head.templates.map((template) => readingOf(template, head.speakers));
		const clock = sliceClock();
		let at = end;
		for (const part of head.parts) {
			const idsAt = at + part.bytes;
			const next = idsAt + part.ids * ID_BYTES;
			if (next > bytes.length) return null;
			// A copy of its own: numbers are read where they stand, and must stand where numbers may.
			const columns = bytes.slice(at, idsAt);
			fromColumns(stated, columns, idTexts(bytes.subarray(idsAt, next)), part, readings, head.speakers);
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

type Speaker = [author: string, device: string, owning: boolean];

/** Who said something, and the templates of what was said; each once. */
class Dictionary {
	readonly speakers: Speaker[] = [];
	readonly templates: Template[] = [];
	readonly #numbers = new Map<string, number>();

	speaker({ author, device, owning }: Stated): number {
		return this.#number(`${author} ${device} ${owning}`, this.speakers, (): Speaker => [author, device, owning]);
	}

	/** Null when there are more templates than numbers for them. */
	template(stated: Stated, entry: ObsAdd): number | null {
		const by = this.speaker(stated);
		const { measure, values, units, effective, source, context } = entry;
		const fields = Object.keys(values);
		const rest = { units, source, ...(context && { context }) };
		const template: Template = { by, measure, fields, rest, zone: effective.zone };
		const number = this.#number(JSON.stringify(template), this.templates, () => template);
		return number < WHOLE ? number : null;
	}

	#number<T>(key: string, list: T[], make: () => T): number {
		const known = this.#numbers.get(key);
		if (known !== undefined) return known;
		this.#numbers.set(key, list.length);
		list.push(make());
		return list.length - 1;
	}
}

interface Reading {
	readonly template: Template;
	readonly said: Pick<Stated, 'author' | 'device' | 'owning'>;
}

const readingOf = (template: Template, speakers: readonly Speaker[]): Reading => ({
	template,
	said: saidBy(speakers, template.by)
});

function saidBy(speakers: readonly Speaker[], number: number): Reading['said'] {
	const [author, device, owning] = must(speakers[number], 'every speaker has a number');
	return { author: author as IdentityId, device: device as DeviceId, owning };
}

function toColumns(stated: readonly Stated[], dictionary: Dictionary) {
	const count = stated.length;
	const numbers = stated.map((each) =>
		isPlain(each.entry) ? (dictionary.template(each, each.entry) ?? WHOLE) : WHOLE
	);
	const readings = stated.filter((_, i) => numbers[i] !== WHOLE).map(({ entry }) => entry as ObsAdd);
	const rest = stated
		.filter((_, i) => numbers[i] === WHOLE)
		.map((each) => ({ by: dictionary.speaker(each), entry: each.entry }));
	const values = readings.flatMap((entry) => Object.values(entry.values));
	const bytesOf = (column: Float64Array | Uint32Array | Uint16Array | Int16Array) =>
		new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
	const columns = concat(
		bytesOf(Float64Array.from(stated, (each) => each.lamport)),
		bytesOf(Float64Array.from(readings, (entry) => entry.effective.utc)),
		bytesOf(Float64Array.from(values)),
		bytesOf(Uint32Array.from(stated, (each) => each.seq)),
		bytesOf(Uint16Array.from(numbers)),
		bytesOf(Int16Array.from(readings, (entry) => entry.effective.offset)),
		utf8(JSON.stringify(rest))
	);
	return { ids: idBytes(readings), columns, sizes: { count, values: values.length, ids: readings.length } };
}

function fromColumns(
	stated: Stated[],
	bytes: Uint8Array<ArrayBuffer>,
	ids: readonly string[],
	{ count, values, ids: readingCount }: Head['parts'][number],
	readings: readonly Reading[],
	speakers: readonly Speaker[]
): void {
	const { buffer } = bytes;
	let at = 0;
	const after = (length: number) => (at += length) - length;
	const lamports = new Float64Array(buffer, after(8 * count), count);
	const times = new Float64Array(buffer, after(8 * readingCount), readingCount);
	const numbers = new Float64Array(buffer, after(8 * values), values);
	const seqs = new Uint32Array(buffer, after(4 * count), count);
	const templates = new Uint16Array(buffer, after(2 * count), count);
	const offsets = new Int16Array(buffer, after(2 * readingCount), readingCount);
	const whole = JSON.parse(utf8ToString(bytes.subarray(at)) ?? '') as { by: number; entry: Entry }[];
	let [reading, value, other] = [0, 0, 0];
	for (let i = 0; i < count; i += 1) {
		const [lamport, seq] = [lamports[i] as number, seqs[i] as number];
		if (templates[i] === WHOLE) {
			const { by, entry } = must(whole[other], 'an entry for each that is no reading');
			other += 1;
			stated.push({ entry, ...saidBy(speakers, by), lamport, seq });
			continue;
		}
		const { template, said } = must(readings[templates[i] as number], 'every template has a number');
		const measured: Record<string, number> = {};
		for (const field of template.fields) {
			measured[field] = numbers[value] as number;
			value += 1;
		}
		const entry = {
			kind: 'obs.add',
			v: 1,
			id: ids[reading] as EntryId,
			measure: template.measure,
			values: measured,
			effective: { utc: times[reading] as number, offset: offsets[reading] as number, zone: template.zone },
			...template.rest
		} as ObsAdd;
		reading += 1;
		const { author, device, owning } = said;
		stated.push({ entry, author, device, owning, lamport, seq });
	}
}

const isPlain = (entry: Entry): entry is ObsAdd => entry.kind === 'obs.add' && entry.note === undefined;

function idBytes(entries: readonly ObsAdd[]): Uint8Array {
	const filled = must(fromBase64url(entries.map(({ id }) => `${id}AA`).join('')), 'ids are base64url');
	const out = new Uint8Array(entries.length * ID_BYTES);
	for (let i = 0; i < entries.length; i += 1)
		out.set(filled.subarray(i * (ID_BYTES + 2), i * (ID_BYTES + 2) + ID_BYTES), i * ID_BYTES);
	return out;
}

function idTexts(bytes: Uint8Array): string[] {
	const count = bytes.length / ID_BYTES;
	const filled = new Uint8Array(count * (ID_BYTES + 2));
	for (let i = 0; i < count; i += 1) filled.set(bytes.subarray(i * ID_BYTES, (i + 1) * ID_BYTES), i * (ID_BYTES + 2));
	const text = toBase64url(filled);
	return Array.from({ length: count }, (_, i) => text.slice(i * ID_STEP, i * ID_STEP + ID_CHARACTERS));
}
