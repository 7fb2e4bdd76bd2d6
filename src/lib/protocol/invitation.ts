/**
 * Inviting a person by link (docs/protocol.md 12). The link's fragment holds 32 random bytes; everything else comes of
 * them: the key that signs the acceptance (its public part stands in the manifest), the id and the key of the sealed card
 * at the relay. So the link is short enough for a QR that is read at arm's length, and the relay can alter nothing.
 */
import * as z from 'zod/mini';
import { concat, fromBase64url, toBase64url, utf8, type RandomBytes } from '$lib/crypto/bytes';
import { deriveKey } from '$lib/crypto/hash';
import { pad, unpad } from '$lib/crypto/padding';
import { NONCE_LENGTH, openBox, sealBox } from '$lib/crypto/sealing';
import { signingKeyOf, type SigningKey } from '$lib/crypto/signing';
import { err, ok, type Result } from '$lib/domain/result';
import { roles } from '$lib/domain/rights';
import { localDateSchema } from './entries';
import { blobSchema, circleIdSchema, hashText, identityIdSchema, publicKeySchema, type Hash } from './ids';
import { parseJson } from './json';
import { parseRecord, signRecord, verifyRecord, type SignedRecord } from './signed-record';

const name = z.string().check(z.maxLength(120));

/** What the invited person is shown before they answer. Sealed under the link's secret. */
export const invitationCardSchema = z.strictObject({
	v: z.literal(1),
	circle: circleIdSchema,
	space: z.enum(['real', 'demo']),
	/** Whose circle it is, and who invites: often the same. */
	person: z.strictObject({ identity: identityIdSchema, name }),
	by: z.strictObject({ identity: identityIdSchema, name }),
	/** What the inviter calls them; a proposal for their name. */
	invitee: name,
	role: z.enum(roles),
	/** Kinds stay text: a later version's book is shown as far as it is known. */
	books: z
		.array(z.strictObject({ kind: z.string().check(z.maxLength(32)), access: z.enum(['r', 'w']) }))
		.check(z.maxLength(48)),
	/** The first day of what they are given; absent: everything. */
	from: z.optional(localDateSchema),
	/** Milliseconds since 1970. */
	exp: z.int()
});
export type InvitationCard = z.infer<typeof invitationCardSchema>;

/** The invited person's yes, signed by the link's key. Their name is sealed: the relay carries it. */
export const acceptanceSchema = z.strictObject({
	v: z.literal(1),
	circle: circleIdSchema,
	pub: publicKeySchema,
	/** The person whose circle it is, as the card named them: an answer to one circle is none to another. */
	person: identityIdSchema,
	identity: identityIdSchema,
	at: z.int(),
	name: blobSchema(1024)
});
export type Acceptance = z.infer<typeof acceptanceSchema>;
export type SignedAcceptance = SignedRecord<Acceptance>;

/** What follows from a link's secret. */
export interface InvitationKeys {
	readonly sign: SigningKey;
	/** The public key as it stands in the manifest. */
	readonly pub: string;
	/** Where the relay keeps the card. */
	readonly id: Hash;
	readonly box: Uint8Array;
}

export function invitationKeys(secret: Uint8Array): InvitationKeys {
	const sign = signingKeyOf(deriveKey(secret, 'hl/invitation/sign/1'));
	return {
		sign,
		pub: toBase64url(sign.pub),
		id: hashText(deriveKey(secret, 'hl/invitation/id/1')),
		box: deriveKey(secret, 'hl/invitation/box/1')
	};
}

const aad = (part: 'card' | 'name', keys: InvitationKeys): Uint8Array =>
	concat(utf8(`hl/invitation/${part}/1`), keys.sign.pub);

export const sealCard = (card: InvitationCard, keys: InvitationKeys, random: RandomBytes): string =>
	toBase64url(sealBox(keys.box, random(NONCE_LENGTH), aad('card', keys), pad(utf8(JSON.stringify(card)))));

/** The card, or null when it was sealed under another link or altered. */
export function openCard(ct: string, keys: InvitationKeys): InvitationCard | null {
	const json = opened(ct, 'card', keys);
	return json && parseJson(invitationCardSchema, json);
}

export const sealName = (text: string, keys: InvitationKeys, random: RandomBytes): string =>
	toBase64url(sealBox(keys.box, random(NONCE_LENGTH), aad('name', keys), pad(utf8(JSON.stringify(text)))));

function openName(ct: string, keys: InvitationKeys): string | null {
	const json = opened(ct, 'name', keys);
	return json && parseJson(name, json);
}

function opened(ct: string, part: 'card' | 'name', keys: InvitationKeys): Uint8Array | null {
	const box = fromBase64url(ct);
	const padded = box && openBox(keys.box, aad(part, keys), box);
	return padded && unpad(padded);
}

export const signAcceptance = (body: Acceptance, keys: InvitationKeys): SignedAcceptance =>
	signRecord('acceptance', body, keys.sign.secret);

export const parseAcceptance = (bytes: Uint8Array): SignedAcceptance | null =>
	parseRecord<Acceptance>('acceptance', acceptanceSchema, bytes);

/** True when the holder of the invitation's link signed it. Relay and clients ask the same. */
export const verifyAcceptance = (record: SignedAcceptance, pub: Uint8Array): boolean =>
	toBase64url(pub) === record.body.pub && verifyRecord('acceptance', record, pub);

/** The answer and the name in it; null unless it was signed for this very invitation into this circle of this person. */
export function readAcceptance(
	bytes: Uint8Array,
	keys: InvitationKeys,
	to: Pick<Acceptance, 'circle' | 'person'>
): { readonly acceptance: Acceptance; readonly name: string } | null {
	const record = parseAcceptance(bytes);
	if (!record || !verifyAcceptance(record, keys.sign.pub)) return null;
	if (record.body.circle !== to.circle || record.body.person !== to.person) return null;
	const called = openName(record.body.name, keys);
	return called === null ? null : { acceptance: record.body, name: called };
}

const PATH = '/circle/join';

export const invitationLink = (origin: string, secret: Uint8Array): string =>
	`${origin}${PATH}#i=${toBase64url(secret)}`;

export type InvitationLinkError =
	| { readonly type: 'malformed' }
	/** Made for another relay; `origin` is where it can be used. */
	| { readonly type: 'other-origin'; readonly origin: string };

/** The secret in a link, whole or only its fragment. */
export function readInvitationLink(text: string, origin: string): Result<Uint8Array, InvitationLinkError> {
	const found = /^(.*)#i=([A-Za-z0-9_-]{43})$/s.exec(text.trim());
	const secret = found?.[2] === undefined ? null : fromBase64url(found[2]);
	if (!found || secret?.length !== 32) return err({ type: 'malformed' });
	const before = found[1] ?? '';
	const at = URL.canParse(before) ? new URL(before).origin : origin;
	return at === origin ? ok(secret) : err({ type: 'other-origin', origin: at });
}
