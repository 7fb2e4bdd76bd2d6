/** What the browser says of how long it keeps things. */

/** Whether it has promised to keep the data; null where it cannot say. */
export const isPersisted = async (): Promise<boolean | null> =>
	(await navigator.storage?.persisted?.().catch(() => null)) ?? null;

/**
 * Safari on iPhone and iPad empties pages that were not opened for a week, but not apps on the home screen. Every browser
 * there is Safari inside. Source: WebKit, "Updates to storage policy".
 */
export function isForgetful(): boolean {
	const { userAgent, maxTouchPoints } = navigator;
	const isApple = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
	return isApple && !matchMedia('(display-mode: standalone)').matches;
}
