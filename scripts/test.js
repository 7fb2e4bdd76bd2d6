/**
 * `npm test`: installs what is missing, runs every gate and every runner, and ends with one line that adds up their own
 * counts. A failure does not stop the later tiers, so one run tells all.
 *
 * `--only=lint,unit,…` runs the named ones alone; `--nightly` asks the property tests for many more runs,
 * and the tests whether they notice planted faults.
 */

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBrowsers } from './browsers.js';
import { stampBuild, sourceHash } from './lib/build-state.js';
import { ensureDependencies } from './lib/install.js';
import { Explained, inProject, requireNode, ROOT, runMain } from './lib/project.js';
import {
	checksTally,
	gateTally,
	lastLine,
	playwrightTally,
	runnerTally,
	sum,
	vectorsTally,
	vitestTally
} from './lib/tally.js';

/** A tier that takes longer hangs: it is killed and has failed. */
const TIER_LIMIT_MS = (process.argv.includes('--nightly') ? 6 * 60 : 18) * 60_000;
const RESULTS = inProject('test-results');

/** @typedef {import('./lib/tally.js').Tally} Tally */
/** @typedef {{ name: string, script: string, args?: string[], report?: { file: string, tally: (report: any) => Tally } }} Tier */

const bin = (/** @type {string[]} */ ...parts) => inProject('node_modules', ...parts);
const reportFile = (/** @type {string} */ name) => path.join(RESULTS, `${name}.json`);

/** The build comes first: it makes the messages and types that the others read. */
const BUILD = { name: 'build', script: bin('vite', 'bin', 'vite.js'), args: ['build', '--logLevel', 'warn'] };

/** @type {readonly Tier[]} */
const GATES = [
	{ name: 'lint', script: bin('eslint', 'bin', 'eslint.js'), args: ['.', '--max-warnings', '0'] },
	{ name: 'types', script: bin('svelte-check', 'bin', 'svelte-check'), args: ['--fail-on-warnings'] },
	{ name: 'format', script: bin('prettier', 'bin', 'prettier.cjs'), args: ['--check', '.'] },
	{ name: 'worker types', script: bin('typescript', 'bin', 'tsc'), args: ['-p', 'src/service-worker.tsconfig.json'] },
	{ name: 'dead code', script: bin('knip', 'bin', 'knip.js') },
	{ name: 'bundle budget', script: inProject('scripts', 'budget.js') }
];

