/**
 * Whether `build/` was made from the sources as they are now. The stamp is a hash of contents, not of times: a clone or a
 * change of branch touches every time. Imports no package.
 */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inProject, ROOT } from './project.js';

const SOURCES = [
	'src',
	'static',
	'svelte.config.js',
	'vite.config.ts',
	'tsconfig.json',
	'package-lock.json',
	'scripts/csp.js'
];
/** What the build itself writes among the sources: the messages, and all of their project but its settings. */
const GENERATED = /^src\/lib\/i18n\/(paraglide\/|project\.inlang\/(?!settings\.json$))/;
const NOT_BUILT = /\.test\.ts$/;

const stampFile = inProject('build', 'sources.sha256');

/** Whether there is a build and it fits the sources. */
export function isBuildFresh() {
	return existsSync(stampFile) && readFileSync(stampFile, 'utf8').trim() === sourceHash();
}

/** Marks the build as made from the sources whose hash is given. Written last: a build that broke off has no stamp. */
export function stampBuild(/** @type {string} */ hash) {
	writeFileSync(stampFile, `${hash}\n`);
}

/** The hash of everything the build is made from. */
export function sourceHash() {
	const hash = createHash('sha256');
	for (const file of SOURCES.flatMap(filesUnder)) {
		const content = readFileSync(inProject(file));
		hash.update(`${file}\0${content.length}\0`).update(content);
	}
	return hash.digest('hex');
}

/**
 * The source files under a path of the project, sorted.
 * @param {string} source
 * @returns {string[]}
 */
function filesUnder(source) {
	if (!existsSync(inProject(source))) return [];
	if (/\.(js|ts|json)$/.test(source)) return [source];
	return readdirSync(inProject(source), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
		.filter((file) => !GENERATED.test(file) && !NOT_BUILT.test(file))
		.sort();
}
