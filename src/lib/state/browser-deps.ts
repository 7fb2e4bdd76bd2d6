/** What a session needs of the browser. Light: nothing here loads the data layer. */
import { systemRandom } from '$lib/crypto/random';
import { localStorageMarkers } from '$lib/storage/markers';
import { browserFetch } from '$lib/sync/browser-fetch';
import type { SessionDeps } from './session';

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

/** Access alone can throw where storage is refused. */
export function storageOrNull<T>(access: () => T): T | null {
	try {
		return access();
	} catch {
		return null;
	}
}
