/**
 * Erasing everything of this device's person: the circle at the relay, the identity, and what lies here. Decided once, by
 * typing it; what is left when the network fails is owed and goes on, also after the app was closed. The data on this device
 * goes last: until then the person has lost nothing they could still want.
 */
import { err, ok, type Result } from '$lib/domain/result';
import { isMeasureKind } from '$lib/domain/measures';
import type { Space } from '$lib/storage/database';
import { StorageAbort, type StorageError } from '$lib/storage/errors';
import { LocalStore } from '$lib/storage/local-store';
import { readableBooks, type CircleAccess } from '$lib/sync/circle-access';
import { SyncEngine } from '$lib/sync/engine';
import { eraseAtRelay } from '$lib/sync/erase';
import { OpenBook } from '$lib/sync/open-book';
import { RelayClient, type RelayError } from '$lib/sync/relay-client';
import type { CircleState } from './circle-state.svelte';
import type { SaveError } from './circle-view';
import { leaveCircle } from './leaving';
import type { Session, SessionDeps } from './session';
import { openTabChannel } from './tab-channel';
import type { TabLocks } from './tab-locks';
import { answerCircle } from './unit';

export interface EraseDeps extends SessionDeps {
	readonly space: Space;
	readonly locks: TabLocks;
}

export type EraseError = RelayError | Exclude<SaveError, { readonly type: 'not-allowed' | 'held-back' }>;

/** What is at stake on this device, counted. */
export interface EraseFacts {
	/** Readings in the person's own circle. */
	readonly readings: number;
	/** Saves that have not reached the relay: in the own circle, and in circles of others. */
	readonly unsent: number;
	readonly unsentForOthers: number;
	/** The own circle comes back by the code on paper. */
	readonly isBackedUp: boolean;
	/** A file holds everything that is here now. */
	readonly isSavedAsFile: boolean;
	/** The relay knows this device's person. */
	readonly isAtRelay: boolean;
}

export async function eraseFacts(session: Session): Promise<EraseFacts> {
	const [device, care, circles] = await Promise.all([
		session.device(),
		session.store.readCare(),
		session.store.readCircles()
	]);
	const own = circles.find(({ standing }) => standing === 'mine');
	const access = own ? await session.openCircle(own.circle) : null;
	const { entries, readings } = access ? await countIn(session, access) : { entries: 0, readings: 0 };
	let unsentForOthers = 0;
	for (const each of circles)
		if (each !== own && !each.erased) unsentForOthers += await session.store.countOutbox(each.circle);
	return {
		readings,
		unsent: own ? await session.store.countOutbox(own.circle) : 0,
		unsentForOthers,
		isBackedUp: device?.relayOn === true && device.recovery !== null && own?.published === true,
		isSavedAsFile: care.file !== null && care.file.entries >= entries,
		isAtRelay: device?.relayOn === true
	};
}

async function countIn(session: Session, access: CircleAccess): Promise<{ entries: number; readings: number }> {
	let [entries, readings] = [0, 0];
	for (const { book, kind } of readableBooks(access)) {
		const opened = await OpenBook.open(session.store, access, book, kind);
		entries += opened.stated.length;
		if (isMeasureKind(kind)) readings += opened.observations.length;
	}
	return { entries, readings };
}

/** N8: nothing is taken off a device that would be lost by it: it has been sent and comes back by the code, or lies in a file. */
export const mayEraseHere = (facts: EraseFacts): boolean =>
	facts.unsentForOthers === 0 &&
	(facts.readings + facts.unsent === 0 || facts.isSavedAsFile || (facts.isBackedUp && facts.unsent === 0));

/**
 * Says farewell in every circle of others, then notes that everything is to be erased. From here on the store is only good
 * for being erased: the caller steps aside, and other tabs open anew.
 */
