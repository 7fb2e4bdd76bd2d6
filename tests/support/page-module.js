/** One module of the project's own code as a page, for the browsers that tests drive. */

import { createServer } from 'node:http';
import { build } from 'vite';
import { inProject } from '../../scripts/lib/project.js';

/** The page: it runs `/page.js` and shows nothing. */
export const PAGE =
	'<!doctype html><html lang="en"><title>Checks</title><script type="module" src="/page.js"></script></html>';

/**
 * One script with all that the module imports.
 * @param {string} entry the module, from the project's root
 * @returns {Promise<string>}
 */
export async function bundle(entry) {
	const built = await build({
		configFile: false,
		logLevel: 'warn',
		resolve: { alias: { $lib: inProject('src', 'lib') } },
		build: {
			write: false,
			target: 'es2022',
			minify: false,
			lib: { entry: inProject(entry), formats: ['es'], fileName: 'page' },
			rolldownOptions: { output: { codeSplitting: false } }
		}
	});
	const [bundled] = /** @type {import('vite').Rolldown.RolldownOutput[]} */ (built);
	if (!bundled) throw new Error('The module was not bundled.');
	return bundled.output[0].code;
}

/**
 * Serves the page and its script on a free loopback port, which is a secure context.
 * @param {string} code
 */
export async function serveModule(code) {
	const server = createServer((request, response) => {
		const isScript = request.url === '/page.js';
		response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
		response.end(isScript ? code : PAGE);
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
	const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
	return {
		origin: `http://127.0.0.1:${port}`,
		close: () =>
			new Promise((resolve) => {
				server.close(resolve);
				server.closeAllConnections();
			})
	};
}
