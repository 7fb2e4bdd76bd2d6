/**
 * The recovery store: append-only age files under an id only the code's holder can compute (docs/protocol.md L3).
 * `PUT recovery/:id` adds one file (needs a login); `GET recovery/:id` answers all of them to whoever knows the id.
 */
import * as z from 'zod/mini';
import { blobSchema, identityIdSchema, publicKeySchema, secretKeySchema } from '../ids';

export const recoveryFileSchema = z.strictObject({
	/** `root` once; `box` for each generation of the identity box. */
	kind: z.enum(['root', 'box']),
	gen: z.int().check(z.minimum(0)),
	ct: blobSchema(16 * 1024)
});
export type RecoveryFile = z.infer<typeof recoveryFileSchema>;
export const recoveryStoreSchema = z.strictObject({ files: z.array(recoveryFileSchema) });

/**
 * Inside a file: which identity, and the secret. A box secret is checked against the identity's log; the root's file says
 * which identity that is, and is believed for its proof alone. Version 1 of a root had none and is not believed.
 */
export const recoveryContentSchema = z.discriminatedUnion('v', [
	z.strictObject({
		v: z.literal(1),
		identity: identityIdSchema,
		kind: z.enum(['root', 'box']),
		gen: z.int(),
		secret: secretKeySchema
	}),
	z.strictObject({
		v: z.literal(2),
		identity: identityIdSchema,
		kind: z.literal('root'),
		gen: z.literal(0),
		secret: secretKeySchema,
		/** HMAC under a key of the code's over identity and secret. */
		proof: publicKeySchema
	})
]);
export type RecoveryContent = z.infer<typeof recoveryContentSchema>;
