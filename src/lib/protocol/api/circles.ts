/**
 * `POST circles` stores a whole manifest chain and its envelopes (a circle begins on the device, often long before). A chain
 * that goes on from the stored one extends it; one that is stored already only adds envelopes. A deleted circle: `expired`.
 * `POST circles/:id/manifest` adds one record and envelopes in one transaction, compare-and-set on the head.
 * `GET circles/:id/manifest` answers the chain from `?from=n`, cut at `MAX_PULL_BYTES`: ask on from there until the head's
 * `n` of `heads`, or until nothing comes. `GET circles/:id/envelopes` answers the caller's own rows;
 * `PUT circles/:id/envelopes` adds rows. `POST circles/:id/leave` is a member's.
 * `PUT circles/:id/erasure` keeps an owner's signed word that the circle is erased, `DELETE circles/:id`, an owner's too,
 * erases it; from then on `GET circles/:id/erasure` answers that word to any device that knows the id, for `KEEP_ERASURES_MS`.
 * What stores answers 204.
 */
import * as z from 'zod/mini';
import { envelopeSchema } from '../envelope';
import { blobSchema } from '../ids';
import { MAX_RECORD_BYTES } from '../signed-record';

const envelopes = z.array(envelopeSchema).check(z.maxLength(1000));

export const createCircleSchema = z.strictObject({
	manifests: z.array(blobSchema(MAX_RECORD_BYTES)).check(z.minLength(1), z.maxLength(500)),
	envelopes
});
export const extendCircleSchema = z.strictObject({ manifest: blobSchema(MAX_RECORD_BYTES), envelopes });
/** What an owner sends, and what members are answered. */
export const erasureBodySchema = z.strictObject({ erasure: blobSchema(MAX_RECORD_BYTES) });
export const addEnvelopesSchema = z.strictObject({ envelopes });
export const manifestChainSchema = z.strictObject({ manifests: z.array(blobSchema(MAX_RECORD_BYTES)) });
export const envelopesSchema = z.strictObject({ envelopes: z.array(envelopeSchema) });
