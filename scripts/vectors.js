/**
 * `npm run vectors -- FOLDER`: runs every file of published cases in a folder through the domain's own functions. Without a
 * folder, those of the project. Prints a line a file, below it each case that failed, and ends with 1 when one did.
 *
 * A kind of file is run by the module of its name in `tests/vectors`; one that has none is said not to be run.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/install.js';
import { Explained, inProject, requireNode, runMain } from './lib/project.js';

const USAGE = 'npm run vectors -- [FOLDER] [--report=FILE]';
const OWN_FOLDER = inProject('tests', 'fixtures', 'vectors');

/** @typedef {import('../tests/vectors/case-result').CaseResult} CaseResult */
/**
 * The module of a kind of file. `notRun` names the parts of a file that concern nothing here.
 * @typedef {{ run: (json: unknown) => CaseResult[], notRun?: (json: unknown) => string[] }} Runner
 */
/** @typedef {{ name: string, passed: number, failed: number, notRun: boolean }} FileReport */

await runMain(async () => {
	requireNode();
	const { folder, reportFile } = readArguments(process.argv.slice(2));
	const files = vectorFiles(folder);
	await ensureDependencies();
	const reports = [];
	for (const file of files) reports.push(await runFile(path.join(folder, file)));
	if (reportFile !== undefined) writeFileSync(reportFile, JSON.stringify({ files: reports }));
	if (reports.some(({ failed }) => failed > 0)) process.exitCode = 1;
});

/**
 * @param {string[]} args
 * @throws {Explained} when there is more than a folder and a report
 */
function readArguments(args) {
	const { values, positionals } = parseOrExplain(args);
	const [folder = OWN_FOLDER, ...rest] = positionals;
	if (rest.length > 0) throw new Explained(USAGE);
	// npm runs a script in the project's root; a person means the folder they stand in.
	return { folder: path.resolve(process.env['INIT_CWD'] ?? '', folder), reportFile: values.report };
}

/** @param {string[]} args */
function parseOrExplain(args) {
	try {
		return parseArgs({ args, allowPositionals: true, options: { report: { type: 'string' } } });
	} catch {
		throw new Explained(USAGE);
	}
}

/**
 * The files of a folder, one of each name: a sample and what is expected of it are one kind.
 * @param {string} folder
 * @throws {Explained} when there is no such folder, or nothing in it
 */
function vectorFiles(folder) {
	const files = listFolder(folder).filter((file) => /\.(json|xml)$/.test(file));
	if (files.length === 0) throw new Explained(`There are no vector files in ${folder}.`);
	return [...new Map(files.sort().map((file) => [nameOf(file), file])).values()];
}

/** @param {string} folder */
function listFolder(folder) {
	try {
		return readdirSync(folder);
	} catch {
		throw new Explained(`There is no folder ${folder}.`);
	}
}

/** @param {string} file */
function nameOf(file) {
	return path.basename(file).split('.')[0] ?? file;
}

/**
 * @param {string} file
 * @returns {Promise<FileReport>}
 */
async function runFile(file) {
	const name = nameOf(file);
	if (!existsSync(inProject('tests', 'vectors', `${name}.ts`))) {
		console.log(`${name}: not run, no such capability yet`);
		return { name, passed: 0, failed: 0, notRun: true };
	}
	const { loadSource } = await import('./lib/sources.js');
	const runner = /** @type {Runner} */ (await loadSource('tests', 'vectors', `${name}.ts`));
	const { results, notRun } = resultsOf(runner, readFileSync(file, 'utf8'));
	const failures = results.filter(({ ok }) => !ok);
	const passed = results.length - failures.length;
	console.log(`${name}: ${passed} passed, ${failures.length} failed`);
	for (const { id, expected, got } of failures) console.log(`  ${id}: expected ${shown(expected)}, got ${shown(got)}`);
	if (notRun.length > 0) console.log(`  not measured here: ${notRun.join(', ')}`);
	return { name, passed, failed: failures.length, notRun: false };
}

/**
 * A file that is not JSON, that holds no case, or on which its runner breaks off is one failure.
 * @param {Runner} runner
 * @param {string} text
 * @returns {{ results: CaseResult[], notRun: string[] }}
 */
function resultsOf({ run, notRun }, text) {
	const json = readJson(text);
	if (json === undefined) return wholeFile('text that is not JSON');
	try {
		const results = run(json);
		return results.length > 0 ? { results, notRun: notRun?.(json) ?? [] } : wholeFile('no case');
	} catch (cause) {
		return wholeFile(`it broke off: ${String(cause)}`);
	}
}

/**
 * @param {string} got
 * @returns {{ results: CaseResult[], notRun: string[] }}
 */
function wholeFile(got) {
	return { results: [{ id: 'the whole file', expected: 'cases', got, ok: false }], notRun: [] };
}

/**
 * @param {string} text
 * @returns {unknown} undefined for what is not JSON
 */
function readJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** @param {unknown} value */
function shown(value) {
	return JSON.stringify(value) ?? 'nothing';
}
