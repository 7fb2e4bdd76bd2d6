/**
 * Installs what the lockfile names when it is not there yet. Packages run no scripts of their own, but for those in
 * BUILT_PACKAGES (SECURITY S11). Imports no package: it runs before anything is installed.
 */

import { existsSync, readFileSync } from 'node:fs';
import { Explained, inProject, run, runNpm } from './project.js';

/** The packages that may run their install script: each holds a native module. */
const BUILT_PACKAGES = ['better-sqlite3'];

/**
 * Makes sure that the dependencies are those of the lockfile and that native modules fit this Node.
 * @throws {Explained} when npm fails
 */
export async function ensureDependencies() {
	if (!isInstalled()) {
		console.log('Installerar beroenden · Installing dependencies');
		if ((await runNpm(['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'])) !== 0)
			throw new Explained(
				'Beroendena gick inte att installera; se raderna ovanför.\nnpm could not install the dependencies; see the lines above.'
			);
	}
	for (const name of BUILT_PACKAGES) await ensureBuilt(name);
}

/** Whether node_modules holds exactly the versions of the lockfile. npm writes its own record last, so a broken install has none. */
function isInstalled() {
	const recordFile = inProject('node_modules', '.package-lock.json');
	if (!existsSync(recordFile)) return false;
	const installed = readPackages(recordFile);
	return Object.entries(readPackages(inProject('package-lock.json'))).every(
		([folder, wanted]) => folder === '' || wanted.optional || wanted.version === installed[folder]?.version
	);
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(file) {
	return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/**
 * Builds a native module when it does not load in this Node: after an install, and after a change of Node.
 * @param {string} name
 */
async function ensureBuilt(name) {
	if (await loads(name)) return;
	console.log(
		`Bygger ${name}; utan färdig fil tar det några minuter · Building ${name}; without a prebuilt file it takes minutes`
	);
	await runNpm(['rebuild', name, '--ignore-scripts=false']);
	if (!(await loads(name)))
		throw new Explained(
			`"${name}" gick inte att bygga för Node ${process.versions.node}; se raderna ovanför.\n` +
				`"${name}" could not be built for Node ${process.versions.node}; see the lines above.`
		);
}

/** @param {string} name */
async function loads(name) {
	const probe = `new (require(${JSON.stringify(name)}))(':memory:').close()`;
	return (await run(process.execPath, ['-e', probe], { quiet: true })) === 0;
}
