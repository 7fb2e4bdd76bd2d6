/**
 * Serves the build that is there: `node scripts/serve.js`. What a service manager or container runs; `npm start` installs
 * and builds first. Settings: see `lib/settings.js`. A parent process that forked it is told the port, and it stops when
 * that parent is gone.
 */

import { requireNode, runMain } from './lib/project.js';

await runMain(async () => {
	requireNode();
	const { serveUntilStopped } = await import('./lib/server.js');
	const { origin, port } = await serveUntilStopped(process.env);
	console.log(`Hemlinje: ${origin}`);
	if (process.send) followParent(port);
});

/** @param {number} port */
function followParent(port) {
	process.send?.({ port });
	const stop = () => process.kill(process.pid, 'SIGTERM');
	process.once('disconnect', stop);
	// A listened-to channel keeps the process alive.
	process.once(/** @type {'exit'} */ ('sveltekit:shutdown'), () => process.off('disconnect', stop));
}
