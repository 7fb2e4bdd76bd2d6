/**
 * The identity's own log on a device that is not the only one (docs/protocol.md 5): other devices of the person write in it
 * too. What they have written is taken in before anything else; what this device still owes is signed anew behind it. A log
 * that does not go on from the one seen here is never an update (I1).
 */
import { openWith, boxKeyOf } from '$lib/crypto/boxes';
import { toBase64url } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import {
	activeDevice,
	extendIdentity,
	parseIdentityRecord,
	signIdentityRecord,
	type Identity,
	type IdentityRecord
} from '$lib/protocol/identity-log';
import { idBytes } from '$lib/protocol/ids';
import { openStoreNote } from '$lib/protocol/own-notes';
import type { DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import { identityFrom } from './circle-access';
import type { SyncError } from './engine';
import type { RelayClient } from './relay-client';

export interface OwnLogDeps {
	readonly store: LocalStore;
	readonly relay: Pick<RelayClient, 'identityLog' | 'appendIdentityRecord'>;
	readonly now: () => number;
}

/** The identity a device's own row describes. */
export const ownIdentity = (device: DeviceKeys): Identity =>
	must(identityFrom(device.log, device.identity), 'a device can read its own identity log');

/** How this device stands: by whom it was taken out, if it was. The row holds verified records alone. */
export function shutOutBy({ log, device }: Pick<DeviceKeys, 'log' | 'device'>): 'device' | 'code' | null {
	let isIn = false;
	for (const text of log) {
		const body = parseIdentityRecord(idBytes(text))?.body;
		if (body && 'device' in body && typeof body.device === 'object' && body.device.id === device) isIn = true;
		else if (isIn && body?.kind === 'recover') return 'code';
		if (body?.kind === 'removeDevice' && body.device === device) return 'device';
	}
	return null;
}

export const isShutOut = (device: DeviceKeys): boolean => shutOutBy(device) !== null;

/** How many records of the own log the relay is known to have. */
const acknowledged = (device: DeviceKeys): number => device.relay.logSent + 1;

/**
 * Takes in what other devices have written in the own log. The device's row as it then is. A relay that has fewer
 * records than it took is owed the rest again; one that does not know the identity at all does not let this device in.
 */
export async function refreshOwnLog(deps: OwnLogDeps): Promise<Result<DeviceKeys, SyncError>> {
	const device = must(await deps.store.readDevice(), 'only a device with keys has a log');
	const known = acknowledged(device);
	// The last one known comes along: the answer must go on from it.
	const fetched = await deps.relay.identityLog(device.identity, known - 1);
	if (!fetched.ok) {
		const isUnknown = fetched.error.type === 'refused' && fetched.error.code === 'not-found';
		return isUnknown ? err({ type: 'refused', code: 'unauthorized' }) : fetched;
	}
	const [last, ...news] = fetched.value;
	if (last === undefined) return owedAgain(deps, device);
	if (last !== device.log[known - 1]) return ok(device);
	if (news.length === 0) return device.unit?.enrolment ? updated(deps, device, withoutToken) : ok(device);
	const next = await withNews(device, news, deps.now());
	if (!next) return ok(device);
	// Only what the log decides is written: another tab may have changed the rest, or the log itself.
	return updated(deps, device, (now) => ({
		...now,
		log: next.log,
		boxes: united(now.boxes, next.boxes),
		recovery: next.recovery,
		relay: next.relay
	}));
}

/** A unit the relay was seen to know needs the operator's token no more. */
const withoutToken = (device: DeviceKeys): DeviceKeys => ({
	...device,
	unit: device.unit && { ...device.unit, enrolment: null }
});

/** The row with what the relay has really kept, where it took more: the records behind that are to be sent again. */
async function owedAgain(deps: OwnLogDeps, device: DeviceKeys): Promise<Result<DeviceKeys, SyncError>> {
	const fetched = await deps.relay.identityLog(device.identity);
	if (!fetched.ok) return fetched;
	const kept = fetched.value;
	const isBehind = kept.length > 0 && kept.length < acknowledged(device);
	if (!isBehind || kept.some((record, n) => record !== device.log[n])) return ok(device);
	return updated(deps, device, (now) => ({ ...now, relay: { ...now.relay, logSent: kept.length - 1 } }));
}

/** The row as it is after a change, which is not made when another tab has changed the log meanwhile. */
async function updated(
	{ store }: OwnLogDeps,
	before: DeviceKeys,
	change: (now: DeviceKeys) => DeviceKeys
): Promise<Result<DeviceKeys, SyncError>> {
	const saved = await store.updateDevice((now) =>
		now.log.length === before.log.length && now.device === before.device ? change(now) : now
	);
	return saved.ok ? ok(must(await store.readDevice(), 'it was just written')) : saved;
}

/** The row with these records behind those the relay had; null when they do not follow. */
async function withNews(device: DeviceKeys, news: readonly string[], now: number): Promise<DeviceKeys | null> {
	const owed = device.log.slice(acknowledged(device));
	// A restore that somebody else came before: what the root signed holds for the head it was made for alone.
	if (owed.some((record) => parseIdentityRecord(idBytes(record))?.body.kind === 'recover') && owed[0] !== news[0])
		return null;
	// What this device was about to say may be among it: an answer was lost.
	const arrived = owed.findIndex((record, index) => news[index] !== record);
	const waiting = arrived < 0 ? [] : owed.slice(arrived);
	const log = [...device.log.slice(0, acknowledged(device)), ...news];
	const identity = identityFrom(log, device.identity);
	if (!identity) return null;
	const boxes = united(device.boxes, await boxesFor(device, news, identity));
	const isOtherCode = news.slice(arrived < 0 ? owed.length : arrived).some(isNewCode);
	return {
		...device,
		log: [...log, ...signedAnew(device, identity, waiting)],
		boxes,
		relay: { ...device.relay, logSent: log.length - 1, ...(isOtherCode ? { recoverySent: 0 } : {}) },
		recovery: isOtherCode ? recoveryOf(identity, boxes, now) : device.recovery
	};
}

export const isNewCode = (record: string): boolean => parseIdentityRecord(idBytes(record))?.body.kind === 'setRecovery';

/** The store of a code that was made on another device. What lies there is read before anything is added to it. */
function recoveryOf(identity: Identity, boxes: DeviceKeys['boxes'], confirmedAt: number): DeviceKeys['recovery'] {
	const lookup = identity.recoveryStore && openStoreNote(identity.id, identity.recoveryStore, boxes);
	return lookup ? { lookup, files: [], confirmedAt } : null;
}

const united = (mine: DeviceKeys['boxes'], more: DeviceKeys['boxes']): DeviceKeys['boxes'] => [
	...mine,
	...more.filter(({ gen }) => !mine.some((box) => box.gen === gen))
];

/** Records this device owes, behind a head they were not made for. What is no longer allowed is dropped; roots are not here. */
function signedAnew(device: DeviceKeys, identity: Identity, owed: readonly string[]): string[] {
	const records: string[] = [];
	let at = identity;
	for (const text of owed) {
		const body = parseIdentityRecord(idBytes(text))?.body;
		if (!body || body.kind === 'genesis' || body.by !== device.device) continue;
		const record = signIdentityRecord({ ...body, n: at.head.n + 1, prev: at.head.hash }, idBytes(device.sign));
		const next = extendIdentity(at, record);
		if (!next.ok) continue;
		at = next.value;
		records.push(toBase64url(record.bytes));
	}
	return records;
}

/** Box secrets these records hand to this device, each checked against what the log says of its generation. */
async function boxesFor(
	device: DeviceKeys,
	records: readonly string[],
	identity: Identity
): Promise<DeviceKeys['boxes']> {
	const found: DeviceKeys['boxes'] = [];
	for (const text of records) {
		const body = parseIdentityRecord(idBytes(text))?.body;
		const sealed = body?.kind === 'rotateBox' ? body.sealed.find((each) => each.device === device.device) : undefined;
		const secret = sealed && (await openWith(idBytes(device.box), idBytes(sealed.ct)));
		if (body?.kind !== 'rotateBox' || secret?.length !== 32 || !identity.devices.has(device.device)) continue;
		const fits = toBase64url(boxKeyOf(secret).pub) === body.box.pub;
		if (fits) found.push({ gen: body.box.gen, secret: toBase64url(secret) });
	}
	return found;
}

type Unlinked<R> = R extends IdentityRecord ? Omit<R, 'v' | 'n' | 'prev' | 'by'> : never;
/** What this device says in the log; number, link and signature come with it. */
export type OwnStatement = Unlinked<Exclude<IdentityRecord, { kind: 'genesis' | 'recover' }>>;

/** How often somebody else may come first before a pass gives up. */
const MOST_TRIES = 5;

/**
 * Says something in the own log, at the relay first and then here. `make` is asked again whenever somebody else came first,
 * and answers null when nothing is left to say. True when a record was added.
 */
export async function sayInOwnLog(
	deps: OwnLogDeps,
	make: (
		identity: Identity,
		device: DeviceKeys
	) => Promise<{ readonly says: OwnStatement; readonly keep?: (now: DeviceKeys) => DeviceKeys } | null>
): Promise<Result<boolean, SyncError>> {
	for (let left = MOST_TRIES; left > 0; left -= 1) {
		const fresh = await refreshOwnLog(deps);
		if (!fresh.ok) return fresh;
		const device = fresh.value;
		if (device.log.length !== acknowledged(device)) return err({ type: 'refused', code: 'conflict' });
		const identity = ownIdentity(device);
		const made = activeDevice(identity, device.device) && (await make(identity, device));
		if (!made) return ok(false);
		const record = linked(identity, device, made.says);
		const sent = await deps.relay.appendIdentityRecord(device.identity, record);
		if (sent.ok) {
			const saved = await deps.store.updateDevice((now) =>
				now.log.length === device.log.length
					? {
							...(made.keep?.(now) ?? now),
							log: [...now.log, record],
							relay: { ...now.relay, logSent: now.log.length }
						}
					: now
			);
			return saved.ok ? ok(true) : saved;
		}
		if (sent.error.type !== 'refused' || sent.error.code !== 'conflict') return sent;
	}
	return err({ type: 'refused', code: 'conflict' });
}

function linked(identity: Identity, device: DeviceKeys, says: OwnStatement): string {
	const body = { ...says, v: 1, n: identity.head.n + 1, prev: identity.head.hash, by: device.device } as IdentityRecord;
	return toBase64url(signIdentityRecord(body, idBytes(device.sign)).bytes);
}
