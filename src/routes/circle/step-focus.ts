/** A new step is a new page to a screen reader: its heading gets the focus. */
export function focusHeading(element: HTMLElement): void {
	const heading = element.querySelector<HTMLElement>('h1');
	heading?.setAttribute('tabindex', '-1');
	heading?.focus();
}
