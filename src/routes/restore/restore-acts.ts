/** The flow's acts on this device, through the app: its own session steps aside once a restore begins. */
import type { App } from '$lib/state/app.svelte';
import { beginRestore, bringBack, isNothingSent, lookUp, takeBack } from '$lib/state/restoring';
import type { RestoreActs } from './restore-flow.svelte';

export function restoreActs(app: () => App): RestoreActs {
	return {
		// A store that does not open has nothing to lose; one that does tells.
		isEmpty: async () => app().phase.type !== 'ready' || (await app().session.device()) === null,
		lookUp: (code, signal) => lookUp(app().restoreDeps, code, signal),
		begin: (found) => {
			app().stepAside();
			return beginRestore(app().restoreDeps, found);
		},
		bringBack: (signal, onProgress) => {
			const { phase } = app();
			app().stepAside(phase.type === 'restoring' ? phase.by : 'code');
			return bringBack(app().restoreDeps, signal, onProgress);
		},
		isNothingSent: () => isNothingSent(app().restoreDeps),
		takeBack: () => takeBack(app().restoreDeps)
	};
}
