/**
 * Two devices of one person meet (docs/protocol.md 12, `protocol/pairing.ts`). Here is what each of them asks of the relay, one
 * step at a time; who may go on to the next is for the person to say. No key and no identity leaves the old device before the
 * digits were found to be the same.
 */
import { createBoxKey } from '$lib/crypto/boxes';
import { equalBytes, toBase64url, type RandomBytes, utf8 } from '$lib/crypto/bytes';
import { createSigningKey, deviceIdOf } from '$lib/crypto/signing';
import { err, ok, type Result } from '$lib/domain/result';
import { pairingSchema } from '$lib/protocol/api/pairings';
import {
	activeDevice,
	activeDevices,
	MAX_DEVICES,
	parseIdentityRecord,
	signIdentityRecord
} from '$lib/protocol/identity-log';
import { deviceIdText, idBytes } from '$lib/protocol/ids';
import { parseJson } from '$lib/protocol/json';
import { openDeviceNote, sealDeviceNote } from '$lib/protocol/own-notes';
import {
	commitTo,
	deviceCodeOf,
	helloBytes,
	isSameDevice,
	openGrant,
	openNote,
	pairingAnswerSchema,
	pairingDigits,
	pairingKeys,
	pairingOfferSchema,
	pairingSteps,
	readHello,
	readReveal,
	sealNote,
	type DeviceCode,
	type PairingHello,
	type PairingOffer,
	type PairingStep
} from '$lib/protocol/pairing';
import type { DeviceKeys } from '$lib/storage/keyring';
import { boxesIn } from './restore';
import { identityFrom } from './circle-access';
import { wireSpace, type CreateDeps } from './create';
import type { SyncError } from './engine';
import { grantFor } from './grant';
import { ownIdentity, sayInOwnLog, type OwnLogDeps } from './own-log';
import type { RelayClient, RelayError } from './relay-client';

type Mailbox = Pick<RelayClient, 'ask' | 'tell'>;

export type PairingError =
	| RelayError
	/** No device waits under this code: mistyped, run out, or another relay. */
	| { readonly type: 'not-found' }
	/** What lies in the mailbox was not put there by the device with the code. Nothing of it is used. */
	| { readonly type: 'altered' }
	/** Another device has answered this code first. */
	| { readonly type: 'taken' }
	/** Real and demo refuse each other. */
	| { readonly type: 'other-space' };

// The new device

/** What a device that wants in keeps to itself until it is in. */
export interface NewDevice {
	readonly code: DeviceCode;
	readonly hello: PairingHello;
	readonly sign: Uint8Array;
	readonly box: Uint8Array;
	readonly number: Uint8Array;
}

export function createNewDevice(deps: CreateDeps, looksLike: PairingHello['looksLike']): NewDevice {
	const sign = createSigningKey(deps.random);
	const box = createBoxKey(deps.random);
	const number = deps.random(32);
	const hello: PairingHello = {
		v: 1,
		space: wireSpace(deps.space),
		device: { id: deviceIdText(deviceIdOf(sign.pub)), sign: toBase64url(sign.pub), box: toBase64url(box.pub) },
		commit: commitTo(number),
		salt: toBase64url(deps.random(32)),
		looksLike
	};
	return { code: deviceCodeOf(helloBytes(hello)), hello, sign: sign.secret, box: box.secret, number };
}

/** Opens the mailbox: from then on the code can be read. */
export const sayHello = (relay: Mailbox, me: NewDevice, random: RandomBytes): Promise<Result<void, PairingError>> =>
	put(relay, me.code, 'hello', helloBytes(me.hello), random);

/** The one offer this device will look at, as bytes; null while nobody has answered. */
export async function readOffer(
	relay: Mailbox,
	me: NewDevice
): Promise<Result<{ readonly offer: PairingOffer; readonly bytes: Uint8Array } | null, PairingError>> {
	const notes = await read(relay, me.code);
	if (!notes.ok) return notes;
	const ct = notes.value[pairingSteps.offer];
	if (ct === undefined) return ok(null);
	const bytes = openNote('offer', ct, pairingKeys(me.code));
	const offer = bytes && parseJson(pairingOfferSchema, bytes);
	return bytes && offer ? ok({ offer, bytes }) : err({ type: 'altered' });
}

