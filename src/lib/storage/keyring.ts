/**
 * The keyring: what this device can sign and open. Each row is sealed by the local master key with its own id as associated
 * data, so rows cannot be swapped (docs/protocol.md 4, 15).
 */
import * as z from 'zod/mini';
import { utf8, type RandomBytes } from '$lib/crypto/bytes';
import { NONCE_LENGTH, openBox, sealBox } from '$lib/crypto/sealing';
import {
	bookIdSchema,
	circleIdSchema,
	deviceIdSchema,
	identityIdSchema,
	publicKeySchema,
	secretKeySchema,
	type CircleId,
	type IdentityId
} from '$lib/protocol/ids';
import { roles } from '$lib/domain/rights';
import { parseLocalDate } from '$lib/domain/time';
import { localDateSchema } from '$lib/protocol/entries';
import { parseJson } from '$lib/protocol/json';
import { recoveryFileSchema } from '$lib/protocol/api/recovery';

const record = z.string();
const secret = secretKeySchema;
const text = z.string().check(z.maxLength(120));

/** This device: its keys, its identity and what it still owes the relay. */
export const deviceKeysSchema = z.strictObject({
	v: z.literal(1),
	identity: identityIdSchema,
	device: deviceIdSchema,
	/** Ed25519 seed; signs frames, records and logins. */
	sign: secret,
	/** X25519; receives the identity's box secrets. */
	box: secret,
	/** The identity log as base64url records. */
	log: z.array(record),
	/** Box secrets of the identity by generation. */
	boxes: z.array(z.strictObject({ gen: z.int(), secret })),
	/** Identity root; null once it lies only in the recovery store. */
	root: z.nullable(secret),
	/** Nothing leaves the device before this is true: the person turned on backup or sharing (L1). */
	relayOn: z.boolean(),
	/** What the relay has acknowledged. */
	relay: z.strictObject({ registered: z.boolean(), logSent: z.int(), recoverySent: z.int() }),
	/** Recovery store: where and what. `confirmedAt` is set when two groups were typed back. */
	recovery: z.nullable(
		z.strictObject({ lookup: z.string(), files: z.array(recoveryFileSchema), confirmedAt: z.int() })
	),
	/** Set on a staff device: what the unit calls itself. */
	unit: z.nullable(
		z.strictObject({ name: text, contact: text, phone: text, hours: text, enrolment: z.nullable(z.string()) })
	),
	/** Another device of the person let this one in, and not everything has been fetched yet. */
	arriving: z.optional(z.literal(true)),
	/** The device whose copied profile this was, until it became one of its own; and when. Told until the person has read it. */
	copyOf: z.optional(z.strictObject({ device: deviceIdSchema, at: z.int() }))
});
export type DeviceKeys = z.infer<typeof deviceKeysSchema>;

/** One circle this device holds keys of. */
export const circleKeysSchema = z.strictObject({
	v: z.literal(1),
	circle: circleIdSchema,
	/** `mine`: the person's own. `invited`: a unit or member that has not answered. `joined`, `declined`: it has. */
	standing: z.enum(['mine', 'invited', 'joined', 'declined']),
	/** The relay has this circle. */
	published: z.boolean(),
	/** The manifest chain as base64url records. */
	manifests: z.array(record),
	keys: z.array(z.strictObject({ book: bookIdSchema, epoch: z.int(), key: secret })),
	/** Keys of grant snapshots made for this member, or for somebody beside one who reads the whole book (S3). */
	grants: z.optional(z.array(z.strictObject({ book: bookIdSchema, key: secret }))),
	/** The owner has erased the circle, by their own signed word; what was here stays, and nothing more is sent or taken in. */
	erased: z.optional(z.strictObject({ at: z.int() }))
});
export type CircleKeys = z.infer<typeof circleKeysSchema>;

/** Another identity's log, as far as it has been seen. */
export const knownIdentitySchema = z.strictObject({
	v: z.literal(1),
	identity: identityIdSchema,
	log: z.array(record)
});
export type KnownIdentity = z.infer<typeof knownIdentitySchema>;

const time = z.int().check(z.minimum(0));

