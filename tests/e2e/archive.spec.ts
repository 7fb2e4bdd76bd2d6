/** Leaving with everything: an archive made, the circle erased for good, and the whole history alive at another service. */

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { ServedApp } from '../support/served-app';
import { acceptAndOpen, cardLink, enrolmentLink, share, startUnit } from './support/sharing';
import { logPressure, RELAY_AWAY } from './support/steps';

const NAME = 'Märta Kvist';
const PASSPHRASE = 'tre gula båtar i hamn';
const ARRIVES = { timeout: 20_000 };

test.setTimeout(120_000);

/** A plan that Märta writes and Anna agrees to, and Anna's mark that she has looked. */
async function agreeOnPlan(patient: Page, nurse: Page): Promise<void> {
	await patient.goto('/plan/edit');
	await patient.getByRole('button', { name: 'Börja med den här' }).click();
	const goals = patient.getByRole('region', { name: 'Mål', exact: true });
	await goals.getByLabel('Ny rad').fill('Gå runt sjön');
	await goals.getByRole('button', { name: 'Lägg till: Mål' }).click();
	await patient.getByRole('button', { name: 'Skicka förslaget till Anna' }).click();
	await nurse.getByRole('button', { name: 'Sett', exact: true }).click();
	await nurse.getByRole('link', { name: 'Läs och svara' }).click(ARRIVES);
	await nurse.getByRole('button', { name: 'Godkänn' }).click();
	await expect(patient.getByText(/^Version 1\. Godkänd av Märta och Anna/)).toBeVisible(ARRIVES);
}

/** The archive's bytes, locked with the passphrase. */
async function saveArchive(page: Page): Promise<Buffer> {
	await page.goto('/settings/archive');
	await page.getByLabel('En lösenfras').check({ force: true });
	await page.getByLabel('Lösenfras', { exact: true }).fill(PASSPHRASE);
	await page.getByLabel('Lösenfrasen en gång till').fill(PASSPHRASE);
	const download = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Spara arkivet' }).click();
	const file = await download;
	expect(file.suggestedFilename()).toMatch(/^hemlinje-arkiv-\d{4}-\d{2}-\d{2}\.age$/);
	await expect(page.getByText('Arkivet med 2 mätvärden är sparat.')).toBeVisible();
	return readFile(await file.path());
}

async function openArchive(page: Page, buffer: Buffer): Promise<void> {
	await page
		.getByLabel('Arkivfilen (slutar på .age)')
		.setInputFiles({ name: 'hemlinje-arkiv.age', mimeType: 'application/octet-stream', buffer });
	await page.getByLabel('Filens lösenfras').fill(PASSPHRASE);
	await page.getByRole('button', { name: 'Öppna arkivet' }).click();
}

test('Märta leaves: her history goes with her, signed by those who wrote it, and Anna is told that she has erased', async ({
	page: patient,
	app,
	openPerson,
	problems
}) => {
	problems.allow(RELAY_AWAY, /404|401|410/);
	await logPressure(patient, '1288272');
	await logPressure(patient, '1317868');
	const nurse = await openPerson();
	await startUnit(nurse, await enrolmentLink(app));
	await share(patient, await cardLink(nurse), NAME);
	await acceptAndOpen(nurse, NAME);
	await agreeOnPlan(patient, nurse);
	const archive = await saveArchive(patient);

	await test.step('she erases everything; the word must be typed, and others’ copies are named', async () => {
		await patient.goto('/settings/erase');
		await expect(patient.getByText(/Det som vården har skrivit i din journal finns kvar där/)).toBeVisible();
		await patient.getByRole('button', { name: 'Radera allt', exact: true }).click();
		await expect(patient.getByText('Skriv ordet RADERA om du vill radera allt.')).toBeVisible();
		await patient.getByLabel('Skriv RADERA för att bekräfta').fill('radera');
		await patient.getByRole('button', { name: 'Radera allt', exact: true }).click();
		await expect(patient.getByRole('heading', { name: 'Allt är raderat' })).toBeVisible(ARRIVES);
		await patient.getByRole('button', { name: 'Till början' }).click();
		await expect(patient.getByRole('heading', { name: 'Börja med ett värde' })).toBeVisible();
	});

	await test.step('Anna reads it in words, keeps what she had, and may put it away', async () => {
		await nurse.goto('/panel');
		const gone = nurse.getByRole('region', { name: 'Har raderat sin krets' });
		await expect(gone).toContainText(NAME, ARRIVES);
		await gone.getByRole('link', { name: `Visa det som fanns hos ${NAME}` }).click();
		await expect(nurse.getByText(`${NAME} har raderat sin krets.`)).toBeVisible();
		await expect(nurse.getByRole('button', { name: 'Sett', exact: true })).toHaveCount(0);
	});

	const elsewhere = await ServedApp.start();
	const fresh = await openPerson();
	await fresh.goto(`${elsewhere.origin}/settings/archive`);

	await test.step('at another service: recognised, verified, and then hers as before', async () => {
		await openArchive(fresh, archive.subarray(0, archive.length - 9));
		await expect(fresh.getByText('Arkivet är skadat')).toBeVisible();
		await fresh.getByRole('button', { name: 'Avbryt' }).click();
		await openArchive(fresh, archive);
		await expect(fresh.getByText(/^Märta Kvists arkiv från/)).toBeVisible(ARRIVES);
		await expect(fresh.getByText('Också skrivet av Anna Bergqvist')).toBeVisible();
		await fresh.getByRole('button', { name: 'Det är mina, läs in' }).click();
		await fresh.getByRole('link', { name: 'Se planens historik' }).click();
		await expect(fresh.getByText(/^Anna godkände/)).toBeVisible();
		await expect(fresh.getByText('Gäller nu', { exact: true })).toBeVisible();
		await fresh.goto(`${elsewhere.origin}/circle`);
		const log = fresh.getByRole('region', { name: 'Vad som har hänt' });
		await expect(log).toContainText('Anna Bergqvist har sett värdena');
		await fresh.goto(elsewhere.origin);
		expect(await countInTrendsAt(fresh, elsewhere.origin)).toBe(2);
	});
	await elsewhere.remove();
});

/** The same count, at another address than the test's own app. */
async function countInTrendsAt(page: Page, origin: string): Promise<number> {
	await page.goto(`${origin}/trends?measure=bloodPressure`);
	await page.getByLabel('Allt', { exact: true }).check();
	await page.getByRole('button', { name: 'Visa som tabell' }).click();
	const rows = page.getByRole('table').locator('tbody tr');
	await expect(rows.first()).toBeVisible();
	return rows.count();
}
