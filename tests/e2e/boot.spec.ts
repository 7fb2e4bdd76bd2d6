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
		await shellKept(page);
		await app.stop();
		const response = await page.goto(path);
		expect(response?.fromServiceWorker()).toBe(true);
		expect(response?.headers()['content-security-policy']).toContain("frame-ancestors 'none'");
		await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
	});

test('the worker leaves the relay alone', async ({ page, app, problems }) => {
	problems.allow(/ERR_CONNECTION_REFUSED/);
	await page.goto('/');
	await shellKept(page);
	await page.reload();
	await app.stop();
	const answer = await page.evaluate(() => fetch('/api/v1/health').then(String, () => 'no network'));
	expect(answer).toBe('no network');
	await expect(page.goto('/api/v1/health')).rejects.toThrow('ERR_CONNECTION_REFUSED');
});

/** Waits until the worker that the app registers by itself has kept the whole shell. */
async function shellKept(page: Page): Promise<void> {
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
}
