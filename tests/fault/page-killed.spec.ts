/**
 * B2: the page's process killed alone in the middle of what takes several steps: it has happened whole or not at all, or it
 * goes on where it was; never half.
 */

import { randomBytes, randomInt } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect } from '../support/app';
import { crash, type Device, expectWhole, look, pass, test } from './support/device';

const isNightly = process.env['NIGHTLY'] === '1';
const CRASHES = isNightly ? 30 : 2;
/** A device logs in anew in each page; the relay lets one do so twenty times in ten minutes. */
const CRASHES_A_DEVICE = 5;

test.use({ ownApp: false });
test.setTimeout(isNightly ? 1_800_000 : 120_000);

/** Begins something in a page of its own and kills the page at a random moment of the time it takes. */
async function killDuring(device: Device, longestMs: number, begin: (page: Page) => Promise<unknown>): Promise<void> {
	const page = await device.open('/fault');
	const begun = begin(page).catch(() => undefined);
	await pass(randomInt(0, Math.ceil(longestMs)));
	await crash(page);
	await begun;
}

/** How long it takes undisturbed. */
async function timed(work: () => Promise<unknown>): Promise<number> {
	const startedAt = Date.now();
	await work();
	return Date.now() - startedAt;
}

test(`B2: a page killed while it saves, ${CRASHES} times: nothing told as saved is lost or torn`, async ({
	newDevice
}) => {
	const device = newDevice();
	let page = await device.start();
	for (let n = 0; n < CRASHES; n += 1) {
		const writing = page.evaluate(() => window.fault.write('real')).catch(() => undefined);
		await device.saves(randomInt(1, 4));
		await pass(randomInt(0, 60));
		await crash(page);
		await writing;
		page = await device.open('/fault');
		expectWhole(await look(page, 'real'), device);
	}
});

test(`B2: a page killed while the lock is set or taken off, ${CRASHES} times: the old key opens everything or the new one does`, async ({
	newDevice
}) => {
	const device = newDevice();
	const page = await device.start();
	await page.evaluate(() => window.fault.writeMany('real', 20));
	const keys = Array.from({ length: CRASHES + 1 }, () => randomBytes(32).toString('base64url'));
	const [first = ''] = keys;
	const took = await timed(() => page.evaluate((key) => window.fault.setLock('real', key), first));
	await page.evaluate((key) => window.fault.takeLockOff('real', key), first);
	for (const key of keys.slice(1)) {
		await killDuring(device, took, (killed) => killed.evaluate((key) => window.fault.setLock('real', key), key));
		const isSet = (await look(page, 'real')).state === 'locked';
		expectWhole(await look(page, 'real', isSet ? key : undefined), device);
		if (!isSet) continue;
		await killDuring(device, took, (killed) => killed.evaluate((key) => window.fault.takeLockOff('real', key), key));
		const isLeft = (await look(page, 'real')).state === 'locked';
		expectWhole(await look(page, 'real', isLeft ? key : undefined), device);
		if (isLeft) await page.evaluate((key) => window.fault.takeLockOff('real', key), key);
	}
});

test(`B2: a page killed while what waits is sealed again under a new key, ${CRASHES} times: all of it arrives`, async ({
	newDevice
}) => {
	const device = newDevice();
	const page = await device.start();
	let took = 0;
	for (let n = 0; n < CRASHES; n += 1) {
		const space = `demo-sealing-${Math.floor(n / CRASHES_A_DEVICE)}` as const;
		if (n % CRASHES_A_DEVICE === 0) {
			device.saved.clear();
			await page.evaluate((space) => window.fault.turnOn(space), space);
			took = await timed(() => page.evaluate((space) => window.fault.sync(space), space));
		}
		await page.evaluate((space) => window.fault.writeMany(space, 12), space);
		await killDuring(device, took * 2, (killed) => killed.evaluate((space) => window.fault.renew(space), space));
		expectWhole(await look(page, space), device);
		await page.evaluate((space) => window.fault.sync(space), space);
		const found = await look(page, space);
		expectWhole(found, device);
		expect(found.waiting).toBe(0);
	}
});

test(`B2: a page killed while an archive is read in, ${CRASHES} times: nothing of it shows, and it can be read in again`, async ({
	newDevice
}) => {
	const device = newDevice();
	const page = await device.start();
	await page.evaluate(() => window.fault.writeMany('demo-maker', 60));
	const archive = await page.evaluate(() => window.fault.archive('demo-maker'));
	const readIn = (where: Page, space: `demo-${string}`) =>
		where.evaluate(([space, archive]) => window.fault.readIn(space, archive), [space, archive] as const);
	const took = await timed(() => readIn(page, 'demo-reader'));
	const whole = await page.evaluate(() => window.fault.earlier('demo-reader'));
	expect(whole).toBe(60);
	for (let n = 0; n < CRASHES; n += 1) {
		const space = `demo-reader-${n}` as const;
		await killDuring(device, took, (killed) => readIn(killed, space));
		expect([null, whole]).toContain(await page.evaluate((space) => window.fault.earlier(space), space));
		await readIn(page, space);
		expect(await page.evaluate((space) => window.fault.earlier(space), space)).toBe(whole);
		expect((await look(page, space)).torn).toEqual([]);
	}
});

test(`B2: a page killed while what a reader is given from a day on is sealed, ${CRASHES} times: it goes on, and they see all of it`, async ({
	newDevice
}) => {
	const device = newDevice();
	let page = await device.start();
	let took = 0;
	for (let n = 0; n <= CRASHES; n += 1) {
		const [space, reader] = [`demo-giver-${n}`, `demo-given-${n}`] as const;
		device.saved.clear();
		await page.evaluate(([space, reader]) => window.fault.askIn(space, reader, 160), [space, reader] as const);
		const letIn = (where: Page) => where.evaluate((space) => window.fault.letIn(space), space);
		if (n === 0) took = await timed(() => letIn(page));
		else await killDuring(device, took, letIn);
		expectWhole(await look(page, space), device);
		await letIn(page);
		expectWhole(await look(page, space), device);
		expect(await page.evaluate((reader) => window.fault.seen(reader), reader)).toBe(160);
		page = await device.open('/fault');
	}
});

test(`B2: a page killed while everything is brought back by the code, ${CRASHES} times: it goes on, and all of it comes`, async ({
	newDevice
}) => {
	const device = newDevice();
	const page = await device.start();
	const code = await page.evaluate(() => window.fault.turnOn('demo-lost'));
	await page.evaluate(() => window.fault.writeMany('demo-lost', 30));
	await page.evaluate(() => window.fault.sync('demo-lost'));
	const restore = (where: Page, space: `demo-${string}`) =>
		where.evaluate(([space, code]) => window.fault.restore(space, code), [space, code] as const);
	let came = 0;
	const took = await timed(async () => (came = await restore(page, 'demo-found')));
	expect(came).toBe(30);
	for (let n = 0; n < CRASHES; n += 1) {
		const space = `demo-found-${n}` as const;
		await killDuring(device, took, (killed) => restore(killed, space));
		expect(await restore(page, space)).toBe(30);
	}
});
