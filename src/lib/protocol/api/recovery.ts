/**
 * The recovery store: append-only age files under an id only the code's holder can compute (docs/protocol.md L3).
 * `PUT recovery/:id` adds one file (needs a login); `GET recovery/:id` answers all of them to whoever knows the id.
 */
import * as z from 'zod/mini';
import { blobSchema } from '../ids';

export const recoveryFileSchema = z.strictObject({
	/** `root` once; `box` for each generation of the identity box. */
	kind: z.enum(['root', 'box']),
	gen: z.int().check(z.minimum(0)),
	ct: blobSchema(16 * 1024)
});
export type RecoveryFile = z.infer<typeof recoveryFileSchema>;
export const recoveryStoreSchema = z.strictObject({ files: z.array(recoveryFileSchema) });

/** Inside a file: which identity, and the secret. */
export const recoveryContentSchema = z.strictObject({
	v: z.literal(1),
	identity: z.string(),
	kind: z.enum(['root', 'box']),
	gen: z.int(),
	secret: z.string()
});
