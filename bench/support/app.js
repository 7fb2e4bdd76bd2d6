/** The built app on a port of its own, and browsers to visit it with. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { findChromium } from '../../scripts/browsers.js';
import { inProject } from '../../scripts/lib/project.js';

/** A phone of the kind the budgets are made for is about four times as slow as a desk computer. */
const PHONE = 4;
const LAUNCH = {
	args: [
		'--no-sandbox',
		'--disable-quic',
		'--disable-background-networking',
		'--disable-component-update',
		'--disable-sync',
		'--no-first-run'
	]
};

/** @typedef {Awaited<ReturnType<typeof serveApp>>} App */

/** Starts the app with data of its own. */
export async function serveApp() {
	const port = await freePort();
	const dir = mkdtempSync(path.join(tmpdir(), 'hemlinje-bench-'));
	const server = spawn(process.execPath, [inProject('scripts', 'serve.js')], {
		env: { ...process.env, PORT: String(port), DATA_DIR: path.join(dir, 'data') },
		stdio: 'ignore'
	});
	const origin = `http://localhost:${port}`;
	const executablePath = findChromium();
	await untilServed(`${origin}/api/v1/health`);
	return {
		origin,
		/** A browser that keeps what it stores from one visit to the next, so that a later start is a cold one. */
		visit: () =>
			chromium.launchPersistentContext(path.join(dir, 'profile'), {
				...LAUNCH,
				...(executablePath ? { executablePath } : {}),
				locale: 'sv-SE',
				timezoneId: 'Europe/Stockholm',
				bypassCSP: true
			}),
		async close() {
			server.kill('SIGTERM');
			await new Promise((resolve) => server.once('exit', resolve));
			rmSync(dir, { recursive: true, force: true });
		}
	};
}

/** Makes a page as slow as on a phone. @param {import('@playwright/test').Page} page */
export async function onAPhone(page) {
	const session = await page.context().newCDPSession(page);
	await session.send('Emulation.setCPUThrottlingRate', { rate: PHONE });
}

/**
 * Resolves when the worker has everything for a start without network.
 * @param {import('@playwright/test').Page} page
 */
export async function untilInstalled(page) {
	await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
}

/** @returns {Promise<number>} */
function freePort() {
	return new Promise((resolve) => {
		const probe = createServer().listen(0, 'localhost', () => {
			const address = probe.address();
			probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
		});
	});
}

/** @param {string} url */
async function untilServed(url) {
	for (let left = 100; left > 0; left -= 1) {
		const answer = await fetch(url).catch(() => null);
		if (answer?.ok) return;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	throw new Error('The app did not start');
}
