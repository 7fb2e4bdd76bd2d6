/**
 * L1: without a lock too, nothing that people write stands in the browser's own files: not in the database, not in what the
 * browser keeps of forms, pages and addresses. Keys do (docs/threat-model.md); what they seal does not.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { filesOf, filesWith } from '../support/profile-words';
import { acceptAndOpen, cardLink, enrolmentLink, share, startUnit } from './support/sharing';
import { draftIsKept, logPressure, lower, save, savedHere, upper } from './support/steps';

test.setTimeout(90_000);

const NAME = 'Zakarias Planterhult';
const UNIT = { unit: 'Tranbärsmottagningen', contact: 'Ofelia Blåsippa', hours: 'varannan skärtorsdag' };
/** Where Chromium keeps the addresses of pages. */
const VISITED = /^(Default\/(History|Favicons|Top Sites|Shortcuts|Sessions\/)|segmentation_platform\/)/;
const WORDS = {
	note: 'zebrafinkens näbb',
	unsaved: 'halvskriven havtorn',
	goal: 'plocka kantareller vid Skogstjärn',
	passphrase: 'sju violetta lodjur dansar'
};

async function logWithNote(page: Page, note: string): Promise<void> {
	await page.goto('/record');
	await upper(page).fill('128');
	await lower(page).fill('82');
	await page.getByRole('button', { name: /^Lägg till/ }).click();
	await page.getByLabel('Anteckning').fill(note);
	await draftIsKept(page);
}

test('L1: a life without a lock, shared and backed up, leaves no word in the browser’s files', async ({
	app,
	openPerson
}) => {
	const profile = mkdtempSync(path.join(tmpdir(), 'hemlinje-profile-'));
	const { launchOptions } = test.info().project.use;
	try {
		const browser = await chromium.launchPersistentContext(profile, {
			...launchOptions,
			baseURL: app.origin,
			locale: 'sv-SE'
		});
		const page = browser.pages()[0] ?? (await browser.newPage());
		page.setDefaultTimeout(20_000);
		await logWithNote(page, WORDS.note);
		await save(page).click();
		await expect(savedHere(page)).toBeVisible();

		const nurse = await openPerson();
		await startUnit(nurse, await enrolmentLink(app, UNIT), UNIT);
		const card = await cardLink(nurse);
		const code = await share(page, card, NAME);
		await acceptAndOpen(nurse, NAME);

		await page.goto('/plan/edit');
		await page.getByRole('button', { name: 'Börja med den här' }).click();
		const goals = page.getByRole('region', { name: 'Mål', exact: true });
		await goals.getByLabel('Ny rad').fill(WORDS.goal);
		await goals.getByRole('button', { name: 'Lägg till: Mål' }).click();
		await page.getByRole('button', { name: /^Skicka förslaget till/ }).click();

		await page.goto('/settings/backup');
		await page.getByLabel('En lösenfras').check({ force: true });
		await page.getByLabel('Lösenfras', { exact: true }).fill(WORDS.passphrase);
		await page.getByLabel('Lösenfrasen en gång till').fill(WORDS.passphrase);
		const download = page.waitForEvent('download');
		await page.getByRole('button', { name: 'Spara filen' }).click();
		await download;
		await logPressure(page, '1317964');
		await logWithNote(page, WORDS.unsaved);
		await browser.close();

		expect(filesOf(profile).some((file) => /IndexedDB.*\.(log|ldb|sqlite)$/.test(file))).toBe(true);
		// The address of the app must be there, or the search sees nothing.
		expect(filesWith(profile, [`${app.origin}/record`])).not.toEqual([]);
		expect(filesWith(profile, [...Object.values(WORDS), code.join(' '), code.join('')])).toEqual([]);
		// A link that was opened stands among the addresses the browser has visited, and the own name in what it fills in for people
		// (WCAG 1.3.5), or keeps of a form to show it again: nowhere else (G53).
		const inLinks = filesWith(profile, [...Object.values(UNIT), card.split('#card=')[1] ?? card]);
		expect(inLinks.filter((file) => !VISITED.test(file))).toEqual([]);
		expect(filesWith(profile, [NAME]).filter((file) => !/^Default\/(Web Data|Sessions\/)/.test(file))).toEqual([]);
	} finally {
		rmSync(profile, { recursive: true, force: true });
	}
});
