/** What the page's tokens say a drawing looks like at this moment. */

export interface Look {
	readonly token: (name: string) => string;
	/** `text-s` in pixels: 18 at normal text size. */
	readonly textPx: number;
	readonly font: string;
}

export function readLook(element: HTMLElement): Look {
	const style = getComputedStyle(element);
	return {
		token: (name) => style.getPropertyValue(`--${name}`).trim(),
		textPx: parseFloat(getComputedStyle(document.documentElement).fontSize),
		font: style.getPropertyValue('--font')
	};
}
