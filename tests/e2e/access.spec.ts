/** With the keyboard alone, with text twice as large, and on the narrowest screen. */

import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { staticRoutes } from '../support/routes';
import { logPressure, lower, pulse, save, savedHere, tile, upper } from './support/steps';

test.use({ ownApp: false });

/** What has the focus, in a word; never nothing. */
const focused = (page: Page): Promise<string> =>
	page.evaluate(() => {
		const element = document.activeElement;
		return element === null || element === document.body ? 'nothing' : element.tagName.toLowerCase();
	});

/** Presses Tab until the focus is on what is looked for. */
async function tabTo(page: Page, role: 'link' | 'button', name: string): Promise<void> {
	const goal = page.getByRole(role, { name, exact: true }).first();
	await expect(goal).toBeVisible();
	for (let presses = 0; presses < 40; presses += 1) {
		await page.keyboard.press('Tab');
		if (await goal.evaluate((element) => element === document.activeElement)) return;
	}
	throw new Error(`Tab never came to ${name}`);
}

test('a person without a pointer saves their first value, and the focus is never lost', async ({ page }) => {
	await page.goto('/');
	await expect(page.getByRole('heading', { name: 'Börja med ett värde' })).toBeVisible();
	await tabTo(page, 'link', 'Logga blodtryck');
	await page.keyboard.press('Enter');
	await expect(upper(page)).toBeFocused();
	await page.keyboard.type('128');
	await expect(lower(page)).toBeFocused();
	await page.keyboard.press('Enter');
	// The focus went on to the pulse; a fault takes it back to its field.
	await expect(pulse(page)).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(lower(page)).toBeFocused();
	await expect(lower(page)).toHaveAccessibleDescription(/Skriv det undre talet här\.$/);
	await page.keyboard.type('82');
	await expect(pulse(page)).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(savedHere(page)).toBeFocused();
	expect(await focused(page)).toBe('h2');
	await tabTo(page, 'link', 'Klart för nu');
	await page.keyboard.press('Enter');
	await expect(tile(page, 'Blodtryck')).toContainText('128/82');
	await tabTo(page, 'link', 'Trender');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('button', { name: 'Visa som tabell' })).toBeVisible();
	await tabTo(page, 'button', 'Visa som tabell');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('table')).toContainText('128');
	expect(await focused(page)).toBe('button');
});

test('undo, asking and failing keep the focus where the next step is', async ({ page }) => {
	await logPressure(page, '1288272');
	await tabTo(page, 'button', 'Ångra');
	await page.keyboard.press('Enter');
	await expect(pulse(page)).toBeFocused();
	await page.keyboard.type('190');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('button', { name: 'Ja, spara' })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(savedHere(page)).toBeFocused();
	await tabTo(page, 'button', 'Mät igen');
	await page.keyboard.press('Enter');
	await expect(upper(page)).toBeFocused();
});

test('a person with text at 200 % logs a value', async ({ page }) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await page.goto('/settings');
	await page.getByLabel('Störst').check();
	await expect(page.locator('html')).toHaveAttribute('data-text', '200');
	await page.goto('/');
	await page.getByRole('link', { name: 'Logga blodtryck' }).click();
	await expect(upper(page)).toBeFocused();
	await page.keyboard.type('1288272');
	await save(page).click();
	await expect(savedHere(page)).toBeInViewport();
	expect(await scrollsSideways(page)).toBe(false);
	await page.getByRole('link', { name: 'Klart för nu' }).click();
	await expect(tile(page, 'Blodtryck')).toContainText('128/82');
	// Where the labels have no room the bar has Meny and Logga.
	await page.getByRole('button', { name: 'Meny' }).click();
	await page.getByRole('dialog').getByRole('link', { name: 'Trender' }).click();
	await expect(page.getByRole('button', { name: 'Visa som tabell' })).toBeVisible();
	expect(await scrollsSideways(page)).toBe(false);
});

const scrollsSideways = (page: Page): Promise<boolean> =>
	page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

test('no page scrolls sideways at 320 px, empty or with values', async ({ page }) => {
	// Every page there is, twice.
	test.setTimeout(75_000);
	await page.setViewportSize({ width: 320, height: 640 });
	const routes = [
		...staticRoutes(),
		...['weight', 'pulse', 'selfRatedHealth'].flatMap((kind) => [`/record?measure=${kind}`, `/trends?measure=${kind}`])
	];
	for (const state of ['empty', 'with values']) {
		for (const route of routes) {
			await page.goto(route);
			await expect(page.getByRole('heading', { level: 1 }).first(), route).toBeVisible();
			expect.soft(await scrollsSideways(page), `${route}, ${state}`).toBe(false);
		}
		if (state === 'empty') {
			await logPressure(page, '1288272');
			expect.soft(await scrollsSideways(page), 'saved').toBe(false);
		}
	}
});
