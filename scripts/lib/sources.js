/** The project's own TypeScript from the sources, for commands that need no build. Vite compiles it in memory. */

import { existsSync } from 'node:fs';
import { runnerImport } from 'vite';
import { inProject, ROOT, run } from './project.js';

/**
 * @param {string[]} parts of a path inside the project
 * @returns {Promise<unknown>} the module
 */
export async function loadSource(...parts) {
	// tsconfig.json extends what Kit writes; a clone that was never built has none.
	if (!existsSync(inProject('.svelte-kit', 'tsconfig.json'))) {
		await run(process.execPath, [inProject('node_modules', '@sveltejs', 'kit', 'svelte-kit.js'), 'sync'], {
			quiet: true
		});
	}
	const { module } = await runnerImport(inProject(...parts), {
		root: ROOT,
		configFile: false,
		logLevel: 'error',
		resolve: { alias: { $lib: inProject('src', 'lib') } }
	});
	return module;
}
