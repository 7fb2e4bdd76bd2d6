/**
 * Entries: the immutable facts inside a frame. An entry of a kind or version this app does not know is kept in its frame
 * and counted, never dropped (docs/protocol.md 7, 8).
 */
import * as z from 'zod/mini';
import { utf8 } from '$lib/crypto/bytes';
import { CHANGE_NAME_LENGTH, changeTypes, DOSE_LENGTH } from '$lib/domain/change';
import { homeBpProtocolSchema } from '$lib/domain/home-bp-protocol';
import { lineIdSchema } from '$lib/domain/plan/fields';
import { textLimits } from '$lib/domain/plan/text';
import { entryIdSchema, hashSchema, bookIdSchema } from './ids';
import { parseJson } from './json';
import { planAcceptSchema, planDeclineSchema, planProposeSchema } from './plan-entries';

/** Most entries in one frame. */
const MAX_ENTRIES = 500;

/** Most amendments one amendment settles. */
export const MAX_SETTLED = 16;

const fieldKey = z.string().check(z.regex(/^[a-z][A-Za-z0-9]{0,31}$/));
const shortText = z.string().check(z.maxLength(64));
const localDateSchema = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/));
const noteText = z.string().check(z.maxLength(4000));

const effectiveSchema = z.strictObject({
	utc: z.int().check(z.minimum(-2_208_988_800_000), z.maximum(253_402_300_799_000)),
	offset: z.int().check(z.minimum(-18 * 60), z.maximum(18 * 60)),
	zone: z.string().check(z.minLength(1), z.maxLength(64))
});

const sourceSchema = z.strictObject({
	kind: z.enum(['manual', 'device', 'import']),
	name: z.optional(shortText)
});

/** What was measured. `values` and `units` share their keys; units are UCUM codes. */
const observationFields = {
	measure: fieldKey,
	values: z.record(fieldKey, z.number().check(z.minimum(-1e9), z.maximum(1e9))),
	units: z.record(fieldKey, shortText),
	effective: effectiveSchema,
	source: sourceSchema,
	context: z.optional(z.record(fieldKey, shortText)),
	note: z.optional(noteText)
};

export const obsAddSchema = z.strictObject({
	kind: z.literal('obs.add'),
	v: z.literal(1),
	id: entryIdSchema,
	...observationFields
});
export const obsAmendSchema = z.strictObject({
	kind: z.literal('obs.amend'),
	v: z.literal(1),
	id: entryIdSchema,
	/** The `obs.add` or `obs.amend` this one replaces. */
	target: entryIdSchema,
	/** Other amendments its writer saw and chose against: they no longer count as a conflict. */
	settles: z.optional(z.array(entryIdSchema).check(z.minLength(1), z.maxLength(MAX_SETTLED))),
	...observationFields
});
const obsVoidSchema = z.strictObject({
	kind: z.literal('obs.void'),
	v: z.literal(1),
	id: entryIdSchema,
	/** The `obs.add` that is taken back; a void also hides its amendments. */
	target: entryIdSchema,
	/** One of `voidReasons`. Any word is read, so that a reason of a newer app still takes the reading away (decision 0007). */
	reason: fieldKey
});
/** A series of home blood pressures begins (mätserie). Its protocol is stored whole, so that no later preset recounts it. */
const seriesStartSchema = z.strictObject({
	kind: z.literal('series.start'),
	v: z.literal(1),
	id: entryIdSchema,
	protocol: homeBpProtocolSchema,
	/** Its first day, as the person's own calendar has it. */
	start: localDateSchema,
	at: z.int()
});
/** A series is ended before its days have passed. */
const seriesEndSchema = z.strictObject({
	kind: z.literal('series.end'),
	v: z.literal(1),
	id: entryIdSchema,
	/** The `series.start` it ends. */
	target: entryIdSchema,
	at: z.int()
});
/**
 * A medicine or something else changed (docs/decisions/0009). An edit is a `change.void` and a new `change.add` in one
 * frame, so that the first wording stays and two edits made apart both show.
 */
