import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import { firstChunks } from './scripts/lib/first-chunks.js';
import { inProject } from './scripts/lib/project.js';
import { staticIcons } from './scripts/lib/static-icons.js';

const src = (...path: string[]): string => inProject('src', ...path);
const chunks = firstChunks(
	[
		inProject('node_modules', '@sveltejs', 'kit', 'src', 'runtime', 'client', 'entry.js'),
		inProject('.svelte-kit', 'generated', 'client-optimized', 'app.js'),
		...['+layout.ts', '+layout.svelte', '+error.svelte'].map((file) => src('routes', file))
	],
	{
		record: src('routes', 'record', '+page.svelte'),
		today: src('routes', '+page.svelte'),
		trends: src('routes', 'trends', '+page.svelte'),
		plan: src('routes', 'plan', '+page.svelte'),
		circle: src('routes', 'circle', '+page.svelte'),
		panel: src('routes', 'panel', '+page.svelte'),
		data: src('lib', 'state', 'data-layer.ts')
	},
	(message) => src('lib', 'i18n', 'paraglide', 'messages', `${message}.js`)
);

export default defineConfig({
	plugins: [
		paraglideVitePlugin({
			project: './src/lib/i18n/project.inlang',
			outdir: './src/lib/i18n/paraglide',
			strategy: ['localStorage', 'baseLocale'],
			localStorageKey: 'hemlinje:locale',
			emitTsDeclarations: true
		}),
		staticIcons(),
		sveltekit()
	],
	build: {
		target: 'es2022',
		rollupOptions: { output: { codeSplitting: { groups: chunks } } }
	},
	test: {
		environment: 'node',
		restoreMocks: true,
		testTimeout: 20_000,
		// By itself Vitest leaves one of two cores idle.
		maxWorkers: 2,
		// Two projects, so that a run of unit tests alone starts no PostgreSQL.
		projects: [
			{ extends: true, test: { name: 'unit', include: ['{src,scripts,tests/vectors,tests/mutants}/**/*.test.ts'] } },
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
