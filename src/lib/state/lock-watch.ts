/**
 * When the app locks by itself, and what is shown while another app has the screen. One tab's clock runs for all: as long as
 * somebody uses the app in one of them, none locks.
 */
import type { Space } from '$lib/storage/database';
import type { LockChoices } from '$lib/storage/keyring';
import { openTabChannel } from './tab-channel';

const MINUTE_MS = 60_000;
/** From one tab of the app to another takes less. */
const HIDDEN_MS = 1_000;
/** Other tabs need not know of each touch. */
const TELL_MS = 5_000;

const TOUCHES = ['pointerdown', 'keydown', 'wheel', 'touchmove', 'input'] as const;
/** A page that slept has no timers that tell it: each way of waking looks at the clock. */
const WAKES = ['focus', 'pageshow'] as const;

/** Watches until the returned function is called. `lock` is called once. */
export function watchForLock(space: Space, choices: LockChoices, lock: () => void): () => void {
	const watch = new LockWatch(choices, lock, (shown) => channel.post({ type: 'use', shown }));
	const channel = openTabChannel(space, (message) => {
		if (message.type === 'use') watch.hear(message.shown);
	});
	const isVisible = () => document.visibilityState === 'visible';
	const stop = new AbortController();
	const options = { signal: stop.signal, capture: true, passive: true };
	for (const touch of TOUCHES) addEventListener(touch, () => watch.touch(), options);
	for (const wake of WAKES) addEventListener(wake, () => watch.look(), options);
	addEventListener('pagehide', () => watch.show(false), options);
	document.addEventListener('visibilitychange', () => watch.show(isVisible()), options);
	watch.show(isVisible());
	return () => {
		stop.abort();
		watch.stop();
		channel.close();
	};
}

/** The clock of one tab. Times are read anew at each look, so that a sleeping device is no way around it. */
export class LockWatch {
	readonly #choices: LockChoices;
	readonly #lock: () => void;
	readonly #tell: (shown: boolean) => void;
	/** When somebody was last known to use the app, in any tab. */
	#usedAt = Date.now();
	#toldAt = -Infinity;
	#isShown = true;
	/** Another tab of the app is in front. */
	#isElsewhere = false;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#isOver = false;

	/** `tell` lets the other tabs know whether this one is in front and used. */
	constructor(choices: LockChoices, lock: () => void, tell: (shown: boolean) => void) {
		[this.#choices, this.#lock, this.#tell] = [choices, lock, tell];
	}

	/** Somebody uses this tab. A touch after the time is up opens nothing. */
	touch(): void {
		this.look();
		if (this.#isOver) return;
		this.#usedAt = Date.now();
		if (this.#usedAt - this.#toldAt >= TELL_MS) this.#tellUse(true);
	}

	/** This tab comes to the front or leaves it. The clock is looked at before anything is shown. */
	show(isShown: boolean): void {
		this.look();
		if (this.#isOver) return;
		this.#isShown = isShown;
		if (isShown || this.#choices.after === 'hidden') this.#usedAt = Date.now();
		cover(!isShown && this.#choices.blanks);
		this.#tellUse(isShown);
		this.look();
	}

	/** Another tab is used, or has been left: if this one is in front, the rest need to know. */
	hear(isShown: boolean): void {
		if (this.#isOver) return;
		if (!isShown && this.#isShown) return this.#tellUse(true);
		this.#isElsewhere = isShown;
		if (isShown || this.#choices.after === 'hidden') this.#usedAt = Date.now();
		this.look();
	}

	/** Locks when it is time, or comes back when it may be. */
	look(): void {
		clearTimeout(this.#timer);
		const limit = this.#limitMs;
		if (this.#isOver || limit === null) return;
		const leftMs = this.#usedAt + limit - Date.now();
		if (leftMs > 0) this.#timer = setTimeout(() => this.look(), leftMs);
		else {
			this.stop();
			this.#lock();
		}
	}

	stop(): void {
		this.#isOver = true;
		clearTimeout(this.#timer);
		cover(false);
	}

	/** How long the app may be unused; null while that does not matter. */
	get #limitMs(): number | null {
		const { after } = this.#choices;
		if (after === 'never') return null;
		if (after === 'hidden') return this.#isShown || this.#isElsewhere ? null : HIDDEN_MS;
		return after * MINUTE_MS;
	}

	#tellUse(isShown: boolean): void {
		this.#toldAt = Date.now();
		this.#tell(isShown);
	}
}

/** Covers everything, also dialogs; what has the focus keeps it. */
function cover(isCovered: boolean): void {
	if (typeof document === 'undefined') return;
	const { dataset } = document.documentElement;
	if (isCovered) dataset['covered'] = '';
	else delete dataset['covered'];
}
