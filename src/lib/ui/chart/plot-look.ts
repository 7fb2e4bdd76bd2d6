/** What the page's tokens say a drawing looks like at this moment. */

export interface Look {
	readonly token: (name: string) => string;
	/** `text-s` in pixels: 18 at normal text size. */
	readonly textPx: number;
	readonly font: string;
}

export function readLook(element: HTMLElement): Look {
	const style = getComputedStyle(element);
	const known = new Map<string, string>();
	return {
		// Asked for once: each question makes the browser work out the page's style first.
		token: (name) => {
			const value = known.get(name) ?? style.getPropertyValue(`--${name}`).trim();
			known.set(name, value);
			return value;
		},
		textPx: parseFloat(getComputedStyle(document.documentElement).fontSize),
		font: style.getPropertyValue('--font')
	};
}
