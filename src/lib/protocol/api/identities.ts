/**
 * `POST identities` registers a genesis record; a unit's needs an enrolment token from the relay's operator, unless the relay
 * has that very unit already: then nothing changes.
 * `GET identities/:id/log?from=n` answers the log from record `n` on to whoever knows the id: it holds public keys, and what
 * an identity has sealed to itself. Without `from` the whole.
 * `POST identities/:id/log` appends one record, compare-and-set on the head.
 * `DELETE identities/:id` erases the caller's own identity: its log, logins and recovery files go, it leaves the circles of
 * others, and it cannot be registered again (`expired`). An admin device's; `conflict` while it owns a circle.
 */
import * as z from 'zod/mini';
import { blobSchema, identityIdSchema } from '../ids';
import { MAX_RECORD_BYTES } from '../signed-record';

export const registerIdentitySchema = z.strictObject({
	genesis: blobSchema(MAX_RECORD_BYTES),
	/** One-time token of `npm run unit`; 32 bytes. Required for units of the real space. */
	enrolment: z.optional(blobSchema(32))
});
export const registeredIdentitySchema = z.strictObject({ id: identityIdSchema });
export const appendRecordSchema = z.strictObject({ record: blobSchema(MAX_RECORD_BYTES) });
export const identityLogSchema = z.strictObject({ log: z.array(blobSchema(MAX_RECORD_BYTES)) });
