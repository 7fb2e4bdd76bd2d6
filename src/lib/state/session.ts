/**
 * The composition root of one space: store, relay client, engine, channel and live sync wired together. Nothing here knows
 * about screens.
 */
import type { RandomBytes } from '$lib/crypto/bytes';
import { err, ok, type Result } from '$lib/domain/result';
import { parseIdentityRecord } from '$lib/protocol/identity-log';
import { idBytes, type CircleId } from '$lib/protocol/ids';
import type { Space } from '$lib/storage/database';
import type { StorageError } from '$lib/storage/errors';
import type { DeviceKeys } from '$lib/storage/keyring';
import { LocalStore } from '$lib/storage/local-store';
import type { Markers } from '$lib/storage/markers';
import type { Unlock } from '$lib/storage/unlocking';
import type { CircleAccess } from '$lib/sync/circle-access';
import { createCircle, createDevice, type CreateDeps } from '$lib/sync/create';
import type { SyncChange, SyncEngine, SyncError } from '$lib/sync/engine';
import { KnownLogs, type ReadCircle } from '$lib/sync/known-logs';
import type { Progress } from '$lib/sync/pass-progress';
import { RelayClient, type Fetch } from '$lib/sync/relay-client';
import { LiveSync, type SyncStatus } from './live-sync';
import { openTabChannel, type TabChannel, type TabMessage } from './tab-channel';

export interface SessionDeps {
	readonly random: RandomBytes;
	readonly now: () => number;
	readonly fetch: Fetch;
	readonly origin: string;
	readonly markers: Markers;
	/** Asks the browser to keep the data; called once, at the first saved value. */
	readonly persist: () => Promise<boolean>;
}

export interface SessionEvents {
	/** Resolves when it is shown. */
	readonly onChange: (change: SyncChange, read?: ReadCircle) => void | Promise<void>;
	/** This device's own row changed. */
	readonly onDevice: () => void;
	readonly onStatus: (status: SyncStatus) => void;
	/** How many of the circles that must be told of a removed device have been told. */
	readonly onRenewing?: ((progress: Progress) => void) | undefined;
	/** Another tab erased the space. */
	readonly onErased: () => void;
	/** Another tab locked the space, or changed what opens it. */
	readonly onLock: () => void;
}

const CALL_TIMEOUT_MS = 30_000;

/** Its script could not be fetched: there is no network, and nothing to sync with either. */
class EngineMissing extends Error {}

export class Session {
	readonly space: Space;
	readonly store: LocalStore;
	readonly relay: RelayClient;
	readonly #logs: KnownLogs;
	#engine: Promise<SyncEngine> | null = null;
	readonly random: RandomBytes;
	readonly now: () => number;
	#deps: SessionDeps;
	#events: SessionEvents;
	#channel: TabChannel;
	#live: LiveSync;

