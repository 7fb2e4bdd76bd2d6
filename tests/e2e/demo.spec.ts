/** Trying the app as Märta, Sara or Anna: invented, marked on every screen, live for real, and gone when one leaves. */

import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { cardLink, readLink } from './support/sharing';
import { logPressure, save, savedHere, tile, upper } from './support/steps';

test.setTimeout(90_000);

const MARTA = 'Märta Lindqvist';
const banner = (page: Page) => page.getByText('Påhittade data.', { exact: true });

/** Chooses a person on `/demo` and waits until their first screen stands. */
async function tryAs(page: Page, who: 'Märta' | 'Sara' | 'Anna'): Promise<void> {
	await page.goto('/demo');
	await page
		.getByRole('list', { name: 'Prova som' })
		.getByRole('button', { name: new RegExp(`^${who}`) })
		.click();
	await expect(banner(page)).toBeVisible({ timeout: 45_000 });
	await page.waitForURL((url) => url.pathname !== '/demo');
}

async function leave(page: Page): Promise<void> {
	await page.goto('/demo');
	await page.getByRole('button', { name: 'Avsluta och gå till mina egna värden' }).click();
	await page.waitForURL((url) => url.pathname === '/');
}

const databases = (page: Page): Promise<string[]> =>
	page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name ?? '').sort());

test('a person tries all three, every screen is marked as invented, and leaving leaves only their own values', async ({
	page
}) => {
	await logPressure(page, '1288272');
	expect(await databases(page)).toEqual(['hemlinje-real']);

	await test.step('Märta logs her own', async () => {
		await tryAs(page, 'Märta');
		for (const path of ['/', '/record', '/trends', '/circle', '/plan', '/routines', '/settings', '/demo']) {
			await page.goto(path);
			await expect(banner(page), path).toBeVisible();
		}
		await page.goto('/');
		await expect(tile(page, 'Blodtryck')).toBeVisible();
		await expect(page.getByText('128/82')).toHaveCount(0);
		await page.goto('/record');
		await expect(upper(page)).toBeFocused();
		await page.keyboard.type('1417762');
		await save(page).click();
		await expect(savedHere(page)).toBeVisible();
		// On its way before she becomes somebody else on the same device.
		await page.getByRole('link', { name: 'Klart för nu' }).click();
		await expect(tile(page, 'Blodtryck')).toContainText('141/77');
		await expect(page.getByText('Säkerhetskopierat')).toBeVisible({ timeout: 20_000 });
	});

	await test.step('Sara sees it in her mother’s circle', async () => {
		await tryAs(page, 'Sara');
		const whose = page.getByLabel('Vems värden visas');
		await expect(whose.locator('option:checked')).toHaveText(`${MARTA}s krets`);
		// On a phone the name and the state stand beside each other only where there is room.
		await page.setViewportSize({ width: 390, height: 844 });
		const [name, state] = [await whose.boundingBox(), await page.getByText('Säkerhetskopierat').boundingBox()];
		expect((state?.y ?? 0) >= (name?.y ?? 0) + (name?.height ?? 0)).toBe(true);
		await page.setViewportSize({ width: 1280, height: 720 });
		// What she may only read is a value and no button; her choice outlasts a reload, and Logga says for whom it is.
		const today = page.getByRole('region', { name: 'Mät och skriv in' });
		await expect(today).toContainText('141/77', { timeout: 20_000 });
		await expect(tile(page, 'Blodtryck')).toHaveCount(0);
		await expect(tile(page, 'Vikt')).toBeVisible();
		await page.reload();
		await expect(whose.locator('option:checked')).toHaveText(`${MARTA}s krets`);
		await page.goto('/record?measure=weight');
		await expect(page.getByText(`${MARTA}s krets`)).toBeVisible();
		await page.goto('/');
		await page.getByRole('link', { name: 'Trender' }).click();
		const latest = page.getByRole('region', { name: 'Senaste mätningarna' });
		await expect(latest).toContainText('141/77', { timeout: 20_000 });
		await expect(banner(page)).toBeVisible();
		// She sees the pressure and may not write it.
		await expect(latest.getByRole('button', { name: /^Ta bort/ })).toHaveCount(0);
	});

	await test.step('Anna sees it in the panel', async () => {
		await tryAs(page, 'Anna');
		await expect(page).toHaveURL(/\/panel$/);
		// A staff device has Panel, and none of a person's five places.
		await page.goto('/settings');
		const places = page.getByRole('navigation', { name: 'Huvudmeny' });
		await expect(places.getByRole('list').getByRole('link')).toHaveText(['Panel', 'Enhetens kort']);
		// Its patients are no circles of its own to choose from.
		await expect(page.getByLabel('Vems värden visas')).toHaveCount(0);
		await page.goto('/panel?show=all');
		await page.getByRole('link', { name: MARTA }).click();
		await expect(page.getByRole('region', { name: 'Senaste värden' })).toContainText('141/77', { timeout: 20_000 });
		await expect(banner(page)).toBeVisible();
	});

	await test.step('leaving removes it all', async () => {
		await leave(page);
		await expect(tile(page, 'Blodtryck')).toContainText('128/82');
		await expect(banner(page)).toBeHidden();
		expect(await databases(page)).toEqual(['hemlinje-real']);
	});
});

