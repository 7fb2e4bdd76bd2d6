/**
 * The assets of the last builds. A page that was open when the server was updated still asks for the chunks it was built
 * with; without them its next screen would be an error. They are kept in DATA_DIR, which outlives a deployment of a new
 * folder or container: `DATA_DIR/builds/<id>/`, at most three, this one among them.
 */

import { createHash } from 'node:crypto';
import {
	cpSync,
	createReadStream,
	existsSync,
	mkdirSync,
	readdirSync,
	renameSync,
	rmSync,
	statSync,
	utimesSync
} from 'node:fs';
import path from 'node:path';

const BUILDS_KEPT = 3;
const IMMUTABLE = '/_app/immutable/';

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
	'.js': 'text/javascript',
	'.css': 'text/css',
	'.woff2': 'font/woff2',
	'.json': 'application/json',
	'.svg': 'image/svg+xml',
	'.png': 'image/png',
	'.webp': 'image/webp',
	'.wasm': 'application/wasm'
};

/** @typedef {ReadonlyMap<string, string>} EarlierAssets The file on disk of each path that only an earlier build has. */

/**
 * Stores the assets of this build, forgets all but the last three builds, and lists what earlier ones have beside it.
 * @param {string} clientDir `build/client`
 * @param {string} dataDir
 * @returns {EarlierAssets}
 */
export function keepBuild(clientDir, dataDir) {
	const current = path.join(clientDir, IMMUTABLE);
	const currentFiles = filesUnder(current);
	const store = path.join(dataDir, 'builds');
	const id = createHash('sha256').update(currentFiles.join('\n')).digest('hex').slice(0, 16);
	storeBuild(current, path.join(store, id));
	const [, ...earlier] = forgetOldest(store, id);

	/** @type {Map<string, string>} */
	const assets = new Map();
	for (const folder of earlier.reverse())
		for (const file of filesUnder(folder)) assets.set(IMMUTABLE + file, path.join(folder, file));
	for (const file of currentFiles) assets.delete(IMMUTABLE + file);
	return assets;
}

/**
 * Copies a build into the store under a name of its own first, so that a copy that broke off never counts, and marks it as
 * the last one served.
 * @param {string} from
 * @param {string} folder
 */
function storeBuild(from, folder) {
	if (!existsSync(folder)) {
		const unfinished = `${folder}.${process.pid}.part`;
		mkdirSync(path.dirname(folder), { recursive: true });
		rmSync(unfinished, { recursive: true, force: true });
		cpSync(from, unfinished, { recursive: true });
		try {
			renameSync(unfinished, folder);
		} catch (cause) {
			// Another server of the same folder stored the same build in the meantime.
			rmSync(unfinished, { recursive: true, force: true });
			if (!existsSync(folder)) throw cause;
		}
	}
	const now = new Date();
	utimesSync(folder, now, now);
}

/**
 * Removes all but the last builds.
 * @param {string} store
 * @param {string} currentId
 * @returns {string[]} the folders that remain, this build first, then the last served first
 */
function forgetOldest(store, currentId) {
	const folders = readdirSync(store)
		.filter((name) => /^[0-9a-f]{16}$/.test(name) && name !== currentId)
		.map((name) => path.join(store, name))
		.map((folder) => ({ folder, servedAt: statSync(folder).mtimeMs }))
		.sort((a, b) => b.servedAt - a.servedAt)
		.map(({ folder }) => folder);
	for (const folder of folders.slice(BUILDS_KEPT - 1)) rmSync(folder, { recursive: true, force: true });
	return [path.join(store, currentId), ...folders.slice(0, BUILDS_KEPT - 1)];
}

/**
 * Answers with an asset of an earlier build, compressed as the browser accepts it.
 * @param {EarlierAssets} assets
 * @param {string} pathname
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @returns {boolean} whether it answered
 */
export function answerEarlierAsset(assets, pathname, request, response) {
	const file = assets.get(pathname);
	if (file === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return false;
	const encoding = encodingFor(assets, pathname, String(request.headers['accept-encoding'] ?? ''));
	const source = encoding === undefined ? file : `${file}.${encoding}`;
	response.writeHead(200, {
		'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
		'content-length': statSync(source).size,
		'cache-control': 'public,max-age=31536000,immutable',
		vary: 'accept-encoding',
		...(encoding && { 'content-encoding': encoding === 'gz' ? 'gzip' : encoding })
	});
	if (request.method === 'HEAD') response.end();
	else
		createReadStream(source)
			.on('error', () => response.destroy())
			.pipe(response);
	return true;
}

/**
 * @param {EarlierAssets} assets
 * @param {string} pathname
 * @param {string} accepted
 * @returns {'br' | 'gz' | undefined}
 */
function encodingFor(assets, pathname, accepted) {
	if (/\bbr\b/.test(accepted) && assets.has(`${pathname}.br`)) return 'br';
	return /\bgzip\b/.test(accepted) && assets.has(`${pathname}.gz`) ? 'gz' : undefined;
}

/**
 * The files under a folder, as sorted paths with forward slashes; none when the folder does not exist.
 * @param {string} folder
 */
function filesUnder(folder) {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
		.sort();
}