/** @type {readonly Tier[]} */
const RUNNERS = [
	{
		name: 'unit',
		script: bin('vitest', 'vitest.mjs'),
		args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile('unit')}`],
		report: { file: reportFile('unit'), tally: vitestTally }
	},
	{
		name: 'vectors',
		script: inProject('scripts', 'vectors.js'),
		args: [`--report=${reportFile('vectors')}`],
		report: { file: reportFile('vectors'), tally: vectorsTally }
	},
	{
		name: 'chromium',
		script: bin('@playwright', 'test', 'cli.js'),
		args: ['test', '--config', 'tests/playwright.config.ts'],
		report: { file: reportFile('chromium'), tally: playwrightTally }
	},
	{
		name: 'firefox',
		script: inProject('tests', 'firefox', 'run.js'),
		args: [reportFile('firefox')],
		report: { file: reportFile('firefox'), tally: checksTally }
	}
];

/** What only the long run asks: whether the tests themselves would notice. */
const NIGHTLY = {
	name: 'mutants',
	script: inProject('tests', 'mutants', 'run.js'),
	args: [reportFile('mutants')],
	report: { file: reportFile('mutants'), tally: checksTally }
};

const BESIDE_LINT = ['vectors', 'unit'];

/** The tiers that need a browser to be there. */
const IN_BROWSERS = ['chromium', 'firefox'];

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM']))
	process.once(signal, () => {
		for (const child of running) endGroup(child, 'SIGTERM');
		process.exit(130);
	});

await runMain(async () => {
	requireNode();
	const startedAt = Date.now();
	const only = process.argv
		.find((argument) => argument.startsWith('--only='))
		?.slice('--only='.length)
		.split(',');
	const isWanted = (/** @type {Tier} */ tier) => only === undefined || only.includes(tier.name);
	checkNames(only);

	await ensureDependencies();
	if (RUNNERS.some((tier) => IN_BROWSERS.includes(tier.name) && isWanted(tier))) await ensureBrowsers();
	rmSync(RESULTS, { recursive: true, force: true });
	mkdirSync(RESULTS, { recursive: true });

	const results = [];
	if (isWanted(BUILD)) results.push(await runBuild());
	// Lint takes one core for as long as all the other gates and more: what needs no browser runs beside it.
	const besides = RUNNERS.filter((tier) => BESIDE_LINT.includes(tier.name));
	results.push(...(await runInPairs([...GATES, ...besides].filter(isWanted))));
	const browsers = RUNNERS.filter((tier) => !besides.includes(tier));
	const runners = process.argv.includes('--nightly') ? [...browsers, NIGHTLY] : browsers;
	for (const tier of runners.filter(isWanted)) results.push(await runTier(tier, 'live'));

	console.log(`\n${results.map(summary).join('\n')}\n  ${seconds(Date.now() - startedAt)} in all`);
	const total = sum(results.map((result) => result.tally));
	if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
	console.log(lastLine(total));
});

/**
 * A mistyped name would test nothing and pass.
 * @param {readonly string[] | undefined} only
 */
function checkNames(only) {
	const names = [BUILD, ...GATES, ...RUNNERS, NIGHTLY].map((tier) => tier.name);
	const unknown = only?.find((name) => !names.includes(name));
	if (unknown !== undefined) throw new Explained(`There is no tier "${unknown}". There are: ${names.join(', ')}.`);
}

async function runBuild() {
	const hash = sourceHash();
	const result = await runTier(BUILD, 'live');
	if (result.tally.failed === 0) stampBuild(hash);
	return result;
}

/**
 * Runs tiers two at a time and shows what each said when it has ended.
 * @param {readonly Tier[]} tiers
 */
async function runInPairs(tiers) {
	const waiting = [...tiers];
	/** @type {Result[]} */
	const results = [];
	async function lane() {
		for (let tier = waiting.shift(); tier; tier = waiting.shift()) results.push(await runTier(tier, 'after'));
	}
	await Promise.all([lane(), lane()]);
	return results;
}

/** @typedef {{ name: string, tally: Tally, ms: number }} Result */

/**
 * @param {Tier} tier
 * @param {'live' | 'after'} show
 * @returns {Promise<Result>}
 */
async function runTier(tier, show) {
	const startedAt = Date.now();
	if (show === 'live') console.log(heading(tier.name));
	const { exitCode, output } = await runScript(tier, show);
	if (show === 'after') console.log(`${heading(tier.name)}\n${output.trimEnd()}`);
	const tally = tier.report ? runnerTally(exitCode, readReport(tier.report)) : gateTally(exitCode);
	return { name: tier.name, tally, ms: Date.now() - startedAt };
}

/**
 * Runs a script of a tier as a process group of its own, so that what it started ends with it.
 * @param {Tier} tier
 * @param {'live' | 'after'} show
 * @returns {Promise<{ exitCode: number, output: string }>}
 */
function runScript({ name, script, args = [] }, show) {
	return new Promise((resolve) => {
		const child = spawn(process.execPath, [script, ...args], {
			cwd: ROOT,
			detached: true,
			env: { ...process.env, FORCE_COLOR: '0', CI: '1', ...(process.argv.includes('--nightly') && { NIGHTLY: '1' }) },
			stdio: ['ignore', show === 'live' ? 'inherit' : 'pipe', show === 'live' ? 'inherit' : 'pipe']
		});
		running.add(child);
		let output = '';
		for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
		const timer = setTimeout(() => {
			console.error(`"${name}" took more than ${seconds(TIER_LIMIT_MS)} and was stopped`);
			endGroup(child, 'SIGKILL');
		}, TIER_LIMIT_MS);
		child.once('close', (code) => {
			clearTimeout(timer);
			running.delete(child);
			resolve({ exitCode: code ?? 1, output });
		});
	});
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function endGroup(child, signal) {
	try {
		if (child.pid !== undefined) process.kill(-child.pid, signal);
	} catch {
		// It has ended by itself.
	}
}

/** @param {{ file: string, tally: (report: any) => Tally }} report */
function readReport({ file, tally }) {
	if (!existsSync(file)) return undefined;
	try {
		return tally(JSON.parse(readFileSync(file, 'utf8')));
	} catch {
		return undefined; // A report that broke off is none.
	}
}

/** @param {number} ms */
function seconds(ms) {
	return `${(ms / 1000).toFixed(1)} s`;
}

/** @param {string} name */
function heading(name) {
	return `\n── ${name} ${'─'.repeat(60 - name.length)}`;
}

/** @param {Result} result */
function summary({ name, tally, ms }) {
	return `  ${name.padEnd(16)} ${seconds(ms).padStart(8)}   ${lastLine(tally)}`;
}
