/** The locked app and the lock's settings, with everything unfolded, in both themes and at double text. */

import { expectNoFaultInEitherTheme } from '../support/accessibility';
import { expect, test } from '../support/app';
import { overflowAtDoubleText } from '../support/overflow';
import { logPressure } from '../e2e/support/steps';

test.use({ ownApp: false, reducedMotion: 'reduce', withWorker: false });

const WORDS = 'gröna båtar sjunger högt';

test('the lock, set and closed, has no accessibility fault in either theme', async ({ page }) => {
	test.slow();
	await page.setViewportSize({ width: 360, height: 2600 });
	await logPressure(page, '1288272');
	await page.goto('/settings/lock');
	await page.getByLabel('Lösenfras', { exact: true }).fill(WORDS);
	await page.getByLabel('Lösenfrasen en gång till').fill(WORDS);
	await page.getByRole('button', { name: 'Lås appen' }).click();
	// What was pressed is gone: the focus stands at what it did.
	await expect(page.getByText('Låset är på')).toBeFocused();
	await page.getByRole('button', { name: 'Byt lösenfras' }).click();
	await expect(page.getByLabel('Ny lösenfras')).toBeFocused();
	await page.getByRole('button', { name: 'Byt', exact: true }).click();
	await expectNoFaultInEitherTheme(page, 'the lock’s settings');
	expect(await overflowAtDoubleText(page)).toEqual([]);
	await page.getByRole('button', { name: 'Avbryt' }).click();
	await expect(page.getByRole('button', { name: 'Byt lösenfras' })).toBeFocused();

	await page.getByRole('button', { name: 'Lås nu' }).first().click();
	await expect(page.getByLabel('Lösenfras', { exact: true })).toBeFocused();
	await page.keyboard.type('inte de orden alls');
	await page.keyboard.press('Enter');
	await expect(page.getByText('Den lösenfrasen öppnar inte.')).toBeVisible();
	await expect(page.getByLabel('Lösenfras', { exact: true })).toBeFocused();
	await page.getByRole('button', { name: 'Jag har glömt lösenfrasen' }).click();
	await expectNoFaultInEitherTheme(page, 'the locked app');
	expect(await overflowAtDoubleText(page)).toEqual([]);
	await page.getByLabel('Lösenfras', { exact: true }).fill(WORDS);
	await page.keyboard.press('Enter');
	await expect(page.getByRole('main')).toBeFocused();
});
