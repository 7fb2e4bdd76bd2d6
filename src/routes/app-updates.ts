/** The page's one watcher for new versions, wired to the browser. */
import { storageOrNull } from '$lib/state/browser-deps';
import { Updates } from '$lib/state/updates.svelte';

export function appUpdates(): Updates {
	return new Updates({
		container: navigator.serviceWorker,
		trustedTypes: (globalThis as { trustedTypes?: ConstructorParameters<typeof Updates>[0]['trustedTypes'] })
			.trustedTypes,
		memory: storageOrNull(() => sessionStorage),
		reload: () => location.reload()
	});
}
