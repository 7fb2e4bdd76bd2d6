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
		include: ['src/**/*.test.ts', 'tests/{contract,fuzz,fault}/**/*.test.ts', 'scripts/**/*.test.ts'],
		environment: 'node',
		restoreMocks: true,
		testTimeout: 20_000
	}
});
