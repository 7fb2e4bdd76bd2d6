import { describe, expect, test } from 'vitest';
import { nodesOf, staticFiles } from './first-load.js';

const ROUTES = `export const dictionary = {
		"/": [4],
		"/circle/join": [~6,[2,3],[,1]],
		"/record": [7,[2]]
	};`;

describe('the nodes of a route', () => {
	test('are the root layout, the error page, its layouts and its page', () => {
		expect(nodesOf(ROUTES, '/')).toEqual([0, 1, 4]);
		expect(nodesOf(ROUTES, '/record')).toEqual([0, 1, 2, 7]);
		expect(nodesOf(ROUTES, '/circle/join')).toEqual([0, 1, 2, 3, 6]);
	});

	test('of a route that is not there cannot be measured as zero', () => {
		expect(() => nodesOf(ROUTES, '/trends')).toThrow('/trends');
	});
});

describe('the files of a first load', () => {
	const manifest = {
		start: { file: 'start.js', name: 'entry/start', imports: ['shared'] },
		page: {
			file: 'page.js',
			name: 'nodes/7',
			imports: ['shared', 'form'],
			css: ['page.css'],
			dynamicImports: ['chart']
		},
		shared: { file: 'shared.js', imports: ['form'] },
		form: { file: 'form.js', imports: ['shared'], css: ['form.css'] },
		chart: { file: 'chart.js' }
	};

	test('are what is imported statically, each once, cycles or not', () => {
		expect(staticFiles(manifest, ['entry/start', 'nodes/7'])).toEqual({
			scripts: ['start.js', 'page.js', 'shared.js', 'form.js'],
			styles: ['page.css', 'form.css']
		});
	});

	test('a chunk that is not there cannot be measured as zero', () => {
		expect(() => staticFiles(manifest, ['nodes/9'])).toThrow('nodes/9');
	});
});
