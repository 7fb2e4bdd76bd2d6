/** What axe finds wrong on a page as it stands. */

import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export interface AccessibilityFault {
	readonly id: string;
	readonly help: string;
	readonly where: readonly unknown[];
}

export async function accessibilityFaults(page: Page): Promise<readonly AccessibilityFault[]> {
	// The app has no frames: axe need not open a page of its own to put theirs together.
	const { violations } = await new AxeBuilder({ page }).withTags(STANDARDS).setLegacyMode().analyze();
	return violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.target) }));
}

/** Axe finds nothing in either theme: the page stands as it is and changes its colours. */
export async function expectNoFaultInEitherTheme(page: Page, what: string): Promise<void> {
	for (const colorScheme of ['light', 'dark'] as const) {
		await page.emulateMedia({ colorScheme });
		await page.evaluate(drawnAndStill);
		expect.soft(await accessibilityFaults(page), `${what}, ${colorScheme}`).toEqual([]);
	}
}

/** In the page: resolves when it is drawn in its new colours, and none is on its way to another. */
async function drawnAndStill(): Promise<void> {
	do await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
	while (document.getAnimations().some(({ playState }) => playState === 'running'));
}

/** As high as it is long: what the bar of a phone covers for the moment is scrolled free by the person, not a fault. */
export async function showWhole(page: Page, width: number): Promise<void> {
	const height = await page.evaluate(() => document.documentElement.scrollHeight);
	await page.setViewportSize({ width, height: Math.max(844, height) });
}
