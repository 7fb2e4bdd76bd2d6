/** When the browser has nothing better to do; soon in any case. */
export const whenIdle = (): Promise<void> =>
	new Promise((resolve) => {
		if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: 10_000 });
		else setTimeout(resolve, 1_000);
	});
