/**
 * The roster: names and what each book is about. Sealed inside the manifest under a key that comes with the `profile`
 * book, so the relay sees ids only (docs/protocol.md M4).
 */
import * as z from 'zod/mini';
import { concat, fromBase64url, toBase64url, utf8, type RandomBytes } from '$lib/crypto/bytes';
import { deriveKey } from '$lib/crypto/hash';
import { pad, unpad } from '$lib/crypto/padding';
import { NONCE_LENGTH, openBox, sealBox } from '$lib/crypto/sealing';
import type { BookKind } from '$lib/domain/books';
import { localDateSchema } from './entries';
import { bookIdSchema, identityIdSchema, publicKeySchema, type CircleId } from './ids';
import { parseJson } from './json';

const name = z.string().check(z.maxLength(120));

export const rosterSchema = z.strictObject({
	v: z.literal(1),
	/** What the person is called for whom the circle was begun, until they are among the people (M1a). */
	person: z.optional(name),
	people: z.array(
		z.strictObject({
			identity: identityIdSchema,
			name,
			/** What they are to the person, e.g. "dotter". */
			relation: z.optional(name),
			phone: z.optional(z.string().check(z.maxLength(32))),
			/** When the contact usually looks, in the contact's words from the card. */
			hours: z.optional(name),
			/** `claimed` until the safety number was compared or the card was scanned on site. */
			verified: z.optional(z.enum(['claimed', 'compared', 'scanned'])),
			/** One-time code of the card or invitation that brought this member. */
			via: z.optional(z.string().check(z.maxLength(43))),
			/** Books they were given from a day on, each with the commitment of its grant's key (S3). */
			from: z.optional(
				z
					.array(z.strictObject({ book: bookIdSchema, day: localDateSchema, key: publicKeySchema }))
					.check(z.maxLength(48))
			)
		})
	),
	/** Kinds stay text: a book of a later version is carried on untouched. */
	books: z.array(z.strictObject({ id: bookIdSchema, kind: z.string().check(z.maxLength(32)) }))
});
export type Roster = z.infer<typeof rosterSchema>;

const rosterKey = (profileKey: Uint8Array): Uint8Array => deriveKey(profileKey, 'hl/roster');
const rosterAad = (circle: CircleId): Uint8Array => concat(utf8('hl/roster/1'), utf8(circle));

/** Seals a roster under the profile book's epoch key. */
export const sealRoster = (roster: Roster, circle: CircleId, profileKey: Uint8Array, random: RandomBytes): string =>
	toBase64url(
		sealBox(rosterKey(profileKey), random(NONCE_LENGTH), rosterAad(circle), pad(utf8(JSON.stringify(roster))))
	);

/** The roster, or null when it is sealed under another key or was altered. */
export function openRoster(ct: string, circle: CircleId, profileKey: Uint8Array): Roster | null {
	const box = fromBase64url(ct);
	const padded = box && openBox(rosterKey(profileKey), rosterAad(circle), box);
	const json = padded && unpad(padded);
	return json && parseJson(rosterSchema, json);
}

export const kindOfBook = (roster: Roster, book: string): BookKind | null =>
	(roster.books.find((each) => each.id === book)?.kind as BookKind | undefined) ?? null;
