/**
 * When the relay shows less than before, or something else: whatever it lacks and this device has is sent again, and books
 * are read on from where both agree (docs/protocol.md 11). Absence is never deletion: nothing is taken away here, and what
 * cannot be brought back by this member waits for one who can.
 */
import { err, ok, type Result } from '$lib/domain/result';
import { shortRun, standsAs, type BookHead, type CircleHead, type Heads } from '$lib/protocol/api/heads';
import type { Frame } from '$lib/protocol/frame';
import type { CircleId, DeviceId, Hash } from '$lib/protocol/ids';
import { accessOf, type Member, type SignedManifest } from '$lib/protocol/manifest';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore } from '$lib/storage/local-store';
import type { RelayPlace } from '$lib/storage/relay-places';
import { announceIdentity } from './announce';
import { heldKeys, isOwning, type CircleAccess } from './circle-access';
import type { SyncError } from './engine';
import { envelopesOf } from './envelopes';
import { concernsAll, MOST_IN_ONE_PUSH } from './outbox';
import { pullBooks } from './pull-books';
import type { RelayClient } from './relay-client';

export interface BringBackDeps {
	readonly store: LocalStore;
	readonly relay: RelayClient;
	readonly open: (keys: CircleKeys) => Promise<CircleAccess | null>;
	/** The circle with the newest logs of everyone in it. */
	readonly learn: (access: CircleAccess) => Promise<Result<CircleAccess, SyncError>>;
}

/** In place of the relay's incarnation: no relay has this one. */
const UNFINISHED = '';

/** What the relay turned out to have lost. */
export interface BroughtBack {
	/** A circle of which it lacked something; null when it lacked nothing. */
	readonly circle: CircleId | null;
	/** It lacked this device's own identity, or a part of its log. */
	readonly identity: boolean;
	/** How many frames were sent again. */
	readonly frames: number;
}

/** Sends again what the relay has lost, and reads its books on from where both agree. */
export async function bringBack(deps: BringBackDeps, device: DeviceKeys): Promise<Result<BroughtBack, SyncError>> {
	const announced = await announceAgain(deps, device);
	if (!announced.ok) return announced;
	// Until this has come to its end: whatever cuts it off, it is begun again.
	const begun = await deps.store.places.saveIncarnation(UNFINISHED);
	if (!begun.ok) return begun;
	// Asked before the relay is: what another tab sends meanwhile is not missing.
	const unshown = await unshownFrames(deps.store);
	const before = await freshHeads(deps);
	if (!before.ok) return before;
	const restored = await restoreRecords(deps, before.value);
	if (!restored.ok) return restored;
	const heads = restored.value === null ? before : await freshHeads(deps);
	if (!heads.ok) return heads;
	let circle = restored.value;
	let frames = 0;
	for (const head of heads.value.circles) {
		const returned = await restoreFrames(deps, device.device, head, unshown);
		if (!returned.ok && concernsAll(returned.error)) return returned;
		if (!returned.ok || returned.value === null) continue;
		frames += returned.value;
		circle ??= head.circle;
	}
	// What the relay says it has taken is believed once it shows it: the end is a look that finds nothing to send.
	const saved = frames > 0 ? begun : await deps.store.places.saveIncarnation(heads.value.incarnation);
	if (!saved.ok) return saved;
	// What was sent has a new place: the next pass reads it.
	deps.relay.forgetHeads();
	return ok({ circle, identity: announced.value, frames });
}

/** Own newest frames that were acknowledged and have not been seen. */
async function unshownFrames(store: LocalStore): Promise<ReadonlySet<Hash>> {
	const circles = (await store.readCircles()).map(async ({ circle }) => [
		...(await store.places.missingNewest(circle)).values()
	]);
	return new Set((await Promise.all(circles)).flat());
}

async function freshHeads({ relay }: BringBackDeps): Promise<Result<Heads, SyncError>> {
	relay.forgetHeads();
	const heads = await relay.heads();
	if (!heads.ok) return heads;
	return heads.value ? ok(heads.value) : err({ type: 'unreachable' });
}

/**
 * Tells a relay that does not know this identity, or knows a shorter log of it, everything anew. True when it had lost
 * something of it.
 */
