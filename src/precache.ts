/** What the service worker keeps for use without network. Pure, so that it is tested without a worker. */

interface PrecacheEntry {
	readonly url: string;
	/** Null for a file whose name carries the hash of its content. */
	readonly revision: string | null;
}

interface Shipped {
	/** What Vite built: names carry a hash. */
	readonly build: readonly string[];
	/** What lies in `static`. */
	readonly files: readonly string[];
	/** The name of this build. */
	readonly version: string;
}

/** The one page that answers every navigation. */
export const SHELL = '/shell';

/** Shown by an app store or an install sheet, never by the app: not worth a person's data plan. */
const NOT_NEEDED_OFFLINE = /^\/(screenshots\/|robots\.txt$|\.well-known\/)/;

/** The whole app: every chunk, the static files the app shows, and the shell. */
export function precacheEntries({ build, files, version }: Shipped): PrecacheEntry[] {
	return [
		...build.map((url) => ({ url, revision: null })),
		...files.filter((url) => !NOT_NEEDED_OFFLINE.test(url)).map((url) => ({ url, revision: version })),
		{ url: SHELL, revision: version }
	];
}

/** Paths the worker leaves to the network whatever they ask for: the relay's. */
export const RELAY_PATH = /^\/api(\/|$)/;

/** Whether a message from the page asks a waiting worker to take over. */
export function isActivateUpdate(message: unknown): boolean {
	return typeof message === 'object' && message !== null && 'type' in message && message.type === 'activate-update';
}
