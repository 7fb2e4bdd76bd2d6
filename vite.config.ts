import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

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
	build: { target: 'es2022' },
	test: {
		environment: 'node',
		restoreMocks: true,
		testTimeout: 20_000,
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
