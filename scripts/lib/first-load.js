/**
 * What a browser must fetch before a route can be used: read from Vite's manifest of the built client, following static
 * imports only. Kit fetches the entries, the root layout and the error page at once, then the layouts and page of the route.
 */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Explained, inProject } from './project.js';

/** @typedef {{ file: string, name?: string, imports?: string[], css?: string[] }} Chunk */
/** @typedef {Readonly<Record<string, Chunk>>} Manifest */

const CLIENT = inProject('.svelte-kit', 'output', 'client');
const ROOT_LAYOUT = 0;
const ERROR_PAGE = 1;

/**
 * @param {string} route such as `/record`
 * @param {readonly string[]} [beside] chunks that are loaded beside the first screen, by name
 * @returns {{ scripts: string[], styles: string[], fonts: string[] }} files under the client's folder
 * @throws {Explained} when there is no build or no such route in it
 */
export function firstLoad(route, beside = []) {
	/** @type {Manifest} */
	const manifest = JSON.parse(readBuilt('.vite/manifest.json'));
	const routes = readFileSync(inProject('.svelte-kit', 'generated', 'client-optimized', 'app.js'), 'utf8');
	const names = ['entry/start', 'entry/app', ...nodesOf(routes, route).map((node) => `nodes/${node}`), ...beside];
	const { scripts, styles } = staticFiles(manifest, names);
	return { scripts, styles, fonts: [...new Set(styles.flatMap(fontsOf))] };
}

/**
 * The node numbers of a route in Kit's generated list of routes: its layouts and its page.
 * @param {string} routes the text of the generated module
 * @param {string} route
 * @returns {number[]}
 * @throws {Explained} when the route is not in it
 */
export function nodesOf(routes, route) {
	const entry = new RegExp(`"${route}": \\[~?(\\d+)(?:,\\s*\\[([\\d,\\s]*)\\])?`).exec(routes);
	if (!entry) throw new Explained(`The build has no route ${route}, so its first load cannot be measured.`);
	const layouts = (entry[2] ?? '').split(',').filter((text) => text.trim() !== '');
	return [ROOT_LAYOUT, ERROR_PAGE, ...layouts.map(Number), Number(entry[1])];
}

/**
 * The scripts and styles of the named chunks and of all they import statically.
 * @param {Manifest} manifest
 * @param {readonly string[]} names
 * @returns {{ scripts: string[], styles: string[] }}
 */
export function staticFiles(manifest, names) {
	const waiting = names.map((name) => {
		const key = Object.keys(manifest).find((candidate) => manifest[candidate]?.name === name);
		if (key === undefined) throw new Explained(`The build has no chunk "${name}": its layout has changed.`);
		return key;
	});
	/** @type {Set<string>} */
	const seen = new Set();
	for (const key of waiting) {
		if (seen.has(key)) continue;
		seen.add(key);
		waiting.push(...(manifest[key]?.imports ?? []));
	}
	const chunks = [...seen].map((key) => /** @type {Chunk} */ (manifest[key]));
	return {
		scripts: [...new Set(chunks.map((chunk) => chunk.file))],
		styles: [...new Set(chunks.flatMap((chunk) => chunk.css ?? []))]
	};
}

/**
 * The fonts a style sheet names: the browser fetches those whose characters it meets, so this is the most it fetches.
 * @param {string} style
 */
function fontsOf(style) {
	return [...readBuilt(style).matchAll(/url\(["']?([^"')]+\.woff2)["']?\)/g)].map(([, url = '']) =>
		url.startsWith('/') ? url.slice(1) : path.posix.join(path.posix.dirname(style), url)
	);
}

/** @param {string} file */
const readBuilt = (file) => readFileSync(path.join(CLIENT, file), 'utf8');

/**
 * The bytes a file takes on its way: fonts are compressed already.
 * @param {string} file
 */
export function transferSize(file) {
	const content = readFileSync(path.join(CLIENT, file));
	return file.endsWith('.woff2') ? content.length : gzipSync(content, { level: 9 }).length;
}
