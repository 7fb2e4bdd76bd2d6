import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const lockfile = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as {
	packages: Record<string, { integrity?: string; resolved?: string }>;
};
const packages = Object.entries(lockfile.packages).filter(([folder]) => folder !== '');

/** Never published at the version their parent asks for (known gap G16). */
const UNPUBLISHED = ['darwin-arm64', 'linux-arm64', 'win32-x64'].map((name) => `node_modules/@lix-js/sdk-${name}`);

test('npm checks every package of every platform against a hash, so that a registry cannot give another one', () => {
	const unchecked = packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([folder]) => folder);
	expect(unchecked.filter((folder) => !UNPUBLISHED.includes(folder))).toEqual([]);
});

test('the lockfile names no registry: each fetches from its own', () => {
	expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});
