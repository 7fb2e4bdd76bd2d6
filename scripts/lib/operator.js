/**
 * The relay's own code for the operator's commands, from the sources: it needs no build, and there is no second version of
 * any query. Vite compiles it in memory.
 */

import { existsSync } from 'node:fs';
import { runnerImport } from 'vite';
import { inProject, ROOT, run } from './project.js';
import { defaultOrigin, readSettings } from './settings.js';

/** @returns {Promise<typeof import('../../src/lib/server/operator')>} */
export async function loadOperator() {
	// tsconfig.json extends what Kit writes; a clone that was never built has none.
	if (!existsSync(inProject('.svelte-kit', 'tsconfig.json'))) {
		await run(process.execPath, [inProject('node_modules', '@sveltejs', 'kit', 'svelte-kit.js'), 'sync'], {
			quiet: true
		});
	}
	const { module } = await runnerImport(inProject('src', 'lib', 'server', 'operator.ts'), {
		root: ROOT,
		configFile: false,
		logLevel: 'error',
		resolve: { alias: { $lib: inProject('src', 'lib') } }
	});
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
