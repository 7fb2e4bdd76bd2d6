/** A page that came over plain http from another machine: browsers let nothing be sealed there, and the person is told. */

import { expect, test } from '../support/app';
import { logPressure } from './support/steps';

test.use({
	ownApp: false,
	withWorker: false,
	baseURL: async ({ app }, use) => use(`http://hemlinje.test:${app.url.port}`)
});

test('readings are saved, and where a code would be made it is said why none can be', async ({ page, problems }) => {
	problems.allow(/asked somebody else: http:\/\/hemlinje\.test:/, /Cross-Origin-Opener-Policy/);
	await logPressure(page, '1288272');
	expect(await page.evaluate(() => isSecureContext)).toBe(false);
	await page.goto('/settings/code');
	await expect(page.getByText('Du kan logga, men inte dela eller säkerhetskopiera.')).toBeVisible();
	await page.getByRole('button', { name: 'Gör en återställningskod' }).click();
	await expect(page.getByRole('heading', { name: 'Koden går inte att göra här' })).toBeFocused();
	await expect(page.getByText('Öppna Hemlinje på en adress som börjar med https.').last()).toBeVisible();
});
