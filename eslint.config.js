/**
 * Lint: types, layers, cycles, what the content security policy forbids, words in markup.
 * Rules say why in their message; own rules live in `scripts/lint` and are tested there.
 */

import { defineConfig } from 'eslint/config';
import { builtinRules } from 'eslint/use-at-your-own-risk';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import { hemlinje } from './scripts/lint/plugin.js';
import svelteConfig from './svelte.config.js';

const FETCH_REASON =
	'Only src/lib/sync and src/lib/exchange reach the network: nothing else may leave the device. Take a transport as an argument.';

const NETWORK_GLOBALS = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'].map((name) => ({
	name,
	message: FETCH_REASON
}));

const NETWORK_PROPERTIES = [
	...['window', 'globalThis', 'self'].map((object) => ({ object, property: 'fetch', message: FETCH_REASON })),
	{ object: 'navigator', property: 'sendBeacon', message: FETCH_REASON }
];

/** What is forbidden in every file of `src`. */
const FORBIDDEN_SYNTAX = [
	{
		selector: 'MemberExpression[property.name=/^(innerHTML|outerHTML|insertAdjacentHTML|srcdoc)$/]',
		message: 'Text is rendered as text: HTML from a string can carry a script, and Trusted Types refuse it.'
	},
	{
		selector: 'SvelteDirective[kind="Binding"][key.name.name=/^(innerHTML|textContent|innerText)$/]',
		message: 'Bind a value, not markup: pasted HTML must never reach the page.'
	},
	{
		selector: 'SvelteAttribute[key.name="style"]',
		message: 'The content security policy refuses style attributes: use a class, or a style: directive.'
	},
	{
		selector: 'CallExpression[callee.object.name="document"][callee.property.name=/^(write|writeln)$/]',
		message: 'document.write is refused by Trusted Types.'
	}
];

const NAMED_EXPORTS = {
	selector: 'ExportDefaultDeclaration',
	message: 'Named exports only: one name everywhere.'
};

const STORAGE_SYNTAX = [
	{
		selector: ':matches(MemberExpression[property.name="subtle"], Property[key.name="subtle"])',
		message:
			'WebCrypto is asynchronous: awaiting it inside an IndexedDB transaction commits half a save in Firefox. Seal synchronously.'
	},
	{
		selector: 'MemberExpression[property.name="waitFor"]',
		message: 'Dexie.waitFor keeps a transaction alive by spinning: seal synchronously instead.'
	}
];

/** ESLint's own recommendation; its package of it is not worth a dependency, the rules carry the mark themselves. */
const ESLINT_RECOMMENDED = {
	name: 'eslint/recommended',
	/** @type {import('eslint').Linter.RulesRecord} */
	rules: Object.fromEntries(
		[...builtinRules].filter(([, rule]) => rule.meta?.docs?.recommended).map(([name]) => [name, 'error'])
	)
};

export default defineConfig(
	{
		ignores: [
			'build/',
			'build-*/',
			'.svelte-kit/',
			'data/',
			'node_modules/',
			'test-results/',
			'playwright-report/',
			'src/lib/i18n/paraglide/'
		]
	},
	ESLINT_RECOMMENDED,
	ts.configs.recommendedTypeChecked,
	svelte.configs.recommended,
	{
		linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' },
		languageOptions: {
			globals: { ...globals.browser, ...globals.node },
			parserOptions: {
				projectService: {
					allowDefaultProject: ['src/service-worker.ts'],
					defaultProject: 'tsconfig.json'
				},
				// The same for every file: where it differs, the whole project is read again at each change of kind.
				extraFileExtensions: ['.svelte'],
				tsconfigRootDir: import.meta.dirname
			}
		},
		plugins: { 'import-x': importX, hemlinje },
		settings: {
			// Generated, hundreds of files, and they import nothing of ours.
			'import-x/ignore': ['/i18n/paraglide/'],
			'import-x/extensions': ['.ts', '.js', '.svelte'],
			'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.js'], 'svelte-eslint-parser': ['.svelte'] },
			'import-x/resolver-next': [
				createNodeResolver({
					extensions: ['.ts', '.svelte.ts', '.js', '.svelte'],
					extensionAlias: { '.js': ['.ts', '.js'] },
					alias: { $lib: [`${import.meta.dirname}/src/lib`] }
				})
			]
		},
		rules: {
			'no-undef': 'off', // TypeScript knows better.
			'no-eval': 'error',
			'no-new-func': 'error',
			eqeqeq: 'error',
			'object-shorthand': 'error',
			'prefer-template': 'off',
			'@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-non-null-assertion': 'error',
			'@typescript-eslint/no-unnecessary-type-assertion': 'error',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			'@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
			'@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
			'import-x/no-cycle': ['error', { ignoreExternal: true }],
			'import-x/no-duplicates': ['error', { 'prefer-inline': true }],
			'hemlinje/layers': 'error'
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts', '**/*.svelte.js'],
		languageOptions: {
			parserOptions: { parser: ts.parser, svelteConfig }
		},
		rules: {
			'hemlinje/no-unchecked-href': 'error',
			'hemlinje/no-untranslated-text': 'error',
			// The app is served from the root of its origin (PROTOCOL 17); links are checked by the rule above.
			'svelte/no-navigation-without-resolve': 'off',
			// Maps and sets are replaced whole in `$state.raw`, never changed in place.
			'svelte/prefer-svelte-reactivity': 'off',
			'svelte/no-at-html-tags': 'error',
			'svelte/no-target-blank': 'error',
			'svelte/require-each-key': 'error',
			'svelte/button-has-type': 'error',
			'svelte/block-lang': ['error', { script: ['ts', null] }],
			// Props and $state are assigned by the runtime.
			'prefer-const': 'off',
			'svelte/prefer-const': ['error', { excludedRunes: ['$props', '$state', '$derived'] }]
		}
	},
	{
		files: ['src/**'],
		rules: {
			'no-console': 'error',
			'no-restricted-globals': ['error', ...NETWORK_GLOBALS],
			'no-restricted-properties': ['error', ...NETWORK_PROPERTIES],
			'no-restricted-syntax': ['error', ...FORBIDDEN_SYNTAX],
			'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }]
		}
	},
	{
		files: ['src/lib/**/*.ts'],
		rules: { 'no-restricted-syntax': ['error', ...FORBIDDEN_SYNTAX, NAMED_EXPORTS] }
	},
	{
		files: ['src/lib/storage/**'],
		rules: { 'no-restricted-syntax': ['error', ...FORBIDDEN_SYNTAX, NAMED_EXPORTS, ...STORAGE_SYNTAX] }
	},
	{
		files: ['src/lib/sync/**', 'src/lib/exchange/**'],
		rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' }
	},
	{
		files: ['src/routes/api/**'],
		rules: { 'max-lines': ['error', { max: 60, skipBlankLines: true, skipComments: true }] }
	},
	{
		// Playwright reads from the parameters of a fixture what it needs, and wants to see that it needs nothing.
		files: ['tests/**/support/**'],
		rules: { 'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }] }
	},
	{
		files: ['**/*.test.ts'],
		rules: { 'max-lines': 'off' }
	},
	{
		// Plain scripts: parsed JSON and process output are unknown until read, and JSDoc cannot say all that TypeScript can.
		files: ['**/*.js'],
		rules: {
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/no-unsafe-member-access': 'off',
			'@typescript-eslint/no-unsafe-argument': 'off',
			'@typescript-eslint/no-unsafe-call': 'off',
			'@typescript-eslint/no-unsafe-return': 'off'
		}
	}
);
