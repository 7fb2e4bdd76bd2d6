/** The built app on a port of its own, and browsers to visit it with. */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
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

/** One machine stands for hundreds of people here: what the relay lets one address and one identity do is no part of a time. */
const ROOMY = Object.fromEntries(
	['PUSHES', 'REQUESTS', 'OPEN_REQUESTS']
		.map((what) => [`LIMIT_${what}_PER_MINUTE`, '1000000'])
		.concat(['PUSHES', 'REGISTRATIONS', 'CIRCLES'].map((what) => [`LIMIT_${what}_PER_HOUR`, '1000000']))
);

/** @typedef {Awaited<ReturnType<typeof serveApp>>} App */

/** Starts the app with data of its own. */
export async function serveApp() {
	const port = await freePort();
	const dir = mkdtempSync(path.join(tmpdir(), 'hemlinje-bench-'));
	const origin = `http://localhost:${port}`;
	const env = { ...process.env, ...ROOMY, PORT: String(port), DATA_DIR: path.join(dir, 'data'), ORIGIN: origin };
	const server = spawn(process.execPath, [inProject('scripts', 'serve.js')], { env, stdio: 'ignore' });
	const executablePath = findChromium();
	await untilServed(`${origin}/api/v1/health`);
	return {
		origin,
		/**
		 * A browser that keeps what it stores from one visit to the next, so that a later start is a cold one.
		 * @param {string} [profile] Another browser's name.
		 */
		visit: (profile = 'profile') =>
			chromium.launchPersistentContext(path.join(dir, profile), {
				...LAUNCH,
				...(executablePath ? { executablePath } : {}),
				locale: 'sv-SE',
				timezoneId: 'Europe/Stockholm',
				bypassCSP: true
			}),
		/** The token of a new care unit's enrolment link. @param {string} unit */
		async enrol(unit) {
			const command = [inProject('scripts', 'unit.js'), 'create', unit];
			const { stdout } = await promisify(execFile)(process.execPath, command, { env });
			const token = /[#&]t=([A-Za-z0-9_-]{43})/.exec(stdout)?.[1];
			if (!token) throw new Error('The command printed no link');
			return token;
		},
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

/** Where the build keeps a chunk, from its root. @param {string} name */
export function chunkOf(name) {
	/** @type {Record<string, { name?: string, file: string }>} */
	const manifest = JSON.parse(readFileSync(inProject('.svelte-kit/output/client/.vite/manifest.json'), 'utf8'));
	const chunk = Object.values(manifest).find((each) => each.name === name);
	if (!chunk) throw new Error(`The build has no chunk ${name}`);
	return chunk.file;
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
