/** From the paper to a clean browser: everything back, the old device shut out. */

import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { typeBackRecoveryCode } from './support/sharing';
import { countInTrends, logPressure, RELAY_AWAY, tile } from './support/steps';

test.setTimeout(60_000);

/** Makes a recovery code and writes it down; resolves when everything has reached the relay. */
async function writeDownCode(page: Page): Promise<string> {
	await page.goto('/settings/code');
	await page.getByRole('button', { name: 'Gör en återställningskod' }).click();
	const groups = await typeBackRecoveryCode(page);
	await expect(page.getByRole('heading', { name: 'Koden gäller nu' })).toBeVisible();
	await page.goto('/');
	await expect(page.getByText('Säkerhetskopierat', { exact: true }).first()).toBeVisible({ timeout: 20_000 });
	return groups.join(' ');
}

const field = (page: Page) => page.getByLabel('Återställningskod', { exact: true });
const start = (page: Page) => page.getByRole('button', { name: 'Hämta tillbaka mina värden' });

test('A5: a lost phone: the code on a clean browser brings every value back', async ({
	page: lost,
	openPerson,
	app,
	problems
}) => {
	problems.allow(RELAY_AWAY, /status of 401/);
	await logPressure(lost, '1288272');
	await logPressure(lost, '1317868');
	const paper = await writeDownCode(lost);

	const fresh = await openPerson();
	await fresh.goto('/');
	await fresh.getByRole('link', { name: 'Jag har en återställningskod' }).click();

	await test.step('a slip is told, and the code stays', async () => {
		await field(fresh).fill(paper.slice(0, -2));
		await start(fresh).click();
		await expect(fresh.getByText('Koden har 27 tecken, och du har skrivit 25.')).toBeVisible();
		await field(fresh).fill(paper.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l'));
		await expect(fresh.getByText('Appen läser 27 av 27 tecken:')).toBeVisible();
	});

	await test.step('a relay that is away is told, and the code stays', async () => {
		await app.stop();
		await start(fresh).click();
		await expect(fresh.getByText('Det går inte att nå servern nu.')).toBeVisible();
		await expect(field(fresh)).not.toHaveValue('');
		await app.start();
	});

	await start(fresh).click();
	await expect(fresh.getByRole('heading', { name: '2 värden är tillbaka' })).toBeVisible({ timeout: 20_000 });
	await fresh.getByRole('button', { name: 'Till Idag' }).click();
	await expect(tile(fresh, 'Blodtryck')).toContainText('131/78');
	await logPressure(fresh, '1257570');
	expect(await countInTrends(fresh)).toBe(3);
});

test('L3: an app closed midway goes on where it was', async ({ page: lost, openPerson, problems }) => {
	// The old device asks on, and is refused.
	problems.allow(RELAY_AWAY, /ERR_FAILED/, /status of 401/);
	await logPressure(lost, '1288272');
	const paper = await writeDownCode(lost);
	const fresh = await openPerson();
	// The first heads never arrive: the new device is let in, and nothing has come.
	await fresh.route('**/api/v1/heads', (route) => route.abort());
	await fresh.goto('/restore');
	await field(fresh).fill(paper);
	await start(fresh).click();
	await expect(fresh.getByRole('heading', { name: 'Allt har inte kommit tillbaka än' })).toBeVisible();
	await fresh.unroute('**/api/v1/heads');
	await fresh.goto('/trends');
	await expect(fresh.getByRole('heading', { name: '1 värde är tillbaka' })).toBeVisible({ timeout: 20_000 });
});

test('Q4: a browser that was emptied offers the code', async ({ page, problems }) => {
	problems.allow(/status of 401/);
	await logPressure(page, '1288272');
	const paper = await writeDownCode(page);
	await page.evaluate(
		() =>
			new Promise<void>((resolve) => {
				indexedDB.deleteDatabase('hemlinje-real').onsuccess = () => resolve();
			})
	);
	await page.goto('/');
	await expect(page.getByRole('heading', { name: 'Dina värden saknas på den här enheten' })).toBeVisible();
	await page.getByRole('button', { name: 'Jag har en återställningskod' }).click();
	await field(page).fill(paper);
	await start(page).click();
	await expect(page.getByRole('heading', { name: '1 värde är tillbaka' })).toBeVisible({ timeout: 20_000 });
});
