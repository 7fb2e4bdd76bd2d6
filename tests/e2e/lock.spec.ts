/** The app lock as people meet it: set, closed in every tab at once, opened by words or by a passkey, and nothing to read meanwhile. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CDPSession, chromium, type Locator, type Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { filesOf, filesWith } from '../support/profile-words';
import { draftIsKept, logPressure, lower, savedHere, tile, upper } from './support/steps';

test.use({ ownApp: false, withWorker: false });

const WORDS = 'gröna båtar sjunger högt';

const locked = (page: Page): Locator => page.getByRole('heading', { name: 'Hemlinje är låst' });
const lockNow = (page: Page): Locator => page.getByRole('button', { name: 'Lås nu' }).first();
const openByWords = async (page: Page, words = WORDS): Promise<void> => {
	await page.getByLabel('Lösenfras', { exact: true }).fill(words);
	await page.getByRole('button', { name: 'Lås upp', exact: true }).click();
};

async function setLock(page: Page): Promise<void> {
	await page.goto('/settings/lock');
	await page.getByLabel('Lösenfras', { exact: true }).fill(WORDS);
	await page.getByLabel('Lösenfrasen en gång till').fill(WORDS);
	await page.getByRole('button', { name: 'Lås appen' }).click();
	await expect(page.getByText('Låset är på')).toBeVisible();
}

/** In the page: when nothing of these words was left in the document, by the machine's clock. */
function untilGone(words: readonly string[]): Promise<number> {
	const isLeft = () => {
		const html = document.documentElement.outerHTML;
		const typed = [...document.querySelectorAll('input, textarea')].map((field) => (field as HTMLInputElement).value);
		return words.some((word) => html.includes(word) || typed.some((text) => text.includes(word)));
	};
	return new Promise((resolve) => {
		const observer = new MutationObserver(look);
		function look(): void {
			if (isLeft()) return;
			observer.disconnect();
			resolve(Date.now());
		}
		observer.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
		look();
	});
}

test('T3: a lock in one tab locks both within half a second; each opens by itself and finds what was typed in it', async ({
	page,
	context
}) => {
	await logPressure(page, '1288272');
	await page.goto('/settings/lock');
	await expect(page.getByText('Det finns ingen väg tillbaka än.')).toBeVisible();
	await page.getByLabel('Lösenfras', { exact: true }).fill('482913');
	await page.getByRole('button', { name: 'Lås appen' }).click();
	await expect(page.getByText('Bara siffror går för fort att gissa.')).toBeVisible();
	await setLock(page);
	await page.goto('/');
	await openByWords(page);
	await expect(tile(page, 'Blodtryck')).toContainText('128/82');

	const typing = await context.newPage();
	await typing.goto('/record');
	await expect(locked(typing)).toBeVisible();
	await expect(typing.getByRole('link', { name: 'Vid fara, ring 112' })).toHaveAttribute('href', 'tel:112');
	await expect(typing.getByRole('link', { name: 'Råd om vård, ring 1177' })).toHaveAttribute('href', 'tel:1177');
	await openByWords(typing, 'helt andra ord i dag');
	await expect(typing.getByText('Den lösenfrasen öppnar inte.')).toBeVisible();
	await expect(typing.getByLabel('Lösenfras', { exact: true })).toHaveValue('helt andra ord i dag');
	await openByWords(typing);
	await expect(upper(typing)).toBeFocused();
	await upper(typing).fill('131');
	await draftIsKept(typing);
	await page.bringToFront();

	const gone = [page, typing].map((tab) => tab.evaluate(untilGone, ['128', '131', 'Mina värden']));
	const pressedAt = Date.now();
	await lockNow(page).click();
	for (const at of await Promise.all(gone)) expect(at - pressedAt).toBeLessThan(500 + 100 /* for the press itself */);
	for (const tab of [page, typing]) {
		await expect(locked(tab)).toBeVisible();
		await expect(tab).toHaveTitle('Hemlinje är låst');
	}

	await openByWords(typing);
	await expect(upper(typing)).toHaveValue('131');
	await lower(typing).fill('79');
	await typing.getByRole('button', { name: 'Spara', exact: true }).click();
	await expect(savedHere(typing)).toBeVisible();
	await expect(locked(page)).toBeVisible();
	await openByWords(page);
	await expect(tile(page, 'Blodtryck')).toContainText('131/79');

	// Taken off by name, it opens for whoever comes.
	await page.goto('/settings/lock');
	await openByWords(page);
	await page.getByRole('button', { name: 'Ta bort låset' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Ta bort låset' }).click();
	await expect(page.getByText('Låset är borttaget.')).toBeVisible();
	await page.goto('/');
	await expect(tile(page, 'Blodtryck')).toContainText('131/79');
});

/** An authenticator of the device's own, as DevTools makes them. */
async function authenticator(cdp: CDPSession, hasPrf: boolean): Promise<string> {
	const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
		options: {
			protocol: 'ctap2',
			transport: 'internal',
			hasResidentKey: true,
			hasUserVerification: true,
			isUserVerified: true,
			hasPrf
		}
	});
	return authenticatorId;
}

