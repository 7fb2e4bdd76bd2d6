import { defineConfig } from '@playwright/test';
import { findChromium } from '../scripts/browsers.js';

const executablePath = findChromium();

export default defineConfig({
	testDir: '.',
	testMatch: ['e2e/**/*.spec.ts', 'a11y/**/*.spec.ts'],
	outputDir: '../test-results/chromium',
	reporter: [['list'], ['json', { outputFile: '../test-results/chromium.json' }]],
	fullyParallel: true,
	workers: 2,
	retries: 0,
	forbidOnly: true,
	timeout: 45_000,
	// A second try on a shared machine; what needed one is named in the report and in docs/known-gaps.md (G22).
	retries: process.env['CI'] ? 1 : 0,
	expect: { timeout: 15_000 },
	use: {
		browserName: 'chromium',
		locale: 'sv-SE',
		timezoneId: 'Europe/Stockholm',
		trace: 'retain-on-failure',
		launchOptions: {
			...(executablePath && { executablePath }),
			args: [
				'--no-sandbox',
				'--disable-quic',
				'--disable-background-networking',
				'--disable-component-update',
				'--disable-sync',
				'--no-first-run'
			]
		}
	}
});
