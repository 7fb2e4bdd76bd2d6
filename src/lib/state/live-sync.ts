/**
 * Keeps one tab of the space in step with the relay: the tab that holds the lock syncs, listens for nudges and tries again
 * with growing pauses. Other tabs ask it through the channel.
 */
import type { Result } from '$lib/domain/result';
import type { RelayClient } from '$lib/sync/relay-client';
import type { SyncError } from '$lib/sync/engine';
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
/** A tab that syncs and is awake answers sooner than this. */
const LEADER_ANSWERS_MS = 4_000;
/** Even a stream that seems alive is not believed for longer than this. */
const LOOK_ANYWAY_MS = 60_000;

export interface LiveSyncDeps {
	readonly space: Space;
	/** One pass. */
	readonly sync: () => Promise<Result<void, SyncError>>;
	readonly relay: RelayClient;
	/** Whether the person has turned on backup or sharing. */
	readonly isOn: () => Promise<boolean>;
	readonly onStatus: (status: SyncStatus) => void;
	/** Another tab syncs from here on: what this one took for known no longer is. */
	readonly onRest: () => void;
	/** Uniform in [0, 1); spreads retries of many devices. */
	readonly jitter: () => number;
}

export class LiveSync {
	#deps: LiveSyncDeps;
	#stop = new AbortController();
	#wake: (() => void) | null = null;
	#poked = false;
	#events: AbortController | null = null;
	#isLeading = false;
	#status: SyncStatus = 'local';
	/** Asked for the tab that syncs, and nothing heard yet. */
	#isAsking = false;

	constructor(deps: LiveSyncDeps) {
		this.#deps = deps;
	}

	/** Runs until `stop`. Returns at once; only the tab holding the space's lock does the work. */
	start(): void {
		void this.#lead({ signal: this.#stop.signal });
	}

	/** How the sync stands, as this tab tells it; null while another one syncs. */
	get status(): SyncStatus | null {
		return this.#isLeading ? this.#status : null;
	}

	/**
	 * A tab in front makes sure that somebody syncs: the one that holds the lock may have been put to sleep. `ask` is sent to
	 * it; unless `hear` is called in time, its place is taken.
	 */
	async seekLeader(ask: () => void): Promise<void> {
		const { signal } = this.#stop;
		if (this.#isLeading || this.#isAsking || signal.aborted || !globalThis.navigator?.locks) return;
		this.#isAsking = true;
		ask();
		await new Promise((resolve) => setTimeout(resolve, LEADER_ANSWERS_MS));
		const isAlone = this.#isAsking && !this.#isLeading && !signal.aborted;
		this.#isAsking = false;
		if (isAlone && globalThis.document?.visibilityState === 'visible') void this.#lead({ steal: true });
	}

	/** The tab that syncs has been heard. */
	hear(): void {
		this.#isAsking = false;
	}

	async #lead(options: LockOptions): Promise<void> {
		const turn = new AbortController();
		let hasRun = false;
		const run = () => {
			hasRun = true;
			return this.#run(AbortSignal.any([turn.signal, this.#stop.signal]));
		};
		const locks = globalThis.navigator?.locks;
		if (!locks) return run();
		// An aborted wait is how `stop` looks from here, and a lock that was taken away how it looks to a tab that wakes. Where locks
		// are refused every tab syncs, which does no harm (D8).
		const lost = await locks.request(`hemlinje:${this.#deps.space}:sync`, options, run).then(
			() => false,
			async (error: unknown) => {
				if (!isAbort(error) && !hasRun) await run();
				return isAbort(error);
			}
		);
		turn.abort();
		if (lost && !this.#stop.signal.aborted && !options.steal) this.start();
	}

	stop(): void {
		this.#stop.abort();
	}

	/** This tab's turn is over. */
	#rest(): void {
		this.#isLeading = false;
		this.#events?.abort();
		this.#deps.onRest();
		this.poke();
	}

	/** Something changed here or the network came back: look now. */
	poke(): void {
		this.#poked = true;
		this.#wake?.();
	}

	async #run(turn: AbortSignal): Promise<void> {
		let pauseMs = FIRST_PAUSE_MS;
		const tell = (status: SyncStatus): void => {
			if (!turn.aborted) this.#deps.onStatus((this.#status = status));
		};
		turn.addEventListener('abort', () => this.#rest());
		this.#isLeading = !turn.aborted;
		while (!turn.aborted) {
			this.#poked = false;
			if (!(await this.#deps.isOn())) {
				tell('local');
				await this.#sleep(LOOK_ANYWAY_MS);
				continue;
			}
			tell('syncing');
			const result = await this.#deps.sync();
			// The pass has logged in; before it the relay would not let this device listen.
			if (!turn.aborted) this.#listen();
			tell(statusOf(result));
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

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

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
