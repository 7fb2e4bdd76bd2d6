/** The system's Firefox, driven over WebDriver BiDi, on a page of the project's own code. */

import { createServer } from 'node:http';
import { launch } from 'puppeteer-core';
import { build } from 'vite';
import { findFirefox } from '../../scripts/browsers.js';
import { inProject } from '../../scripts/lib/project.js';

const PAGE =
	'<!doctype html><html lang="en"><title>Checks</title><script type="module" src="/page.js"></script></html>';

/**
 * Opens a headless Firefox on a page that runs one module of the project.
 * @param {string} entry the module, from the project's root
 * @returns {Promise<{ page: import('puppeteer-core').Page, close: () => Promise<void> }>}
 */
export async function openInFirefox(entry) {
	const executablePath = findFirefox();
	if (executablePath === undefined) throw new Error('There is no Firefox: install firefox-esr, or set FIREFOX_PATH.');
	const server = await serveModule(await bundle(entry));
	const browser = await launch({ browser: 'firefox', protocol: 'webDriverBiDi', executablePath, headless: true });
	const page = await browser.newPage();
	await page.goto(server.origin);
	return {
		page,
		async close() {
			await browser.close();
			await server.close();
		}
	};
}

/**
 * One file with all that the module imports.
 * @param {string} entry
 * @returns {Promise<string>}
 */
async function bundle(entry) {
	const built = await build({
		configFile: false,
		logLevel: 'warn',
		resolve: { alias: { $lib: inProject('src', 'lib') } },
		build: {
			write: false,
			target: 'es2022',
			minify: false,
			lib: { entry: inProject(entry), formats: ['es'], fileName: 'page' },
			rolldownOptions: { output: { codeSplitting: false } }
		}
	});
	const [bundled] = /** @type {import('vite').Rolldown.RolldownOutput[]} */ (built);
	if (!bundled) throw new Error('The checks were not bundled.');
	return bundled.output[0].code;
}

/**
 * Serves the page and its script on a free loopback port, which is a secure context.
 * @param {string} code
 */
async function serveModule(code) {
	const server = createServer((request, response) => {
		const isScript = request.url === '/page.js';
		response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
		response.end(isScript ? code : PAGE);
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
	const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
	return {
		origin: `http://127.0.0.1:${port}`,
		close: () =>
			new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			})
	};
}
