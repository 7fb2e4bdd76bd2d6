/** Resolves in a task of its own once the page has been drawn as it now stands; in a page nobody sees, when it is seen. */
export const nextDrawn = (): Promise<void> =>
	new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
