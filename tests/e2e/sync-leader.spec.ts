/** T2: one tab of several syncs. When it is put to sleep or dies, another takes over, and nothing arrives twice. */

import path from 'node:path';
import type { Page } from '@playwright/test';
import Database from 'better-sqlite3';
import { expect, test } from '../support/app';
import { typeBackRecoveryCode } from './support/sharing';
import { logPressure } from './support/steps';

test.use({ withWorker: false });

/** A tab in front asks for the one that syncs, and waits four seconds for it. */
const TAKES_OVER_MS = 5_000;

const backedUp = (page: Page) => page.getByText('Säkerhetskopierat', { exact: true });

/**
 * The page stands still with all it holds, as a phone's browser leaves a tab in the background: its next step never comes.
 * Not in the middle of a transaction, as no browser freezes one that keeps another page waiting: then it goes a little further.
 */
async function putToSleep(page: Page, other: Page): Promise<void> {
	const cdp = await page.context().newCDPSession(page);
	await cdp.send('Debugger.enable');
	const pause = async (): Promise<void> => {
		const asleep = new Promise((paused) => cdp.once('Debugger.paused', paused));
		await cdp.send('Debugger.pause');
		void page.evaluate(() => undefined).catch(() => undefined);
		await asleep;
	};
	await pause();
	while (!(await other.evaluate(canWriteHere))) {
		await cdp.send('Debugger.resume');
		await pause();
	}
}

test('a tab that sleeps is relieved within five seconds, and one that dies in the middle of sending at once', async ({
	page,
	context,
	app,
	problems
}) => {
	problems.allow(/Target page, context or browser has been closed/);
	/** Hashes of frames, in order, as the relay has them. */
	const atRelay = (): string[] => {
		const relay = new Database(path.join(app.dataDir, 'hemlinje.db'), { readonly: true });
		const rows = relay.prepare('select hash from frames').all() as { hash: Buffer }[];
		relay.close();
		return rows.map(({ hash }) => hash.toString('base64url')).sort();
	};
	/** How many of the device's frames the relay lacks. */
	const missing = async (tab: Page): Promise<number> => {
		const there = new Set(atRelay());
		return (await tab.evaluate(framesHere)).filter((hash) => !there.has(hash)).length;
	};
	await logPressure(page, '1288272');
	await page.goto('/settings/code');
	await page.getByRole('button', { name: 'Gör en återställningskod' }).click();
	await typeBackRecoveryCode(page);
	await expect(page.getByRole('heading', { name: 'Koden gäller nu' })).toBeVisible();
	await page.goto('/');
	await expect(backedUp(page)).toBeVisible();
	expect(await missing(page)).toBe(0);

	const second = await context.newPage();
	await second.goto('/');
	await expect(backedUp(second)).toBeVisible();
	await putToSleep(page, second);
	await second.bringToFront();
	await logPressure(second, '1317964');
	await expect.poll(() => missing(second), { timeout: TAKES_OVER_MS + 2_000 }).toBe(0);

	// It sends, the relay keeps it, and the answer never comes: the tab is gone.
	const arrived = new Promise<void>((resolve) => {
		void second.route('**/api/v1/push', async (route) => {
			await route.fetch();
			resolve();
		});
	});
	await second.getByRole('button', { name: 'Mät igen' }).click();
	await second.keyboard.type('1267765');
	await second.getByRole('button', { name: 'Spara', exact: true }).click();
	await arrived;
	const third = await context.newPage();
	await third.goto('/');
	await expect(third.getByText('Sparat här, 1 väntar på nät')).toBeVisible();
	await second.close();
	const diedAt = Date.now();
	await expect(backedUp(third)).toBeVisible();
	expect(Date.now() - diedAt).toBeLessThan(TAKES_OVER_MS);
	// All of it, and each once.
	await expect.poll(() => missing(third)).toBe(0);
	expect(atRelay()).toEqual((await third.evaluate(framesHere)).sort());
});

/** In the page: the hashes of all frames on this device. */
function framesHere(): Promise<string[]> {
	return new Promise((resolve, reject) => {
		const opening = indexedDB.open('hemlinje-real');
		opening.onerror = () => reject(opening.error ?? new Error('The database does not open'));
		opening.onsuccess = () => {
			const all = opening.result.transaction('frames').objectStore('frames').getAll();
			all.onsuccess = () => {
				opening.result.close();
				resolve((all.result as { hash: string }[]).map(({ hash }) => hash));
			};
		};
	});
}

/** In the page: whether a transaction over everything comes to its end, which it does not while another page has one open. */
function canWriteHere(): Promise<boolean> {
	return new Promise((resolve, reject) => {
		const opening = indexedDB.open('hemlinje-real');
		opening.onerror = () => reject(opening.error ?? new Error('The database does not open'));
		opening.onsuccess = () => {
			const database = opening.result;
			const whole = database.transaction(database.objectStoreNames, 'readwrite');
			whole.objectStore('frames').count();
			const patience = setTimeout(() => whole.abort(), 1_000);
			const end = (done: boolean) => {
				clearTimeout(patience);
				database.close();
				resolve(done);
			};
			whole.oncomplete = () => end(true);
			whole.onabort = () => end(false);
		};
	});
}
