/**
 * Letting in a further device of one's own (docs/protocol.md 12). The new device shows a code; the old one reads it; then both
 * show six digits, and the person says that they are the same. Four sealed notes pass through a mailbox at the relay:
 *
 *     0 hello   new → old   the new device's keys, and a commitment to a secret number
 *     1 offer   old → new   whose device this would become, and a number of its own
 *     2 reveal  new → old   the number that was committed to
 *     3 answer  old → new   a no; a yes stands in the identity's log
 *
 * The code is a hash of the hello, so that whoever reads the code from the screen has the new device's own keys and no
 * other's. It is also the secret the notes are sealed under, so that the relay reads nothing and can put in nothing. The
 * digits guard against somebody who has seen the code: the new device tells its number only after it has taken one offer and
 * no other, so that no offer can be made to fit; six digits leave one chance in a million, and each try needs the person.
 */
import * as z from 'zod/mini';
import { codeOf, type RecoveryCode } from '$lib/crypto/recovery-code';
import { concat, equalBytes, fromBase64url, toBase64url, utf8, type RandomBytes } from '$lib/crypto/bytes';
import { openWith, sealTo } from '$lib/crypto/boxes';
import { deriveKey, labelledHash, sha256 } from '$lib/crypto/hash';
import { pad, unpad } from '$lib/crypto/padding';
import { NONCE_LENGTH, openBox, sealBox } from '$lib/crypto/sealing';
import { deviceIdOf } from '$lib/crypto/signing';
import { wireDeviceSchema } from './identity-log';
import {
	deviceIdSchema,
	deviceIdText,
	hashSchema,
	hashText,
	idBytes,
	identityIdSchema,
	secretKeySchema,
	type Hash
} from './ids';
import { parseJson } from './json';

/** 26 letters and digits with a check symbol, as the recovery code is written and typed. */
export type DeviceCode = RecoveryCode;

const text = z.string().check(z.maxLength(120));

export const pairingHelloSchema = z.strictObject({
	v: z.literal(1),
	space: z.enum(['real', 'demo']),
	device: wireDeviceSchema,
	/** SHA-256("hl/pair/number/1" ‖ number). */
	commit: hashSchema,
	/** Keeps the code a secret: without it whoever knew the keys could work the code out. */
	salt: secretKeySchema,
	/** What kind of device it says it is; a proposal for its name. */
	looksLike: z.enum(['phone', 'tablet', 'computer'])
});
export type PairingHello = z.infer<typeof pairingHelloSchema>;

export const pairingOfferSchema = z.strictObject({
	v: z.literal(1),
	identity: identityIdSchema,
	type: z.enum(['person', 'unit']),
	/** The old device. */
	by: deviceIdSchema,
	number: secretKeySchema
});
export type PairingOffer = z.infer<typeof pairingOfferSchema>;

export const pairingRevealSchema = z.strictObject({ v: z.literal(1), number: secretKeySchema });
export const pairingAnswerSchema = z.strictObject({ v: z.literal(1), answer: z.literal('no') });

/** Places in the mailbox; each is written once. */
export const pairingSteps = { hello: 0, offer: 1, reveal: 2, answer: 3 } as const;
export type PairingStep = keyof typeof pairingSteps;

/** What follows from the code. */
export interface PairingKeys {
	/** Where the mailbox is. */
	readonly id: Hash;
	readonly box: Uint8Array;
}

/** The hello as it is hashed, sealed and sent. */
export const helloBytes = (hello: PairingHello): Uint8Array => utf8(JSON.stringify(hello));

export const deviceCodeOf = (hello: Uint8Array): DeviceCode =>
	codeOf(deriveKey(labelledHash('hl/pair/hello/1', hello), 'hl/pair/code/1', 26));

export const pairingKeys = (code: DeviceCode): PairingKeys => ({
	id: hashText(deriveKey(utf8(code), 'hl/pair/id/1')),
	box: deriveKey(utf8(code), 'hl/pair/box/1')
});

export const commitTo = (number: Uint8Array): Hash => hashText(labelledHash('hl/pair/number/1', number));

const aad = (step: PairingStep, keys: PairingKeys): Uint8Array => concat(utf8(`hl/pair/${step}/1`), idBytes(keys.id));