/** Tells the number, now that no other offer will be looked at. The digits to show. */
export async function reveal(
	relay: Mailbox,
	me: NewDevice,
	offer: Uint8Array,
	random: RandomBytes
): Promise<Result<string, PairingError>> {
	const note = utf8(JSON.stringify({ v: 1, number: toBase64url(me.number) }));
	const told = await put(relay, me.code, 'reveal', note, random);
	return told.ok ? ok(pairingDigits(helloBytes(me.hello), offer, me.number)) : told;
}

/** `in`: the old device has let this one in; its keys, with the record that confirms it still to be sent. */
export type Admission =
	{ readonly type: 'waiting' } | { readonly type: 'no' } | { readonly type: 'in'; readonly device: DeviceKeys };

/** How it stands: asked until it is a yes or a no. */
export async function readAdmission(
	relay: Pick<RelayClient, 'ask' | 'tell' | 'identityLog' | 'recoveryFiles'>,
	me: NewDevice,
	offer: PairingOffer,
	now: number
): Promise<Result<Admission, PairingError>> {
	const log = await relay.identityLog(offer.identity);
	if (!log.ok) return log;
	const identity = identityFrom(log.value, offer.identity);
	if (!identity || identity.space !== me.hello.space || identity.type !== offer.type) return err({ type: 'altered' });
	const device = activeDevice(identity, me.hello.device.id);
	if (!device) {
		const notes = await read(relay, me.code);
		const ct = notes.ok ? notes.value[pairingSteps.answer] : undefined;
		const answer = ct === undefined ? null : openNote('answer', ct, pairingKeys(me.code));
		return ok({ type: answer && parseJson(pairingAnswerSchema, answer) ? 'no' : 'waiting' });
	}
	const added = log.value
		.map((record) => parseIdentityRecord(idBytes(record))?.body)
		.find((body) => body?.kind === 'addDevice' && body.device.id === device.id);
	const grant = added?.kind === 'addDevice' ? await openGrant(added.boxes, me.box, identity.id) : null;
	const boxes = grant ? boxesIn(grant.boxes, log.value) : [];
	if (!grant || !isSameDevice(device, me.hello.device) || !boxes.some((box) => box.gen === identity.box.gen))
		return err({ type: 'altered' });
	const files = grant.lookup === null ? ok([]) : await relay.recoveryFiles(grant.lookup);
	if (!files.ok && !(files.error.type === 'refused' && files.error.code === 'not-found')) return files;
	const there = files.ok ? files.value : [];
	const confirm = signIdentityRecord(
		{ v: 1, kind: 'confirmDevice', n: identity.head.n + 1, prev: identity.head.hash, by: device.id },
		me.sign
	);
	return ok({
		type: 'in',
		device: {
			v: 1,
			identity: identity.id,
			device: device.id,
			sign: toBase64url(me.sign),
			box: toBase64url(me.box),
			log: [...log.value, toBase64url(confirm.bytes)],
			boxes,
			root: null,
			relayOn: true,
			relay: { registered: true, logSent: log.value.length - 1, recoverySent: there.length },
			recovery: grant.lookup === null ? null : { lookup: grant.lookup, files: there, confirmedAt: now },
			unit: grant.unit && { ...grant.unit, enrolment: null },
			arriving: true
		}
	});
}

// The old device

/** A device that waits to be let in, as its code shows it. */
export interface Waiting {
	readonly code: DeviceCode;
	readonly hello: PairingHello;
	readonly helloBytes: Uint8Array;
	readonly offer: Uint8Array;
}

/** Looks behind a code, and answers it. */
export async function answerCode(
	deps: { readonly relay: Mailbox; readonly random: RandomBytes },
	device: DeviceKeys,
	code: DeviceCode
): Promise<Result<Waiting, PairingError>> {
	const notes = await read(deps.relay, code);
	if (!notes.ok) return notes;
	const found = readHello(notes.value[pairingSteps.hello] ?? '', code);
	if (!found) return err({ type: 'altered' });
	const identity = ownIdentity(device);
	if (found.hello.space !== identity.space) return err({ type: 'other-space' });
	const offer: PairingOffer = {
		v: 1,
		identity: identity.id,
		type: identity.type,
		by: device.device,
		number: toBase64url(deps.random(32))
	};
	const bytes = utf8(JSON.stringify(offer));
	const answered = await put(deps.relay, code, 'offer', bytes, deps.random);
	return answered.ok ? ok({ code, hello: found.hello, helloBytes: found.bytes, offer: bytes }) : answered;
}

