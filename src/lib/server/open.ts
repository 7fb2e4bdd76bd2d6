/** From settings to a store and a relay: the composition root of everything on the server. */
import { systemRandom } from '$lib/crypto/bytes';
import { createLog } from './log';
import { createRelay, type Relay } from './relay';
import type { RelaySettings, StoreSettings } from './settings';
import { openSqliteStore } from './sqlite/open';
import type { RelayStore } from './store';

/** Opens the store the settings name and brings its schema up to date. */
export async function openStore(settings: StoreSettings): Promise<RelayStore> {
	if (settings.type === 'sqlite') return openSqliteStore(settings.file, systemRandom);
	throw new Error('PostgreSQL is not there yet');
}

export async function openRelay(settings: RelaySettings): Promise<Relay> {
	return createRelay({
		store: await openStore(settings.store),
		clock: Date.now,
		random: systemRandom,
		origin: settings.origin,
		limits: settings.limits,
		log: createLog(settings.logLevel)
	});
}
