/** A page that came over plain http from another machine: browsers let nothing be sealed there, and the person is told. */

import { expect, test } from '../support/app';
import { logPressure, tile } from './support/steps';

test.use({
	ownApp: false,
	withWorker: false,
	baseURL: async ({ app }, use) => use(`http://hemlinje.test:${app.url.port}`)
});

test('readings are saved, and where something would be sealed for somebody it is said why nothing can be', async ({
	page,
	problems
}) => {
	problems.allow(/asked somebody else: http:\/\/hemlinje\.test:/, /Cross-Origin-Opener-Policy/);
	await logPressure(page, '1288272');
	expect(await page.evaluate(() => isSecureContext)).toBe(false);
	await expect(page.getByRole('heading', { name: 'Sparat på den här enheten' })).toBeVisible();
	for (const path of ['/settings/code', '/restore', '/circle/share', '/circle/invite', '/settings/devices/new']) {
		await page.goto(path);
		await expect(page.getByRole('heading', { name: 'Det går inte på den här adressen' })).toBeVisible();
		await expect(page.getByRole('main')).toContainText('saknar s:et i https');
	}
	await page.getByRole('link', { name: 'Till Idag', exact: true }).click();
	await expect(page.getByText('inte dela dem eller hämta tillbaka dem.')).toBeVisible();
	await expect(tile(page, 'Blodtryck')).toContainText('128/82');
});
