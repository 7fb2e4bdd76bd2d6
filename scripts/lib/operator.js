/**
 * The relay's own code for the operator's commands, from the sources: it needs no build, and there is no second version of
 * any query.
 */

import { defaultOrigin, readSettings } from './settings.js';
import { loadSource } from './sources.js';

/** @returns {Promise<typeof import('../../src/lib/server/operator')>} */
export async function loadOperator() {
	const module = await loadSource('src', 'lib', 'server', 'operator.ts');
	return /** @type {typeof import('../../src/lib/server/operator')} */ (module);
}

/**
 * The store and the origin that a relay started with this environment would have.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ store: import('../../src/lib/server/settings').StoreSettings, origin: string }}
 */
export function relayOf(env) {
	const { DATABASE_URL, DATA_DIR, ORIGIN, HOST, PORT } = readSettings(env);
	return {
		store:
			DATABASE_URL === undefined
				? { type: 'sqlite', file: `${DATA_DIR}/hemlinje.db` }
				: { type: 'postgres', url: DATABASE_URL },
		origin: ORIGIN ?? defaultOrigin(HOST, PORT)
	};
}
