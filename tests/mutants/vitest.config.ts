/** The project's own configuration, with one line of the source exchanged as it is loaded. Nothing on the disk is touched. */
import path from 'node:path';
import { mergeConfig } from 'vitest/config';
import project from '../../vite.config';
import { mutants } from './list.js';

const mutant = mutants[Number(process.env['MUTANT'])];
if (!mutant) throw new Error('MUTANT names one of the list');
const file = path.resolve(mutant.file);

export default mergeConfig(project, {
	plugins: [
		{
			name: 'mutant',
			enforce: 'pre' as const,
			transform: (code: string, id: string) =>
				id.split('?')[0] === file ? code.replace(mutant.from, () => mutant.to) : undefined
		}
	]
});
