/**
 * `npm start`: from a clean clone to a running app. Installs when dependencies are missing or other than the lockfile's,
 * builds when the build is missing or other than the sources, then serves app and relay in this process.
 * Needs Node and nothing else. Settings: see `lib/settings.js`.
 */

import { build } from './lib/build.js';
import { isBuildFresh } from './lib/build-state.js';
import { ensureDependencies } from './lib/install.js';
import { requireNode, runMain } from './lib/project.js';

await runMain(async () => {
	requireNode();
	await ensureDependencies();
	if (!isBuildFresh()) {
		console.log('Bygger appen · Building the app');
		await build();
	}
	// Only now are the packages there that the server imports.
	const { serveUntilStopped } = await import('./lib/server.js');
	const { origin } = await serveUntilStopped(process.env);
	console.log(welcome(origin));
});

/** @param {string} origin */
function welcome(origin) {
	return `
  Hemlinje är igång · Hemlinje is running:   ${origin}

  Prova först · Try first
    ${origin}/demo     Prova som Märta, Sara eller Anna · Try it as one of them
    ${origin}/record   Logga ett blodtryck · Log a blood pressure

  Avsluta med Ctrl+C · Stop with Ctrl+C
`;
}
