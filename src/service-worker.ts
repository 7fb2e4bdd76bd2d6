/// <reference types="@sveltejs/kit" />
/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="webworker" />

/**
 * The app without network: the whole shell is kept, and every navigation but the relay's is answered with it. A new
 * version waits until a person asks for it; the worker never touches `/api` (docs/protocol.md, part 17).
 */

import { build, files, version } from '$service-worker';
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { CacheFirst } from 'workbox-strategies';
import { isActivateUpdate, precacheEntries, RELAY_PATH, SHELL } from './precache';

declare const self: ServiceWorkerGlobalScope;

/** The chunks of the version before this one, for pages that were open when this one took over. */
const EARLIER_CHUNKS = 'hemlinje-earlier-chunks';
const CHUNK_PATH = /^\/_app\/immutable\//;

// While installing, the cache still holds what the version in use needs; Workbox removes it when this one takes over.
self.addEventListener('install', (event) => event.waitUntil(keepEarlierChunks()));

cleanupOutdatedCaches();
precacheAndRoute(precacheEntries({ build, files, version }), {
	cleanURLs: false,
	directoryIndex: '',
	ignoreURLParametersMatching: []
});
registerRoute(new NavigationRoute(createHandlerBoundToURL(SHELL), { denylist: [RELAY_PATH] }));
registerRoute(
	({ url, sameOrigin }) => sameOrigin && CHUNK_PATH.test(url.pathname),
	new CacheFirst({ cacheName: EARLIER_CHUNKS })
);

self.addEventListener('message', (event) => {
	if (isActivateUpdate(event.data)) event.waitUntil(self.skipWaiting());
});

/** Copies the chunks that only the version in use has, and forgets those of the version before it. */
async function keepEarlierChunks(): Promise<void> {
	const current = new Set(build);
	await caches.delete(EARLIER_CHUNKS);
	const earlier = await caches.open(EARLIER_CHUNKS);
	for (const name of (await caches.keys()).filter((key) => key.includes('-precache-'))) {
		const precache = await caches.open(name);
		for (const request of await precache.keys()) {
			const { pathname } = new URL(request.url);
			if (!CHUNK_PATH.test(pathname) || current.has(pathname)) continue;
			const response = await precache.match(request);
			if (response) await earlier.put(request, response);
		}
	}
}