/** The digits this side comes to; null until the new device has told its number. */
export async function digitsOf(relay: Mailbox, waiting: Waiting): Promise<Result<string | null, PairingError>> {
	const notes = await read(relay, waiting.code);
	if (!notes.ok) return notes;
	const ct = notes.value[pairingSteps.reveal];
	if (ct === undefined) return ok(null);
	const kept = openNote('offer', notes.value[pairingSteps.offer] ?? '', pairingKeys(waiting.code));
	const number = readReveal(ct, pairingKeys(waiting.code), waiting.hello);
	if (!number || !kept || !equalBytes(kept, waiting.offer)) return err({ type: 'altered' });
	return ok(pairingDigits(waiting.helloBytes, waiting.offer, number));
}

/** Says no: the digits were not the same, or the person thought better of it. */
export const sayNo = (relay: Mailbox, waiting: Waiting, random: RandomBytes): Promise<Result<void, PairingError>> =>
	put(relay, waiting.code, 'answer', utf8(JSON.stringify({ v: 1, answer: 'no' })), random);

export type AdmitError = SyncError | { readonly type: 'too-many-devices' } | { readonly type: 'not-allowed' };

/** Lets the device in under a name. Only after the person has said that the digits are the same. */
export async function admit(
	deps: OwnLogDeps & { readonly random: RandomBytes },
	waiting: Waiting,
	name: string
): Promise<Result<void, AdmitError>> {
	const { device: wire } = waiting.hello;
	let refused: AdmitError | null = null;
	const added = await sayInOwnLog(deps, async (identity, device) => {
		if (identity.devices.has(wire.id)) return null;
		refused = activeDevice(identity, device.device)?.admin ? null : { type: 'not-allowed' };
		if (activeDevices(identity).length >= MAX_DEVICES[identity.type]) refused = { type: 'too-many-devices' };
		if (refused) return null;
		return { says: { kind: 'addDevice', device: wire, admin: true, boxes: await grantFor(device, idBytes(wire.box)) } };
	});
	if (!added.ok) return added;
	if (refused) return err(refused);
	return nameDevice(deps, wire.id, name);
}

/** Gives a device of the identity another name. */
export async function nameDevice(
	deps: OwnLogDeps & { readonly random: RandomBytes },
	id: DeviceKeys['device'],
	name: string
): Promise<Result<void, SyncError>> {
	const said = await sayInOwnLog(deps, (identity, device) => {
		const there = activeDevice(identity, id);
		if (!there) return Promise.resolve(null);
		const before = there.name === null ? null : openDeviceNote(identity.id, id, there.name, device.boxes);
		if (before?.name === name) return Promise.resolve(null);
		const note = {
			v: 1 as const,
			name,
			at: before?.at ?? deps.now(),
			...(before?.copyOf ? { copyOf: before.copyOf } : {})
		};
		return Promise.resolve({
			says: { kind: 'nameDevice', device: id, name: sealDeviceNote(identity.id, id, note, device.boxes, deps.random) }
		});
	});
	return said.ok ? ok(undefined) : said;
}

// The mailbox

async function put(
	relay: Mailbox,
	code: DeviceCode,
	step: PairingStep,
	note: Uint8Array,
	random: RandomBytes
): Promise<Result<void, PairingError>> {
	const keys = pairingKeys(code);
	const body = { step: pairingSteps[step], ct: sealNote(step, note, keys, random) };
	const sent = await relay.tell('PUT', `/pairings/${keys.id}`, body, true);
	if (sent.ok) return ok(undefined);
	if (sent.error.type === 'refused' && sent.error.code === 'already-used') {
		// Its own note, when only the answer was lost: each time it is sealed it looks different.
		const there = await read(relay, code);
		if (!there.ok) return there;
		const kept = openNote(step, there.value[pairingSteps[step]] ?? '', keys);
		return kept && equalBytes(kept, note) ? ok(undefined) : err({ type: 'taken' });
	}
	return isGone(sent.error) ? err({ type: 'not-found' }) : sent;
}

async function read(relay: Mailbox, code: DeviceCode): Promise<Result<readonly string[], PairingError>> {
	const notes = await relay.ask(`/pairings/${pairingKeys(code).id}`, pairingSchema, true);
	if (notes.ok) return ok(notes.value.notes);
	return isGone(notes.error) ? err({ type: 'not-found' }) : notes;
}

const isGone = (error: RelayError): boolean => error.type === 'refused' && error.code === 'not-found';
