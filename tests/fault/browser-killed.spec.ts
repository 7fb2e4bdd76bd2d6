/**
 * B1, B2, B3: the browser killed whole in the middle of writing, its page alone in the middle of what takes several steps,
 * and the disk as a power cut leaves it. What was told as saved is there, whole; a database that is gone is said to be gone.
 */

import { randomInt } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect } from '../support/app';
import { save, savedHere, upper } from '../e2e/support/steps';
import { type Device, expectWhole, look, pass, test } from './support/device';

const isNightly = process.env['NIGHTLY'] === '1';
const KILLS = isNightly ? 200 : 10;
/** Seen once in some hundred kills. */
const MOST_THROWN_AWAY = isNightly ? 4 : 1;
/** Kills right after the word on the screen. */
const WORDS = isNightly ? 20 : 2;
const IMAGES = isNightly ? 50 : 4;

test.use({ ownApp: false });
test.setTimeout(isNightly ? 3_600_000 : 180_000);

/** Writes until the browser or its page ends. */
const write = (page: Page): void => void page.evaluate(() => window.fault.write('real')).catch(() => undefined);

/** The first start of a device that has been used before: the mark that tells a loss from a first start lies on the disk. */
async function begin(device: Device): Promise<Page> {
	const page = await device.start();
	await page.evaluate(() => window.fault.writeMany('real', 1));
	// Browsers take some seconds to put it there.
	await expect.poll(() => device.keeps('hemlinje:real:installed'), { timeout: 30_000 }).toBe(true);
	return page;
}

test(`B1: ${KILLS} times the whole browser is killed while it saves: nothing told as saved is lost or torn, and an emptied database is recognised`, async ({
	newDevice,
	own
}) => {
	let device = newDevice();
	let thrownAway = 0;
	write(await begin(device));
	for (let kill = 1; kill <= KILLS; kill += 1) {
		await device.saves(randomInt(1, 5));
		await pass(randomInt(0, 60));
		await device.kill();
		const page = await device.start();
		const found = await look(page, 'real');
		if (found.state === 'wiped') {
			// Now and then it is the browser that throws a database away (threat model F1 to F3): then that is what is said.
			thrownAway += 1;
			await device.kill();
			device = newDevice();
			write(await begin(device));
		} else {
			expectWhole(found, device);
			write(page);
		}
	}
	expect(thrownAway, 'databases the browser threw away').toBeLessThanOrEqual(MOST_THROWN_AWAY);
	expect([...device.durability]).toEqual(['strict']);
	await device.kill();
	const emptied = own(device.emptied());
	expect((await look(await emptied.start(), 'real')).state).toBe('wiped');
});

test(`B1: a browser killed the moment the screen says Sparat has the value, ${WORDS} times`, async ({ newDevice }) => {
	const device = newDevice();
	for (let kill = 1; kill <= WORDS; kill += 1) {
		await device.start();
		const page = await device.open('/record');
		await expect(upper(page)).toBeFocused();
		await page.keyboard.type('1288272');
		await save(page).click();
		await expect(savedHere(page)).toBeVisible();
		await device.kill();
		await device.start();
		const trends = await device.open('/trends?measure=bloodPressure');
		await trends.getByLabel('Allt', { exact: true }).check();
		await trends.getByRole('button', { name: 'Visa som tabell' }).click();
		await expect(trends.getByRole('table').locator('tbody tr')).toHaveCount(kill);
		await device.kill();
	}
});

const kinds = ['cut', 'zeroed', 'running', 'whole'] as const;

test(`B3: ${IMAGES} images of the disk taken while it is written: the app opens with what was saved, or says that it is gone`, async ({
	newDevice,
	own
}) => {
	const device = newDevice();
	write(await begin(device));
	for (let n = 0; n < IMAGES; n += 1) {
		const how = kinds[n % kinds.length] ?? 'whole';
		await device.saves(randomInt(1, 6));
		await pass(randomInt(0, 60));
		const image = own(device.image(how));
		const found = await look(await image.start(), 'real');
		await image.kill();
		// Chromium takes a log that ends in zeros for damaged, and files copied one after the other are of different moments: it may
		// then empty the database, which must be said.
		if ((how === 'zeroed' || how === 'running') && found.state === 'wiped') continue;
		if (how === 'running') image.saved.clear();
		expectWhole(found, image);
		expect(found.ids.length).toBeGreaterThan(0);
	}
});
