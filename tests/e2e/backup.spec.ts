/** A backup as a file: made without network, read into an empty browser and into one that has it already. */

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { countInTrends, logPressure, RELAY_AWAY, visit } from './support/steps';

test.setTimeout(60_000);

const PASSPHRASE = 'tre gula båtar i hamn';

/** Makes a file locked with the passphrase; its bytes. */
async function saveFile(page: Page): Promise<Buffer> {
	await page.getByLabel('Lösenfras', { exact: true }).fill(PASSPHRASE);
	await page.getByLabel('Lösenfrasen en gång till').fill(PASSPHRASE);
	const download = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Spara filen' }).click();
	const file = await download;
	expect(file.suggestedFilename()).toMatch(/^hemlinje-\d{4}-\d{2}-\d{2}\.age$/);
	return readFile(await file.path());
}

async function choose(page: Page, buffer: Buffer): Promise<void> {
	await page
		.getByLabel('Säkerhetskopian (slutar på .age)')
		.setInputFiles({ name: 'hemlinje.age', mimeType: 'application/octet-stream', buffer });
}

async function open(page: Page, passphrase = PASSPHRASE): Promise<void> {
	await page.getByLabel('Filens lösenfras').fill(passphrase);
	await page.getByRole('button', { name: 'Öppna filen' }).click();
}

test('L4: saved offline, read into a clean browser, and nothing is doubled', async ({ page, openPerson, problems }) => {
	problems.allow(RELAY_AWAY);
	await visit(page);
	await logPressure(page, '1288272');
	await logPressure(page, '1317868');
	await page.goto('/settings/backup');
	await page.context().setOffline(true);
	await page.getByLabel('Lösenfras', { exact: true }).fill('1234567890123');
	await page.getByRole('button', { name: 'Spara filen' }).click();
	await expect(page.getByText('Bara siffror går för fort att gissa.')).toBeVisible();
	const file = await saveFile(page);
	await expect(page.getByText('Filen med 2 värden är sparad.')).toBeVisible();
	await page.context().setOffline(false);

	await test.step('the same file here adds nothing', async () => {
		await choose(page, file);
		await open(page);
		await expect(page.getByText('Den har 0 värden som inte finns här.')).toBeVisible();
		await expect(page.getByRole('button', { name: 'Läs in', exact: true })).toHaveCount(0);
	});

	const fresh = await openPerson();
	await fresh.goto('/settings/backup');

	await test.step('what is no backup, cut off or changed is told, and changes nothing', async () => {
		await choose(fresh, Buffer.from('hej'));
		await expect(fresh.getByText('Det här är ingen säkerhetskopia från Hemlinje.')).toBeVisible();
		await choose(fresh, file.subarray(0, file.length - 5));
		await open(fresh);
		await expect(fresh.getByText('Filen är skadad')).toBeVisible();
		await fresh.getByRole('button', { name: 'Avbryt' }).click();
	});

	await choose(fresh, file);
	await open(fresh, 'tre blå båtar i hamn');
	await expect(fresh.getByText('Det öppnar inte filen.')).toBeVisible();
	await open(fresh);
	await expect(fresh.getByText('Den har 2 värden som inte finns här.')).toBeVisible();
	await fresh.getByRole('button', { name: 'Läs in', exact: true }).click();
	await expect(fresh.getByText('2 värden är inlästa')).toBeVisible();
	expect(await countInTrends(fresh)).toBe(2);
});

test('Hur säkert ligger mina data: what would be lost, and the one thing to do', async ({ page }) => {
	await logPressure(page, '1288272');
	await page.goto('/settings');
	await page.getByRole('link', { name: 'Hur säkert ligger mina data?' }).click();
	await expect(page.getByText('1 uppgift skulle vara borta')).toBeVisible();
	await expect(page.getByRole('link', { name: 'Gör en återställningskod' })).toBeVisible();
});
