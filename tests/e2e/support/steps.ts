/** What a person does in the app, in their own steps. */

import { expect, type Locator, type Page } from '@playwright/test';

/** A relay that is away: what the browser says of it in the console. */
export const RELAY_AWAY =
	/ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED_ENCODING|unknown error occurred when fetching the script/;

export const upper = (page: Page): Locator => page.getByLabel('Övre (systoliskt)');
export const lower = (page: Page): Locator => page.getByLabel('Undre (diastoliskt)');
export const pulse = (page: Page): Locator => page.getByLabel('Puls', { exact: true });
export const save = (page: Page): Locator => page.getByRole('button', { name: 'Spara', exact: true });
export const savedHere = (page: Page): Locator => page.getByRole('heading', { name: 'Sparat på den här enheten' });

/** The first visit, until the whole app is kept on the device. */
export async function visit(page: Page, path = '/'): Promise<void> {
	await page.goto(path);
	await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
}

/** Opens **Logga** and types a blood pressure; the digits move on by themselves. */
export async function typePressure(page: Page, digits: string): Promise<void> {
	await page.goto('/record');
	await expect(upper(page)).toBeFocused();
	await page.keyboard.type(digits);
}

/** Logs a blood pressure, e.g. `12882` or `1288272`. */
export async function logPressure(page: Page, digits: string): Promise<void> {
	await typePressure(page, digits);
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
}

/** The tile of a measure on **Idag**. */
export const tile = (page: Page, measure: string): Locator =>
	page.getByRole('region', { name: 'Mät och skriv in' }).getByRole('link').filter({ hasText: measure });

/** How many readings **Trender** has of a measure, by its own table over all time. */
export async function countInTrends(page: Page, measure = 'bloodPressure'): Promise<number> {
	return (await rowsInTrends(page, measure)).length;
}

/** The rows of the table in **Trender** over all time, latest first, as they read. */
export async function rowsInTrends(page: Page, measure = 'bloodPressure'): Promise<string[]> {
	await page.goto(`/trends?measure=${measure}`);
	await page.getByLabel('Allt', { exact: true }).check();
	await page.getByRole('button', { name: 'Visa som tabell' }).click();
	const rows = page.getByRole('table').locator('tbody tr');
	await expect(rows.first()).toBeVisible();
	return rows.allInnerTexts();
}

/** Nothing was ever stored: no value on **Idag**, no identity in the database. */
export async function expectNothingStored(page: Page): Promise<void> {
	await page.goto('/');
	await expect(page.getByRole('heading', { name: 'Börja med ett värde' })).toBeVisible();
}

/** In the page: how many drafts lie in the store. Never makes the database. */
export function keptDrafts(): Promise<number> {
	return new Promise((resolve) => {
		const request = indexedDB.open('hemlinje-real');
		request.onupgradeneeded = () => request.transaction?.abort();
		request.onerror = () => resolve(0);
		request.onsuccess = () => {
			const database = request.result;
			const count = database.transaction('drafts').objectStore('drafts').count();
			count.onsuccess = () => {
				database.close();
				resolve(count.result);
			};
		};
	});
}

/** Until what is typed is kept as a draft: the store is then open, whatever else the machine is doing. */
export const draftIsKept = (page: Page): Promise<void> =>
	expect.poll(() => page.evaluate(keptDrafts)).toBeGreaterThan(0);

/** The chunk that holds the database comes late, as on a slow network. */
export async function delayStore(page: Page, until: Promise<void>): Promise<void> {
	await page.route('**/_app/immutable/chunks/*.js', async (route) => {
		const response = await route.fetch();
		if ((await response.text()).includes('chromeTransactionDurability')) await until;
		await route.fulfill({ response });
	});
}
