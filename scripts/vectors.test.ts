import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inProject } from './lib/project.js';

let folder = '';
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'hemlinje-vectors-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: unknown) =>
	writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

function vectors(...args: string[]) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [inProject('scripts', 'vectors.js'), ...args], {
		encoding: 'utf8'
	});
	return { status, stdout, stderr };
}

describe('a folder of published cases', () => {
	test('is told a line a file, and what cannot be run yet is named', () => {
		cpSync(inProject('tests', 'fixtures', 'vectors', 'glucose-cases.json'), path.join(folder, 'glucose-cases.json'));
		write('telepathy-sample.xml', '<sample/>');
		write('telepathy-sample.expected.json', {});
		const report = path.join(folder, 'report.txt');
		expect(vectors(folder, `--report=${report}`)).toEqual({
			status: 0,
			stdout: 'glucose-cases: 10 passed, 0 failed\ntelepathy-sample: not run, no such capability yet\n',
			stderr: ''
		});
		expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual({
			files: [
				{ name: 'glucose-cases', passed: 10, failed: 0, notRun: false },
				{ name: 'telepathy-sample', passed: 0, failed: 0, notRun: true }
			]
		});
	});

	test('fails with what was expected and got, and the other files are run all the same', () => {
		write('glucose-cases.json', '{ "conversions": [');
		write('hf-weight-cases.json', { cases: [] });
		write('levnadsvanor-cases.json', {
			activity: [{ id: 'akt-77', trainingMin: 10, everydayMin: 20, activityMinutes: 30, sufficient: false }]
		});
		const { status, stdout } = vectors(folder);
		expect(status).toBe(1);
		expect(stdout.trimEnd().split('\n')).toEqual([
			'glucose-cases: 0 passed, 1 failed',
			'  the whole file: expected "cases", got "text that is not JSON"',
			'hf-weight-cases: 0 passed, 1 failed',
			'  the whole file: expected "cases", got "no case"',
			'levnadsvanor-cases: 0 passed, 1 failed',
			'  akt-77: expected {"activityMinutes":30}, got {"activityMinutes":40}'
		]);
	});

	test('that is empty, or is not there, is said in a sentence', () => {
		expect(vectors(folder)).toMatchObject({ status: 1, stderr: `\nThere are no vector files in ${folder}.\n\n` });
		const missing = path.join(folder, 'missing');
		expect(vectors(missing)).toMatchObject({ status: 1, stderr: `\nThere is no folder ${missing}.\n\n` });
	});
});
