/**
 * K1: the `age` command reads what is written here, and the other way round. Where the command is not installed these are
 * not there to be counted (Debian: `apt-get install age`); the formats are proved by `crypto.test.ts` all the same.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAgeFile, sealAgeFile } from './age-file';
import { ageIdentity, ageRecipient, boxKeyOf, createBoxKey } from './boxes';
import { utf8 } from './bytes';
import { systemRandom } from './random';

const hasCommand = (name: string, argument: string): boolean => spawnSync(name, [argument]).status === 0;

test('keys are written as the age command writes them', () => {
	const { pub, secret } = boxKeyOf(new Uint8Array(32).fill(7));
	expect(ageRecipient(pub)).toMatch(/^age1[02-9ac-hj-np-z]{58}$/);
	expect(ageIdentity(secret)).toMatch(/^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/);
});

if (hasCommand('age', '--version'))
	describe('the age command', () => {
		const { pub, secret } = createBoxKey(systemRandom);
		const plaintext = utf8('åäö\n'.repeat(50_000));
		let folder = '';
		const at = (name: string): string => join(folder, name);

		beforeAll(() => {
			folder = mkdtempSync(join(tmpdir(), 'hemlinje-age-'));
			writeFileSync(at('key'), `${ageIdentity(secret)}\n`, { mode: 0o600 });
			writeFileSync(at('plain'), plaintext);
		});

		afterAll(() => rmSync(folder, { recursive: true, force: true }));

		test('opens what is sealed to a recovery code', async () => {
			writeFileSync(at('ours.age'), await sealAgeFile({ kind: 'recipient', pub }, plaintext));
			const { status, stdout } = spawnSync('age', ['-d', '-i', at('key'), at('ours.age')], { maxBuffer: 2 ** 24 });
			expect([status, Buffer.from(plaintext).equals(stdout)]).toEqual([0, true]);
		});

		test('seals what is opened here', async () => {
			expect(spawnSync('age', ['-r', ageRecipient(pub), '-o', at('theirs.age'), at('plain')]).status).toBe(0);
			const opened = await openAgeFile({ kind: 'secret', secret }, readFileSync(at('theirs.age')));
			expect(opened.ok && Buffer.from(plaintext).equals(opened.value)).toBe(true);
		});

		// It asks for a passphrase on a terminal alone; `script` is one.
		if (hasCommand('script', '--version'))
			test('opens what is sealed to a passphrase', async () => {
				const passphrase = 'tre gula båtar i hamn';
				writeFileSync(at('words.age'), await sealAgeFile({ kind: 'passphrase', passphrase }, plaintext));
				const command = `age -d -o '${at('opened')}' '${at('words.age')}'`;
				spawnSync('script', ['-qec', command, '/dev/null'], { input: `${passphrase}\n`, timeout: 15_000 });
				expect(readFileSync(at('opened')).equals(plaintext)).toBe(true);
			});
	});
