/**
 * The owner's word that a circle is erased. Absence is never deletion (docs/protocol.md 11): a relay that has lost a circle,
 * or hides it, must not pass for a person who has deleted it, so the owner's device signs that they have. The word carries
 * the log that proves it, because the identity may be erased right after.
 */
import * as z from 'zod/mini';
import { readIdentityLog, activeDevice, type Identity } from './identity-log';
import { blobSchema, circleIdSchema, deviceIdSchema, idBytes, identityIdSchema } from './ids';
import { parseRecord, signRecord, verifyRecord, type SignedRecord } from './signed-record';

export const erasureSchema = z.strictObject({
	v: z.literal(1),
	circle: circleIdSchema,
	by: z.strictObject({ identity: identityIdSchema, device: deviceIdSchema }),
	/** The signer's clock, milliseconds since 1970. */
	at: z.int(),
	/** The signer's identity log; public keys only. Left out where it would be too long for a record. */
	log: z.array(blobSchema(16 * 1024)).check(z.maxLength(200))
});
export type Erasure = z.infer<typeof erasureSchema>;
export type SignedErasure = SignedRecord<Erasure>;

/** Room for the log inside a record of `MAX_RECORD_BYTES`. */
const MAX_LOG_TEXT = 192 * 1024;

/** Signs the word. `secret` is the device's. */
export function signErasure(body: Erasure, secret: Uint8Array): SignedErasure {
	const length = body.log.reduce((sum, record) => sum + record.length, 0);
	const fits = body.log.length <= 200 && length <= MAX_LOG_TEXT;
	return signRecord('erasure', fits ? body : { ...body, log: [] }, secret);
}

export const parseErasure = (bytes: Uint8Array): SignedErasure | null =>
	parseRecord<Erasure>('erasure', erasureSchema, bytes);

/** True when an active device of this very identity signed it. */
export function isErasedBy(word: SignedErasure, owner: Identity): boolean {
	const device = owner.id === word.body.by.identity ? activeDevice(owner, word.body.by.device) : null;
	return device !== null && device.confirmed && verifyRecord('erasure', word, device.sign);
}

/**
 * The signer as far as their log has been seen here or stands in the word itself, whichever goes further; null when the two
 * are not one log (I1).
 */
export function signerOf(word: SignedErasure, seen: readonly string[]): Identity | null {
	const { log, by } = word.body;
	const [shorter, longer] = log.length > seen.length ? [seen, log] : [log, seen];
	if (shorter.some((record, n) => longer[n] !== record)) return null;
	const identity = readIdentityLog(longer.map(idBytes));
	return identity.ok && identity.value.id === by.identity ? identity.value : null;
}
