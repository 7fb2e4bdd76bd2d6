/** The page's one watcher for new versions, wired to the browser. */
import { storageOrNull } from '$lib/state/browser-deps';
import { Updates } from '$lib/state/updates.svelte';

/** `isBusy`: a person is in the middle of an entry. */
export function appUpdates(isBusy: () => boolean): Updates {
	return new Updates({
		container: navigator.serviceWorker,
		trustedTypes: (globalThis as { trustedTypes?: ConstructorParameters<typeof Updates>[0]['trustedTypes'] })
			.trustedTypes,
		memory: storageOrNull(() => sessionStorage),
		reload: () => location.reload(),
		isBusy,
		now: () => Date.now()
	});
}