/** How the person looks after their data on this device: what was checked when, and what was put off. */
export const careSchema = z.strictObject({
	v: z.literal(1),
	/** The whole recovery code was last typed back here. */
	drilledAt: z.nullable(time),
	/** The newest backup file made here, read back before it was handed over, and how many entries it holds. */
	file: z.nullable(z.strictObject({ at: time, entries: z.int().check(z.minimum(0)) })),
	/** A card on **Idag** is not shown before this. */
	askAfter: z.nullable(time),
	/** When the relay was found to have lost something, and how many frames were sent again; until the person has read it. */
	lost: z.optional(z.strictObject({ at: time, frames: z.int().check(z.minimum(0)) }))
});
export type Care = z.infer<typeof careSchema>;
export const NO_CARE: Care = { v: 1, drilledAt: null, file: null, askAfter: null };

export const CARE_ROW = 'care';
/** A day somebody chose. A row with another text is no row: it must never come to mean everything. */
const day = localDateSchema.check(z.refine((text) => parseLocalDate(text) !== undefined, 'expected a day'));
const rights = z.array(z.strictObject({ book: bookIdSchema, access: z.enum(['r', 'w']) })).check(z.maxLength(48));

/** An invitation made on this device: the secret behind its link, and what was chosen for whom. */
export const madeInviteSchema = z.strictObject({
	secret,
	pub: publicKeySchema,
	role: z.enum(roles),
	/** What the inviter calls the invited person, and what they are to the person. */
	name: text,
	relation: text,
	/** How the inviter stands in the card. */
	by: text,
	rights,
	/** The first day they are given; absent: everything there is. */
	from: z.optional(day),
	exp: z.int(),
	/** The relay has the card: the link can be opened. */
	sent: z.boolean(),
	/** Who has answered, under which name; verified. Its record is what the relay handed out. */
	answer: z.nullable(z.strictObject({ identity: identityIdSchema, name: text, at: z.int() }))
});
export type MadeInvite = z.infer<typeof madeInviteSchema>;

/** A change of the circle that was decided here and is owed: carried out as soon as the relay can be asked (13). */
export const owedChangeSchema = z.discriminatedUnion('do', [
	z.strictObject({ do: z.literal('invite'), pub: publicKeySchema }),
	z.strictObject({ do: z.literal('withdraw'), pub: publicKeySchema }),
	z.strictObject({ do: z.literal('admit'), pub: publicKeySchema }),
	z.strictObject({ do: z.literal('remove'), member: identityIdSchema }),
	z.strictObject({
		do: z.literal('rights'),
		member: identityIdSchema,
		rights,
		/** The first day they are given; null: everything. Absent where that was not asked about: it stays as it is. */
		from: z.optional(z.nullable(day))
	}),
	z.strictObject({ do: z.literal('compared'), member: identityIdSchema })
]);
export type OwedChange = z.infer<typeof owedChangeSchema>;

/** What this device has begun in a circle and not finished, and what it knows by itself about its members. */
export const circleWorkSchema = z.strictObject({
	v: z.literal(1),
	circle: circleIdSchema,
	invites: z.array(madeInviteSchema).check(z.maxLength(16)),
	owed: z.array(owedChangeSchema).check(z.maxLength(64)),
	/** Members whose safety number was compared here. */
	compared: z.array(identityIdSchema).check(z.maxLength(64))
});
export type CircleWork = z.infer<typeof circleWorkSchema>;
export const noWork = (circle: CircleId): CircleWork => ({ v: 1, circle, invites: [], owed: [], compared: [] });

/** What this device has decided about its identity and not carried out. */
export const deviceWorkSchema = z.strictObject({
	v: z.literal(1),
	/** Devices to take out as soon as the relay can be asked. */
	remove: z.array(deviceIdSchema).check(z.maxLength(64)),
	/** Keys of the device this one is about to become: kept before they are heard of, so that none is added twice. */
	next: z.nullable(z.strictObject({ sign: secret, box: secret }))
});
export type DeviceWork = z.infer<typeof deviceWorkSchema>;

