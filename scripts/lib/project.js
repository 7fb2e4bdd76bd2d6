/** Where the project lies and how its commands are run. Imports no package: it runs before anything is installed. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A path inside the project.
 * @param {string[]} parts
 */
export const inProject = (...parts) => path.join(ROOT, ...parts);

/** A failure that a person can do something about: shown as one sentence, without a stack. */
export class Explained extends Error {}

/** Ends with a sentence when Node is older than package.json asks for. */
export function requireNode() {
	const wanted = JSON.parse(readFileSync(inProject('package.json'), 'utf8')).engines.node.replace('>=', '');
	const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
	const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
	if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
	throw new Explained(
		`Hemlinje behöver Node ${wanted} eller nyare; detta är ${process.versions.node}. Hämta den på nodejs.org.\n` +
			`Hemlinje needs Node ${wanted} or newer; this is ${process.versions.node}. Get it at nodejs.org.`
	);
}

/**
 * Runs a command in the project and shows what it says.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean }} [options]
 * @returns {Promise<number>} its exit code; 1 when it could not start or was killed
 */
export function run(command, args, { env = process.env, quiet = false } = {}) {
	return new Promise((resolve) => {
		const child = spawn(command, args, { cwd: ROOT, env, stdio: quiet ? 'ignore' : 'inherit' });
		child.once('error', () => resolve(1));
		child.once('exit', (code) => resolve(code ?? 1));
	});
}

/**
 * Runs `npm` as the person's own npm does.
 * @param {readonly string[]} args
 */
export function runNpm(args) {
	const npmCli = process.env['npm_execpath'];
	return npmCli?.endsWith('.js') ? run(process.execPath, [npmCli, ...args]) : run('npm', args);
}

/**
 * Runs `main` and ends the process with 1 on failure: an explained one as a sentence, a bug with its stack.
 * @param {() => Promise<unknown>} main
 */
export async function runMain(main) {
	try {
		await main();
	} catch (cause) {
		console.error(cause instanceof Explained ? `\n${cause.message}\n` : cause);
		process.exitCode = 1;
	}
}