export async function announceAgain(
	deps: Pick<BringBackDeps, 'store' | 'relay'>,
	device: DeviceKeys
): Promise<Result<boolean, SyncError>> {
	const { store, relay } = deps;
	const shown = await relay.identityLog(device.identity);
	const isUnknown = !shown.ok && shown.error.type === 'refused' && shown.error.code === 'not-found';
	if (!shown.ok && !isUnknown) return shown;
	const known = shown.ok ? shown.value : [];
	const isBehind = known.length < device.log.length && known.every((record, n) => record === device.log[n]);
	if (!device.relay.registered) return ok(false);
	const shownBy: DeviceKeys['relay'] = {
		registered: known.length > 0,
		logSent: isBehind ? Math.max(0, known.length - 1) : device.relay.logSent,
		recoverySent: 0
	};
	// One that does not know the identity at all may be the wrong one: nothing is noted before it has taken it in.
	const updated = shownBy.registered ? await store.updateDevice((now) => ({ ...now, relay: shownBy })) : ok(undefined);
	if (!updated.ok) return updated;
	const again = await store.readDevice();
	const announced = again ? await announceIdentity(deps, { ...again, relay: shownBy }) : ok(undefined);
	return announced.ok ? ok(isBehind) : announced;
}

/**
 * Records the relay has lost, with every key for whoever reads. The circle that had lost some; null when none had. A circle it
 * does not know at all waits for somebody who runs it.
 */
async function restoreRecords(deps: BringBackDeps, heads: Heads): Promise<Result<CircleId | null, SyncError>> {
	let lost: CircleId | null = null;
	for (const keys of await deps.store.readCircles()) {
		const head = heads.circles.find((each) => each.circle === keys.circle);
		const isBehind = (head?.manifest ?? -1) < keys.manifests.length - 1;
		if (!keys.published || keys.erased || keys.standing === 'declined' || !isBehind) continue;
		const access = await deps.open(keys);
		if (!access?.member || !(head || isOwning(access.member))) continue;
		const logs = await restoreLogs(deps, access);
		if (!logs.ok) return logs;
		const sent = await sendRecords(deps, keys, access, head ? head.manifest : null);
		if (sent.ok) lost = keys.circle;
		else if (concernsAll(sent.error)) return sent;
	}
	return ok(lost);
}

/**
 * Records of members' logs that the relay has lost: without them it takes none of the circle's records they have signed. Each is
 * signed itself, so anybody may bring it.
 */
async function restoreLogs(
	{ store, relay }: BringBackDeps,
	{ identities }: CircleAccess
): Promise<Result<void, SyncError>> {
	for (const id of identities.keys()) {
		const log = (await store.readIdentity(id))?.log ?? [];
		const shown = await relay.identityLog(id);
		if (!shown.ok && concernsAll(shown.error)) return shown;
		if (!shown.ok || !shown.value.every((record, n) => record === log[n])) continue;
		for (const record of log.slice(shown.value.length)) {
			const sent = await relay.appendIdentityRecord(id, record);
			if (!sent.ok && concernsAll(sent.error)) return sent;
			if (!sent.ok) break;
		}
	}
	return ok(undefined);
}

/** Records sent in one request: its body stays far below what the relay reads. */
const RECORDS_AT_ONCE = 20;

/** `known`: the newest record the relay has; null when it does not know the circle. */
async function sendRecords(
	{ store, relay }: BringBackDeps,
	{ circle, manifests }: CircleKeys,
	access: CircleAccess,
	known: number | null
): Promise<Result<void, SyncError>> {
	const { member } = access;
	const { records } = access.chain;
	const hasMe = ({ body }: SignedManifest) => body.members.some(({ identity }) => identity === member?.identity);
	for (let at = known === null ? 0 : known + 1; at < manifests.length;) {
		// Never up to a record that leaves this member out: the relay would take no more from them.
		const end = records.slice(at, at + RECORDS_AT_ONCE).findLastIndex(hasMe) + 1;
		if (end === 0) return err({ type: 'relay-went-back', circle });
		const isLast = at + end >= manifests.length;
		// The record before is sent along: it is how the relay knows where these go on.
		const sent = await relay.createCircle(
			manifests.slice(Math.max(0, at - 1), at + end),
			isLast ? await everyKey(access) : []
		);
		if (!sent.ok) return sent;
		at += end;
	}
	// Cards of open invitations lie beside the records, and are sent again with them.
	return store.work.update(circle, (work) => ({
		...work,
		invites: work.invites.map((invite) => ({ ...invite, sent: false }))
	}));
}

