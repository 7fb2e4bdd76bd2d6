import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import { cspDirectives } from './scripts/csp.js';

/** @type {import('@sveltejs/kit').Config} */
export default {
	preprocess: vitePreprocess(),
	compilerOptions: { runes: true },
	kit: {
		adapter: adapter({ precompress: true }),
		// Absolute paths: the boot script, and so its CSP hash, is the same at every depth (PROTOCOL 17).
		paths: { relative: false },
		csp: { mode: 'hash', directives: cspDirectives },
		// The app registers the worker itself, so that an update is offered and never forced (state/updates.svelte.ts).
		serviceWorker: { register: false },
		prerender: { entries: ['/shell'] },
		typescript: {
			config: (config) => ({
				...config,
				include: [...config.include, '../*.config.js', '../scripts/**/*', '../bench/**/*']
			})
		}
	}
};