	private constructor(space: Space, store: LocalStore, deps: SessionDeps, events: SessionEvents) {
		this.space = space;
		this.store = store;
		this.random = deps.random;
		this.now = deps.now;
		this.#deps = deps;
		this.#events = events;
		this.relay = new RelayClient({ fetch: deps.fetch, origin: deps.origin, now: deps.now, timeoutMs: CALL_TIMEOUT_MS });
		this.#channel = openTabChannel(space, (message) => this.#hear(message));
		this.#logs = new KnownLogs({ store, relay: this.relay });
		this.#live = new LiveSync({
			space,
			sync: () => this.sync(),
			relay: this.relay,
			// Storage that is gone for the moment is asked again later; the loop must outlive it.
			isOn: () =>
				store.readDevice().then(
					(device) => device?.relayOn === true,
					() => false
				),
			onStatus: (status) => {
				events.onStatus(status);
				this.#channel.post({ type: 'status', status });
			},
			onRest: () => this.beginAnew(),
			jitter: Math.random
		});
	}

	/** One pass of the sync engine, which comes when something is first to be sent or fetched: most first visits need none. */
	async sync(): Promise<Result<void, SyncError>> {
		this.#engine ??= this.#makeEngine();
		try {
			return await (await this.#engine).sync();
		} catch (error) {
			if (!(error instanceof EngineMissing)) throw error;
			this.#engine = null;
			return err({ type: 'unreachable' });
		}
	}

	/** The next pass takes nothing for known. */
	beginAnew(): void {
		this.#engine = null;
		this.relay.forgetHeads();
	}

	async #makeEngine(): Promise<SyncEngine> {
		const { SyncEngine } = await import('$lib/sync/engine').catch(() => Promise.reject(new EngineMissing()));
		return new SyncEngine({
			store: this.store,
			relay: this.relay,
			random: this.random,
			now: this.now,
			logs: this.#logs,
			onChange: (change, read) => {
				this.#channel.post({ type: 'changed', ...change, books: [...change.books] });
				return this.#events.onChange(change, read);
			},
			onOwnDevices: () => {
				this.#channel.post({ type: 'device' });
				this.#events.onDevice();
			},
			onRenewing: this.#events.onRenewing
		});
	}

	/** Opens the space on this device, or says why it cannot be used. */
	static async open(space: Space, deps: SessionDeps, events: SessionEvents): Promise<Result<Session, StorageError>> {
		const store = await LocalStore.open(space, deps);
		return store.ok ? ok(new Session(space, store.value, deps, events)) : store;
	}

	/** Opens a locked space with the key of one of its ways. */
	static async unlock(
		space: Space,
		deps: SessionDeps,
		events: SessionEvents,
		key: Unlock
	): Promise<Result<Session, StorageError | { readonly type: 'wrong-key' }>> {
		const store = await LocalStore.unlock(space, deps, key);
		return store.ok ? ok(new Session(space, store.value, deps, events)) : store;
	}

	/** Begins to sync when the person has turned that on, or hears from the tab that does. */
	start(): void {
		this.#live.start();
		this.#askWhoSyncs();
	}

	close(): void {
		this.#live.stop();
		this.#channel.close();
		this.store.close();
	}

	/** Deletes everything of this space on this device. The person has confirmed it by name. */
	async erase(): Promise<void> {
		this.announce({ type: 'erased' });
		this.close();
		await LocalStore.erase(this.space, this.#deps.markers);
	}

	/** Sync soon: something waits, or the network came back. */
	poke(): void {
		this.#live.poke();
		this.#askWhoSyncs();
	}

	/** The tab that syncs looks again and says how it stands; one that sleeps is relieved. */
	#askWhoSyncs(): void {
		void this.#live.seekLeader(() => this.#channel.post({ type: 'outbox' }));
	}

	announce(message: TabMessage): void {
		this.#channel.post(message);
		if (message.type === 'outbox') this.poke();
	}

	device(): Promise<DeviceKeys | null> {
		return this.store.readDevice();
	}

	/** A restore was begun here and has not brought the person's circle back yet, or not everything of a person's other devices. */
	async isRestoring(): Promise<'code' | 'device' | null> {
		const device = await this.device();
		if (device?.arriving) return 'device';
		return device && cameByRecovery(device) && (await this.#ownCircle()) === null ? 'code' : null;
	}

	/** Changes this device's row and tells every tab. */
	async updateDevice(change: (device: DeviceKeys) => DeviceKeys): Promise<Result<void, StorageError>> {
		const updated = await this.store.updateDevice(change);
		if (updated.ok) this.deviceChanged();
		return updated;
	}

	/** Tells every tab, this one too, to read again what it knows of this device. */
	deviceChanged(): void {
		this.announce({ type: 'device' });
		this.#events.onDevice();
		this.#live.poke();
	}

	/** This device's identity, made now when it has none. No circle comes with it: whoever only helps has none of their own. */
	async ensureIdentity(): Promise<Result<DeviceKeys, StorageError>> {
		const existing = await this.device();
		if (existing) return ok(existing);
		const created = await this.store.createDevice(createDevice(this.#createDeps(), 'person'), null);
		if (!created.ok) return created;
		void this.#deps.persist();
		this.deviceChanged();
		const device = await this.device();
		return device ? ok(device) : err({ type: 'storage-unavailable' });
	}

	/** The person's own circle, made now if this is the first save. Two tabs at once end up with the same one. */
	async ensureOwnCircle(): Promise<Result<CircleId, StorageError>> {
		const existing = await this.#ownCircle();
		if (existing) return ok(existing);
		const known = await this.device();
		const device = known ?? createDevice(this.#createDeps(), 'person');
		const circle = createCircle(this.#createDeps(), device, idBytes(device.sign));
		const created = known ? await this.store.createOwnCircle(circle) : await this.store.createDevice(device, circle);
		if (!created.ok) return created;
		void this.#deps.persist();
		this.deviceChanged();
		const own = await this.#ownCircle();
		return own ? ok(own) : err({ type: 'storage-unavailable' });
	}

	/** Whoever asks must know that somebody syncs, also in the middle of a long pass. */
	#tellStatus(): void {
		const { status } = this.#live;
		if (status) this.#channel.post({ type: 'status', status });
	}

	#createDeps(): CreateDeps {
		return { random: this.random, now: this.now, space: this.space };
	}

	async #ownCircle(): Promise<CircleId | null> {
		return (await this.store.readCircles()).find((each) => each.standing === 'mine')?.circle ?? null;
	}

	/** A circle opened with this device's keys; null when it is unknown here or cannot be verified. */
	async openCircle(circle: CircleId): Promise<CircleAccess | null> {
		return (await this.readCircle(circle)).access;
	}

	/** The same, with all it was opened from as it stood then. */
	readCircle(circle: CircleId): Promise<ReadCircle> {
		return this.#logs.read(circle);
	}

	#hear(message: TabMessage): void {
		switch (message.type) {
			case 'changed':
				return void this.#events.onChange(message);
			case 'device':
				this.#live.poke();
				return this.#events.onDevice();
			case 'outbox':
				this.#live.poke();
				return this.#tellStatus();
			case 'status':
				this.#live.hear();
				return this.#events.onStatus(message.status);
			case 'erased':
				return this.#events.onErased();
			case 'lock':
				return this.#events.onLock();
			case 'use':
				return;
		}
	}
}

/** Starts a space over where no session holds it, and has every tab let go of it. */
export async function eraseSpace(space: Space, markers: Markers): Promise<void> {
	await LocalStore.erase(space, markers);
	const channel = openTabChannel(space, () => undefined);
	channel.post({ type: 'erased' });
	channel.close();
}

/** True for a device that the recovery code let in. Whoever only helps others has no circle of their own either. */
const cameByRecovery = ({ device, log }: DeviceKeys): boolean =>
	log.some((record) => {
		const body = parseIdentityRecord(idBytes(record))?.body;
		return body?.kind === 'recover' && body.device.id === device;
	});
