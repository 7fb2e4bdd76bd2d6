/**
 * After the relay's database was restored from a backup, before the relay starts: `node scripts/restored.js`. Gives the
 * relay a new incarnation, so that every device brings back what the backup lacks, and erases again what stands in the list
 * of erased circles. Settings: as for `npm start`. See docs/operations.md.
 */

import { ensureDependencies } from './lib/install.js';
import { requireNode, runMain } from './lib/project.js';

await runMain(async () => {
	requireNode();
	await ensureDependencies();
	const { loadOperator, relayOf } = await import('./lib/operator.js');
	const { markRestored } = await loadOperator();
	await markRestored(relayOf(process.env).store);
	console.log('Reläet har en ny inkarnation. · The relay has a new incarnation.');
});
