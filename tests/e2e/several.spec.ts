/** Several readings from a list kept on paper: pasted or typed, saved all at once, and taken back all at once. */

import { expect, test } from '../support/app';
import { countInTrends, savedHere } from './support/steps';

// Neither the relay nor the worker has a part in this.
test.use({ ownApp: false, withWorker: false });

test('a pasted list is filled in, mended at its row, asked about once, saved together and undone together', async ({
	page
}) => {
	await page.clock.setFixedTime(new Date('2026-11-16T07:32:00+01:00'));
	await page.goto('/record');
	await page.getByRole('link', { name: 'Flera mätningar' }).click();
	await page.getByRole('button', { name: 'Klistra in en lista' }).click();
	await page
		.getByRole('textbox', { name: /^En mätning per rad/ })
		.fill('Datum och tid\n14/11 07:10 128/82 72\n2026-11-14 19.30 131/79 puls 70\n15/11\t07:05\t225\t80\n15/11 127/81');
	await page.getByRole('button', { name: 'Fyll i raderna' }).click();
	await expect(page.getByText('1 rad gick inte att läsa.')).toBeVisible();
	const row = (number: number) => page.getByRole('group', { name: `Mätning ${number}` });
	await expect(row(1).getByLabel('Dag')).toHaveValue('2026-11-14');
	await expect(row(2).getByLabel('Klockslag')).toHaveValue('19:30');
	await expect(row(3).getByLabel('Övre')).toHaveValue('225');
	// The one without a clock is where the person is needed.
	await expect(row(4).getByLabel('Klockslag')).toBeFocused();
	await page.getByRole('button', { name: 'Spara alla' }).click();
	await expect(row(4)).toHaveAccessibleDescription('Välj både dag och klockslag.');
	await row(4).getByLabel('Klockslag').fill('20:00');
	await page.getByRole('button', { name: 'Spara alla' }).click();
	await expect(page.getByText('Mätning 3, Övre: Stämmer värdet? 225 är ovanligt.')).toBeVisible();
	await expect(page.getByRole('button', { name: 'Ja, spara' })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(savedHere(page)).toBeFocused();
	await expect(page.getByText('4 mätningar:')).toBeVisible();
	await page.getByRole('button', { name: 'Ångra alla' }).click();
	await expect(row(1).getByLabel('Dag')).toBeFocused();
	await page.getByRole('button', { name: 'Spara alla' }).click();
	await expect(savedHere(page)).toBeVisible();
	expect(await countInTrends(page)).toBe(4);
});

test('rows are typed by keyboard alone at 320 px, and are there when the person comes back', async ({ page }) => {
	await page.setViewportSize({ width: 320, height: 640 });
	await page.clock.setFixedTime(new Date('2026-11-16T21:00:00+01:00'));
	await page.goto('/record/several?measure=weight');
	const first = page.getByRole('group', { name: 'Mätning 1' });
	await first.getByLabel('Klockslag').fill('07:00');
	await first.getByLabel('Vikt, kg').focus();
	await page.keyboard.type('76,4');
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
	await page.getByRole('button', { name: 'Lägg till rad' }).click();
	await expect(page.getByRole('group', { name: 'Mätning 4' }).getByLabel('Klockslag')).toBeFocused();
	await page.goto('/record');
	await page.goto('/record/several?measure=weight');
	await expect(first.getByLabel('Vikt, kg')).toHaveValue('76,4');
	await first.getByLabel('Vikt, kg').press('Enter');
	await expect(savedHere(page)).toBeVisible();
	expect(await countInTrends(page, 'weight')).toBe(1);
});
