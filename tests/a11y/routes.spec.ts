/** Every route, in both themes and both widths: axe finds nothing, text at 200 % fits, and the keyboard reaches everything. */

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/app';
import { walkByKeyboard } from '../support/keyboard';
import { staticRoutes } from '../support/routes';

test.use({ ownApp: false, reducedMotion: 'reduce' });

const THEMES = ['light', 'dark'] as const;
const WIDTHS = [390, 1280] as const;
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const routes = staticRoutes();

test('there are routes to test', () => expect(routes).toContain('/'));

for (const route of routes) {
	for (const width of WIDTHS) {
		for (const theme of THEMES)
			test(`${route} has no accessibility fault at ${width} px in the ${theme} theme`, async ({ page }) => {
				await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
				await open(page, route, width);
				const { violations } = await new AxeBuilder({ page }).withTags(STANDARDS).analyze();
				expect(
					violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.target) }))
				).toEqual([]);
			});

		test(`${route} fits at ${width} px with text at 200 %`, async ({ page }) => {
			await open(page, route, width);
			expect(await overflowAtDoubleText(page)).toEqual([]);
		});
	}

	test(`${route} can be used with the keyboard alone`, async ({ page }) => {
		await open(page, route, 390);
		for (const stop of await walkByKeyboard(page)) {
			expect.soft(stop.name, `a ${stop.tag} without a name`).not.toBe('');
			expect.soft(stop.hasVisibleFocus, `the focus on "${stop.name}" cannot be seen`).toBe(true);
			expect.soft(stop.isOnScreen, `"${stop.name}" has focus but is not on the screen`).toBe(true);
		}
		const reachable = await page
			.locator(':is(a[href], button, input, select, textarea, summary):visible:enabled')
			.count();
		if (reachable > 0) expect(await page.locator('[data-walked]').count()).toBeGreaterThan(0);
	});
}

async function open(page: Page, route: string, width: number): Promise<void> {
	await page.setViewportSize({ width, height: 844 });
	await page.goto(route);
	await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
	await page.evaluate(() => document.fonts.ready.then(() => undefined));
}

/** What does not fit when text is twice as large: a page that scrolls sideways, and text that is cut off. */
function overflowAtDoubleText(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		document.documentElement.style.fontSize = '200%';
		const where = (element: Element) => `${element.tagName.toLowerCase()}.${[...element.classList].join('.')}`;
		const { clientWidth } = document.documentElement;
		const scrolls = (element: Element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
		const isInScroller = (element: Element | null): boolean =>
			element !== null && element !== document.body && (scrolls(element) || isInScroller(element.parentElement));
		// Text for screen readers alone is cut on purpose.
		const isForReadersOnly = (element: Element) => element.clientWidth <= 1 || element.clientHeight <= 1;
		/** Where the text inside an element stands; a drawn line may well run out of its box. */
		const textBoxes = (element: Element): DOMRect[] => {
			const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
			const boxes: DOMRect[] = [];
			for (let node = walker.nextNode(); node; node = walker.nextNode()) {
				const parent = node.parentElement;
				if (node.textContent?.trim() === '' || !parent || isForReadersOnly(parent)) continue;
				const range = document.createRange();
				range.selectNodeContents(node);
				boxes.push(...range.getClientRects());
			}
			return boxes;
		};
		const isCut = (element: Element) => {
			const { overflowX, overflowY } = getComputedStyle(element);
			const [cutsX, cutsY] = [/hidden|clip/.test(overflowX), /hidden|clip/.test(overflowY)];
			if (isForReadersOnly(element) || !(cutsX || cutsY)) return false;
			const box = element.getBoundingClientRect();
			return textBoxes(element).some(
				(text) =>
					(cutsX && (text.left < box.left - 1 || text.right > box.right + 1)) ||
					(cutsY && (text.top < box.top - 1 || text.bottom > box.bottom + 1))
			);
		};
		const elements = [...document.body.querySelectorAll('*')].filter((element) => !element.closest('svg'));
		const wide = elements.filter(
			(element) =>
				element.getBoundingClientRect().right > clientWidth + 1 && !isInScroller(element) && !isForReadersOnly(element)
		);
		return [
			...(document.documentElement.scrollWidth > clientWidth ? ['the page scrolls sideways'] : []),
			...wide.map((element) => `${where(element)} is wider than the screen`),
			...elements.filter(isCut).map((element) => `${where(element)} cuts its text off`)
		];
	});
}
