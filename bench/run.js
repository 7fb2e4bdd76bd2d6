/**
 * Speed against the barest code that does the same, in one run: machines differ, so a ratio is what counts. Prints one table
 * and writes `bench/results.json`. Needs a build (`npm run build`); `--only=B1,B3` measures some and leaves the others as they
 * were. No test asserts a time.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { inProject, runMain } from '../scripts/lib/project.js';
import { saving } from './saving.js';
import { coldStart } from './cold-start.js';
import { panel } from './panel.js';
import { tenYears } from './ten-years.js';
import { markdownTable } from './support/table.js';
import { serveApp } from './support/app.js';

/** One row of the budgets a file. @type {Readonly<Record<string, (app: import('./support/app.js').App) => Promise<import('./support/table.js').Row[]>>>} */
const measurements = { B1: saving, B2: coldStart, B3: tenYears, B4: panel };

await runMain(async () => {
	const only = process.argv
		.find((argument) => argument.startsWith('--only='))
		?.split('=')[1]
		?.split(',');
	/** @type {import('./support/table.js').Row[]} */
	const rows = [];
	for (const [id, measure] of Object.entries(measurements)) {
		if (only && !only.includes(id)) continue;
		console.error(`${id} …`);
		const app = await serveApp();
		try {
			rows.push(...(await measure(app)));
		} finally {
			await app.close();
		}
	}
	console.log(markdownTable(rows));
	const machine = { cores: availableParallelism(), load: Number((loadavg()[0] ?? 0).toFixed(1)) };
	console.log(`\n${machine.cores} cores, load ${machine.load}: above the number of cores, only ratios say anything.`);
	const file = inProject('bench', 'results.json');
	/** @type {{ rows: import('./support/table.js').Row[] }} */
	const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { rows: [] };
	const kept = before.rows.filter(({ id }) => only && !only.includes(id));
	const all = [...kept, ...rows].sort((a, b) => a.id.localeCompare(b.id));
	writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), machine, rows: all }, null, '\t')}\n`);
});
