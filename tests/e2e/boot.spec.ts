/** The app starts under its own policy, at every depth, and without network once it has been visited. */

import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { staticRoutes } from '../support/routes';

const depth = (route: string) => route.split('/').length;
const DEEPEST =
	staticRoutes()
		.sort((a, b) => depth(a) - depth(b))
		.at(-1) ?? '/';
const UNKNOWN = '/no-such-page/two-levels-down';
/** What the browser and Kit say about a page that is not there. */
const NOT_FOUND = /status of 404|Not found: /;

test(`${DEEPEST} starts without a breach of the policy`, async ({ page }) => {
	await page.goto(DEEPEST);
	await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
});

test('a page that is not there starts without a breach of the policy', async ({ page, problems }) => {
	problems.allow(NOT_FOUND);
	const response = await page.goto(UNKNOWN);
	expect(response?.status()).toBe(404);
	await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
});

for (const path of [DEEPEST, UNKNOWN])
	test(`${path} opens without network, under the same policy`, async ({ page, app, problems }) => {
		problems.allow(/ERR_CONNECTION_REFUSED/, ...(path === UNKNOWN ? [NOT_FOUND] : []));
		await page.goto('/');
		await registerWorker(page);
		await app.stop();
		const response = await page.goto(path);
		expect(response?.fromServiceWorker()).toBe(true);
		expect(response?.headers()['content-security-policy']).toContain("frame-ancestors 'none'");
		await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
	});

test('the worker leaves the relay alone', async ({ page, app, problems }) => {
	problems.allow(/ERR_CONNECTION_REFUSED/);
	await page.goto('/');
	await registerWorker(page);
	await page.reload();
	await app.stop();
	const answer = await page.evaluate(() => fetch('/api/v1/health').then(String, () => 'no network'));
	expect(answer).toBe('no network');
	await expect(page.goto('/api/v1/health')).rejects.toThrow('ERR_CONNECTION_REFUSED');
});

/** Registers the worker as the app does, and waits until the whole shell is kept. */
async function registerWorker(page: Page): Promise<void> {
	await page.evaluate(async () => {
		const { trustedTypes } = window as unknown as {
			trustedTypes: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } };
		};
		const registered = await navigator.serviceWorker.getRegistration();
		if (!registered) {
			const policy = trustedTypes.createPolicy('hemlinje-worker-url', { createScriptURL: (url: string) => url });
			await navigator.serviceWorker.register(policy.createScriptURL('/service-worker.js'));
		}
		await navigator.serviceWorker.ready;
	});
}