export const sealNote = (step: PairingStep, note: Uint8Array, keys: PairingKeys, random: RandomBytes): string =>
	toBase64url(sealBox(keys.box, random(NONCE_LENGTH), aad(step, keys), pad(note)));

/** The note's bytes; null when it was sealed under another code, for another step, or altered. */
export function openNote(step: PairingStep, ct: string, keys: PairingKeys): Uint8Array | null {
	const box = fromBase64url(ct);
	const padded = box && openBox(keys.box, aad(step, keys), box);
	return padded && unpad(padded);
}

/** The hello behind a code; null unless the code is that very hello's, and its device's id its key's. */
export function readHello(
	ct: string,
	code: DeviceCode
): { readonly hello: PairingHello; readonly bytes: Uint8Array } | null {
	const bytes = openNote('hello', ct, pairingKeys(code));
	if (!bytes || deviceCodeOf(bytes) !== code) return null;
	const hello = parseJson(pairingHelloSchema, bytes);
	const isBound = hello && deviceIdText(deviceIdOf(idBytes(hello.device.sign))) === hello.device.id;
	return isBound ? { hello, bytes } : null;
}

/** The revealed number; null unless it is the one the hello committed to. */
export function readReveal(ct: string, keys: PairingKeys, hello: PairingHello): Uint8Array | null {
	const bytes = openNote('reveal', ct, keys);
	const reveal = bytes && parseJson(pairingRevealSchema, bytes);
	if (!reveal) return null;
	const number = idBytes(reveal.number);
	return commitTo(number) === hello.commit ? number : null;
}

/** `123 456`: what both screens show. Both notes whole, as sent, and the number nobody else could know. */
export function pairingDigits(hello: Uint8Array, offer: Uint8Array, number: Uint8Array): string {
	const hash = labelledHash('hl/pair/digits/1', concat(sha256(hello), sha256(offer), number));
	const value = hash.slice(0, 8).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) % 1_000_000n;
	const digits = value.toString().padStart(6, '0');
	return `${digits.slice(0, 3)} ${digits.slice(3)}`;
}

/**
 * What a new device is handed, sealed to its box key and carried in its `addDevice` record. The newest 110 box secrets: what
 * fits beside the rest.
 */
export const deviceGrantSchema = z.strictObject({
	v: z.literal(1),
	identity: identityIdSchema,
	boxes: z.array(z.strictObject({ gen: z.int(), secret: secretKeySchema })).check(z.maxLength(128)),
	/** Where the recovery store is; null when no code has been made. */
	lookup: z.nullable(z.string().check(z.maxLength(64))),
	/** Set for a care unit's device: what the unit calls itself. */
	unit: z.nullable(z.strictObject({ name: text, contact: text, phone: text, hours: text }))
});
export type DeviceGrant = z.infer<typeof deviceGrantSchema>;
const MOST_BOXES = 110;

export const sealGrant = async (grant: DeviceGrant, box: Uint8Array): Promise<string> =>
	toBase64url(
		await sealTo(box, utf8(JSON.stringify({ ...grant, boxes: newestFirst(grant.boxes).slice(0, MOST_BOXES) })))
	);

const newestFirst = (boxes: DeviceGrant['boxes']): DeviceGrant['boxes'] => [...boxes].sort((a, b) => b.gen - a.gen);

/** The grant; null when it was not sealed to this device or is another identity's. */
export async function openGrant(
	ct: string,
	secret: Uint8Array,
	identity: DeviceGrant['identity']
): Promise<DeviceGrant | null> {
	const plaintext = await openWith(secret, idBytes(ct));
	const grant = plaintext && parseJson(deviceGrantSchema, plaintext);
	return grant?.identity === identity ? grant : null;
}

/** Whether two devices are the same in every key. */
export const isSameDevice = (
	a: { readonly sign: Uint8Array; readonly box: Uint8Array },
	b: PairingHello['device']
): boolean => equalBytes(a.sign, idBytes(b.sign)) && equalBytes(a.box, idBytes(b.box));

const PATH = '/settings/devices/add';

/** What the QR holds: read with any camera, it opens the page that asks for the digits. */
export const pairingLink = (origin: string, code: string): string => `${origin}${PATH}#d=${code}`;

/** The code in a link, or the text itself. */
export const codeInLink = (typed: string): string => /#d=([0-9A-Za-z*~$=]+)\s*$/.exec(typed)?.[1] ?? typed;
