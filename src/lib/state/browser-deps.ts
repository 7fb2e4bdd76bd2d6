/** What a session needs of the browser. Light: nothing here loads the data layer. */
import { systemRandom } from '$lib/crypto/random';
import { localStorageMarkers } from '$lib/storage/markers';
import { browserFetch } from '$lib/sync/browser-fetch';
import type { SessionDeps } from './session';
import type { DraftPlaces } from './tab-drafts';
import { browserLocks, type TabLocks } from './tab-locks';

export function browserDeps(): SessionDeps {
	return {
		random: systemRandom,
		now: () => Date.now(),
		fetch: browserFetch,
		origin: location.origin,
		markers: localStorageMarkers(storageOrNull(() => localStorage)),
		// A browser that fails when asked has said no.
		persist: async () => (await navigator.storage?.persist?.().catch(() => false)) ?? false
	};
}

/** What is this tab's own: gone when it is closed. */
export interface Tab {
	readonly memory: Storage | null;
	readonly locks: TabLocks;
	/** Where this tab keeps the drafts of each form, by name alone: what it typed is found again after a lock. */
	readonly draftPlaces: DraftPlaces;
}

export const browserTab = (): Tab => ({
	memory: storageOrNull(() => sessionStorage),
	locks: browserLocks(navigator.locks),
	draftPlaces: new Map()
});

/** Access alone can throw where storage is refused. */
export function storageOrNull<T>(access: () => T): T | null {
	try {
		return access();
	} catch {
		return null;
	}
}
