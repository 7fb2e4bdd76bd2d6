/**
 * A mailbox two devices of one person meet in (docs/protocol.md 12): sealed notes under an id only the code gives, each place
 * written once. `PUT pairings/:id` puts a note; place 0 opens the mailbox, every other place needs the one before it.
 * `already-used` when the place holds another note, the same again is no error. `GET pairings/:id` answers the notes there
 * are, in order; the same 404 for one that never was and one that has run out. No login: a new device has none.
 */
import * as z from 'zod/mini';
import { blobSchema } from '../ids';

const MAX_NOTE_BYTES = 2048;
/** A mailbox is gone after this. */
export const PAIRING_LIFE_MS = 10 * 60 * 1000;

export const putPairingSchema = z.strictObject({
	step: z.int().check(z.minimum(0), z.maximum(3)),
	ct: blobSchema(MAX_NOTE_BYTES).check(z.minLength(1))
});

export const pairingSchema = z.strictObject({ notes: z.array(blobSchema(MAX_NOTE_BYTES)).check(z.maxLength(4)) });
