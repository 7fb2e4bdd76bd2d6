/** The plan with everything in it, read, written and printed: axe finds nothing, and text at 200 % fits. */

import type { Page } from '@playwright/test';
import { expectNoFaultInEitherTheme, showWhole } from '../support/accessibility';
import { expect, test } from '../support/app';
import { overflowAtDoubleText } from '../support/overflow';

test.use({ reducedMotion: 'reduce' });
test.setTimeout(120_000);

const heading = (page: Page) => page.getByRole('heading', { level: 1 }).first();

test('Märta’s plan and Idag, and Anna’s view of it', async ({ page }) => {
	await page.setViewportSize({ width: 360, height: 844 });
	await page.goto('/demo');
	await page.getByRole('button', { name: /^Märta/ }).click();
	await page.waitForURL((url) => url.pathname === '/', { timeout: 60_000 });

	for (const path of ['/', '/plan', '/plan/edit', '/plan/history', '/print/plan']) {
		await page.setViewportSize({ width: 360, height: 844 });
		await page.goto(path);
		await expect(heading(page)).toBeVisible();
		if (path === '/') await page.getByRole('button', { name: 'Visa varför' }).click();
		if (path === '/plan/edit') await page.getByRole('button', { name: /^Mer: mediciner/ }).click();
		await showWhole(page, 360);
		await expectNoFaultInEitherTheme(page, path);
		expect.soft(await overflowAtDoubleText(page), `${path} at 200 %`).toEqual([]);
	}

	await page.setViewportSize({ width: 360, height: 844 });
	await page.goto('/plan/edit');
	for (const form of [/^Ändra: Gul/, 'Ny mätning', 'Ny kontakt', 'Ny tid']) {
		await page.getByRole('button', { name: form }).click();
		await expect(page.getByRole('dialog')).toBeVisible();
		await expectNoFaultInEitherTheme(page, String(form));
		await page.keyboard.press('Escape');
		await expect(page.getByRole('dialog')).toBeHidden();
	}

	await page.goto('/demo');
	await page.getByRole('button', { name: /^Anna/ }).click();
	await page.waitForURL((url) => url.pathname === '/panel', { timeout: 60_000 });
	await page.setViewportSize({ width: 1280, height: 800 });
	await expect(heading(page)).toBeVisible();
	await expectNoFaultInEitherTheme(page, 'the panel');
	await page.getByRole('link', { name: 'Märta Lindqvist' }).click();
	await expect(page.getByRole('region', { name: 'Gul i dag' })).toBeVisible();
	await expectNoFaultInEitherTheme(page, 'a patient with a plan');
	await page.getByRole('link', { name: 'Visa planen' }).click();
	await expect(page.getByRole('heading', { name: 'Märtas plan' })).toBeVisible();
	await expectNoFaultInEitherTheme(page, 'a patient’s plan');
});
