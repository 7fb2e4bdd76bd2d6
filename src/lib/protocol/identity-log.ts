/**
 * The identity log: who a person or a care unit is, as a hash-linked, linear list of signed records. The identity's id is
 * the hash of its first record, so nobody can hand out another's. Nothing in it names a circle (docs/protocol.md I1, I2).
 */
import * as z from 'zod/mini';
import { isBoxKey } from '$lib/crypto/boxes';
import { deviceIdOf } from '$lib/crypto/signing';
import { err, ok, type Result } from '$lib/domain/result';
import {
	blobSchema,
	deviceIdSchema,
	deviceIdText,
	hashSchema,
	idBytes,
	publicKeySchema,
	type DeviceId,
	type Hash,
	type IdentityId
} from './ids';
import { parseRecord, signRecord, verifyRecord, type SignedRecord } from './signed-record';

/** A device as it stands in records: its id is bound to `sign`. */
export const wireDeviceSchema = z.strictObject({ id: deviceIdSchema, sign: publicKeySchema, box: publicKeySchema });
const boxSchema = z.strictObject({ gen: z.int().check(z.minimum(1)), pub: publicKeySchema });
const sealedForDevice = z.strictObject({ device: deviceIdSchema, ct: blobSchema(8192) });
/** Sealed by the identity to itself; others carry it along. */
const ownNoteSchema = blobSchema(1024);
const link = { v: z.literal(1), n: z.int().check(z.minimum(1)), prev: hashSchema };

export const identityRecordSchema = z.discriminatedUnion('kind', [
	z.strictObject({
		v: z.literal(1),
		kind: z.literal('genesis'),
		n: z.literal(0),
		/** A care unit's devices are its staff's. */
		type: z.enum(['person', 'unit']),
		/** Demo identities are marked; real and demo clients refuse each other. */
		space: z.enum(['real', 'demo']),
		device: wireDeviceSchema,
		root: publicKeySchema,
		box: boxSchema,
		at: z.int()
	}),
	/** `boxes`: every box generation's secret, age-sealed to the new device. */
	z.strictObject({
		...link,
		kind: z.literal('addDevice'),
		by: deviceIdSchema,
		device: wireDeviceSchema,
		admin: z.boolean(),
		boxes: blobSchema(8192)
	}),
	/** The added device says itself that it belongs here: nobody can claim another's device as their own. */
	z.strictObject({ ...link, kind: z.literal('confirmDevice'), by: deviceIdSchema }),
	z.strictObject({ ...link, kind: z.literal('removeDevice'), by: deviceIdSchema, device: deviceIdSchema }),
	z.strictObject({
		...link,
		kind: z.literal('rotateBox'),
		by: deviceIdSchema,
		box: boxSchema,
		sealed: z.array(sealedForDevice)
	}),
	/** The recovery identity's public part, and the new root whose secret lies only in the recovery store. */
	z.strictObject({
		...link,
		kind: z.literal('setRecovery'),
		by: z.union([deviceIdSchema, z.literal('root')]),
		recipient: publicKeySchema,
		newRoot: publicKeySchema,
		/** Where the store is, for the identity's own devices (`own-notes.ts`): each of them adds a new box to it. */
		store: z.optional(ownNoteSchema)
	}),
	/** What the person calls a device, for the identity's own devices (`own-notes.ts`). */
	z.strictObject({
		...link,
		kind: z.literal('nameDevice'),
		by: deviceIdSchema,
		device: deviceIdSchema,
		name: ownNoteSchema
	}),
	/** Signed by the root: all earlier devices are out, this one and a new box are in. */
	z.strictObject({
		...link,
		kind: z.literal('recover'),
		by: z.literal('root'),
		device: wireDeviceSchema,
		box: boxSchema
	})
]);
export type IdentityRecord = z.infer<typeof identityRecordSchema>;
export type SignedIdentityRecord = SignedRecord<IdentityRecord>;
type Genesis = Extract<IdentityRecord, { kind: 'genesis' }>;

export interface IdentityDevice {
	readonly id: DeviceId;
	readonly sign: Uint8Array;
	readonly box: Uint8Array;
	readonly admin: boolean;
	/** It has signed something in this log itself. Frames of a device that has not never count. */
	readonly confirmed: boolean;
	/** Number of the record that took it out; null while active. */
	readonly removedAt: number | null;
	/** Number of the record that brought it in. */
	readonly addedAt: number;
	/** The sealed name; null until it has been given one. */
	readonly name: string | null;
}

