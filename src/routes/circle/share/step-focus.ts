/** A new step is a new page to a screen reader: its heading gets the focus, but not on the first show. */
let shown = false;

export function stepFocus(element: HTMLElement): () => void {
	if (shown) {
		const heading = element.querySelector<HTMLElement>('h1');
		heading?.setAttribute('tabindex', '-1');
		heading?.focus();
	}
	shown = true;
	return () => undefined;
}
