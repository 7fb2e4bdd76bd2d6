/** What axe finds wrong on a page as it stands. */

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export interface AccessibilityFault {
	readonly id: string;
	readonly help: string;
	readonly where: readonly unknown[];
}

export async function accessibilityFaults(page: Page): Promise<readonly AccessibilityFault[]> {
	const { violations } = await new AxeBuilder({ page }).withTags(STANDARDS).analyze();
	return violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.target) }));
}
