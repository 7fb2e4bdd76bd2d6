import { defineConfig } from '@playwright/test';
import { findChromium } from '../scripts/browsers.js';

const executablePath = findChromium();

export default defineConfig({
	testDir: '.',
	testMatch: ['e2e/**/*.spec.ts', 'a11y/**/*.spec.ts', 'fault/**/*.spec.ts'],
	outputDir: '../test-results/chromium',
	reporter: [['list'], ['json', { outputFile: '../test-results/chromium.json' }]],
	fullyParallel: true,
	// A page waits more than it works: two cores carry three.
	workers: 3,
	retries: 0,
	forbidOnly: true,
	timeout: 45_000,
	expect: { timeout: 15_000 },
	use: {
		browserName: 'chromium',
		locale: 'sv-SE',
		timezoneId: 'Europe/Stockholm',
		// A trace of every test costs a sixth of the time: `--trace retain-on-failure` asks for one.
		screenshot: 'only-on-failure',
		launchOptions: {
			...(executablePath && { executablePath }),
			args: [
				// Another machine's name, which is no secure context over plain http.
				'--host-resolver-rules=MAP hemlinje.test 127.0.0.1',
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
