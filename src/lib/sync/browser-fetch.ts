import type { Fetch } from './relay-client';

/** The browser's own `fetch`, as the relay client takes it. */
export const browserFetch: Fetch = (url, init) => fetch(url, init);
