import { describe, expect, test } from 'vitest';
import { firstChunks } from './first-chunks.js';

const message = (name: string): string => `/paraglide/messages/${name}.js`;

/** A graph of modules by what each imports; what stands after `|` is its code. */
function graphOf(modules: Record<string, string>) {
	return {
		getModuleInfo: (id: string) => {
			const [imports = '', code = ''] = (modules[id] ?? '').split('|');
			return id in modules ? { importedIds: imports.split(' ').filter(Boolean), code } : null;
		}
	};
}

/** Which file each module goes to, as the bundler asks: the groups by priority, the first that wants it. */
function filesOf(modules: Record<string, string>): Record<string, string> {
	const groups = firstChunks(['layout'], { form: 'form-page', curve: 'curve-page' }, message);
	const inOrder = [...groups].sort((a, b) => b.priority - a.priority);
	const graph = graphOf(modules);
	return Object.fromEntries(
		Object.keys(modules).flatMap((id) => {
			const file = inOrder.map(({ name }) => name(id, graph)).find((each) => each !== null);
			return file ? [[id, file]] : [];
		})
	);
}

describe('the files of the first pages', () => {
	test('are one for what every page needs, and one for each set of pages that share more', () => {
		const files = filesOf({
			layout: 'frame',
			frame: 'frame',
			'form-page': 'field shared frame',
			'curve-page': 'chart shared',
			field: '',
			chart: '',
			shared: 'deep',
			deep: '',
			other: 'chart'
		});
		expect(files).toEqual({
			layout: 'first',
			frame: 'first',
			field: 'form',
			chart: 'curve',
			shared: 'form-curve',
			deep: 'form-curve'
		});
	});

	test('have the messages a page names, and no others', () => {
		const all = [message('_index'), message('saved'), message('curve_title')].join(' ');
		const files = filesOf({
			layout: '',
			'form-page': '/paraglide/messages.js|m.saved()',
			'curve-page': '/paraglide/messages.js|m.curve_title({ n })',
			'/paraglide/messages.js': all,
			[message('_index')]: all,
			[message('saved')]: '',
			[message('curve_title')]: '',
			[message('never')]: ''
		});
		expect(files).toEqual({ layout: 'first', [message('saved')]: 'form', [message('curve_title')]: 'curve' });
	});

	test('leave nothing that is imported in a file that fewer pages have', () => {
		const groups = firstChunks(['layout'], { a: 'a', b: 'b', c: 'c' }, message);
		const priorityOf = (name: string) => groups.find(({ debugName }) => debugName === name)?.priority ?? 0;
		expect(priorityOf('first')).toBeGreaterThan(priorityOf('a-b-c'));
		expect(priorityOf('a-b-c')).toBeGreaterThan(priorityOf('a-c'));
		expect(priorityOf('a-c')).toBeGreaterThan(priorityOf('c'));
	});
});
