/** The first value, before any account, without network, and what is left of it afterwards. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '../support/app';
import {
	countInTrends,
	delayStore,
	expectNothingStored,
	keptDrafts,
	logPressure,
	lower,
	pulse,
	RELAY_AWAY,
	save,
	savedHere,
	tile,
	typePressure,
	upper,
	visit
} from './support/steps';

test('a person without network logs their first blood pressure, and it is there after a reload', async ({
	page,
	context,
	problems
}) => {
	problems.allow(RELAY_AWAY);
	await visit(page);
	await context.setOffline(true);
	await page.getByRole('link', { name: 'Logga blodtryck' }).click();
	await expect(upper(page)).toBeFocused();
	await page.keyboard.type('128');
	await expect(lower(page)).toBeFocused();
	await page.keyboard.type('82');
	await expect(pulse(page)).toBeFocused();
	await page.keyboard.type('72');
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
	await expect(savedHere(page)).toBeFocused();
	await expect(page.getByText('128 över 82')).toBeAttached();
	await expect(page.getByText('mmHg, puls 72.')).toBeVisible();

	await page.reload();
	await page.goto('/');
	await expect(tile(page, 'Blodtryck')).toContainText('128/82');
	await expect(page.getByText('Sparat här')).toBeVisible();
	expect(await countInTrends(page)).toBe(1);
});

test('every page opens without network on a deep link, under the same policy', async ({ page, context, problems }) => {
	problems.allow(RELAY_AWAY);
	await visit(page);
	const online = (await page.request.get('/shell')).headers()['content-security-policy'];
	await context.setOffline(true);
	for (const deep of ['/record', '/trends', '/trends?measure=weight', '/circle/share', '/circle/join', '/panel/card']) {
		const response = await page.goto(deep);
		expect(response?.fromServiceWorker(), deep).toBe(true);
		expect(response?.headers()['content-security-policy'], deep).toBe(online);
		await expect(page.getByRole('heading', { level: 1 }).first(), deep).toBeVisible();
	}
	// A patient's screen that this device knows nothing of: still the app, not the browser's own error page.
	const response = await page.goto('/panel/a-circle-nobody-here-knows');
	expect(response?.fromServiceWorker()).toBe(true);
	expect(response?.headers()['content-security-policy']).toBe(online);
	await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
});

test('the value is there after the browser was closed and opened again', async ({ app, playwright, problems }) => {
	problems.allow(RELAY_AWAY);
	const profile = mkdtempSync(path.join(tmpdir(), 'hemlinje-profile-'));
	const open = async () => {
		const context = await playwright.chromium.launchPersistentContext(profile, { baseURL: app.origin });
		problems.watch(context);
		return { context, page: context.pages()[0] ?? (await context.newPage()) };
	};
	const before = await open();
	await visit(before.page);
	await logPressure(before.page, '1317968');
	await before.context.close();
	// Neither server nor network at the second start: what is shown comes from the device.
	await app.stop();
	const after = await open();
	await after.page.goto('/');
	await expect(tile(after.page, 'Blodtryck')).toContainText('131/79');
	await after.context.close();
	rmSync(profile, { recursive: true, force: true });
});

test('a person whose relay was never reached can log, look back and change their mind', async ({
	page,
	app,
	problems
}) => {
	problems.allow(RELAY_AWAY, /Failed to load resource/);
	// The app's files come, the relay does not: from the very first request on.
	await page.route('**/api/**', (route) => route.abort('connectionrefused'));
	await visit(page);
	await app.stop();
	await logPressure(page, '1288272');
	await page.getByRole('button', { name: 'Mät igen' }).click();
	await expect(upper(page)).toBeFocused();
	await page.keyboard.type('1257866');
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
	expect(await countInTrends(page)).toBe(2);
});

test('Ångra takes the value back, and it stays away after a reload', async ({ page }) => {
	await logPressure(page, '1448871');
	await page.getByRole('button', { name: 'Ångra' }).click();
	// What was typed is back in the form, so that a slip can be mended.
	await expect(upper(page)).toHaveValue('144');
	await expect(lower(page)).toHaveValue('88');
	await expect(pulse(page)).toHaveValue('71');
	await expectNothingStored(page);
	await page.reload();
	await expect(page.getByRole('heading', { name: 'Börja med ett värde' })).toBeVisible();
	await page.goto('/trends');
	await expect(page.getByText('Här kommer din kurva.')).toBeVisible();
});

test('weight with a decimal comma, pulse and self-rated health are one tap away and stay', async ({ page }) => {
	await page.goto('/record');
	await page.getByRole('button', { name: 'Annat mått' }).click();
	await page.getByRole('link', { name: 'Vikt' }).click();
	await expect(page.getByLabel('Vikt', { exact: true })).toBeFocused();
	await page.keyboard.type('76,4');
	await page.keyboard.press('Enter');
	await expect(savedHere(page)).toBeVisible();

	await page.goto('/record?measure=pulse');
	await expect(pulse(page)).toBeFocused();
	await page.keyboard.type('64');
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();

	await page.goto('/record?measure=selfRatedHealth');
	await page
		.getByRole('group', { name: 'Hur bedömer du ditt allmänna hälsotillstånd?' })
		.getByLabel('Någorlunda')
		.check();
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();

	await page.goto('/');
	await expect(tile(page, 'Vikt')).toContainText('76,4');
	await expect(tile(page, 'Puls')).toContainText('64');
	await expect(tile(page, 'Mående')).toContainText('Någorlunda');
	await page.reload();
	await expect(tile(page, 'Vikt')).toContainText('76,4');
	await page.goto('/trends?measure=selfRatedHealth');
	await expect(page.getByText('Någorlunda').first()).toBeVisible();
});

test('half a reading left behind is there when the person comes back', async ({ page }) => {
	await typePressure(page, '128');
	await expect.poll(() => page.evaluate(keptDrafts)).toBe(1);
	await page.goto('/');
	await page.goto('/record');
	await expect(upper(page)).toHaveValue('128');
	await expect(lower(page)).toBeFocused();
});

test('digits typed before the store is open outlast leaving the form, and are kept when it opens', async ({ page }) => {
	let openStore: () => void = () => undefined;
	const mayOpen = new Promise<void>((resolve) => (openStore = resolve));
	await delayStore(page, mayOpen);
	await typePressure(page, '12882');
	await page.getByRole('link', { name: 'Stäng utan att spara' }).click();
	await expect(page).toHaveURL(/\/$/);
	await page.goBack();
	await expect(upper(page)).toHaveValue('128');
	await expect(lower(page)).toHaveValue('82');
	expect(await page.evaluate(keptDrafts)).toBe(0);
	openStore();
	await expect.poll(() => page.evaluate(keptDrafts)).toBe(1);
	// Chunks that are still on their way belong to nobody any more.
	await page.unrouteAll({ behavior: 'ignoreErrors' });
	await page.reload();
	await expect(upper(page)).toHaveValue('128');
	await expect(lower(page)).toHaveValue('82');
});

test('the first value asks the browser to keep the data, and nothing before it does', async ({ page }) => {
	await page.addInitScript(() => {
		const asked = { times: 0 };
		Object.assign(globalThis, { persistAsked: asked });
		navigator.storage.persist = () => {
			asked.times += 1;
			return Promise.resolve(true);
		};
	});
	const timesAsked = () =>
		page.evaluate(() => (globalThis as unknown as { persistAsked: { times: number } }).persistAsked.times);
	await typePressure(page, '1288272');
	expect(await timesAsked()).toBe(0);
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
	expect(await timesAsked()).toBe(1);
});