test('Låt Märta mäta nu shows up on the open panel by itself', async ({ page }) => {
	await tryAs(page, 'Anna');
	await page.goto('/panel?show=all');
	await page.getByRole('link', { name: MARTA }).click();
	const newest = page.getByRole('region', { name: 'Senaste värden' });
	await expect(newest).toContainText(/\d+\/\d+/);
	const before = await newest.innerText();
	const asked = Date.now();
	await page.getByRole('button', { name: 'Låt Märta mäta nu' }).click();
	await expect(newest).not.toHaveText(before, { useInnerText: true, timeout: 20_000 });
	console.log(`From Låt Märta mäta nu to the panel: ${Date.now() - asked} ms`);
	await expect(page.getByText('Märta har mätt. Värdet kommer nu.')).toBeVisible();
});

test('a demo’s card is refused by a real person’s app', async ({ page, openPerson }) => {
	await tryAs(page, 'Anna');
	const card = await cardLink(page);
	const person = await openPerson();
	await logPressure(person, '1288272');
	await person.goto(card);
	await expect(readLink(person)).toBeVisible();
	await expect(person.getByLabel('Vårdenhetens länk')).toHaveAccessibleDescription(
		/påhittade data och riktiga blandas aldrig\.$/
	);
});

test('a demo that is broken off leaves nothing behind', async ({ page }) => {
	await page.goto('/demo');
	await page.getByRole('button', { name: /^Anna/ }).click();
	await page.getByRole('button', { name: 'Avbryt' }).click();
	await expect(page.getByRole('alert')).toHaveText('Avbrutet. Inget av det påhittade finns kvar.', { timeout: 20_000 });
	expect((await databases(page)).filter((name) => name.includes('demo'))).toEqual([]);
	await expect(banner(page)).toBeHidden();
});

test('without the relay the demo says so, and own values are untouched', async ({ page, problems }) => {
	problems.allow(/Failed to load resource/);
	await logPressure(page, '1288272');
	await page.route('**/api/**', (route) => route.abort('connectionrefused'));
	await page.goto('/demo');
	await page.getByRole('button', { name: /^Anna/ }).click();
	await expect(page.getByRole('alert')).toContainText('Det går inte att nå servern nu', { timeout: 40_000 });
	await expect(page.getByRole('alert')).toContainText('Dina egna värden är orörda.');
	await page.goto('/');
	await expect(tile(page, 'Blodtryck')).toContainText('128/82');
	expect(await databases(page)).toEqual(['hemlinje-real']);
});
