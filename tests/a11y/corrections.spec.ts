/** What no address opens by itself: a reading being changed, the question why it should go, rows with faults, every question. */

import type { Page } from '@playwright/test';
import { logPressure } from '../e2e/support/steps';
import { accessibilityFaults } from '../support/accessibility';
import { expect, test } from '../support/app';

test.use({ ownApp: false, reducedMotion: 'reduce', withWorker: false, viewport: { width: 360, height: 844 } });

async function expectNoFault(page: Page, what: string): Promise<void> {
	expect(await accessibilityFaults(page), what).toEqual([]);
}

test('changing and removing a reading has no accessibility fault', async ({ page }) => {
	await logPressure(page, '1438064');
	await page.goto('/trends');
	await page
		.getByRole('link', { name: /^Ändra 143 över 80/ })
		.first()
		.click();
	await page.getByLabel('Övre (systoliskt)').fill('133');
	await expectNoFault(page, 'the form of a change');
	await page.getByRole('button', { name: 'Spara', exact: true }).click();
	await page.getByRole('link', { name: 'Till mätningarna' }).click();
	await page.getByRole('button', { name: 'Ändrad, först 143/80' }).click();
	await expectNoFault(page, 'the history');
	await page.getByRole('button', { name: /^Ta bort 133 över 80/ }).click();
	await expect(page.getByRole('heading', { name: 'Varför ska 133/80 bort?' })).toBeFocused();
	await expectNoFault(page, 'the question why');
	await page.getByRole('button', { name: 'Fel värde' }).click();
	await page.getByRole('button', { name: 'Borttagna mätningar (1)' }).click();
	await expectNoFault(page, 'what was removed');
});

test('rows with faults, and every question about symptoms, have no accessibility fault', async ({ page }) => {
	await page.goto('/record/several');
	await page.getByRole('group', { name: 'Mätning 1' }).getByLabel('Övre').fill('82');
	await page.getByRole('button', { name: 'Spara alla' }).click();
	await expect(page.getByText('Välj både dag och klockslag.')).toBeVisible();
	await expectNoFault(page, 'rows');
	await page.goto('/record?measure=symptoms');
	// Those with a red flag are never folded away.
	await expect(page.getByRole('group', { name: 'Ont eller tryck i bröstet' })).toBeVisible();
	await page.getByRole('button', { name: 'Visa 8 frågor till' }).click();
	await expect(page.getByRole('group', { name: 'Rethosta' })).toBeVisible();
	await expectNoFault(page, 'questions');
});