export async function decideToErase(
	session: Session,
	others: Iterable<CircleState> | AsyncIterable<CircleState>,
	signature: string | null
): Promise<Result<void, EraseError>> {
	for await (const circle of others) {
		// What this person holds for somebody goes with them: nobody else could hand it over.
		if (circle.held?.isMine) continue;
		const told =
			signature === null ? await leaveCircle(session, circle) : await tellPatient(session, circle, signature);
		// A circle that takes no farewell has let go already.
		if (!told.ok && told.error.type !== 'not-allowed' && told.error.type !== 'held-back') return err(told.error);
	}
	return session.store.work.saveErasing({ v: 1, at: session.now(), begun: false });
}

/** A unit's farewell: the person must be told that nobody looks any more. */
async function tellPatient(session: Session, circle: CircleState, signature: string): Promise<Result<void, SaveError>> {
	const id = circle.access?.chain.circle;
	if (!id || circle.erasedAt !== null) return ok(undefined);
	const told = await circle.mark('declined', signature);
	return told.ok ? answerCircle(session, id, 'declined') : told;
}

/** Erases everything, here last of all. Stopped or failed midway it is owed, and can be taken again. */
export async function eraseEverything(deps: EraseDeps): Promise<Result<void, EraseError>> {
	const release = await deps.locks.hold(`hemlinje:${deps.space}:erase`, OTHER_TAB_MS);
	try {
		const gone = await withStore(deps, (store) => eraseSent(store, deps));
		if (!gone.ok) return gone;
		await LocalStore.erase(deps.space, deps.markers);
		tellOtherTabs(deps.space);
		return ok(undefined);
	} finally {
		release?.();
	}
}

/** Waits this long for another tab that erases. */
const OTHER_TAB_MS = 60_000;
const CALL_TIMEOUT_MS = 30_000;

async function eraseSent(store: LocalStore, deps: EraseDeps): Promise<Result<void, EraseError>> {
	const device = await store.readDevice();
	if (!device?.relayOn) return ok(undefined);
	const { fetch, origin, now, random } = deps;
	const relay = new RelayClient({ fetch, origin, now, timeoutMs: CALL_TIMEOUT_MS });
	// Farewells that have not been sent. Whatever comes of it, the relay takes an erased identity out of every circle.
	if (await isOwed(store)) {
		const synced = await new SyncEngine({ store, relay, random, now, onChange: () => undefined }).sync();
		if (!synced.ok && synced.error.type === 'unreachable') return err(synced.error);
	}
	const noted = await store.work.saveErasing({ v: 1, at: now(), begun: true });
	return noted.ok ? eraseAtRelay({ store, relay, now }) : noted;
}

async function isOwed(store: LocalStore): Promise<boolean> {
	for (const { circle, standing, keys, erased } of await store.readCircles())
		if (standing === 'declined' && keys.length > 0 && !erased && (await store.countOutbox(circle)) > 0) return true;
	return false;
}

/** True while the person can still change their mind: nothing is gone. */
export async function mayKeep(deps: EraseDeps): Promise<boolean> {
	const erasing = await withStore(deps, async (store) => ok(await store.work.readErasing()));
	return erasing.ok && erasing.value?.begun === false;
}

/** Takes the decision back. */
export async function keepEverything(deps: EraseDeps): Promise<Result<void, StorageError>> {
	const kept = await withStore(deps, (store) => store.work.clearErasing());
	if (kept.ok) tellOtherTabs(deps.space);
	return kept;
}

async function withStore<T, E>(
	deps: EraseDeps,
	work: (store: LocalStore) => Promise<Result<T, E>>
): Promise<Result<T, E | StorageError>> {
	const opened = await LocalStore.open(deps.space, deps);
	if (!opened.ok) return opened;
	try {
		return await work(opened.value);
	} catch (error) {
		if (error instanceof StorageAbort) return err(error.reason);
		throw error;
	} finally {
		opened.value.close();
	}
}

function tellOtherTabs(space: Space): void {
	const channel = openTabChannel(space, () => undefined);
	channel.post({ type: 'erased' });
	channel.close();
}
