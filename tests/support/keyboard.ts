import type { Page } from '@playwright/test';

export interface FocusStop {
	readonly tag: string;
	/** What a screen reader would call it. */
	readonly name: string;
	readonly hasVisibleFocus: boolean;
	/** Whether the element lies on the page, not scrolled away or without size. */
	readonly isOnScreen: boolean;
}

/** Walks the page with Tab until focus comes round, and tells where it stopped. Never more than `limit` steps. */
export async function walkByKeyboard(page: Page, limit = 200): Promise<FocusStop[]> {
	await page.evaluate(() => {
		document.querySelectorAll('[data-walked]').forEach((element) => element.removeAttribute('data-walked'));
		if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
	});
	const stops: FocusStop[] = [];
	while (stops.length < limit) {
		await page.keyboard.press('Tab');
		// What slides in when it gets the focus is judged where it comes to rest.
		await page.evaluate(async () => {
			await Promise.allSettled((document.activeElement?.getAnimations() ?? []).map((animation) => animation.finished));
		});
		const stop = await page.evaluate(describeFocus);
		if (stop === null) break;
		stops.push(stop);
	}
	return stops;
}

/** Runs in the page. Null when focus has left it or has been here before. */
function describeFocus(): FocusStop | null {
	const element = document.activeElement;
	if (!(element instanceof HTMLElement || element instanceof SVGElement)) return null;
	if (element === document.body || element.hasAttribute('data-walked')) return null;
	element.setAttribute('data-walked', '');
	const style = getComputedStyle(element);
	const box = element.getBoundingClientRect();
	const labels = 'labels' in element ? Array.from((element as HTMLInputElement).labels ?? []) : [];
	return {
		tag: element.tagName.toLowerCase(),
		name: element.getAttribute('aria-label') ?? labels[0]?.textContent.trim() ?? element.textContent.trim(),
		hasVisibleFocus: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
		isOnScreen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
	};
}