/** An invitation this device's person has answered. */
export const joiningSchema = z.strictObject({
	secret,
	circle: circleIdSchema,
	/** Whose circle it is, as the card named them: no other may take their place. */
	person: identityIdSchema,
	personName: text,
	name: text,
	at: z.int(),
	/** The invitation is for the owner: the circle was begun for this device's person, who said yes to taking it over. */
	takesOver: z.optional(z.literal(true)),
	/** The relay has the answer. */
	sent: z.boolean()
});
export type Joining = z.infer<typeof joiningSchema>;
export const joiningsSchema = z.strictObject({
	v: z.literal(1),
	joinings: z.array(joiningSchema).check(z.maxLength(64))
});

/** When the app locks by itself: the moment it is hidden, after so many minutes without a touch, or never. */
export const lockAfter = ['hidden', 1, 5, 15, 'never'] as const;
export const lockChoicesSchema = z.strictObject({
	v: z.literal(1),
	after: z.literal(lockAfter),
	/** Nothing is shown while another app has the screen. */
	blanks: z.boolean()
});
export type LockChoices = z.infer<typeof lockChoicesSchema>;
export const FIRST_LOCK_CHOICES: LockChoices = { v: 1, after: 5, blanks: true };
/** This device's person is erasing everything, here and at the relay: decided, and not finished. */
export const erasingSchema = z.strictObject({
	v: z.literal(1),
	at: time,
	/** Something may be gone at the relay: there is no way back. */
	begun: z.boolean()
});
export type Erasing = z.infer<typeof erasingSchema>;

/**
 * A circle that ended elsewhere, read in from an archive: verified from its first record on, for reading alone. Its frames lie
 * beside the others', under its own id.
 */
export const earlierCircleSchema = z.strictObject({
	v: z.literal(1),
	circle: circleIdSchema,
	/** With whose eyes it is read: the owner who made the archive, on this device. */
	reader: z.strictObject({ identity: identityIdSchema, device: deviceIdSchema }),
	/** When the archive was made, by the clock of the device that made it, and when it was read in here. */
	madeAt: z.int(),
	readAt: z.int(),
	/** The manifest chain, every member's identity log, and the books' keys. */
	manifests: z.array(record),
	logs: z.array(z.strictObject({ identity: identityIdSchema, log: z.array(record) })),
	keys: z.array(z.strictObject({ book: bookIdSchema, epoch: z.int(), key: secret }))
});
export type EarlierCircle = z.infer<typeof earlierCircleSchema>;

export const MASTER_KEY_ROW = 'lmk';
/** The ways that open the master key; in place of it while the app has a lock. */
export const LOCK_ROW = 'lock';
export const LOCK_CHOICES_ROW = 'lock-choices';
export const DEVICE_ROW = 'device';
export const circleRow = (circle: CircleId): string => `circle:${circle}`;
export const WORK_ROWS = 'work:';
export const workRow = (circle: CircleId): string => `${WORK_ROWS}${circle}`;
export const JOININGS_ROW = 'joinings';
export const ERASING_ROW = 'erasing';
export const EARLIER_ROWS = 'earlier:';
export const earlierRow = (circle: CircleId): string => `${EARLIER_ROWS}${circle}`;
export const DEVICE_WORK_ROW = 'device-work';
export const identityRow = (identity: IdentityId): string => `identity:${identity}`;
/** Row of `cache`: what the care contact's list shows of a circle. */
export const summaryRow = (circle: CircleId): string => `panel:${circle}`;

/** What a form's draft is bound to. */
export const draftAad = (form: string): string => `draft:${form}`;

/** Associated data of a row: bytes that were moved to another do not open. */
export const aadOf = (rowId: string): Uint8Array => utf8(`hl/local/1/${rowId}`);

/** Seals any JSON value under the local master key, bound to its row. Synchronous. */
export const sealValue = (masterKey: Uint8Array, rowId: string, value: unknown, random: RandomBytes): Uint8Array =>
	sealBox(masterKey, random(NONCE_LENGTH), aadOf(rowId), utf8(JSON.stringify(value)));

/** Opens and checks a sealed value; null when it was sealed under another key, moved, altered or is of another shape. */
export function openValue<T>(
	masterKey: Uint8Array,
	rowId: string,
	bytes: Uint8Array,
	schema: z.ZodMiniType<T>
): T | null {
	const json = openBox(masterKey, aadOf(rowId), bytes);
	return json && parseJson(schema, json);
}
