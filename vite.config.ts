import { readFileSync } from 'node:fs';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

/** The pages a first visit begins with. The others come from the worker's precache, or in one more round trip before it is there. */
const BEGINNINGS = /\/src\/routes\/(record\/)?\+(page|layout|error)\.svelte/;

/** Chunks a page's node asks for beforehand. Every name of a list stands in the first script that loads, so only beginnings have one. */
function preloaded(file: string, deps: string[]): string[] {
	const node = /nodes\/(\d+)\./.exec(file)?.[1];
	const isBeginning =
		node !== undefined &&
		BEGINNINGS.test(readFileSync(`.svelte-kit/generated/client-optimized/nodes/${node}.js`, 'utf8'));
	return isBeginning ? deps : deps.filter((dep) => dep.endsWith('.css'));
}

export default defineConfig({
	plugins: [
		paraglideVitePlugin({
			project: './src/lib/i18n/project.inlang',
			outdir: './src/lib/i18n/paraglide',
			strategy: ['localStorage', 'baseLocale'],
			localStorageKey: 'hemlinje:locale',
			emitTsDeclarations: true
		}),
		sveltekit()
	],
	build: { target: 'es2022', modulePreload: { resolveDependencies: preloaded } },
	test: {
		environment: 'node',
		restoreMocks: true,
		testTimeout: 20_000,
		// By itself Vitest leaves one of two cores idle.
		maxWorkers: 2,
		// Two projects, so that a run of unit tests alone starts no PostgreSQL.
		projects: [
			{ extends: true, test: { name: 'unit', include: ['{src,scripts,tests/vectors}/**/*.test.ts'] } },
			{
				extends: true,
				test: {
					name: 'relay',
					include: ['tests/{contract,fuzz,fault}/**/*.test.ts'],
					globalSetup: ['tests/support/postgres.ts']
				}
			}
		]
	}
});
