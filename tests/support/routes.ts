/** The routes of the app, found in `src/routes`: a new page is tested without anybody listing it. */

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROUTES = fileURLToPath(new URL('../../src/routes', import.meta.url));

/** The pages a person can open by address alone: not the relay, not the empty shell, none that needs a parameter. */
export function staticRoutes(): string[] {
	return readdirSync(ROUTES, { recursive: true, encoding: 'utf8' })
		.map((file) => file.replaceAll('\\', '/'))
		.filter((file) => /(^|\/)\+page\.svelte$/.test(file))
		.map((file) => `/${file.replace(/\/?\+page\.svelte$/, '')}`.replace(/\/\([^)]+\)/g, '') || '/')
		.filter((route) => !/^\/(api|shell)(\/|$)/.test(route) && !route.includes('['))
		.sort();
}
