import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepBuild } from './earlier-builds.js';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'hemlinje-builds-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Serves a build that holds the named chunks, as if `age` builds ago. */
function serve(chunks: readonly string[], age = 0) {
	const client = path.join(folder, 'client');
	const immutable = path.join(client, '_app/immutable/chunks');
	rmSync(client, { recursive: true, force: true });
	mkdirSync(immutable, { recursive: true });
	for (const chunk of chunks) writeFileSync(path.join(immutable, chunk), chunk);
	const assets = keepBuild(client, path.join(folder, 'data'));
	const stored = readdirSync(path.join(folder, 'data/builds')).map((name) => path.join(folder, 'data/builds', name));
	const served = stored.find((build) => existsSync(path.join(build, 'chunks', chunks[0] ?? '')));
	const time = new Date(Date.now() - age * 60_000);
	if (served && age > 0) utimesSync(served, time, time);
	return [...assets.keys()].map((asset) => asset.replace('/_app/immutable/chunks/', '')).sort();
}

describe('assets of earlier builds', () => {
	test('the first build has none', () => expect(serve(['a.js'])).toEqual([]));

	test('a page opened before an update finds its chunks', () => {
		serve(['a.js', 'shared.js'], 1);
		expect(serve(['b.js', 'shared.js'])).toEqual(['a.js']);
	});

	test('the last three builds are kept, and no more', () => {
		serve(['a.js'], 3);
		serve(['b.js'], 2);
		serve(['c.js'], 1);
		expect(serve(['d.js'])).toEqual(['b.js', 'c.js']);
		expect(readdirSync(path.join(folder, 'data/builds'))).toHaveLength(3);
	});

	test('starting the same build again forgets nothing', () => {
		serve(['a.js'], 2);
		serve(['b.js'], 1);
		serve(['b.js'], 1);
		expect(serve(['b.js'])).toEqual(['a.js']);
	});
});