/** Every key of the books this member reads, for each member who may read with it. */
async function everyKey(access: CircleAccess) {
	const rows = access.chain.head.body.members.map(({ identity, rights }) => {
		const known = access.identities.get(identity);
		return known ? envelopesOf(access, known, keysOf(access, rights)) : Promise.resolve([]);
	});
	return (await Promise.all(rows)).flat();
}

const keysOf = (access: CircleAccess, rights: Member['rights']) =>
	rights.flatMap(({ book, fromEpoch }) =>
		accessOf(access.member, book) === null ? [] : heldKeys(access, book).filter(({ epoch }) => epoch >= fromEpoch)
	);

/** How many frames of a circle were sent again; null when the relay lacked none that are here. */
async function restoreFrames(
	deps: BringBackDeps,
	device: DeviceId,
	head: CircleHead,
	unshown: ReadonlySet<Hash>
): Promise<Result<number | null, SyncError>> {
	const { store } = deps;
	const keys = await store.readCircle(head.circle);
	const access = keys && (await deps.open(keys));
	// Before the records agree, nobody's place in the circle is sure.
	if (!access || head.manifest !== access.chain.records.length - 1) return ok(null);
	const books = head.books.filter(({ book }) => accessOf(access.member, book) !== null);
	let hasLost = false;
	for (const shown of books) {
		const local = await store.head(head.circle, shown.book);
		if (shown.pos > local.pos || standsAs(local, shown)) continue;
		hasLost = true;
		const rewound = await store.places.rewind(head.circle, shown.book, await agreedPlace(store, head.circle, shown));
		if (!rewound.ok) return rewound;
	}
	const pull = async () => {
		const here = { access, heads: await store.heads(head.circle) };
		return pullBooks({ ...deps, device, learn: () => deps.learn(access) }, head, here, () => undefined);
	};
	const pulled = await pull();
	if (!pulled.result.ok && pulled.result.error.type !== 'relay-went-back') return pulled.result;
	// Acknowledged before the relay was asked, and still not among what it shows: no place it gave here is believed.
	const missing = [...(await store.places.missingNewest(head.circle))].filter(
		([id, hash]) => unshown.has(hash) && books.some(({ book }) => book === id)
	);
	for (const [book] of missing) {
		hasLost = true;
		const rewound = await store.places.rewind(head.circle, book, await store.places.placeAt(head.circle, book, 0));
		if (!rewound.ok) return rewound;
	}
	const again = missing.length > 0 ? await pull() : pulled;
	if (!again.result.ok && again.result.error.type !== 'relay-went-back') return again.result;
	let count = 0;
	for (const { book } of books) {
		const frames = await store.places.unplaced(head.circle, book);
		const returned = await returnFrames(deps.relay, frames);
		if (!returned.ok) return returned;
		count += returned.value;
	}
	return ok(hasLost || count > 0 ? count : null);
}

/** Up to where the relay's book is the one that was read here: its start, when it is another. */
async function agreedPlace(store: LocalStore, circle: CircleId, { book, pos, run }: BookHead): Promise<RelayPlace> {
	const place = await store.places.placeAt(circle, book, pos);
	return shortRun(place.run) === run ? place : store.places.placeAt(circle, book, 0);
}

/** Sends frames device by device, so that one the relay refuses holds up no other's. How many it took. */
async function returnFrames(relay: RelayClient, frames: readonly Frame[]): Promise<Result<number, SyncError>> {
	const chains = new Map<DeviceId, Frame[]>();
	for (const frame of frames) chains.set(frame.header.device, [...(chains.get(frame.header.device) ?? []), frame]);
	let count = 0;
	for (const chain of chains.values()) {
		let part: readonly Frame[];
		for (let at = 0; at < chain.length; at += part.length) {
			part = consecutive(chain.slice(at, at + MOST_IN_ONE_PUSH));
			const sent = await relay.push(
				part.map(({ bytes }) => bytes),
				true
			);
			if (!sent.ok && concernsAll(sent.error)) return sent;
			// Not this member's to bring back, or the relay has another branch there: somebody else may.
			if (!sent.ok) break;
			// An answer that does not name them all is no acknowledgement.
			if (sent.value.length < part.length) return err({ type: 'unreachable' });
			count += part.length;
		}
	}
	return ok(count);
}

/** The first frames, up to where one of those between waits to be sent: the relay takes all of a push or none. */
function consecutive(chain: readonly Frame[]): readonly Frame[] {
	const gap = chain.findIndex(({ header }, n) => header.seq !== (chain[0]?.header.seq ?? 0) + n);
	return gap < 0 ? chain : chain.slice(0, gap);
}
