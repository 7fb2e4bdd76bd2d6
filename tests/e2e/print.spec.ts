/** What is printed is dark on white, whichever theme is on the screen: a recovery code in light text would be gone. */

import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { visit } from './support/steps';

test.use({ ownApp: false, colorScheme: 'dark' });

/** In the page: the ink and the paper that the tokens stand for just now. */
function inkAndPaper(): string[] {
	const { color, backgroundColor } = getComputedStyle(document.body);
	return [color, backgroundColor];
}

const printed = async (page: Page): Promise<string[]> => {
	await page.emulateMedia({ media: 'print' });
	const colours = await page.evaluate(inkAndPaper);
	await page.emulateMedia({ media: 'screen' });
	return colours;
};

test('a page of the dark theme is printed as one of the light theme', async ({ page }) => {
	const onPaper = ['rgb(20, 32, 30)', 'rgb(255, 255, 255)'];
	await visit(page, '/settings');
	expect(await page.evaluate(inkAndPaper)).not.toEqual(onPaper);
	expect(await printed(page)).toEqual(onPaper);
	await page.getByLabel('Mörkt').check();
	expect(await printed(page)).toEqual(onPaper);
});