export interface Identity {
	readonly id: IdentityId;
	readonly type: Genesis['type'];
	readonly space: Genesis['space'];
	readonly devices: ReadonlyMap<DeviceId, IdentityDevice>;
	readonly root: Uint8Array;
	readonly box: { readonly gen: number; readonly pub: Uint8Array };
	/** Recovery recipient; null until a code has been made. */
	readonly recovery: Uint8Array | null;
	/** The sealed place of the recovery store; null where it was not noted. */
	readonly recoveryStore: string | null;
	readonly head: { readonly n: number; readonly hash: Hash };
	/** The hash of every record, so that a place in the log named elsewhere can be checked. */
	readonly hashes: readonly Hash[];
}

export type IdentityLogError =
	| { readonly type: 'malformed' }
	| { readonly type: 'broken-chain' }
	| { readonly type: 'bad-signature' }
	| { readonly type: 'not-allowed' };

/** At most this many devices stand in a log at once: person, unit (docs/protocol.md R7). */
export const MAX_DEVICES = { person: 8, unit: 64 } as const;

/** Most records in one log: reading a longer one would hold up whoever was sent it. */
export const MAX_LOG_RECORDS = 1000;

export const signIdentityRecord = (body: IdentityRecord, secret: Uint8Array): SignedIdentityRecord =>
	signRecord('identityRecord', body, secret);

export const parseIdentityRecord = (bytes: Uint8Array): SignedIdentityRecord | null =>
	parseRecord<IdentityRecord>('identityRecord', identityRecordSchema, bytes);

/** The identity a whole log describes. `log[0]` must be the genesis. */
export function readIdentityLog(log: readonly Uint8Array[]): Result<Identity, IdentityLogError> {
	if (log.length > MAX_LOG_RECORDS) return err({ type: 'malformed' });
	let identity: Identity | null = null;
	for (const bytes of log) {
		const record = parseIdentityRecord(bytes);
		if (!record) return err({ type: 'malformed' });
		const next: Result<Identity, IdentityLogError> = identity
			? extendIdentity(identity, record)
			: startIdentity(record);
		if (!next.ok) return next;
		identity = next.value;
	}
	return identity ? ok(identity) : err({ type: 'malformed' });
}

function startIdentity(record: SignedIdentityRecord): Result<Identity, IdentityLogError> {
	const { body } = record;
	if (body.kind !== 'genesis') return err({ type: 'broken-chain' });
	const device = toDevice(body.device, { admin: true, confirmed: true, addedAt: 0 });
	const box = toBox(body.box);
	if (!device || !box || box.gen !== 1) return err({ type: 'malformed' });
	if (!verifyRecord('identityRecord', record, device.sign)) return err({ type: 'bad-signature' });
	return ok({
		id: record.hash as string as IdentityId,
		type: body.type,
		space: body.space,
		devices: new Map([[device.id, device]]),
		root: idBytes(body.root),
		box,
		recovery: null,
		recoveryStore: null,
		head: { n: 0, hash: record.hash },
		hashes: [record.hash]
	});
}

/** The identity after one more record; the same rule on relay and client. */
export function extendIdentity(identity: Identity, record: SignedIdentityRecord): Result<Identity, IdentityLogError> {
	const { body } = record;
	if (body.kind === 'genesis' || body.n !== identity.head.n + 1 || body.prev !== identity.head.hash) {
		return err({ type: 'broken-chain' });
	}
	const signer = body.by === 'root' ? identity.root : activeDevice(identity, body.by)?.sign;
	if (!signer) return err({ type: 'not-allowed' });
	if (!verifyRecord('identityRecord', record, signer)) return err({ type: 'bad-signature' });
	if (body.by !== 'root' && !mayAdminister(identity, body)) return err({ type: 'not-allowed' });
	const changed = applyRecord(identity, body);
	if (!changed.ok) return changed;
	return ok({ ...changed.value, head: { n: body.n, hash: record.hash }, hashes: [...identity.hashes, record.hash] });
}

