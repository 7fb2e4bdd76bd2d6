/**
 * Measurements in one run, against the barest code that moves the same bytes: machines differ, so a ratio is what counts.
 * Prints a table and writes `bench/results.json`. Needs a build (`npm run build`). Nothing in the tests asserts a time.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { findChromium } from '../scripts/browsers.js';
import { inProject } from '../scripts/lib/project.js';

const SAVES = 15;
/** A sealed reading with its header and signature. */
const FRAME_BYTES = 700;
const FLAGS = [
	'--no-sandbox',
	'--disable-quic',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--no-first-run'
];

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const port = await freePort();
const dataDir = mkdtempSync(path.join(tmpdir(), 'hemlinje-bench-'));
const server = spawn(process.execPath, [inProject('scripts', 'serve.js')], {
	env: { ...process.env, PORT: String(port), DATA_DIR: dataDir },
	stdio: 'ignore'
});
const executablePath = findChromium();
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: FLAGS });
try {
	const page = await browser.newPage({ locale: 'sv-SE', timezoneId: 'Europe/Stockholm' });
	await untilServed(`http://localhost:${port}/api/v1/health`);
	const saves = await timeSaves(page, `http://localhost:${port}`);
	const bare = await page.evaluate(timeBarePuts, { count: SAVES, bytes: FRAME_BYTES });
	const rows = [{ id: 'B1', what: 'tap Spara to "Sparat"', oursMs: median(saves), limitMs: median(bare) }];
	for (const row of rows) {
		console.log(
			`${row.id}  ${row.what}: ${row.oursMs.toFixed(1)} ms, bare strict put ${row.limitMs.toFixed(1)} ms, ratio ${(row.oursMs / row.limitMs).toFixed(1)}`
		);
	}
	writeFileSync(inProject('bench', 'results.json'), JSON.stringify({ at: new Date().toISOString(), rows }, null, '\t'));
} finally {
	await browser.close();
	server.kill('SIGTERM');
	rmSync(dataDir, { recursive: true, force: true });
}

/**
 * From the tap to the word on screen: the transaction is durable before the word is shown.
 * @param {import('@playwright/test').Page} page
 * @param {string} origin
 */
async function timeSaves(page, origin) {
	await page.goto(`${origin}/record`);
	const times = [];
	for (let n = 0; n < SAVES; n += 1) {
		await page.getByLabel(/Övre/).fill(String(120 + n));
		await page.getByLabel(/Undre/).fill('78');
		times.push(await page.evaluate(tapAndWait));
		await page.getByRole('button', { name: 'Mät igen' }).click();
	}
	return times;
}

/** In the page. @returns {Promise<number>} milliseconds */
function tapAndWait() {
	return new Promise((resolve, reject) => {
		const button = [...document.querySelectorAll('button')].find((each) => each.textContent?.trim() === 'Spara');
		if (!button) return reject(new Error('There is no Spara'));
		const start = performance.now();
		const observer = new MutationObserver(() => {
			if (!document.body.textContent?.includes('Sparat på den här enheten')) return;
			observer.disconnect();
			resolve(performance.now() - start);
		});
		observer.observe(document.body, { childList: true, subtree: true, characterData: true });
		button.click();
	});
}

/**
 * In the page: one strict put of the same bytes a time, nothing else.
 * @param {{ count: number, bytes: number }} options
 */
async function timeBarePuts({ count, bytes }) {
	/** @type {IDBDatabase} */
	const database = await new Promise((resolve, reject) => {
		const request = indexedDB.open('bench', 1);
		request.onupgradeneeded = () => request.result.createObjectStore('rows');
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error ?? new Error('The database did not open'));
	});
	const times = [];
	for (let n = 0; n < count; n += 1) {
		const start = performance.now();
		await new Promise((resolve, reject) => {
			const transaction = database.transaction('rows', 'readwrite', { durability: 'strict' });
			transaction.objectStore('rows').put(crypto.getRandomValues(new Uint8Array(bytes)), n);
			transaction.oncomplete = resolve;
			transaction.onerror = () => reject(transaction.error ?? new Error('The put failed'));
		});
		times.push(performance.now() - start);
	}
	return times;
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
