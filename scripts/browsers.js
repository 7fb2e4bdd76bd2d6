/**
 * The browsers of the tests: the system's Chromium (or Playwright's own) and the system's Firefox. `ensureBrowsers`
 * installs what is missing. Imports no package: the look at PATH runs before anything is installed.
 */

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { inProject, run } from './lib/project.js';

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const FIREFOX_NAMES = ['firefox-esr', 'firefox'];

/** The system's Chromium, or Playwright's own; undefined when there is none. `CHROMIUM_PATH` goes first. */
export const findChromium = () => process.env['CHROMIUM_PATH'] ?? firstThatRuns(CHROMIUM_NAMES) ?? playwrightChromium();

/** The system's Firefox, or undefined. `FIREFOX_PATH` goes first. */
export const findFirefox = () => process.env['FIREFOX_PATH'] ?? firstThatRuns(FIREFOX_NAMES);

/**
 * Installs the browsers that are missing: Chromium by Playwright or else by the system, Firefox by the system.
 * What still is missing is told here and fails in its own tier.
 */
export async function ensureBrowsers() {
	if (!findChromium()) {
		console.log('Installing Chromium for the tests');
		const playwright = inProject('node_modules', '@playwright', 'test', 'cli.js');
		await run(process.execPath, [playwright, 'install', ...(isRoot() ? ['--with-deps'] : []), 'chromium']);
	}
	const missing = [...(findChromium() ? [] : ['chromium']), ...(findFirefox() ? [] : ['firefox-esr'])];
	if (missing.length > 0 && isRoot() && (await run('apt-get', ['update'])) === 0) {
		console.log(`Installing ${missing.join(' and ')} for the tests`);
		await run('apt-get', ['install', '-y', '--no-install-recommends', ...missing]);
	}
	if (!findChromium()) console.error('There is no Chromium: install it, or set CHROMIUM_PATH.');
	if (!findFirefox()) console.error('There is no Firefox: install firefox-esr, or set FIREFOX_PATH.');
}

const isRoot = () => process.getuid?.() === 0;

/**
 * The first of the programs that is on PATH and answers: some systems have a stand-in that only says how to install it.
 * @param {readonly string[]} names
 */
function firstThatRuns(names) {
	return names.flatMap(onPath).find((file) => spawnSync(file, ['--version'], { timeout: 20_000 }).status === 0);
}

/** @param {string} name */
function onPath(name) {
	return (process.env['PATH'] ?? '')
		.split(path.delimiter)
		.map((folder) => path.join(folder, name))
		.filter(isExecutable)
		.slice(0, 1);
}

/** @param {string} file */
function isExecutable(file) {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** @returns {string | undefined} */
function playwrightChromium() {
	try {
		const { chromium } = createRequire(import.meta.url)('@playwright/test');
		const file = chromium.executablePath();
		return existsSync(file) ? file : undefined;
	} catch {
		return undefined; // Nothing is installed yet.
	}
}
