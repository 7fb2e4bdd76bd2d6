/** Trender: what changed is marked and compared, the hours of the day, two measures over each other, and the curve to the ear. */

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { logPressure } from './support/steps';

test.use({ reducedMotion: 'reduce' });

const slider = (page: Page) => page.getByRole('slider');
const events = (page: Page) => page.getByRole('region', { name: 'Händelser' });

async function expectNoFaults(page: Page): Promise<void> {
	const { violations } = await new AxeBuilder({ page }).analyze();
	expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map((node) => node.target) }))).toEqual([]);
}

/** `2026-11-02`, where the browser of the tests is. */
const dayOf = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' });

/** Notes that a dose was raised, so many days ago. */
async function noteDose(page: Page, name: string, daysAgo: number): Promise<void> {
	await page.getByRole('button', { name: 'Ny händelse' }).click();
	const dialog = page.getByRole('dialog', { name: 'Ny händelse' });
	await dialog.getByRole('button', { name: 'Spara händelsen' }).click();
	await expect(dialog.getByText('Skriv vad medicinen heter.')).toBeVisible();
	await dialog.getByLabel('Medicinens namn').fill(name);
	await dialog.getByLabel('Dos före').fill('5 mg');
	await dialog.getByLabel('Dos efter').fill('10 mg');
	await dialog.getByLabel('Dag').fill(dayOf.format(Date.now() - daysAgo * 86_400_000));
	await expectNoFaults(page);
	await dialog.getByRole('button', { name: 'Spara händelsen' }).click();
	await expect(dialog).toBeHidden();
}

test('a dose is marked, kept, edited and removed; too few readings are told as such', async ({ page }) => {
	await logPressure(page, '1288272');
	await page.goto('/trends');
	await noteDose(page, 'Enalpril', 3);
	await expect(events(page)).toContainText('Ny dos: Enalpril 5 → 10 mg');
	await expect(events(page)).toContainText('För få mätningar för att säga: 0 före och 1 efter, på 3 dagar');

	await page.reload();
	await events(page)
		.getByRole('button', { name: /^Ändra Enalpril/ })
		.click();
	const dialog = page.getByRole('dialog', { name: 'Ändra händelsen' });
	await expect(dialog.getByLabel('Dos före')).toHaveValue('5 mg');
	await dialog.getByLabel('Medicinens namn').fill('Enalapril');
	await dialog.getByRole('button', { name: 'Spara händelsen' }).click();
	await expect(events(page).getByRole('listitem')).toHaveCount(1);
	await expect(events(page)).toContainText('Ny dos: Enalapril 5 → 10 mg');

	await events(page)
		.getByRole('button', { name: /^Ta bort Enalapril/ })
		.click();
	await expect(events(page).getByRole('listitem')).toHaveCount(0);
	await page.getByRole('button', { name: 'Ångra' }).click();
	await expect(events(page)).toContainText('Ny dos: Enalapril 5 → 10 mg');
});

test('ninety days by the hour, beside weight, with means around a change, and as tones', async ({ page }) => {
	await page.goto('/demo');
	await page
		.getByRole('list', { name: 'Prova som' })
		.getByRole('button', { name: /^Märta/ })
		.click();
	await page.waitForURL((url) => url.pathname !== '/demo', { timeout: 45_000 });
	await page.goto('/trends');
	await expect(slider(page)).toBeVisible();

	await test.step('the means before and after', async () => {
		await noteDose(page, 'Enalapril', 20);
		await expect(events(page)).toContainText('Blodtryck, 14 dagar före och efter');
		await expect(events(page).getByText(/^\d+\/\d+$/)).toHaveCount(2);
		await expect(events(page)).not.toContainText(/bättre|sämre|signifikant/i);
	});

	await test.step('the hours of the day', async () => {
		await page.getByLabel('Under dygnet').check();
		await expect(page.getByText(/^Flest mätningar kl\./)).toBeVisible();
		await slider(page).focus();
		await page.keyboard.press('Home');
		await expect(slider(page)).toHaveAttribute('aria-valuetext', /^kl\.\s\d\d–\d\d: mittvärdet är \d+ över \d+/);
		await page.getByRole('button', { name: 'Visa som tabell' }).click();
		await expect(page.getByRole('columnheader', { name: 'Mittvärde' })).toBeVisible();
		await expectNoFaults(page);
	});

	await test.step('beside weight', async () => {
		await page.getByLabel('Över tid').check();
		await page.getByLabel('Jämför med …').selectOption({ label: 'Vikt' });
		await expect(page.getByText('Att två kurvor följs åt säger inte varför.')).toBeVisible();
		await slider(page).focus();
		await page.keyboard.press('PageDown');
		await expect(slider(page)).toHaveAttribute('aria-valuetext', /Blodtryck .*Vikt/);
		await page.getByText('Mer om värdena').click();
		await expect(page.getByText('Vanlig spridning', { exact: true }).first()).toBeVisible();
		await expectNoFaults(page);
	});

	await test.step('to the ear, and silent again', async () => {
		await page.getByRole('button', { name: 'Lyssna på kurvan' }).click();
		await page.getByRole('button', { name: 'Sluta lyssna' }).click();
		await expect(page.getByRole('button', { name: 'Lyssna på kurvan' })).toBeVisible();
	});
});
