/**
 * A copied browser profile becomes a device of its own (docs/protocol.md 7; threat model F6). Two copies sign with one key: the
 * second to send is refused. It makes new device keys, lets them in by the shared key, which stands in the identity's log, and
 * seals what it had not sent again as the new device: every entry as it stands, under the same ids, so that nothing is lost
 * or said twice. What both copies had sent before stays as it is, with both branches.
 */
import { boxKeyOf, createBoxKey } from '$lib/crypto/boxes';
import { toBase64url, type RandomBytes } from '$lib/crypto/bytes';
import { createSigningKey, deviceIdOf, signingKeyOf } from '$lib/crypto/signing';
import { must } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import { activeDevice, signIdentityRecord } from '$lib/protocol/identity-log';
import { deviceIdText, idBytes, type BookId } from '$lib/protocol/ids';
import { openDeviceNote, sealDeviceNote } from '$lib/protocol/own-notes';
import type { Rechaining } from '$lib/storage/device-store';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import type { Unarrived } from '$lib/storage/waiting';
import { epochKey, type CircleAccess } from './circle-access';
import type { SyncError } from './engine';
import { frameContent } from './frame-content';
import { grantFor } from './grant';
import { ownIdentity, sayInOwnLog } from './own-log';
import type { RelayClient } from './relay-client';
import { writeContext } from './write-context';

interface EnrolDeps {
	readonly store: LocalStore;
	readonly relay: RelayClient;
	readonly random: RandomBytes;
	readonly now: () => number;
	readonly open: (keys: CircleKeys) => Promise<CircleAccess | null>;
}

/** Makes this copy another device. `cloned` where the shared key may not let in devices, or what waits cannot be read here. */
export async function enrolAnew(deps: EnrolDeps, copied: DeviceKeys): Promise<Result<void, SyncError>> {
	const { store } = deps;
	const keys = await keptKeys(deps);
	if (!keys.ok) return keys;
	const next = keys.value;
	const wire = { id: next.device, sign: toBase64url(signingKeyOf(idBytes(next.sign)).pub), box: boxOf(next.box) };
	const added = await sayInOwnLog(deps, async (identity, device) => {
		const isOurs = device.device === copied.device && activeDevice(identity, device.device)?.admin === true;
		if (!isOurs || identity.devices.has(next.device)) return null;
		return {
			says: { kind: 'addDevice', device: wire, admin: true, boxes: await grantFor(device, idBytes(wire.box)) }
		};
	});
	if (!added.ok) return added;
	const device = must(await store.readDevice(), 'only a device with keys sends');
	const identity = ownIdentity(device);
	if (device.device !== copied.device || !activeDevice(identity, next.device)) return err({ type: 'cloned' });
	const rechain = await rechaining(deps, device, next);
	if (!rechain) return err({ type: 'cloned' });
	const became = await store.devices.become(device, asAnother(deps, device, next), rechain);
	return became.ok ? ok(undefined) : became;
}

interface NextKeys {
	readonly device: DeviceKeys['device'];
	readonly sign: string;
	readonly box: string;
}

const boxOf = (secret: string): string => toBase64url(boxKeyOf(idBytes(secret)).pub);

/** The keys this copy will have, kept before anybody hears of them. */
async function keptKeys({ store, random }: EnrolDeps): Promise<Result<NextKeys, SyncError>> {
	const fresh = { sign: toBase64url(createSigningKey(random).secret), box: toBase64url(createBoxKey(random).secret) };
	const saved = await store.devices.updateWork((now) => ({ ...now, next: now.next ?? fresh }));
	if (!saved.ok) return saved;
	const { next } = await store.devices.readWork();
	const kept = must(next, 'it was just written');
	return ok({ ...kept, device: deviceIdText(deviceIdOf(signingKeyOf(idBytes(kept.sign)).pub)) });
}

/** The row of the new device, with what it still has to say: that it is in, and what it is a copy of. */
function asAnother({ random, now }: EnrolDeps, device: DeviceKeys, next: NextKeys): DeviceKeys {
	const identity = ownIdentity(device);
	const named = activeDevice(identity, device.device)?.name;
	const note = named ? openDeviceNote(identity.id, device.device, named, device.boxes) : null;
	const name = { v: 1 as const, name: note?.name ?? '', at: now(), copyOf: device.device };
	const secret = idBytes(next.sign);
	const { n } = identity.head;
	const confirm = signIdentityRecord(
		{ v: 1, kind: 'confirmDevice', n: n + 1, prev: identity.head.hash, by: next.device },
		secret
	);
	const call = signIdentityRecord(
		{
			...{ v: 1, kind: 'nameDevice', n: n + 2, prev: confirm.hash, by: next.device, device: next.device },
			name: sealDeviceNote(identity.id, next.device, name, device.boxes, random)
		},
		secret
	);
	return {
		...device,
		device: next.device,
		sign: next.sign,
		box: next.box,
		log: [...device.log, toBase64url(confirm.bytes), toBase64url(call.bytes)],
		copyOf: { device: device.device, at: now() }
	};
}

/** Everything that waits or was never shown, with the keys it was sealed under; null when part of it cannot be read here. */
async function rechaining(deps: EnrolDeps, device: DeviceKeys, next: NextKeys): Promise<Rechaining[] | null> {
	const found: Rechaining[] = [];
	for (const keys of await deps.store.readCircles()) {
		const unarrived = await deps.store.devices.unarrived(keys.circle, device.device);
		if (unarrived.size === 0) continue;
		const access = await deps.open(keys);
		const each = access && rechainOf(deps, access, { ...device, ...next }, unarrived);
		if (!each) return null;
		found.push(each);
	}
	return found;
}

function rechainOf(
	{ relay }: EnrolDeps,
	access: CircleAccess,
	device: DeviceKeys,
	unarrived: ReadonlyMap<BookId, Unarrived>
): Rechaining | null {
	const context = writeContext(access, device, relay.skewMs);
	/** A book this member may no longer write waits on as it waited: under the key it was written with. */
	const before = new Map<BookId, { readonly epoch: number; readonly key: Uint8Array }>();
	for (const [book, { waiting }] of unarrived) {
		const frame = waiting[0]?.frame;
		if (!frame) continue;
		const key = epochKey(access, book, frame.header.epoch);
		if (!key) return null;
		before.set(book, { epoch: frame.header.epoch, key });
	}
	// Where nothing may be written any more nothing is said again: it would wait for ever.
	const isOpen = (book: BookId): boolean => !access.keys.erased && context.epochOf(book) !== null;
	return {
		circle: access.chain.circle,
		books: [...unarrived.keys()],
		again: new Set([...unarrived.keys()].filter(isOpen)),
		context: { ...context, epochOf: (book) => context.epochOf(book) ?? before.get(book) ?? null },
		contentOf: (frame) => frameContent(access, frame)
	};
}
