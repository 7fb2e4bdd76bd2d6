/**
 * New versions of the app: fetched in the background, offered, and taken over only when the person says so, because a
 * reload in the middle of an entry would lose what was typed.
 */

interface ScriptUrlPolicies {
	createPolicy(
		name: string,
		rules: { createScriptURL(url: string): string }
	): { createScriptURL(url: string): TrustedScriptURL };
}

/** What Trusted Types let become a script. TypeScript's DOM does not know the type; to `register` it is a string. */
type TrustedScriptURL = string;

interface UpdatesDeps {
	/** `navigator.serviceWorker`; undefined where the browser has none or forbids it. */
	readonly container: ServiceWorkerContainer | undefined;
	/** `window.trustedTypes`; undefined where the browser has none. */
	readonly trustedTypes: ScriptUrlPolicies | undefined;
	/** `sessionStorage`; null where the browser forbids it. */
	readonly memory: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | null;
	readonly reload: () => void;
	/** True in the middle of an entry: then nothing is looked for. */
	readonly isBusy: () => boolean;
	readonly now: () => number;
}

const WORKER_URL = '/service-worker.js';

/** A page may stay open for weeks: it looks this often by itself, and no more often than the other when it is woken. */
const LOOK_EVERY_MS = 60 * 60_000;
const LOOK_AT_MOST_EVERY_MS = 60_000;

/*
 * For the waiting worker to take over, Chromium stops the one in use. A request in that very moment starts the old one
 * again, and nothing more happens until that has been idle for half a minute (measured). So the worker is asked when what a
 * page just shown still fetches, its icon among it, has come; and where it does not take over (another tab may fetch too),
 * the page is loaded anew regardless, which makes Chromium look again.
 */
const QUIET_MS = 500;
const TAKE_OVER_MS = 2_000;

/** Such a load may still be answered by the old worker, so what was asked for is remembered over it, in this tab alone. */
const ASKED_KEY = 'hemlinje:update-asked';
/** Loads in a row without the new version, after which the person is asked again instead. */
const MAX_LOADS = 3;

/** The URL of the worker as Trusted Types want it. The policy makes this one URL and refuses every other. */
export function workerUrl(trustedTypes: ScriptUrlPolicies | undefined): TrustedScriptURL {
	const policy = trustedTypes?.createPolicy('hemlinje-worker-url', {
		createScriptURL(url) {
			if (url !== WORKER_URL) throw new TypeError('Only the service worker of this app may be registered');
			return url;
		}
	});
	return policy?.createScriptURL(WORKER_URL) ?? WORKER_URL;
}

/**
 * Whether a new version waits, and the way to it. Create one for the page, and `start` it once the page is usable.
 * `apply` reloads the page, once; nothing else here does.
 */
export class Updates {
	#lookedAt = -Infinity;
	#timer: ReturnType<typeof setInterval> | undefined;
	#deps: UpdatesDeps;
	#registration: ServiceWorkerRegistration | undefined;
	#step: 'watching' | 'applying' | 'reloading' = $state('watching');
	#available = $state(false);
	/** Loads that were to bring the new version and did not wait for it. */
	#loads = 0;

	constructor(deps: UpdatesDeps) {
		this.#deps = deps;
	}

	/** A new version is ready, or another tab has already moved to it. */
	get available(): boolean {
		return this.#available;
	}

	/** The person has asked for the new version, and the page is about to be loaded anew. */
	get isApplying(): boolean {
		return this.#step !== 'watching';
	}

	/**
	 * Registers the worker and watches for new versions. Returns false where the browser has no worker or refuses it: the
	 * app then works as before, but not without network.
	 */
	async start(): Promise<boolean> {
		const { container } = this.#deps;
		if (!container) return false;
		// A page that had a worker and gets another has been left behind by an update in another tab.
		const hadController = container.controller !== null;
		container.addEventListener('controllerchange', () => this.#onControllerChange(hadController));
		try {
			this.#registration = await container.register(workerUrl(this.#deps.trustedTypes), { updateViaCache: 'none' });
		} catch {
			return false;
		}
		this.#watch(this.#registration);
		this.#finishAsked(this.#registration);
		// The browser itself has looked, for this load.
		this.#lookedAt = this.#deps.now();
		this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
		return true;
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	/**
	 * Asks the server whether there is a new version: when the page is shown again, or the network is back. Without network,
	 * in the middle of an entry, or when it was asked just now, nothing happens.
	 */
	async look(): Promise<void> {
		const now = this.#deps.now();
		if (!this.#registration || this.#deps.isBusy() || now - this.#lookedAt < LOOK_AT_MOST_EVERY_MS) return;
		this.#lookedAt = now;
		await this.#registration.update().catch(() => undefined);
	}

	/** Moves to the new version: the waiting worker takes over, and the page is loaded anew. */
	apply(): void {
		if (!this.#available || this.#step !== 'watching') return;
		this.#step = 'applying';
		setTimeout(() => this.#askToTakeOver(), QUIET_MS);
	}

	#askToTakeOver(): void {
		if (this.#step !== 'applying') return;
		const waiting = this.#registration?.waiting;
		if (!waiting) return this.#reload();
		waiting.postMessage({ type: 'activate-update' });
		setTimeout(() => this.#reloadUnfinished(), TAKE_OVER_MS);
	}

	#reloadUnfinished(): void {
		if (this.#step !== 'applying') return;
		this.#deps.memory?.setItem(ASKED_KEY, String(this.#loads + 1));
		this.#reload();
	}

	/**
	 * Goes on with what was asked for before a load that did not wait. Where no worker waits any more the new one is in
	 * charge, but this very page may still be the old one's answer: one more load makes sure.
	 */
	#finishAsked(registration: ServiceWorkerRegistration): void {
		const loads = Number(this.#deps.memory?.getItem(ASKED_KEY) ?? 0);
		this.#deps.memory?.removeItem(ASKED_KEY);
		if (!(loads >= 1)) return;
		this.#loads = loads;
		if (!registration.waiting) this.#reload();
		else if (loads < MAX_LOADS) this.apply();
	}

	#reload(): void {
		this.#step = 'reloading';
		this.#deps.reload();
	}

	#watch(registration: ServiceWorkerRegistration): void {
		if (registration.waiting) this.#offer();
		registration.addEventListener('updatefound', () => {
			const worker = registration.installing;
			worker?.addEventListener('statechange', () => {
				if (worker.state === 'installed') this.#offer();
			});
		});
	}

	/** The very first worker replaces nothing, and so is no update. */
	#offer(): void {
		if (this.#deps.container?.controller) this.#available = true;
	}

	#onControllerChange(hadController: boolean): void {
		if (this.#step === 'applying') this.#reload();
		else if (hadController) this.#available = true;
	}
}