const changeAddSchema = z.strictObject({
	kind: z.literal('change.add'),
	v: z.literal(1),
	id: entryIdSchema,
	type: z.enum(changeTypes),
	day: localDateSchema,
	/** The medicine, or what happened. */
	name: z.string().check(z.minLength(1), z.maxLength(CHANGE_NAME_LENGTH)),
	/** Doses as written. */
	from: z.optional(z.string().check(z.minLength(1), z.maxLength(DOSE_LENGTH))),
	to: z.optional(z.string().check(z.minLength(1), z.maxLength(DOSE_LENGTH)))
});
const changeVoidSchema = z.strictObject({
	kind: z.literal('change.void'),
	v: z.literal(1),
	id: entryIdSchema,
	/** The `change.add` that is taken back. */
	target: entryIdSchema,
	reason: z.enum(['undo', 'mistake', 'replaced'])
});
/**
 * A medicine was adjusted within the bounds the plan gives (`domain/plan/adjustment.ts`): what was done, as the plan said it.
 * Stands in the medicines book beside the changes, so that whoever reads medicines sees it.
 */
const adjustUseSchema = z.strictObject({
	kind: z.literal('adjust.use'),
	v: z.literal(1),
	id: entryIdSchema,
	/** The medicine's line in the plan; kept through the versions. */
	medicine: lineIdSchema,
	name: z.string().check(z.minLength(1), z.maxLength(textLimits.short)),
	step: z.string().check(z.minLength(1), z.maxLength(textLimits.line)),
	effective: effectiveSchema
});
const adjustVoidSchema = z.strictObject({
	kind: z.literal('adjust.void'),
	v: z.literal(1),
	id: entryIdSchema,
	/** The `adjust.use` that is taken back. */
	target: entryIdSchema,
	reason: z.enum(['undo', 'mistake'])
});
/** One field of a profile or routine: a Lamport register; history stays. */
const fieldSetSchema = z.strictObject({
	kind: z.literal('field.set'),
	v: z.literal(1),
	id: entryIdSchema,
	/** What the field belongs to: `person`, or a routine's id. */
	of: shortText,
	field: fieldKey,
	value: z.nullable(z.string().check(z.maxLength(4000)))
});
/** A care contact's mark, never free text (docs/protocol.md 3). */
export const receiptSchema = z.strictObject({
	kind: z.literal('receipt'),
	v: z.literal(1),
	id: entryIdSchema,
	outcome: z.enum(['accepted', 'declined', 'seen']),
	at: z.int(),
	/** Display name of the person on the unit's side. */
	name: z.optional(shortText),
	seen: z.optional(z.array(z.strictObject({ book: bookIdSchema, until: z.int() })).check(z.maxLength(48))),
	/** Next time the contact means to look, as a local date. */
	next: z.optional(localDateSchema)
});
/** Sent daily: a member whose heartbeat grows old may be cut off from us (docs/protocol.md 11). */
const heartbeatSchema = z.strictObject({
	kind: z.literal('heartbeat'),
	v: z.literal(1),
	id: entryIdSchema,
	at: z.int(),
	heads: z
		.array(z.strictObject({ book: bookIdSchema, pos: z.int(), run: z.string().check(z.maxLength(11)) }))
		.check(z.maxLength(48))
});

export const entrySchema = z.discriminatedUnion('kind', [
	obsAddSchema,
	obsAmendSchema,
	obsVoidSchema,
	seriesStartSchema,
	seriesEndSchema,
	changeAddSchema,
	changeVoidSchema,
	adjustUseSchema,
	adjustVoidSchema,
	planProposeSchema,
	planAcceptSchema,
	planDeclineSchema,
	fieldSetSchema,
	receiptSchema,
	heartbeatSchema
]);
export type Entry = z.infer<typeof entrySchema>;
export type ObsAdd = z.infer<typeof obsAddSchema>;
export type ObsAmend = z.infer<typeof obsAmendSchema>;
export type ChangeAdd = z.infer<typeof changeAddSchema>;
export type AdjustUse = z.infer<typeof adjustUseSchema>;
export type SeriesStart = z.infer<typeof seriesStartSchema>;
export type ObsVoid = z.infer<typeof obsVoidSchema>;
export type Receipt = z.infer<typeof receiptSchema>;
export type Heartbeat = z.infer<typeof heartbeatSchema>;

