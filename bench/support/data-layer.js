/** The app's built data layer in a page of the same origin on which the app itself does not run. */
import { chunkOf } from './app.js';

/**
 * Opens such a page. In it `openSession()` comes to the data layer and an open session of the real space, which sends only
 * what it is told to.
 * @param {import('@playwright/test').BrowserContext} context @param {string} origin
 */
export async function pageWithDataLayer(context, origin) {
	const page = context.pages()[0] ?? (await context.newPage());
	await page.goto(`${origin}/api/v1/health`, { waitUntil: 'load' });
	await page.evaluate(defineOpenSession, `/${chunkOf('data-layer')}`);
	return page;
}

/** In the page. @param {string} dataLayer */
function defineOpenSession(dataLayer) {
	Reflect.set(window, 'openSession', async () => {
		const layer = await import(dataLayer);
		const marker = 'hemlinje:real:installed';
		const quiet = () => undefined;
		const opened = await layer.Session.open(
			'real',
			{
				random: (/** @type {number} */ length) => crypto.getRandomValues(new Uint8Array(length)),
				now: () => Date.now(),
				fetch: (/** @type {string} */ url, /** @type {RequestInit} */ init) => fetch(url, init),
				origin: location.origin,
				persist: () => Promise.resolve(true),
				markers: {
					isInstalled: () => localStorage.getItem(marker) !== null,
					markInstalled: () => localStorage.setItem(marker, '1'),
					isLocked: () => false,
					markLocked: quiet,
					clear: quiet
				}
			},
			{ onChange: quiet, onDevice: quiet, onStatus: quiet, onErased: quiet, onLock: quiet }
		);
		return { layer, session: opened.value };
	});
}
