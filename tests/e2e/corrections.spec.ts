/** Changing and removing what was recorded: the original stays, and there is a way back. */

import { expect, test } from '../support/app';
import { countInTrends, logPressure, lower, save, savedHere, upper } from './support/steps';

// Neither the relay nor the worker has a part in this.
test.use({ ownApp: false, withWorker: false });

test('a reading is changed from the list, the original stands beside it, and Ångra changes it back', async ({
	page
}) => {
	await logPressure(page, '1438064');
	await page.goto('/trends');
	await page
		.getByRole('link', { name: /^Ändra 143 över 80/ })
		.first()
		.click();
	await expect(page.getByText(/^Du ändrar 143\/80 från i/)).toBeVisible();
	await expect(upper(page)).toHaveValue('143');
	await expect(upper(page)).toBeFocused();
	await page.keyboard.type('134');
	await expect(lower(page)).toBeFocused();
	await save(page).click();
	await expect(savedHere(page)).toBeFocused();
	await page.getByRole('button', { name: 'Ångra' }).click();
	await expect(upper(page)).toHaveValue('143');
	await upper(page).fill('135');
	await save(page).click();
	await page.getByRole('link', { name: 'Till mätningarna' }).click();
	const history = page.getByRole('button', { name: 'Ändrad, först 143/80' });
	await expect(history).toHaveAttribute('aria-expanded', 'false');
	await history.click();
	await expect(page.getByRole('listitem').filter({ hasText: /^Först/ })).toContainText('143/80');
	await expect(page.getByRole('listitem').filter({ hasText: /^Nu/ })).toContainText('135/80');
	await page.reload();
	expect(await countInTrends(page)).toBe(1);
	await expect(page.getByRole('button', { name: 'Ändrad, först 143/80' })).toBeVisible();
});

test('a reading removed in another tab while it is being changed is told, and can be saved as a new one', async ({
	page,
	context
}) => {
	await logPressure(page, '1438064');
	await page.goto('/trends');
	const other = await context.newPage();
	await other.goto('/trends');
	await page
		.getByRole('link', { name: /^Ändra 143 över 80/ })
		.first()
		.click();
	await upper(page).fill('134');
	await other.getByRole('button', { name: /^Ta bort 143 över 80/ }).click();
	await other.getByRole('button', { name: 'Fel värde' }).click();
	await expect(other.getByText('Här kommer din kurva.')).toBeVisible();
	await save(page).click();
	await expect(page.getByText(/mätningen har tagits bort under tiden/)).toBeVisible();
	await expect(upper(page)).toHaveValue('134');
	await page.getByRole('button', { name: 'Spara som ny mätning' }).click();
	await expect(savedHere(page)).toBeVisible();
	expect(await countInTrends(page)).toBe(1);
});

test('a reading is removed with a reason, comes back with Ångra, and with Lägg tillbaka', async ({ page }) => {
	await logPressure(page, '1448871');
	await page.goto('/trends');
	await page.getByRole('button', { name: /^Ta bort 144 över 88/ }).click();
	await page.getByRole('button', { name: 'Stäng' }).click();
	await expect(page.getByRole('button', { name: /^Ta bort 144 över 88/ })).toBeFocused();
	await page.keyboard.press('Enter');
	await page.getByRole('button', { name: 'Någon annans värde' }).click();
	await expect(page.getByText('Mätningen är borttagen.')).toBeVisible();
	await expect(page.getByText('Här kommer din kurva.')).toBeVisible();
	await page.getByRole('button', { name: 'Ångra' }).click();
	await page.getByRole('button', { name: /^Ta bort 144 över 88/ }).click();
	await page.getByRole('button', { name: 'Mätningen blev dålig' }).click();
	await page.reload();
	await page.getByRole('button', { name: 'Borttagna mätningar (1)' }).click();
	await expect(page.getByText(/Mätningen blev dålig\.$/)).toBeVisible();
	await page.getByRole('button', { name: /^Lägg tillbaka 144 över 88/ }).click();
	await expect(page.getByRole('button', { name: /^Ta bort 144 över 88/ })).toBeVisible();
	expect(await countInTrends(page)).toBe(1);
});
