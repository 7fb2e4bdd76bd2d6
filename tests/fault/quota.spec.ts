/**
 * Q1: the browser has no more room, at five sizes: what is saved, sent, brought back and read in is there whole or not at
 * all; reading, making an archive and erasing go on; and with room again everything that did not fit comes.
 */

import { expect } from '../support/app';
import { expectWhole, look, test } from './support/device';

test.use({ ownApp: false });
test.setTimeout(90_000);

const KIBIBYTE = 1024;
const ROOMY = 8 * 1024 * KIBIBYTE;

for (const roomKib of [0, 48, 200, 800, 3000])
	test(`Q1: with ${roomKib} KiB of room left nothing is torn, and reading, exporting and erasing still work`, async ({
		newDevice,
		app
	}) => {
		const device = newDevice();
		const page = await device.start();
		const session = await page.context().newCDPSession(page);
		const setQuota = (quotaSize: number) =>
			session.send('Storage.overrideQuotaForOrigin', { origin: app.origin, quotaSize });
		const leaveRoom = async (quotaSize: number): Promise<void> => {
			await setQuota(quotaSize);
			// Chromium counts down from the room it last saw; a write larger than that makes it look again.
			expect(await page.evaluate((length) => window.fault.writeInVain(length), 2 * ROOMY)).toBe('QuotaExceededError');
		};
		const attempt = (work: () => Promise<unknown>): Promise<string> =>
			work().then(
				() => 'done',
				(error: unknown) => /storage-full/.exec(error instanceof Error ? error.message : '')?.[0] ?? String(error)
			);

		await setQuota(ROOMY);
		const code = await page.evaluate(() => window.fault.turnOn('demo-full'));
		await page.evaluate(() => window.fault.writeMany('demo-full', 40));
		await page.evaluate(() => window.fault.sync('demo-full'));
		const archive = await page.evaluate(() => window.fault.archive('demo-full'));
		await page.evaluate((archive) => window.fault.readIn('demo-before', archive), archive);
		const whole = await page.evaluate(() => window.fault.earlier('demo-before'));
		expect(whole).toBeGreaterThanOrEqual(40);
		const { usage } = await session.send('Storage.getUsageAndQuota', { origin: app.origin });
		const restore = () => page.evaluate((code) => window.fault.restore('demo-back', code), code);
		const readIn = () => page.evaluate((archive) => window.fault.readIn('demo-reader', archive), archive);

		await leaveRoom(usage + roomKib * KIBIBYTE + 1);
		expect(await page.evaluate(() => window.fault.fill('demo-full'))).toBe('storage-full');
		expectWhole(await look(page, 'demo-full'), device);
		for (const work of [() => page.evaluate(() => window.fault.sync('demo-full')), readIn, restore])
			expect(['done', 'storage-full']).toContain(await attempt(work));
		expectWhole(await look(page, 'demo-full'), device);
		// A device that has no room to begin on says so, and has read nothing in.
		const shown = page
			.evaluate(() => window.fault.earlier('demo-reader'))
			.catch((error: unknown) => {
				expect(String(error)).toContain('storage-full');
				return null;
			});
		expect([null, whole]).toContain(await shown);
		expect((await page.evaluate(() => window.fault.archive('demo-full'))).file.length).toBeGreaterThan(1000);

		await page.evaluate(() => window.fault.erase('demo-before'));
		const kept = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
		expect(kept).toContain('hemlinje-demo-full');
		expect(kept).not.toContain('hemlinje-demo-before');

		await setQuota(64 * ROOMY);
		// The browser may go by the room it saw before for a while.
		await expect(readIn).toPass({ timeout: 30_000 });
		expect(await page.evaluate(() => window.fault.earlier('demo-reader'))).toBe(whole);
		let came = 0;
		await expect(async () => void (came = await restore())).toPass({ timeout: 30_000 });
		expect(came).toBeGreaterThanOrEqual(40);
	});
