/** The pages as people use them, full of values: as Märta and as Anna of the demo, in both themes and both widths. */

import type { Page } from '@playwright/test';
import { expectNoFaultInEitherTheme, showWhole } from '../support/accessibility';
import { expect, test } from '../support/app';
import { overflowAtDoubleText } from '../support/overflow';

test.use({ ownApp: false, reducedMotion: 'reduce', withWorker: false });

const MARTA = [
	'/',
	'/trends',
	'/trends?measure=weight',
	'/trends?measure=symptoms',
	'/trends?measure=selfRatedHealth',
	'/record?measure=symptoms',
	'/record/series',
	'/circle'
] as const;

for (const width of [360, 1280] as const)
	test(`pages full of values have no accessibility fault at ${width} px in either theme`, async ({ page }) => {
		test.slow();
		await page.setViewportSize({ width, height: 844 });
		await tryAs(page, 'Märta');
		for (const path of MARTA) {
			await open(page, path);
			await unfoldAll(page);
			await showWhole(page, width);
			await expectNoFaultInEitherTheme(page, path);
			expect(await overflowAtDoubleText(page), path).toEqual([]);
		}
		await tryAs(page, 'Anna');
		await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
		await expectNoFaultInEitherTheme(page, 'the panel');
		await page.getByRole('link', { name: /Märta/ }).first().click();
		await expect(page.getByRole('heading', { name: 'Märta Lindqvist' })).toBeVisible();
		await expectNoFaultInEitherTheme(page, 'one patient');
	});

async function tryAs(page: Page, name: string): Promise<void> {
	await open(page, '/demo');
	await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
	await page.waitForURL((url) => url.pathname !== '/demo');
}

async function open(page: Page, path: string): Promise<void> {
	await page.goto(path);
	await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
	await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

/** Everything that is folded away is looked at too. */
async function unfoldAll(page: Page): Promise<void> {
	const folded = page.locator('main button[aria-expanded="false"]');
	for (let presses = 0; presses < 12 && (await folded.count()) > 0; presses += 1) await folded.first().click();
}
