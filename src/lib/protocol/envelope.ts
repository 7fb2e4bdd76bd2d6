/**
 * Key envelopes: a book's epoch keys, age-sealed to a member's identity box. Additive: rows are added, never replaced, and
 * every key is checked against the manifest's commitment, so nobody can hand out a different one (docs/protocol.md M3).
 */
import * as z from 'zod/mini';
import { equalBytes, toBase64url, utf8 } from '$lib/crypto/bytes';
import { openWith, sealTo } from '$lib/crypto/boxes';
import { mac } from '$lib/crypto/hash';
import {
	blobSchema,
	bookIdSchema,
	circleIdSchema,
	idBytes,
	identityIdSchema,
	secretKeySchema,
	type BookId,
	type CircleId
} from './ids';
import { parseJson } from './json';

/** A row as the relay keeps it. One row may carry many books: `books` says which, the keys are inside. */
export const envelopeSchema = z.strictObject({
	circle: circleIdSchema,
	member: identityIdSchema,
	/** Generation of the identity box it is sealed to. */
	gen: z.int().check(z.minimum(1)),
	books: z.array(bookIdSchema).check(z.minLength(1), z.maxLength(48)),
	ct: blobSchema(16 * 1024)
});
export type Envelope = z.infer<typeof envelopeSchema>;

export const envelopeContentSchema = z.strictObject({
	v: z.literal(1),
	circle: circleIdSchema,
	keys: z
		.array(z.strictObject({ book: bookIdSchema, epoch: z.int().check(z.minimum(1)), key: secretKeySchema }))
		.check(z.maxLength(2000)),
	/** Keys of grant snapshots (S3); in rows of their own. */
	grants: z.optional(z.array(z.strictObject({ book: bookIdSchema, key: secretKeySchema })).check(z.maxLength(48)))
});

/** The key of one grant snapshot: its commitment stands in the sealed roster and in the snapshot itself. */
export interface GrantKey {
	readonly book: BookId;
	readonly key: Uint8Array;
}

export interface EpochKey {
	readonly book: BookId;
	readonly epoch: number;
	readonly key: Uint8Array;
}

/** Commitment to an epoch key, public in the manifest: HMAC(K, "commit"). */
export const keyCommit = (key: Uint8Array): string => toBase64url(mac(key, utf8('commit')));
export const matchesCommit = (key: Uint8Array, commit: string): boolean =>
	equalBytes(mac(key, utf8('commit')), idBytes(commit));

/** Where a row goes: a member's identity box. */
export interface EnvelopeTo {
	readonly member: Envelope['member'];
	readonly gen: number;
	readonly box: Uint8Array;
}

export const sealEnvelope = (to: EnvelopeTo, circle: CircleId, keys: readonly EpochKey[]): Promise<Envelope> =>
	sealContent(to, circle, { keys: keys.map((each) => ({ ...each, key: toBase64url(each.key) })) });

/** Grant keys travel apart: an app that does not know them still reads every epoch key. */
export const sealGrantEnvelope = (to: EnvelopeTo, circle: CircleId, grants: readonly GrantKey[]): Promise<Envelope> =>
	sealContent(to, circle, { keys: [], grants: grants.map((each) => ({ ...each, key: toBase64url(each.key) })) });

async function sealContent(
	{ member, gen, box }: EnvelopeTo,
	circle: CircleId,
	content: Pick<z.infer<typeof envelopeContentSchema>, 'keys' | 'grants'>
): Promise<Envelope> {
	const books = [...new Set([...content.keys, ...(content.grants ?? [])].map((each) => each.book))];
	return {
		circle,
		member,
		gen,
		books,
		ct: toBase64url(await sealTo(box, utf8(JSON.stringify({ v: 1, circle, ...content }))))
	};
}

/** The keys inside, unchecked against any manifest; null when it cannot be opened or names another circle. */
export async function openEnvelope(
	envelope: Envelope,
	boxSecret: Uint8Array
): Promise<{ readonly keys: readonly EpochKey[]; readonly grants: readonly GrantKey[] } | null> {
	const plaintext = await openWith(boxSecret, idBytes(envelope.ct));
	const content = plaintext && parseJson(envelopeContentSchema, plaintext);
	if (!content || content.circle !== envelope.circle) return null;
	const withBytes = <T extends { readonly key: string }>(each: T) => ({ ...each, key: idBytes(each.key) });
	return { keys: content.keys.map(withBytes), grants: (content.grants ?? []).map(withBytes) };
}
