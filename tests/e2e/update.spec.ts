/** A new version is offered, waits until the person says so, and takes nothing away that was typed. */

import type { Page } from '@playwright/test';
import { expect } from '../support/app';
import { test } from './support/next-version';
import { logPressure, lower, RELAY_AWAY, save, savedHere, tile, typePressure, upper, visit } from './support/steps';

const offer = (page: Page) => page.getByText('Det finns en ny version av appen.');
const updateNow = (page: Page) => page.getByRole('button', { name: 'Uppdatera nu' });
const isNext = (page: Page) => page.evaluate(() => document.querySelector('meta[name="next-version"]') !== null);

/** Looks for a new version as the browser does now and then by itself, until it waits. */
async function findUpdate(page: Page): Promise<void> {
	await page.evaluate(async () => {
		const registration = await navigator.serviceWorker.ready;
		await registration.update();
		const worker = registration.installing ?? registration.waiting;
		if (!worker) throw new Error('There is no new version');
		await new Promise<void>((resolve) => {
			const look = () => worker.state === 'installed' && resolve();
			worker.addEventListener('statechange', look);
			look();
		});
	});
}

/** A second visit: from now on the worker serves the page. */
async function visitTwice(page: Page): Promise<void> {
	await visit(page);
	await page.reload();
	await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
	expect(await page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
}

test('a new version is offered, and taken when the person says so, with one reload', async ({
	page,
	app,
	next,
	problems
}) => {
	problems.allow(RELAY_AWAY);
	await visitTwice(page);
	await expect(offer(page)).toBeHidden();
	await logPressure(page, '1288272');
	await app.stop();
	await app.start(next.serve);
	await page.goto('/');
	await expect(offer(page)).toBeVisible();
	expect(await isNext(page)).toBe(false);

	let loads = 0;
	page.on('load', () => (loads += 1));
	await updateNow(page).click();
	await expect.poll(() => isNext(page).catch(() => false)).toBe(true);
	await expect(tile(page, 'Blodtryck')).toContainText('128/82');
	await expect(offer(page)).toBeHidden();
	expect(loads).toBe(1);
});

test('a person in the middle of an entry is not disturbed, and keeps what was typed through the update', async ({
	page,
	app,
	next,
	problems
}) => {
	problems.allow(RELAY_AWAY);
	await visitTwice(page);
	await typePressure(page, '128');
	await app.stop();
	await app.start(next.serve);
	await findUpdate(page);
	await expect(offer(page)).toBeHidden();
	await expect(lower(page)).toBeFocused();
	await page.keyboard.type('82');
	await expect(upper(page)).toHaveValue('128');

	// Away from the form it is offered; the draft waits for the new version.
	await page.getByRole('link', { name: 'Stäng utan att spara' }).click();
	await expect(offer(page)).toBeVisible();
	await updateNow(page).click();
	await expect.poll(() => isNext(page).catch(() => false)).toBe(true);
	await page.goto('/record');
	await expect(upper(page)).toHaveValue('128');
	await expect(lower(page)).toHaveValue('82');
	await save(page).click();
	await expect(savedHere(page)).toBeVisible();
});

/** The page asks the worker in use for files: in the moment that worker makes room, Chromium would start it again. */
const keepWorkerBusy = (page: Page) =>
	page.evaluate(() => {
		const timer = setInterval(() => void fetch('/favicon.svg'), 4);
		setTimeout(() => clearInterval(timer), 400);
	});

test('a page that stays open finds a new version by itself, but not in the middle of an entry', async ({
	page,
	app,
	next,
	problems
}) => {
	problems.allow(RELAY_AWAY);
	await page.clock.install();
	await visitTwice(page);
	await page.getByRole('link', { name: 'Logga blodtryck' }).click();
	await expect(upper(page)).toBeFocused();
	await app.stop();
	await app.start(next.serve);
	await page.clock.fastForward('02:00:00');
	expect(await page.evaluate(() => navigator.serviceWorker.ready.then(({ waiting }) => waiting))).toBeNull();
	await page.getByRole('link', { name: 'Stäng utan att spara' }).click();
	await expect(offer(page)).toBeHidden();
	await page.clock.fastForward('01:00:00');
	await expect(offer(page)).toBeVisible();
});

test('an update is taken although the page is still asking the worker in use for files', async ({
	page,
	app,
	next,
	problems
}) => {
	problems.allow(RELAY_AWAY);
	await visitTwice(page);
	await app.stop();
	await app.start(next.serve);
	await findUpdate(page);
	await expect(offer(page)).toBeVisible();
	await keepWorkerBusy(page);
	await updateNow(page).click();
	await expect.poll(() => isNext(page).catch(() => false)).toBe(true);
});

test('an update taken in one tab does not reload another with an entry half typed', async ({
	page,
	context,
	app,
	next,
	problems
}) => {
	problems.allow(RELAY_AWAY);
	await visitTwice(page);
	const other = await context.newPage();
	await typePressure(other, '131');
	let loads = 0;
	other.on('load', () => (loads += 1));
	await app.stop();
	await app.start(next.serve);
	await page.goto('/');
	await expect(offer(page)).toBeVisible();
	await updateNow(page).click();
	await expect.poll(() => isNext(page).catch(() => false)).toBe(true);
	await other.keyboard.type('79');
	await save(other).click();
	await expect(savedHere(other)).toBeVisible();
	expect(loads).toBe(0);
	await other.getByRole('link', { name: 'Klart för nu' }).click();
	await expect(offer(other)).toBeVisible();
	await updateNow(other).click();
	await expect.poll(() => isNext(other).catch(() => false)).toBe(true);
	await expect(tile(page, 'Blodtryck')).toContainText('131/79');
});

test('a person without network who has a new version waiting opens the one they have', async ({
	page,
	context,
	app,
	next,
	problems
}) => {
	problems.allow(RELAY_AWAY);
	await visitTwice(page);
	await app.stop();
	await app.start(next.serve);
	await findUpdate(page);
	await context.setOffline(true);
	await page.goto('/trends');
	await expect(page.getByText('Här kommer din kurva.')).toBeVisible();
	expect(await isNext(page)).toBe(false);
	await page.goto('/');
	await updateNow(page).click();
	await expect.poll(() => isNext(page).catch(() => false)).toBe(true);
	await expect(page.getByRole('heading', { name: 'Börja med ett värde' })).toBeVisible();
});
