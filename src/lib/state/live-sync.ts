/**
 * Keeps one tab of the space in step with the relay: the tab that holds the lock syncs, listens for nudges and tries again
 * with growing pauses. Other tabs ask it through the channel.
 */
import type { Result } from '$lib/domain/result';
import type { RelayClient } from '$lib/sync/relay-client';
import type { SyncEngine, SyncError } from '$lib/sync/engine';
import { readNudges } from '$lib/sync/nudges';
import type { Space } from '$lib/storage/database';

/**
 * `local`: nothing leaves this device. `went-back`: the relay shows less than before and is not trusted. `shut-out`: this device
 * was taken out of its identity.
 */
export type SyncStatus =
	'local' | 'syncing' | 'synced' | 'unreachable' | 'refused' | 'went-back' | 'cloned' | 'shut-out';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Even a stream that seems alive is not believed for longer than this. */
const LOOK_ANYWAY_MS = 60_000;

export interface LiveSyncDeps {
	readonly space: Space;
	readonly engine: SyncEngine;
	readonly relay: RelayClient;
	/** Whether the person has turned on backup or sharing. */
	readonly isOn: () => Promise<boolean>;
	readonly onStatus: (status: SyncStatus) => void;
	/** Uniform in [0, 1); spreads retries of many devices. */
	readonly jitter: () => number;
}

export class LiveSync {
	#deps: LiveSyncDeps;
	#stop = new AbortController();
	#wake: (() => void) | null = null;
	#poked = false;
	#events: AbortController | null = null;

	constructor(deps: LiveSyncDeps) {
		this.#deps = deps;
	}

	/** Runs until `stop`. Returns at once; only the tab holding the space's lock does the work. */
	start(): void {
		const run = () => this.#run();
		const name = `hemlinje:${this.#deps.space}:sync`;
		const { signal } = this.#stop;
		const locks = globalThis.navigator?.locks;
		// An aborted wait for the lock is how `stop` looks from here.
		void (locks ? locks.request(name, { signal }, run).catch(() => undefined) : run());
	}

	stop(): void {
		this.#stop.abort();
		this.#events?.abort();
		this.poke();
	}

	/** Something changed here or the network came back: look now. */
	poke(): void {
		this.#poked = true;
		this.#wake?.();
	}

	async #run(): Promise<void> {
		let pauseMs = FIRST_PAUSE_MS;
		while (!this.#stop.signal.aborted) {
			this.#poked = false;
			if (!(await this.#deps.isOn())) {
				this.#deps.onStatus('local');
				await this.#sleep(LOOK_ANYWAY_MS);
				continue;
			}
			this.#deps.onStatus('syncing');
			const result = await this.#deps.engine.sync();
			// The pass has logged in; before it the relay would not let this device listen.
			this.#listen();
			this.#deps.onStatus(statusOf(result));
			pauseMs = result.ok ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
			const asked = !result.ok && result.error.type === 'refused' ? result.error.retryAfterMs : undefined;
			await this.#sleep(result.ok ? LOOK_ANYWAY_MS : (asked ?? pauseMs * (0.5 + this.#deps.jitter() / 2)));
		}
	}

	/** Keeps one event stream open; each nudge, and its end, is a reason to look. */
	#listen(): void {
		if (this.#events) return;
		const events = new AbortController();
		this.#events = events;
		void (async () => {
			const stream = await this.#deps.relay.events(events.signal);
			// What changed after the pass and before the stream was told to nobody.
			if (stream.ok) this.poke();
			if (stream.ok) for await (const nudge of readNudges(stream.value)) if (nudge) this.poke();
			if (this.#events === events) this.#events = null;
			// A stream that ended is opened again by the next pass; while it cannot be, passes come with growing pauses.
			if (stream.ok) this.poke();
		})();
	}

	#sleep(ms: number): Promise<void> {
		if (this.#poked || this.#stop.signal.aborted) return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setTimeout(done, ms);
			function done(): void {
				clearTimeout(timer);
				resolve();
			}
			this.#wake = done;
		});
	}
}

function statusOf(result: Result<void, SyncError>): SyncStatus {
	if (result.ok) return 'synced';
	switch (result.error.type) {
		case 'relay-went-back':
			return 'went-back';
		case 'cloned':
			return 'cloned';
		case 'shut-out':
			return 'shut-out';
		case 'refused':
			return 'refused';
		default:
			return 'unreachable';
	}
}
