/** The next version of the app, as an operator would put it in place: another build, another folder, the same data. */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base } from '../../support/app';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));

/** Stands in the shell of the next version alone. */
const MARK = '<meta name="next-version" content="yes" />';

interface NextVersion {
	/** The script that serves it, for `ServedApp.start`. */
	readonly serve: string;
	remove(): void;
}

/** A copy of the build under another version name, so that the worker and the shell differ and everything else is the same. */
function makeNextVersion(): NextVersion {
	const folder = mkdtempSync(path.join(tmpdir(), 'hemlinje-next-'));
	const { version } = JSON.parse(readFileSync(path.join(PROJECT, 'build/client/_app/version.json'), 'utf8')) as {
		version: string;
	};
	for (const part of ['build', 'scripts', 'package.json'])
		cpSync(path.join(PROJECT, part), path.join(folder, part), { recursive: true });
	symlinkSync(path.join(PROJECT, 'node_modules'), path.join(folder, 'node_modules'));
	for (const file of ['client/service-worker.js', 'client/_app/version.json'])
		rewrite(path.join(folder, 'build', file), (text) => text.replaceAll(version, `${version}-next`));
	rewrite(path.join(folder, 'build/prerendered/shell.html'), (text) => text.replace('<head>', `<head>${MARK}`));
	return {
		serve: path.join(folder, 'scripts/serve.js'),
		remove: () => rmSync(folder, { recursive: true, force: true })
	};
}

/** Changes a served file and drops its compressed twins, which would be served in its place. */
function rewrite(file: string, change: (text: string) => string): void {
	const before = readFileSync(file, 'utf8');
	const after = change(before);
	if (after === before) throw new Error(`${path.basename(file)} does not change with the version`);
	writeFileSync(file, after);
	const twins = readdirSync(path.dirname(file)).filter((name) =>
		[`${path.basename(file)}.br`, `${path.basename(file)}.gz`].includes(name)
	);
	for (const twin of twins) rmSync(path.join(path.dirname(file), twin));
}

/** Playwright's `test` with the next version, made once a worker. */
export const test = base.extend<object, { next: NextVersion }>({
	next: [
		async ({}, use) => {
			const next = makeNextVersion();
			await use(next);
			next.remove();
		},
		{ scope: 'worker' }
	]
});
