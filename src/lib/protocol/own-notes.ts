/**
 * What an identity notes in its own log for its own devices alone: what they are called, where the recovery store is. Sealed
 * under a key of the identity box, which every device of the identity holds and nobody else; the relay sees that something
 * was noted, and when (docs/protocol.md 5).
 *
 *     gen u32 | nonce 24 | XChaCha20-Poly1305(PADMÉ(JSON))
 */
import * as z from 'zod/mini';
import { concat, fromBase64url, readU32, toBase64url, u32, utf8, type RandomBytes } from '$lib/crypto/bytes';
import { deriveKey } from '$lib/crypto/hash';
import { pad, unpad } from '$lib/crypto/padding';
import { NONCE_LENGTH, openBox, sealBox } from '$lib/crypto/sealing';
import { must } from '$lib/domain/assert';
import { deviceIdSchema, idBytes, type DeviceId, type IdentityId } from './ids';
import { parseJson } from './json';

/** Longest name of a device, characters: with all around it a note stays within a record's 1 KiB. */
export const MAX_DEVICE_NAME = 60;

export const deviceNoteSchema = z.strictObject({
	v: z.literal(1),
	name: z.string().check(z.maxLength(MAX_DEVICE_NAME)),
	/** When the device was named first: the log itself tells no times. */
	at: z.int(),
	/** The device whose copied profile this one was. */
	copyOf: z.optional(deviceIdSchema)
});
export type DeviceNote = z.infer<typeof deviceNoteSchema>;

export const storeNoteSchema = z.strictObject({ v: z.literal(1), lookup: z.string().check(z.maxLength(64)) });

/** Box secrets by generation, as the keyring holds them. */
type Boxes = readonly { readonly gen: number; readonly secret: string }[];

/** What a note is about: one moved to another place does not open. */
const placeOf = (identity: IdentityId, about: DeviceId | 'recovery'): Uint8Array =>
	concat(utf8('hl/own-note/1'), idBytes(identity), about === 'recovery' ? utf8('recovery') : idBytes(about));

const keyOf = (secret: string): Uint8Array => deriveKey(idBytes(secret), 'hl/own-note/1');

const newest = (boxes: Boxes): Boxes[number] =>
	must(
		boxes.reduce<Boxes[number] | null>((best, box) => (best && best.gen > box.gen ? best : box), null),
		'a device holds a box of its identity'
	);

function sealNote(
	identity: IdentityId,
	about: DeviceId | 'recovery',
	note: unknown,
	boxes: Boxes,
	random: RandomBytes
): string {
	const { gen, secret } = newest(boxes);
	const plaintext = pad(utf8(JSON.stringify(note)));
	const sealed = sealBox(keyOf(secret), random(NONCE_LENGTH), placeOf(identity, about), plaintext);
	return toBase64url(concat(u32(gen), sealed));
}

function openNote<T>(
	identity: IdentityId,
	about: DeviceId | 'recovery',
	text: string,
	boxes: Boxes,
	schema: z.ZodMiniType<T>
): T | null {
	const bytes = fromBase64url(text);
	if (!bytes || bytes.length < 4) return null;
	const box = boxes.find(({ gen }) => gen === readU32(bytes, 0));
	const padded = box && openBox(keyOf(box.secret), placeOf(identity, about), bytes.subarray(4));
	const json = padded && unpad(padded);
	return json ? parseJson(schema, json) : null;
}

export const sealDeviceNote = (
	identity: IdentityId,
	device: DeviceId,
	note: DeviceNote,
	boxes: Boxes,
	random: RandomBytes
): string => sealNote(identity, device, note, boxes, random);

/** Null when this device does not hold the box, or the note was not made for this device of this identity. */
export const openDeviceNote = (identity: IdentityId, device: DeviceId, text: string, boxes: Boxes): DeviceNote | null =>
	openNote(identity, device, text, boxes, deviceNoteSchema);

export const sealStoreNote = (identity: IdentityId, lookup: string, boxes: Boxes, random: RandomBytes): string =>
	sealNote(identity, 'recovery', { v: 1, lookup }, boxes, random);

/** Where the recovery store is; null when the note does not open. */
export const openStoreNote = (identity: IdentityId, text: string, boxes: Boxes): string | null =>
	openNote(identity, 'recovery', text, boxes, storeNoteSchema)?.lookup ?? null;
