/** From settings to a store and a relay: the composition root of everything on the server. */
import { systemRandom } from '$lib/crypto/random';
import { createLog, type RelayLog } from './log';
import { openPostgresStore } from './postgres/open';
import { createRelay, type Relay } from './relay';
import type { RelaySettings, StoreSettings } from './settings';
import { openSqliteStore } from './sqlite/open';
import type { RelayStore } from './store';

/** Opens the store the settings name and brings its schema up to date. */
export const openStore = (settings: StoreSettings, log: RelayLog): Promise<RelayStore> =>
	settings.type === 'sqlite'
		? openSqliteStore(settings.file, systemRandom)
		: openPostgresStore(settings.url, systemRandom, log);

export async function openRelay(settings: RelaySettings): Promise<Relay> {
	const log = createLog(settings.logLevel);
	return createRelay({
		store: await openStore(settings.store, log),
		clock: Date.now,
		random: systemRandom,
		origin: settings.origin,
		limits: settings.limits,
		log
	});
}
