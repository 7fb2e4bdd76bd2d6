/** Whether a page holds when its text is twice as large (WCAG 1.4.4). */

import type { Page } from '@playwright/test';

/** What does not fit when text is twice as large: a page that scrolls sideways, and text that is cut off. */
export function overflowAtDoubleText(page: Page): Promise<string[]> {
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
