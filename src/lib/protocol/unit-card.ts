/**
 * A care unit's signed card: what stands behind its link and QR. The name on it is what the unit claims until the safety
 * number was compared or the card was scanned on site (docs/protocol.md 12).
 */
import * as z from 'zod/mini';
import { fromBase64url, toBase64url } from '$lib/crypto/bytes';
import { err, ok, type Result } from '$lib/domain/result';
import { activeDevice, type Identity } from './identity-log';
import { deviceIdSchema, identityIdSchema } from './ids';
import { parseRecord, signRecord, verifyRecord, type SignedRecord } from './signed-record';

const line = z.string().check(z.maxLength(120));

export const unitCardSchema = z.strictObject({
	v: z.literal(1),
	identity: identityIdSchema,
	by: deviceIdSchema,
	/** The unit's name, as it states it. */
	unit: line.check(z.minLength(1)),
	/** A named person at the unit, the fasta vårdkontakten. */
	contact: line,
	phone: z.string().check(z.maxLength(32)),
	/** When somebody usually looks, in words. */
	hours: line,
	origin: z.string().check(z.maxLength(200)),
	/** Milliseconds since 1970; after this the card is refused. */
	exp: z.int(),
	/** 16 random bytes for a card that works once; null for an open card, e.g. on the waiting room's wall. */
	code: z.nullable(z.string().check(z.regex(/^[A-Za-z0-9_-]{22}$/)))
});
export type UnitCard = z.infer<typeof unitCardSchema>;
export type SignedUnitCard = SignedRecord<UnitCard>;

export const signUnitCard = (card: UnitCard, secret: Uint8Array): SignedUnitCard =>
	signRecord('unitCard', card, secret);

/** As it stands in a link's fragment or a QR. */
export const unitCardText = (card: SignedUnitCard): string => toBase64url(card.bytes);

export type UnitCardError =
	| { readonly type: 'malformed' }
	| { readonly type: 'expired' }
	/** Made for another relay; `origin` is where it can be used. */
	| { readonly type: 'other-origin'; readonly origin: string }
	| { readonly type: 'altered' };

/** Reads a card before anything is fetched. `verifyUnitCard` follows once the unit's log is here. */
export function readUnitCard(
	text: string,
	at: { readonly now: number; readonly origin: string }
): Result<SignedUnitCard, UnitCardError> {
	const bytes = fromBase64url(text.trim());
	const card = bytes && parseRecord<UnitCard>('unitCard', unitCardSchema, bytes);
	if (!card) return err({ type: 'malformed' });
	if (card.body.origin !== at.origin) return err({ type: 'other-origin', origin: card.body.origin });
	return card.body.exp <= at.now ? err({ type: 'expired' }) : ok(card);
}

/** True when an active device of that very unit signed it. */
export function verifyUnitCard(card: SignedUnitCard, unit: Identity): Result<void, UnitCardError> {
	const device = unit.id === card.body.identity && unit.type === 'unit' ? activeDevice(unit, card.body.by) : null;
	return device && verifyRecord('unitCard', card, device.sign) ? ok(undefined) : err({ type: 'altered' });
}