/**
 * Highest Lamport time. Whoever has read it writes it again instead of counting on: a hostile clock at the top can then
 * confuse the order of what it may change, and never stop anyone from recording.
 */
const MAX_LAMPORT = 2 ** 48;

export const lamportAfter = (lamport: number): number => Math.min(lamport + 1, MAX_LAMPORT);

/** Plaintext of a batch frame. Entries stay unknown here, so that one newer entry does not hide its neighbours. */
export const batchSchema = z.strictObject({
	lamport: z.int().check(z.minimum(1), z.maximum(MAX_LAMPORT)),
	/** What the writer had read of this book at the relay: position and running hash; null before the first pull. */
	seen: z.nullable(z.strictObject({ pos: z.int().check(z.minimum(0)), run: z.string().check(z.maxLength(11)) })),
	/** Milliseconds the writer's clock was ahead of the relay's, when known. */
	skewMs: z.optional(z.int()),
	entries: z.array(z.unknown()).check(z.minLength(1), z.maxLength(MAX_ENTRIES))
});

/** Plaintext of a snapshot frame (docs/protocol.md 10): columnar parts that cover earlier frames of a book. */
export const snapshotSchema = z.strictObject({
	v: z.literal(1),
	/** `log` for the owner's own, `grant` for a reader who starts at a from-date (S3). */
	purpose: z.enum(['log', 'grant']),
	part: z.int().check(z.minimum(0)),
	parts: z.int().check(z.minimum(1)),
	/** Newest frame hash of each device that the snapshot contains. */
	covers: z.array(z.strictObject({ device: z.string(), seq: z.int(), hash: hashSchema })),
	count: z.int(),
	/** SHA-256 over the sorted entry ids. */
	root: hashSchema,
	/** Deflated columns of entries with author device and lamport. */
	columns: z.string()
});

export interface Batch {
	readonly lamport: number;
	readonly seen: { readonly pos: number; readonly run: string } | null;
	readonly skewMs: number | null;
	readonly entries: readonly Entry[];
	/** Entries of a kind or version this app cannot read. */
	readonly unknown: number;
}

export interface BatchInput {
	readonly lamport: number;
	readonly seen: Batch['seen'];
	readonly skewMs?: number | undefined;
	/** Entries as they stand: those of a newer app are sealed again untouched. */
	readonly entries: readonly unknown[];
}

/** True for what this app can read back: nothing else is ever sealed as new. */
export const isEntry = (entry: unknown): entry is Entry => entrySchema.safeParse(entry).success;

/** Entries in as few batches as keep below both limits of a frame. */
export function inBatches(entries: readonly Entry[], maxBytes: number): Entry[][] {
	const batches: Entry[][] = [];
	let room = 0;
	for (const entry of entries) {
		const length = utf8(JSON.stringify(entry)).length + 1;
		let batch = batches.at(-1);
		if (!batch || length > room || batch.length === MAX_ENTRIES) {
			batch = [];
			batches.push(batch);
			room = maxBytes - BATCH_OVERHEAD;
		}
		batch.push(entry);
		room -= length;
	}
	return batches;
}

/** More than Lamport time, position, running hash and skew ever take. */
const BATCH_OVERHEAD = 256;

export const encodeBatch = (batch: BatchInput): Uint8Array => utf8(JSON.stringify(batch));

/** The batch, or null when the bytes are no batch at all. */
export function parseBatch(plaintext: Uint8Array): Batch | null {
	const outer = parseJson(batchSchema, plaintext);
	if (!outer) return null;
	const parsed = outer.entries.map((entry) => entrySchema.safeParse(entry));
	const entries = parsed.flatMap((result) => (result.success ? [result.data] : []));
	return {
		lamport: outer.lamport,
		seen: outer.seen,
		skewMs: outer.skewMs ?? null,
		entries,
		unknown: parsed.length - entries.length
	};
}

/** The entries of a batch as they stand, also those only a newer app can read; null when the bytes are no batch. */
export const rawEntries = (plaintext: Uint8Array): readonly unknown[] | null =>
	parseJson(batchSchema, plaintext)?.entries ?? null;
