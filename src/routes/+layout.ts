import { browser } from '$app/environment';

export const ssr = false;
export const prerender = false;

// Every page but the form waits for the store: what it needs begins to load before the page itself does. A failure is told
// by whoever asks for it next.
if (browser && location.pathname !== '/record') import('$lib/state/data-layer').catch(() => undefined);
