/**
 * K5: runs the tests beside each mutant and expects them to fail. `node tests/mutants/run.js [report.json] [--only=3,7]`.
 * Part of `npm run test:nightly`.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { inProject } from '../../scripts/lib/project.js';
import { mutants } from './list.js';

const report = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const only = process.argv
	.find((argument) => argument.startsWith('--only='))
	?.split('=')[1]
	?.split(',')
	.map(Number);

const checks = mutants
	.map((mutant, index) => ({ mutant, index }))
	.filter(({ index }) => only?.includes(index) ?? true)
	.map(({ mutant, index }) => {
		const failure = attempt(mutant, index);
		console.log(`  ${failure === null ? '✓' : '✗'} ${index} ${mutant.name}${failure === null ? '' : `: ${failure}`}`);
		return { name: mutant.name, failure };
	});
if (report) writeFileSync(report, JSON.stringify({ checks }));
if (checks.some(({ failure }) => failure !== null)) process.exitCode = 1;

/**
 * Null when the tests noticed.
 * @param {import('./list.js').Mutant} mutant
 * @param {number} index
 */
function attempt({ file, from, tests }, index) {
	const found = readFileSync(inProject(file), 'utf8').split(from).length - 1;
	if (found !== 1) return `its line stands ${found} times in ${file}`;
	const vitest = inProject('node_modules', 'vitest', 'vitest.mjs');
	const config = inProject('tests', 'mutants', 'vitest.config.ts');
	const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--config', config, '--bail=1', ...tests], {
		cwd: inProject('.'),
		env: { ...process.env, MUTANT: String(index), FORCE_COLOR: '0' },
		encoding: 'utf8'
	});
	// A mutant that does not even load would prove nothing.
	if (!/Tests\s+.*failed/.test(stdout)) return status === 0 ? 'nobody noticed' : 'the tests did not run';
	return null;
}
