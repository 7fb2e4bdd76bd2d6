/** The configured rules, run on snippets: each thing that must not be written is refused, with its reason. */

import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import ts from 'typescript-eslint';
import { describe, expect, test } from 'vitest';

const eslint = new ESLint({
	cwd: fileURLToPath(new URL('../..', import.meta.url)),
	// The snippets are not files of the project, so rules that need types and resolved imports stay out.
	overrideConfig: [
		{ ...ts.configs.disableTypeChecked, files: ['**'] },
		{ files: ['**'], languageOptions: { parserOptions: { projectService: false, project: null } } },
		{ files: ['**'], rules: { 'import-x/no-cycle': 'off', '@typescript-eslint/no-unused-vars': 'off' } }
	] as ESLint.Options['overrideConfig']
});

async function rulesBroken(filePath: string, code: string): Promise<(string | null)[]> {
	const [result] = await eslint.lintText(code, { filePath });
	return (result?.messages ?? []).map((message) => message.ruleId ?? message.message);
}

const inMarkup = (markup: string) => rulesBroken('src/routes/record/+page.svelte', `${markup}\n`);

describe('markup', () => {
	test.each([
		['words', '<p>Spara</p>'],
		['words beside an expression', '<p>{total} mätningar</p>'],
		['a literal in an expression', "<p>{saved ? 'Sparat' : ''}</p>"],
		['a spoken attribute', '<input aria-label="Övertryck" />'],
		['a placeholder', '<input placeholder="kg" />'],
		['a literal in a spoken attribute', "<img alt={drawn ? 'Kurva' : ''} src='/a.png' />"],
		['a title of the document', '<svelte:head><title>Logga</title></svelte:head>']
	])('refuses %s that is not in the catalogue', async (_name, markup) => {
		expect(await inMarkup(markup)).toEqual(['hemlinje/no-untranslated-text']);
	});

	test.each([
		['messages', '<p>{m.save()}</p>'],
		['punctuation, digits and symbols', '<p>{systolic} / {diastolic} · 1177 → 112 %</p>'],
		['attributes nobody reads out', '<p class="card" data-kind="plan" id="a"></p>'],
		['style sheets', '<style>p { color: red }</style>']
	])('allows %s', async (_name, markup) => expect(await inMarkup(markup)).toEqual([]));

	test.each([
		['a style attribute', '<p style="color: red"></p>', 'no-restricted-syntax'],
		['a computed style attribute', '<p style={colour}></p>', 'no-restricted-syntax'],
		['raw HTML', '<p>{@html text}</p>', 'svelte/no-at-html-tags'],
		['bound HTML', '<div contenteditable bind:innerHTML={text}></div>', 'no-restricted-syntax'],
		['a link from data', '<a href={entry.link}>{m.open()}</a>', 'hemlinje/no-unchecked-href'],
		['a link whose start is data', '<a href="{base}/plan">{m.open()}</a>', 'hemlinje/no-unchecked-href'],
		['a shorthand link', '<a {href}>{m.open()}</a>', 'hemlinje/no-unchecked-href'],
		['a script link', '<a href="javascript:0">{m.open()}</a>', 'hemlinje/no-unchecked-href']
	])('refuses %s', async (_name, markup, rule) => expect(await inMarkup(markup)).toEqual([rule]));

	test.each([
		['a fixed path', '<a href="/record">{m.open()}</a>'],
		['a fixed start', '<a href="tel:{number}">{m.open()}</a>'],
		['a fixed start in a template', '<a href={`/circle/${id}`}>{m.open()}</a>'],
		['a checked link', '<a href={safeHref(entry.link)}>{m.open()}</a>'],
		['a style directive', '<p style:--zone={colour}></p>']
	])('allows %s', async (_name, markup) => expect(await inMarkup(markup)).toEqual([]));
});

describe('code', () => {
	test.each([
		['a log line', 'src/lib/state/a.ts', "console.log('saved');", 'no-console'],
		['fetch outside sync and exchange', 'src/lib/state/a.ts', "void fetch('/api/v1/health');", 'no-restricted-globals'],
		['fetch by another name', 'src/lib/ui/a.ts', "void globalThis.fetch('/');", 'no-restricted-properties'],
		['a beacon', 'src/lib/ui/a.ts', "navigator.sendBeacon('/');", 'no-restricted-properties'],
		['HTML from a string', 'src/lib/ui/a.ts', "document.body.innerHTML = '';", 'no-restricted-syntax'],
		['eval', 'src/lib/domain/a.ts', "eval('1');", 'no-eval'],
		['a function from a string', 'src/lib/domain/a.ts', "export const one = new Function('return 1');", 'no-new-func'],
		['any', 'src/lib/domain/a.ts', 'export const a = (b: any) => String(b);', '@typescript-eslint/no-explicit-any'],
		[
			'a non-null assertion',
			'src/lib/domain/a.ts',
			'export const a = (b?: string) => b!;',
			'@typescript-eslint/no-non-null-assertion'
		],
		['a default export', 'src/lib/domain/a.ts', 'export default 1;', 'no-restricted-syntax'],
		['WebCrypto in storage', 'src/lib/storage/a.ts', 'export const key = () => crypto.subtle;', 'no-restricted-syntax'],
		[
			'WebCrypto in storage, taken apart',
			'src/lib/storage/a.ts',
			'export const { subtle } = crypto;',
			'no-restricted-syntax'
		],
		[
			'Dexie.waitFor',
			'src/lib/storage/a.ts',
			"import Dexie from 'dexie';\nexport const wait = () => Dexie.waitFor(1);",
			'no-restricted-syntax'
		],
		['an import that points up', 'src/lib/domain/a.ts', "export * from '$lib/ui/b';", 'hemlinje/layers'],
		[
			'an import at run time that points up',
			'src/lib/domain/a.ts',
			"export const b = () => import('$lib/ui/b');",
			'hemlinje/layers'
		],
		['a type that points up', 'src/lib/domain/a.ts', "export type { B } from '$lib/ui/b';", 'hemlinje/layers'],
		[
			'a relay endpoint of more than 60 lines',
			'src/routes/api/v1/push/+server.ts',
			'export {};\n'.repeat(61),
			'max-lines'
		],
		['a file of more than 400 lines', 'src/lib/domain/a.ts', 'export {};\n'.repeat(401), 'max-lines']
	])('refuses %s', async (_name, file, code, rule) => {
		expect(await rulesBroken(file, `${code}\n`)).toEqual([rule]);
	});

	test.each([
		['fetch in sync', 'src/lib/sync/transport.ts', "void fetch('/api/v1/health');"],
		['fetch in exchange', 'src/lib/exchange/link.ts', "void fetch('/api/v1/shl');"],
		['WebCrypto outside storage', 'src/lib/crypto/verify.ts', 'export const key = () => crypto.subtle;']
	])('allows %s', async (_name, file, code) => expect(await rulesBroken(file, `${code}\n`)).toEqual([]));

	test('a disable that nothing needs fails', async () => {
		const broken = await rulesBroken(
			'src/lib/domain/a.ts',
			'// eslint-disable-next-line no-console\nexport const a = 1;\n'
		);
		expect(broken).toEqual([expect.stringContaining('Unused eslint-disable directive')]);
	});
});
