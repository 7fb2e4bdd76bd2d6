/**
 * Drafts as one tab sees them.
 *
 * Before the store is open nothing can be sealed, so what is typed then is held in memory: a form that is left and opened
 * again finds it, and it is kept the moment the store opens, whether or not the form still stands.
 *
 * What is being typed belongs to the tab it is typed in. Each tab takes a place of its own for a form, by a lock that ends
 * with the tab, and a draft is taken up only from a place no living tab has.
 */
import type { DraftKeeper } from './draft-keeper';
import type { TabLocks } from './tab-locks';

/** Forms typed in. Other names are choices, which are the same in every tab. */
const TYPED = /^(record|several|change|plan):/;
/** Tabs that can have a draft of the same form; in one more, what is typed is held in memory alone. */
const PLACES = 4;
/** A page that is loaded anew finds the lock of its former self still held for a moment. */
const RELOAD_MS = 1_000;

/** Stands for a draft to be removed. */
const CLEARED = undefined;

/** The place a tab has taken for each form; null where other tabs have every one. */
export type DraftPlaces = Map<string, Promise<string | null>>;

interface TabDraftsDeps {
	/** The sealed drafts, once the store is open; null when it cannot be opened. */
	readonly opened: Promise<DraftKeeper | null>;
	readonly locks: TabLocks;
	/** Locks of different spaces never meet. */
	readonly space: string;
	/** The tab's own, as long as it lives: a lock in between must not give its place to another tab. */
	readonly places: DraftPlaces;
}

export class TabDrafts implements DraftKeeper {
	readonly #deps: TabDraftsDeps;
	/** The newest of each form that is not sealed yet. */
	readonly #held = new Map<string, unknown>();
	readonly #sealing = new Map<string, Promise<void>>();

	constructor(deps: TabDraftsDeps) {
		this.#deps = deps;
	}

	async load(form: string): Promise<unknown> {
		if (this.#held.has(form)) return this.#held.get(form);
		const drafts = await this.#deps.opened;
		const place = drafts && (await this.#placeOf(form, drafts));
		return this.#held.has(form) || !drafts || place === null ? this.#held.get(form) : drafts.load(place);
	}

	/** True while something that was typed is not sealed yet. */
	get holdsTyping(): boolean {
		return [...this.#held].some(([form, value]) => TYPED.test(form) && value !== CLEARED);
	}

	save(form: string, value: unknown): Promise<void> {
		this.#held.set(form, value);
		return this.#sealed(form);
	}

	clear(form: string): Promise<void> {
		return this.save(form, CLEARED);
	}

	/** Resolves when everything typed so far is sealed, or cannot be. */
	async settled(): Promise<void> {
		await Promise.all(this.#sealing.values());
	}

	/** Resolves when the newest of a form is sealed, or cannot be. One at a time, so that the newest stays. */
	#sealed(form: string): Promise<void> {
		const running = this.#sealing.get(form);
		if (running) return running;
		const sealing = this.#seal(form);
		this.#sealing.set(form, sealing);
		return sealing;
	}

	async #seal(form: string): Promise<void> {
		const drafts = await this.#deps.opened;
		const place = drafts && (await this.#placeOf(form, drafts));
		while (drafts && place !== null && this.#held.has(form)) {
			const value = this.#held.get(form);
			await (value === CLEARED ? drafts.clear(place) : drafts.save(place, value));
			if (this.#held.get(form) === value) this.#held.delete(form);
		}
		// In the same breath as the last look: what is saved from now on begins anew.
		this.#sealing.delete(form);
	}

	/** Where this tab keeps a form; null when other tabs have every place. The same until the tab is closed. */
	#placeOf(form: string, drafts: DraftKeeper): Promise<string | null> {
		if (!TYPED.test(form)) return Promise.resolve(form);
		const { places } = this.#deps;
		const known = places.get(form) ?? this.#takePlace(form, drafts);
		places.set(form, known);
		return known;
	}

	/** The first place with a draft that no living tab has; without one the first that is free. */
	async #takePlace(form: string, drafts: DraftKeeper): Promise<string | null> {
		const empty: { readonly place: string; readonly release: () => void }[] = [];
		let taken: string | null = null;
		for (let n = 1; n <= PLACES && taken === null; n++) {
			const place = n === 1 ? form : `${form}:${n}`;
			// Only where a draft lies can a former self have been.
			const waitMs = (await drafts.load(place)) === undefined ? 0 : RELOAD_MS;
			const release = await this.#deps.locks.hold(`hemlinje:${this.#deps.space}:draft:${place}`, waitMs);
			// Looked for again: whoever held it may have saved what was typed, and be gone.
			if (release && (await drafts.load(place)) !== undefined) taken = place;
			else if (release) empty.push({ place, release });
		}
		const first = taken === null ? empty.shift() : undefined;
		for (const { release } of empty) release();
		return taken ?? first?.place ?? null;
	}
}
