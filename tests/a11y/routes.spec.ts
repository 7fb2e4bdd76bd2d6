/** Every route, in both themes and both widths: axe finds nothing, text at 200 % fits, and the keyboard reaches everything. */

import type { Page } from '@playwright/test';
import { expectNoFaultInEitherTheme } from '../support/accessibility';
import { expect, test } from '../support/app';
import { walkByKeyboard } from '../support/keyboard';
import { overflowAtDoubleText } from '../support/overflow';
import { staticRoutes } from '../support/routes';

// Nothing here is about the worker, and each page would fetch the whole app for it.
test.use({ ownApp: false, reducedMotion: 'reduce', withWorker: false });

const WIDTHS = [360, 1280] as const;

const routes = staticRoutes();

test('there are routes to test', () => expect(routes).toContain('/'));

// One visit a route: each page load costs more than what is asked of it.
for (const route of routes)
	test(`${route} has no accessibility fault, works by keyboard alone, and fits with text at 200 %, narrow and wide`, async ({
		page
	}) => {
		await open(page, route);
		for (const stop of await walkByKeyboard(page)) {
			expect.soft(stop.name, `a ${stop.tag} without a name`).not.toBe('');
			expect.soft(stop.hasVisibleFocus, `the focus on "${stop.name}" cannot be seen`).toBe(true);
			expect.soft(stop.isOnScreen, `"${stop.name}" has focus but is not on the screen`).toBe(true);
		}
		const reachable = await page
			.locator(':is(a[href], button, input, select, textarea, summary):visible:enabled')
			.count();
		if (reachable > 0) expect.soft(await page.locator('[data-walked]').count()).toBeGreaterThan(0);
		for (const width of WIDTHS) {
			await page.setViewportSize({ width, height: 844 });
			await expectNoFaultInEitherTheme(page, `${route} at ${width} px`);
		}
		for (const width of WIDTHS) {
			await page.setViewportSize({ width, height: 844 });
			expect.soft(await overflowAtDoubleText(page), `${route} at ${width} px and 200 %`).toEqual([]);
		}
	});

async function open(page: Page, route: string): Promise<void> {
	await page.setViewportSize({ width: WIDTHS[0], height: 844 });
	await page.goto(route);
	await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
	await page.evaluate(() => document.fonts.ready.then(() => undefined));
}
