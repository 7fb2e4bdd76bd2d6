/**
 * Entries that count, in columns: what a local cache holds of a book and what a grant snapshot hands over (docs/protocol.md
 * 10). A reading is a template (who said it, which measure, units and zone) and its numbers; any other entry stands as JSON.
 *
 * Numbers are little-endian, as on every device a browser runs on. What is read is as trustworthy as its source: whoever
 * reads bytes of somebody else checks every entry afterwards.
 */
import * as z from 'zod/mini';
import { concat, fromBase64url, toBase64url, utf8, utf8ToString } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import type { Entry, ObsAdd } from './entries';
import type { DeviceId, EntryId, IdentityId } from './ids';
import type { Stated } from './project';

/** Most entries in one part: what is packed or unpacked without a pause. */
export const PART = 1024;
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

export const partSizes = z.object({ count: z.int(), values: z.int(), ids: z.int() });
/** How many entries, values and ids a part holds. */
export type PartSizes = z.infer<typeof partSizes>;

/** What all parts share: stands before them, beside each part's sizes. */
export const columnsHead = {
	speakers: z.array(z.tuple([z.string(), z.string(), z.boolean()])),
	templates: z.array(templateSchema)
};
export type ColumnsHead = { -readonly [Key in keyof typeof columnsHead]: z.infer<(typeof columnsHead)[Key]> };

type Speaker = [author: string, device: string, owning: boolean];

/** Who said something, and the templates of what was said; each once, over all parts. */
export class Dictionary {
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

/** One part: its columns, to be deflated, and the readings' ids, which nothing makes smaller. */
export interface Columns {
	readonly columns: Uint8Array;
	readonly ids: Uint8Array;
	readonly sizes: PartSizes;
}

/** `stated` are at most `PART` entries. */
export function toColumns(stated: readonly Stated[], dictionary: Dictionary): Columns {
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
	return {
		ids: packIds(readings),
		columns,
		sizes: { count: stated.length, values: values.length, ids: readings.length }
	};
}

interface Reading {
	readonly template: Template;
	readonly said: Pick<Stated, 'author' | 'device' | 'owning'>;
}

/** Reads parts under one head. Throws for bytes that are no such columns. */
export class ColumnsReader {
	readonly #speakers: ColumnsHead['speakers'];
	readonly #readings: readonly Reading[];

	constructor({ speakers, templates }: Pick<ColumnsHead, 'speakers' | 'templates'>) {
		this.#speakers = speakers;
		this.#readings = templates.map((template) => ({ template, said: this.#saidBy(template.by) }));
	}

	/** Adds the entries of a part, in order. `columns` has a buffer of its own. */
	readInto(stated: Stated[], columns: Uint8Array<ArrayBuffer>, ids: Uint8Array, sizes: PartSizes): void {
		const { count, values, ids: readingCount } = sizes;
		const texts = idTexts(ids);
		const { buffer } = columns;
		let at = 0;
		const after = (length: number) => (at += length) - length;
		const lamports = new Float64Array(buffer, after(8 * count), count);
		const times = new Float64Array(buffer, after(8 * readingCount), readingCount);
		const numbers = new Float64Array(buffer, after(8 * values), values);
		const seqs = new Uint32Array(buffer, after(4 * count), count);
		const templates = new Uint16Array(buffer, after(2 * count), count);
		const offsets = new Int16Array(buffer, after(2 * readingCount), readingCount);
		const whole = JSON.parse(utf8ToString(columns.subarray(at)) ?? '') as { by: number; entry: Entry }[];
		let [reading, value, other] = [0, 0, 0];
		for (let i = 0; i < count; i += 1) {
			const [lamport, seq] = [lamports[i] as number, seqs[i] as number];
			if (templates[i] === WHOLE) {
				const { by, entry } = must(whole[other], 'an entry for each that is no reading');
				other += 1;
				stated.push({ entry, ...this.#saidBy(by), lamport, seq });
				continue;
			}
			const { template, said } = must(this.#readings[templates[i] as number], 'every template has a number');
			const measured: Record<string, number> = {};
			for (const field of template.fields) {
				measured[field] = numbers[value] as number;
				value += 1;
			}
			const entry = {
				kind: 'obs.add',
				v: 1,
				id: texts[reading] as EntryId,
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

	#saidBy(number: number): Reading['said'] {
		const [author, device, owning] = must(this.#speakers[number], 'every speaker has a number');
		return { author: author as IdentityId, device: device as DeviceId, owning };
	}
}

/** Bytes the readings' ids of a part take. */
export const idsLength = ({ ids }: PartSizes): number => ids * ID_BYTES;

const isPlain = (entry: Entry): entry is ObsAdd => entry.kind === 'obs.add' && entry.note === undefined;

function packIds(entries: readonly ObsAdd[]): Uint8Array {
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
