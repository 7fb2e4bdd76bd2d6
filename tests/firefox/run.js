/**
 * Runs the storage checks in Firefox: `node tests/firefox/run.js [report.json]`. Prints each, writes a report of all, and
 * ends with 1 when one does not hold, when Firefox does not come up, or when there is nothing to check.
 */

import { writeFileSync } from 'node:fs';
import { openInFirefox } from '../support/firefox.js';

const CHECK_LIMIT_MS = 60_000;

const reportFile = process.argv[2];
const { page, close } = await openInFirefox('tests/firefox/page.ts');
await page.waitForFunction(() => 'hemlinjeChecks' in window);
const { names, atomic } = await page.evaluate(() => ({
	names: window.hemlinjeChecks.names,
	atomic: window.hemlinjeChecks.atomic
}));
const runs = [
	...names.map((name) => ({ name, slowly: false })),
	...(process.env['NIGHTLY'] === '1' ? names : atomic).map((name) => ({ name, slowly: true }))
];
const checks = [];
for (const { name: check, slowly } of runs) {
	const startedAt = Date.now();
	const failure = await Promise.race([runCheck(check, slowly), giveUp()]);
	const name = slowly ? `B5, slowly: ${check}` : check;
	checks.push({ name, failure, ms: Date.now() - startedAt });
	console.log(`  ${failure === null ? '✓' : '✘'} ${name}${failure === null ? '' : `\n    ${failure}`}`);
}
if (reportFile !== undefined) writeFileSync(reportFile, JSON.stringify({ checks }));
await close();
process.exit(checks.length > 0 && checks.every((check) => check.failure === null) ? 0 : 1);

/**
 * @param {string} name
 * @param {boolean} slowly
 */
function runCheck(name, slowly) {
	return page
		.evaluate((wanted, isSlow) => window.hemlinjeChecks.run(wanted, isSlow), name, slowly)
		.catch((/** @type {unknown} */ cause) => `the page broke off: ${cause instanceof Error ? cause.message : ''}`);
}

/** @returns {Promise<string>} */
function giveUp() {
	return new Promise((resolve) => setTimeout(() => resolve('it took more than a minute'), CHECK_LIMIT_MS).unref());
}
