/** B5: the storage checks that Firefox runs, in Chromium: all or nothing in both, and on a device that is slow everywhere. */

import { expect, test } from '@playwright/test';
import { bundle, serveModule } from '../support/page-module';

const isNightly = process.env['NIGHTLY'] === '1';

test.setTimeout(isNightly ? 600_000 : 120_000);

for (const slowly of [false, true])
	test(`B5: the storage checks hold in Chromium${slowly ? ', with 5 ms at each sealing and each answer' : ''}`, async ({
		page
	}) => {
		const server = await serveModule(await bundle('tests/firefox/page.ts'));
		try {
			await page.goto(server.origin);
			await page.waitForFunction(() => 'hemlinjeChecks' in window);
			const names = await page.evaluate(
				(slowly) => window.hemlinjeChecks[slowly ? 'atomic' : 'names'],
				slowly && !isNightly
			);
			expect(names.length).toBeGreaterThan(4);
			for (const name of names) {
				const failure = await page.evaluate(([name, slowly]) => window.hemlinjeChecks.run(name, slowly), [
					name,
					slowly
				] as const);
				expect.soft(failure, name).toBeNull();
			}
		} finally {
			await server.close();
		}
	});
