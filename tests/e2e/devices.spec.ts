/** One person, two devices: let in by a code and six digits, the same values on both, and one taken out again. */

import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { typeBackRecoveryCode } from './support/sharing';
import { countInTrends, logPressure, RELAY_AWAY } from './support/steps';

test.use({ withWorker: false });
test.setTimeout(90_000);

/** Backup on, with the code on paper. */
async function turnOnBackup(page: Page): Promise<void> {
	await page.goto('/settings/devices/add');
	await page.getByRole('link', { name: 'Gör en återställningskod' }).click();
	await page.getByRole('button', { name: 'Gör en återställningskod' }).click();
	await typeBackRecoveryCode(page);
	await expect(page.getByRole('heading', { name: 'Koden gäller nu' })).toBeVisible();
}

test('a phone and a computer: paired, logged on both, seen on both; one is taken out and says so', async ({
	page: phone,
	openPerson,
	problems
}) => {
	problems.allow(RELAY_AWAY, /status of 40[149]/);
	await logPressure(phone, '1288272');
	await turnOnBackup(phone);

	const computer = await openPerson();
	await computer.goto('/');
	await computer.getByRole('link', { name: 'Jag har redan Hemlinje på en annan enhet' }).click();
	await computer.getByRole('button', { name: 'Visa en kod' }).click();
	await expect(computer.getByRole('heading', { name: 'Läs den här koden med din andra enhet' })).toBeFocused();
	const groups = await computer.getByRole('list', { name: 'Koden, i grupper' }).getByRole('listitem').allInnerTexts();

	await test.step('the code is read, a slip is told, and nothing happens before the digits are the same', async () => {
		await phone.goto('/settings/devices');
		await phone.getByRole('link', { name: 'Lägg till en enhet' }).click();
		const field = phone.getByLabel('Koden på den nya enheten');
		await field.fill(groups.slice(0, -1).join(' '));
		await phone.getByRole('button', { name: 'Nästa' }).click();
		await expect(phone.getByText(/^Koden har 27 tecken/)).toBeVisible();
		await field.fill(groups.join(' ').toLowerCase());
		await phone.getByRole('button', { name: 'Nästa' }).click();
		await expect(phone.getByRole('heading', { name: 'Stämmer siffrorna?' })).toBeFocused();
		await phone.getByLabel('Sex siffror').fill('000 000');
		await phone.getByRole('button', { name: 'Jämför' }).click();
		await expect(phone.getByText(/^Det är inte samma siffror/)).toBeVisible();
		await expect(computer.getByRole('heading', { name: 'Skriv siffrorna på din andra enhet' })).toBeVisible();
		await phone.getByLabel('Sex siffror').fill(await computer.getByText(/^\d{3} \d{3}$/).innerText());
		await phone.getByRole('button', { name: 'Jämför' }).click();
		await expect(phone.getByLabel('Namn', { exact: true })).toHaveValue('Dator');
		await phone.getByRole('button', { name: 'Släpp in enheten' }).click();
		await expect(phone.getByRole('heading', { name: 'Dator är tillagd' })).toBeVisible();
	});

	await computer.getByRole('button', { name: 'Siffrorna stämde' }).click();
	await expect(computer.getByRole('heading', { name: 'Nu är enheten din' })).toBeVisible({ timeout: 30_000 });
	await computer.getByRole('button', { name: 'Till Idag' }).click();
	expect(await countInTrends(computer)).toBe(1);
	await logPressure(computer, '1317868');
	await phone.goto('/trends?measure=bloodPressure');
	await expect(async () => expect(await countInTrends(phone)).toBe(2)).toPass({ timeout: 30_000 });

	await test.step('taken out: named, asked once, done', async () => {
		await phone.goto('/settings/devices');
		await expect(phone.getByRole('heading', { level: 2 })).toHaveCount(2);
		await phone.getByRole('button', { name: 'Ta bort enheten Dator' }).click();
		await phone.getByRole('dialog').getByRole('button', { name: 'Ta bort enheten' }).click();
		await expect(phone.getByText('Dator är borttagen.')).toBeVisible({ timeout: 30_000 });
		await expect(phone.getByRole('heading', { level: 2 })).toHaveCount(1);
	});

	await computer.goto('/');
	await expect(computer.getByText(/^Den här enheten är borttagen/)).toBeVisible({ timeout: 30_000 });
	await computer.getByRole('link', { name: 'Läs mer' }).click();
	await expect(computer.getByRole('heading', { name: 'Den här enheten är borttagen' })).toBeVisible();
	expect(await countInTrends(computer)).toBe(2);
});
