/** One frame of a snapshot (docs/protocol.md 10): a slice of what is handed over, and what the whole is. */
import * as z from 'zod/mini';
import { MAX_LAMPORT } from './entries';
import { hashSchema, publicKeySchema } from './ids';
import { parseJson } from './json';

/** Plaintext of a snapshot frame: one slice of what is handed over. */
export const snapshotSchema = z.strictObject({
	v: z.literal(1),
	/** `grant`: for a reader who begins at a day. `log`, a shorter way for everybody, is written by nobody (decision 0017). */
	purpose: z.enum(['log', 'grant']),
	part: z.int().check(z.minimum(0)),
	parts: z.int().check(z.minimum(1)),
	/**
	 * Newest frames the snapshot contains; of a device that forked, the end of each branch. In the first part alone, and
	 * without the frame before that part, which is the end of the writer's own.
	 */
	covers: z.array(z.strictObject({ device: z.string(), seq: z.int(), hash: hashSchema })),
	count: z.int(),
	/** SHA-256 over the sorted entry ids. */
	root: hashSchema,
	/** A slice of the sealed columns, base64url. */
	columns: z.string(),
	/** Commitment to the key the columns are sealed under; the roster says for whom. */
	key: z.optional(publicKeySchema),
	/** Highest Lamport time inside: whoever opens the frame counts on from it. */
	lamport: z.optional(z.int().check(z.minimum(1), z.maximum(MAX_LAMPORT)))
});
export type SnapshotPart = z.infer<typeof snapshotSchema>;
export type Cover = SnapshotPart['covers'][number];

export const parseSnapshot = (plaintext: Uint8Array): SnapshotPart | null => parseJson(snapshotSchema, plaintext);
