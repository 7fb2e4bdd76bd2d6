/**
 * Restoring on this device, from the code to the last reading (docs/protocol.md L3). Looking changes nothing. Once begun, the
 * new keys lie in the store and everything after that can be taken again: a closed app goes on where it was.
 */
import { err, ok, type Result } from '$lib/domain/result';
import { isMeasureKind } from '$lib/domain/measures';
import type { RecoveryCode } from '$lib/crypto/recovery-code';
import { must } from '$lib/domain/assert';
import { idBytes } from '$lib/protocol/ids';
import type { Space } from '$lib/storage/database';
import { StorageAbort, type StorageError } from '$lib/storage/errors';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import { LocalStore } from '$lib/storage/local-store';
import { readableBooks } from '$lib/sync/circle-access';
import { createCircle } from '$lib/sync/create';
import { SyncEngine, type SyncError } from '$lib/sync/engine';
import { OpenBook } from '$lib/sync/open-book';
import { RelayClient } from '$lib/sync/relay-client';
import { findIdentity, isUnannounced, recoveredDevice, type FindError, type FoundIdentity } from '$lib/sync/restore';
import type { SessionDeps } from './session';
import { openTabChannel } from './tab-channel';
import type { TabLocks } from './tab-locks';

export type { FindError, FoundIdentity, SyncError };

export interface RestoreDeps extends SessionDeps {
	readonly space: Space;
	/** One tab restores at a time. */
	readonly locks: TabLocks;
}

/** What came back, for the person to compare with what they remember. */
export interface Restored {
	/** Measured values that count. */
	readonly readings: number;
	readonly circles: number;
	/** A care unit's device, which has no values of its own. */
	readonly isUnit: boolean;
	/** Books whose key or frames are not all there. */
	readonly unreadable: number;
}

export type RestoreError =
	| SyncError
	/** The code was used on another device at the same moment: that one was let in, this one was not. */
	| { readonly type: 'overtaken' };

const CALL_TIMEOUT_MS = 30_000;
/** Waits this long for another tab that restores. */
const OTHER_TAB_MS = 10 * 60_000;

/** Looks for the identity of a code. Changes nothing, here or at the relay. */
export const lookUp = (
	deps: RestoreDeps,
	code: RecoveryCode,
	signal: AbortSignal
): Promise<Result<FoundIdentity, FindError>> => findIdentity(relayClient(deps, signal), code, deps.space);

/**
 * Puts the keys of the recovered device in the store, in place of whatever an emptied database has left. Nothing has been
 * sent yet. The caller has closed its own session: other tabs begin anew.
 */
export async function beginRestore(deps: RestoreDeps, found: FoundIdentity): Promise<Result<void, StorageError>> {
	const device = await recoveredDevice(found, deps);
	await LocalStore.erase(deps.space, deps.markers);
	const store = await LocalStore.open(deps.space, deps);
	if (!store.ok) return store;
	const created = await store.value.createDevice(device, null);
	store.value.close();
	if (created.ok) void deps.persist();
	const channel = openTabChannel(deps.space, () => undefined);
	channel.post({ type: 'erased' });
	channel.close();
	return created;
}

/** True when stopping now leaves nothing behind but keys nobody has heard of. */
export async function isNothingSent(deps: RestoreDeps): Promise<boolean> {
	const store = await LocalStore.open(deps.space, deps);
	if (!store.ok) return false;
	const device = await store.value.readDevice();
	store.value.close();
	return device !== null && isUnannounced(device);
}

/** Takes the beginning back: this device is as if nobody had used it. */
export const takeBack = (deps: RestoreDeps): Promise<void> => LocalStore.erase(deps.space, deps.markers);

/** Brings everything back that is not here yet. Can be stopped by `signal` and taken again. */
export async function bringBack(
	deps: RestoreDeps,
	signal: AbortSignal,
	onProgress: (progress: { readonly done: number; readonly total: number }) => void
): Promise<Result<Restored, RestoreError>> {
	const release = await deps.locks.hold(`hemlinje:${deps.space}:restore`, OTHER_TAB_MS);
	const opened = await LocalStore.open(deps.space, deps);
	try {
		return opened.ok ? await sync(opened.value, deps, signal, onProgress) : opened;
	} catch (error) {
		if (error instanceof StorageAbort) return err(error.reason);
		throw error;
	} finally {
		if (opened.ok) opened.value.close();
		release?.();
	}
}

async function sync(
	store: LocalStore,
	deps: RestoreDeps,
	signal: AbortSignal,
	onProgress: (progress: { readonly done: number; readonly total: number }) => void
): Promise<Result<Restored, RestoreError>> {
	const engine = new SyncEngine({
		store,
		relay: relayClient(deps, signal),
		random: deps.random,
		now: deps.now,
		onChange: () => undefined,
		onProgress
	});
	const synced = await engine.sync();
	const device = must(await store.readDevice(), 'a restore began with a device');
	if (!synced.ok) {
		const isOvertaken = synced.error.type === 'refused' && synced.error.code === 'conflict' && isUnannounced(device);
		return isOvertaken ? err({ type: 'overtaken' }) : synced;
	}
	const circles = await store.readCircles();
	if (device.arriving || circles.some(({ standing }) => standing === 'mine')) {
		const restored = await counted(store, engine, device, circles);
		const arrived = device.arriving ? await store.updateDevice(({ arriving: _, ...rest }) => rest) : ok(undefined);
		return arrived.ok ? ok(restored) : arrived;
	}
	// The code was made, and nothing more had reached the relay: the person goes on in an empty circle.
	const fresh = createCircle(deps, device, idBytes(device.sign));
	const created = await store.updateCircle(fresh.circle, (before) => before ?? fresh);
	return created.ok ? ok({ readings: 0, circles: 0, isUnit: false, unreadable: 0 }) : created;
}

/** Opens every book once, and keeps it opened for the app's next start. */
async function counted(
	store: LocalStore,
	engine: SyncEngine,
	device: DeviceKeys,
	circles: readonly CircleKeys[]
): Promise<Restored> {
	let [readings, unreadable] = [0, 0];
	// A unit's books are opened by the panel, as it shows them.
	for (const keys of device.unit ? [] : circles) {
		const access = await engine.open(keys, device);
		if (!access) continue;
		const books = readableBooks(access);
		unreadable += (access.member?.rights.length ?? 0) - books.length;
		for (const { book, kind } of books) {
			const opened = await OpenBook.open(store, access, book, kind);
			if (isMeasureKind(kind)) readings += opened.observations.length;
			if (opened.parked.some(({ reason }) => reason === 'gap' || reason === 'unreadable')) unreadable += 1;
			await OpenBook.keep(store, [opened]);
		}
	}
	return { readings, circles: circles.length, isUnit: device.unit !== null, unreadable };
}

/** A client whose every call ends with `signal`. */
const relayClient = (deps: RestoreDeps, signal: AbortSignal): RelayClient =>
	new RelayClient({
		fetch: (url, init) =>
			deps.fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, signal]) : signal }),
		origin: deps.origin,
		now: deps.now,
		timeoutMs: CALL_TIMEOUT_MS
	});