/** Any active device may confirm, name and take out itself and rotate the box; the rest is for admin devices. */
function mayAdminister(identity: Identity, body: Exclude<IdentityRecord, { kind: 'genesis' }>): boolean {
	if (body.by === 'root') return true;
	if (body.kind === 'rotateBox' || body.kind === 'confirmDevice') return true;
	if ((body.kind === 'removeDevice' || body.kind === 'nameDevice') && body.device === body.by) return true;
	return activeDevice(identity, body.by)?.admin === true;
}

function applyRecord(
	identity: Identity,
	body: Exclude<IdentityRecord, { kind: 'genesis' }>
): Result<Identity, IdentityLogError> {
	switch (body.kind) {
		case 'addDevice': {
			const device = toDevice(body.device, { admin: body.admin, confirmed: false, addedAt: body.n });
			if (!device || identity.devices.has(device.id)) return err({ type: 'malformed' });
			if (activeDevices(identity).length >= MAX_DEVICES[identity.type]) return err({ type: 'not-allowed' });
			return ok({ ...identity, devices: new Map([...identity.devices, [device.id, device]]) });
		}
		case 'confirmDevice': {
			const device = activeDevice(identity, body.by);
			if (!device || device.confirmed) return err({ type: 'not-allowed' });
			return ok({ ...identity, devices: new Map([...identity.devices, [device.id, { ...device, confirmed: true }]]) });
		}
		case 'removeDevice': {
			const device = activeDevice(identity, body.device);
			if (!device) return err({ type: 'not-allowed' });
			return ok({
				...identity,
				devices: new Map([...identity.devices, [device.id, { ...device, removedAt: body.n }]])
			});
		}
		case 'rotateBox': {
			const box = toBox(body.box);
			if (!box || box.gen !== identity.box.gen + 1) return err({ type: 'malformed' });
			return ok({ ...identity, box });
		}
		case 'setRecovery':
			return ok({
				...identity,
				recovery: idBytes(body.recipient),
				recoveryStore: body.store ?? null,
				root: idBytes(body.newRoot)
			});
		case 'nameDevice': {
			const device = activeDevice(identity, body.device);
			if (!device) return err({ type: 'not-allowed' });
			return ok({ ...identity, devices: new Map([...identity.devices, [device.id, { ...device, name: body.name }]]) });
		}
		case 'recover': {
			const device = toDevice(body.device, { admin: true, confirmed: false, addedAt: body.n });
			const box = toBox(body.box);
			if (!device || !box || identity.devices.has(device.id) || box.gen !== identity.box.gen + 1)
				return err({ type: 'malformed' });
			const removed = [...identity.devices.values()].map((old) => ({ ...old, removedAt: old.removedAt ?? body.n }));
			return ok({
				...identity,
				devices: new Map([...removed, device].map((each) => [each.id, each])),
				box
			});
		}
	}
}

/** Whether a device was taken out after the box was last renewed: the next one that comes by renews it. */
export function owesRotation(log: readonly Uint8Array[]): boolean {
	const kinds = log.map((bytes) => parseIdentityRecord(bytes)?.body.kind);
	const renewed = Math.max(kinds.lastIndexOf('rotateBox'), kinds.lastIndexOf('recover'));
	return kinds.lastIndexOf('removeDevice') > renewed;
}

/** The device when it stands in the log and has not been taken out. */
export function activeDevice(identity: Identity, id: DeviceId): IdentityDevice | null {
	const device = identity.devices.get(id);
	return device && device.removedAt === null ? device : null;
}

export const activeDevices = (identity: Identity): IdentityDevice[] =>
	[...identity.devices.values()].filter((device) => device.removedAt === null);

function toBox(wire: z.infer<typeof boxSchema>): Identity['box'] | null {
	const pub = idBytes(wire.pub);
	return isBoxKey(pub) ? { gen: wire.gen, pub } : null;
}

function toDevice(
	wire: z.infer<typeof wireDeviceSchema>,
	as: Pick<IdentityDevice, 'admin' | 'confirmed' | 'addedAt'>
): IdentityDevice | null {
	const sign = idBytes(wire.sign);
	const box = idBytes(wire.box);
	if (deviceIdText(deviceIdOf(sign)) !== wire.id || !isBoxKey(box)) return null;
	return { id: wire.id, sign, box, ...as, removedAt: null, name: null };
}
