/**
 * Draws the app's icons from the mark and photographs the app for the install sheet. The results are committed.
 *
 *   node scripts/icons.js                         icons
 *   node scripts/icons.js http://localhost:4173   icons, and screenshots of the app running there
 */
import { access, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

const folder = new URL('../static/icons/', import.meta.url);

/** The line that becomes a house and goes on, in a box of 64. */
const line = 'M8 46h11.2V29L32 17l12.8 12v17H56';
/** A maskable icon may be cut to its inner 80 %, and its line goes on to the edge. */
const maskableLine = 'M-4 44h24.4V30L32 19.2l11.6 10.8v14H68';

/** @type {readonly { name: string, size: number, radius: number, path: string, stroke: number }[]} */
const icons = [
	{ name: 'icon-192.png', size: 192, radius: 14, path: line, stroke: 5 },
	{ name: 'icon-512.png', size: 512, radius: 14, path: line, stroke: 5 },
	{ name: 'icon-maskable-512.png', size: 512, radius: 0, path: maskableLine, stroke: 4.5 },
	// The platform rounds the corners itself.
	{ name: 'apple-touch-icon.png', size: 180, radius: 0, path: line, stroke: 5 }
];

/** @type {readonly { name: string, width: number, height: number, scale: number }[]} */
const screenshots = [
	{ name: 'screenshot-narrow.png', width: 390, height: 844, scale: 2 },
	{ name: 'screenshot-wide.png', width: 1280, height: 800, scale: 1 }
];

const browser = await chromium.launch({
	...(await systemChromium()),
	args: [
		'--no-sandbox',
		'--disable-quic',
		'--disable-background-networking',
		'--disable-component-update',
		'--disable-sync',
		'--no-first-run'
	]
});
await mkdir(folder, { recursive: true });
for (const icon of icons) await drawIcon(icon);
const origin = process.argv[2];
if (origin) for (const shot of screenshots) await photograph(shot, origin);
await browser.close();

/** @param {(typeof icons)[number]} icon */
async function drawIcon({ name, size, radius, path, stroke }) {
	const page = await browser.newPage({ viewport: { width: size, height: size } });
	await page.setContent(
		`<style>body{margin:0}svg{display:block}</style><svg viewBox="0 0 64 64" width="${size}" height="${size}">` +
			`<rect width="64" height="64" rx="${radius}" fill="#0c4a43"/><path d="${path}" fill="none" stroke="#fffcf5" ` +
			`stroke-width="${stroke}" stroke-linejoin="round" stroke-linecap="round"/></svg>`
	);
	await writeFile(new URL(name, folder), await page.screenshot({ omitBackground: true }));
	await page.close();
}

/**
 * @param {(typeof screenshots)[number]} shot
 * @param {string} address
 */
async function photograph({ name, width, height, scale }, address) {
	const page = await browser.newPage({
		viewport: { width, height },
		deviceScaleFactor: scale,
		colorScheme: 'light',
		locale: 'sv-SE'
	});
	await page.goto(address);
	await page.getByRole('heading', { level: 1 }).waitFor();
	await page.evaluate(() => document.fonts.ready.then(() => undefined));
	await writeFile(new URL(name, folder), await page.screenshot());
	await page.close();
}

/**
 * The system's Chromium where there is one, else Playwright's own.
 *
 * @returns {Promise<{ executablePath?: string }>}
 */
async function systemChromium() {
	for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
		for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
			const path = join(directory, name);
			const found = await access(path).then(
				() => true,
				() => false
			);
			if (found) return { executablePath: path };
		}
	}
	return {};
}
