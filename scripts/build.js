/** `npm run build`: installs what is missing and builds, whether or not the sources have changed. */

import { build } from './lib/build.js';
import { ensureDependencies } from './lib/install.js';
import { requireNode, runMain } from './lib/project.js';

await runMain(async () => {
	requireNode();
	await ensureDependencies();
	await build();
});
