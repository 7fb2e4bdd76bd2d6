/**
 * The bundle budget: what a first visit costs a person on an old phone (budget B2). Prints a table and fails when a limit
 * is passed. `node scripts/budget.js [--limit=<kB>]`: the option puts one limit on every row, to see the gate fail; `--chunks` lists what the
 * first load is made of.
 */

import { firstLoad, transferSize } from './lib/first-load.js';
import { Explained, runMain } from './lib/project.js';

const ROUTE = '/record';
/** Loaded beside the first screen (docs/decisions/0002). */
const DATA_LAYER = 'data-layer';
const KB = 1000;

/** Measured 6.0 kB with Workbox and the shell alone; each chunk of the app adds its name. */
const WORKER_KB = 12;

const LIMITS_KB = { scripts: 100, worker: WORKER_KB, firstVisit: 260 };

/** @param {readonly string[]} files */
const sizeOf = (files) => files.reduce((sum, file) => sum + transferSize(file), 0);

await runMain(() => {
	const { scripts, styles, fonts } = firstLoad(ROUTE);
	const whole = firstLoad(ROUTE, [DATA_LAYER]);
	const limitText = process.argv.find((argument) => argument.startsWith('--limit='))?.split('=')[1];
	const limits =
		limitText === undefined ? LIMITS_KB : { scripts: +limitText, worker: +limitText, firstVisit: +limitText };
	const rows = [
		{ what: `first-load JavaScript of ${ROUTE}`, bytes: sizeOf(scripts), limitKb: limits.scripts },
		{ what: 'service worker', bytes: sizeOf(['service-worker.js']), limitKb: limits.worker },
		{
			what: 'first visit, data layer and fonts too',
			bytes: sizeOf([...whole.scripts, ...styles, ...fonts]),
			limitKb: limits.firstVisit
		}
	];
	for (const row of rows) console.log(line(row));
	if (process.argv.includes('--chunks')) console.log(chunksBySize(scripts));
	const passed = rows.filter((row) => row.bytes > row.limitKb * KB);
	if (passed.length > 0) throw new Explained(`Over budget: ${passed.map((row) => row.what).join(', ')}.`);
	return Promise.resolve();
});

/** @param {{ what: string, bytes: number, limitKb: number }} row */
function line({ what, bytes, limitKb }) {
	const size = (bytes / KB).toFixed(1).padStart(7);
	return `${what.padEnd(36)} ${size} kB gzip   limit ${String(limitKb).padStart(4)} kB   ${bytes > limitKb * KB ? 'OVER' : 'ok'}`;
}

/** @param {readonly string[]} files */
function chunksBySize(files) {
	const sizes = files.map((file) => ({ file, bytes: transferSize(file) })).sort((a, b) => b.bytes - a.bytes);
	return sizes.map(({ file, bytes }) => `${(bytes / KB).toFixed(1).padStart(7)} kB   ${file}`).join('\n');
}
