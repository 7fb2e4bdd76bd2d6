/**
 * Imports point down only (ARCHITECTURE.md, part 4), and a few packages live in one layer.
 * A type may be imported from where a value may; tests beside the source follow their layer, and may use Node and the
 * shared test support as well. What stands outside `src` is free.
 */

import path from 'node:path';

const BELOW_STORAGE = ['crypto', 'protocol', 'domain'];
const BELOW_STATE = ['sync', 'exchange', 'storage', ...BELOW_STORAGE, 'i18n'];

/**
 * What each layer may import besides itself. `protocol` may use `crypto`, because relay and client verify signed logs
 * with the same code; `crypto` knows bytes only. `sync` and `exchange` do not know each other.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const MAY_IMPORT = {
	domain: [],
	crypto: ['domain'],
	protocol: ['crypto', 'domain'],
	i18n: ['domain'],
	storage: BELOW_STORAGE,
	sync: ['storage', ...BELOW_STORAGE],
	exchange: ['storage', ...BELOW_STORAGE],
	state: BELOW_STATE,
	ui: ['state', ...BELOW_STATE],
	routes: ['ui', 'state', ...BELOW_STATE],
	server: BELOW_STORAGE,
	api: ['server', ...BELOW_STORAGE],
	hooks: ['server', ...BELOW_STORAGE],
	worker: ['domain']
};

const RELAY = ['server', 'api', 'hooks'];
const RELAY_PACKAGES = ['better-sqlite3', 'kysely', 'pg', 'pino', 'prom-client', 'rate-limiter-flexible'];

/**
 * The layer a file of the project belongs to, or null where imports are free.
 * @param {string} file path from the project's root, with forward slashes
 * @returns {string | null}
 */
export function layerOf(file) {
	if (file.startsWith('src/lib/')) return file.split('/')[2] ?? null;
	if (file.startsWith('src/routes/api/')) return 'api';
	if (file.startsWith('src/routes/')) return 'routes';
	if (file === 'src/hooks.server.ts') return 'hooks';
	if (/^src\/(service-worker|precache)(\.test)?\.ts$/.test(file)) return 'worker';
	return null;
}

/**
 * The path, from the project's root, that a specifier points at; null for a package.
 * @param {string} specifier
 * @param {string} file
 */
function targetOf(specifier, file) {
	if (specifier === '$lib') return 'src/lib';
	if (specifier.startsWith('$lib/')) return `src/lib/${specifier.slice('$lib/'.length)}`;
	if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(file), specifier);
	return null;
}

/**
 * Why `file` may not import `specifier`, or null when it may.
 * @param {string} file path from the project's root, with forward slashes
 * @param {string} specifier
 * @returns {string | null}
 */
export function forbiddenImport(file, specifier) {
	const layer = layerOf(file);
	if (layer === null) return null;
	const isTest = /\.test\.ts$/.test(file);
	const target = targetOf(specifier, file);
	return target === null ? forbiddenPackage(layer, specifier, isTest) : forbiddenLayer(layer, target, isTest);
}

/**
 * @param {string} layer
 * @param {string} target
 * @param {boolean} isTest
 */
function forbiddenLayer(layer, target, isTest) {
	const targetLayer = layerOf(target) ?? (target.startsWith('src/') ? layerOf(`${target}.ts`) : null);
	if (targetLayer === layer) return null;
	if (targetLayer === null) {
		if (isTest || /^src\/[^/]+\.(css|d\.ts)$/.test(target)) return null;
		return 'What runs in the app lives under src/lib or src/routes: it may not import from tests, scripts or the top level.';
	}
	const allowed = MAY_IMPORT[layer];
	if (allowed === undefined) return `"${layer}" is not a layer of ARCHITECTURE.md part 4: put the file in one that is.`;
	if (allowed.includes(targetLayer)) return null;
	return `"${layer}" may not import "${targetLayer}": imports point down only (ARCHITECTURE.md part 4). Move the code down, or take it as an argument.`;
}

/**
 * @param {string} layer
 * @param {string} specifier
 * @param {boolean} isTest
 */
function forbiddenPackage(layer, specifier, isTest) {
	const name = specifier
		.split('/')
		.slice(0, specifier.startsWith('@') ? 2 : 1)
		.join('/');
	if (specifier === '$app/stores' || specifier === 'svelte/store')
		return 'There are no stores here: use runes, and $app/state instead of $app/stores.';
	if (isTest) return null;
	if (specifier.startsWith('node:') && !['server', 'hooks'].includes(layer))
		return 'Node modules are for src/lib/server, hooks.server.ts, scripts, tests and bench: this code also runs in a browser.';
	if (name === 'dexie' && layer !== 'storage')
		return 'Only src/lib/storage knows Dexie: ask storage for what you need, so that sealing and one-transaction saving hold.';
	if (RELAY_PACKAGES.includes(name) && !RELAY.includes(layer))
		return `"${name}" belongs to the relay (src/lib/server).`;
	if (specifier === 'zod' && !RELAY.includes(layer))
		return 'Client code imports "zod/mini", a fifth of the size of "zod".';
	if (layer === 'domain' && name !== 'zod')
		return 'The domain imports nothing but the domain and zod: take what you need as an argument.';
	return null;
}

/** @type {import('eslint').Rule.RuleModule} */
export const layers = {
	meta: {
		type: 'problem',
		docs: { description: 'imports point down only' },
		schema: [],
		messages: { forbidden: '{{ reason }}' }
	},
	create(context) {
		const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');
		/** @param {{ type: string, value?: unknown, loc?: import('eslint').AST.SourceLocation | null | undefined } | null | undefined} source */
		function check(source) {
			if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
			const reason = forbiddenImport(file, source.value);
			if (reason !== null && source.loc) context.report({ loc: source.loc, messageId: 'forbidden', data: { reason } });
		}
		return {
			ImportDeclaration: (node) => check(node.source),
			ExportNamedDeclaration: (node) => check(node.source),
			ExportAllDeclaration: (node) => check(node.source),
			ImportExpression: (node) => check(node.source)
		};
	}
};