test('A10: a passkey opens; without its key, or gone, the screen says so and the passphrase opens', async ({
	page,
	app
}) => {
	// A passkey belongs to a name, and an address of numbers is none.
	const origin = `http://localhost:${app.url.port}`;
	const cdp = await page.context().newCDPSession(page);
	await cdp.send('WebAuthn.enable');
	const old = await authenticator(cdp, false);
	await page.goto(`${origin}/record`);
	await upper(page).fill('128');
	await lower(page).fill('82');
	await page.getByRole('button', { name: 'Spara', exact: true }).click();
	await expect(savedHere(page)).toBeVisible();
	await page.goto(`${origin}/settings/lock`);
	await page.getByLabel('Lösenfras', { exact: true }).fill(WORDS);
	await page.getByLabel('Lösenfrasen en gång till').fill(WORDS);
	await page.getByRole('button', { name: 'Lås appen' }).click();
	await page.getByRole('button', { name: 'Lägg till passnyckel' }).click();
	await expect(page.getByText('Passnyckeln finns, men')).toBeVisible();
	await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: old });

	const authenticatorId = await authenticator(cdp, true);
	await page.getByRole('button', { name: 'Lägg till passnyckel' }).click();
	await expect(page.getByText('Passnyckeln är tillagd.')).toBeVisible();
	await lockNow(page).click();
	await page.getByRole('button', { name: 'Lås upp med passnyckel' }).click();
	await expect(page.getByText('Passnyckel, tillagd i dag')).toBeVisible();

	const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
	for (const { credentialId } of credentials)
		await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId });
	await lockNow(page).click();
	await page.getByRole('button', { name: 'Lås upp med passnyckel' }).click();
	await expect(page.getByText('Passnyckeln användes inte.')).toBeVisible();
	await openByWords(page);
	await expect(page.getByText('Passnyckel, tillagd i dag')).toBeVisible();
});

test('L1: with the lock set, no word that was written and no passphrase stands in the browser’s own files', async ({
	app
}) => {
	const profile = mkdtempSync(path.join(tmpdir(), 'hemlinje-profile-'));
	const launchOptions = test.info().project.use.launchOptions ?? {};
	const planted = 'ZEBRAFINKEN';
	try {
		const browser = await chromium.launchPersistentContext(profile, {
			...launchOptions,
			baseURL: app.origin,
			locale: 'sv-SE'
		});
		const page = browser.pages()[0] ?? (await browser.newPage());
		await page.goto('/record');
		await upper(page).fill('128');
		await lower(page).fill('82');
		await page.getByRole('button', { name: /^Lägg till/ }).click();
		await page.getByLabel('Anteckning').fill(planted);
		await draftIsKept(page);
		await page.getByRole('button', { name: 'Spara', exact: true }).click();
		await expect(savedHere(page)).toBeVisible();
		await setLock(page);
		await lockNow(page).click();
		await expect(locked(page)).toBeVisible();
		await browser.close();
		expect(filesOf(profile).some((file) => /IndexedDB.*\.(log|ldb)$/.test(file))).toBe(true);
		expect(filesWith(profile, [planted, WORDS])).toEqual([]);
	} finally {
		rmSync(profile, { recursive: true, force: true });
	}
});
