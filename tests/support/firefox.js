/** The system's Firefox, driven over WebDriver BiDi, on a page of the project's own code. */

import { launch } from 'puppeteer-core';
import { findFirefox } from '../../scripts/browsers.js';
import { bundle, serveModule } from './page-module.js';

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
