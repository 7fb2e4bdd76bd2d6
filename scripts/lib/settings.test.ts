import { describe, expect, test } from 'vitest';
import { ROOT } from './project.js';
import { defaultOrigin, readSettings } from './settings.js';

describe('settings', () => {
	test('an empty environment gives an app for this machine only, on SQLite', () => {
		expect(readSettings({})).toEqual({
			PORT: 3000,
			HOST: 'localhost',
			DATA_DIR: `${ROOT}data`,
			BODY_SIZE_LIMIT: '5M'
		});
	});

	test('an empty value counts as not set', () => {
		expect(readSettings({ PORT: '', ORIGIN: '', DATABASE_URL: '' })).toMatchObject({ PORT: 3000 });
	});

	test('values are taken as given', () => {
		const env = {
			PORT: '8080',
			HOST: '0.0.0.0',
			ORIGIN: 'https://hemlinje.example',
			DATA_DIR: '/var/lib/hemlinje',
			DATABASE_URL: 'postgres://relay@db/hemlinje',
			BODY_SIZE_LIMIT: '8M'
		};
		expect(readSettings(env)).toEqual({ ...env, PORT: 8080 });
	});

	test.each([
		[{ PORT: 'http' }, 'PORT must be'],
		[{ PORT: '70000' }, 'PORT must be'],
		[{ PORT: '80.5' }, 'PORT must be'],
		[{ HOST: 'a b' }, 'HOST must be'],
		[{ ORIGIN: 'hemlinje.example' }, 'ORIGIN must be'],
		[{ ORIGIN: 'https://hemlinje.example/app' }, 'ORIGIN must be'],
		[{ ORIGIN: 'ftp://hemlinje.example' }, 'ORIGIN must be'],
		[{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL must start'],
		[{ BODY_SIZE_LIMIT: 'big' }, 'BODY_SIZE_LIMIT must be']
	])('a wrong value %j is refused with a sentence', (env, sentence) => {
		expect(() => readSettings(env)).toThrow(sentence);
	});

	test('the sentence never repeats the value, which may hold a password', () => {
		expect(() => readSettings({ DATABASE_URL: 'mysql://relay:hemligt@db' })).toThrow(
			expect.not.objectContaining({ message: expect.stringContaining('hemligt') as string })
		);
	});

	test('every wrong setting is named at once', () => {
		expect(() => readSettings({ PORT: 'x', ORIGIN: 'y' })).toThrow(/PORT[^]*ORIGIN/);
	});
});

describe('the address people use, when ORIGIN does not say', () => {
	test.each([
		['localhost', 3000, 'http://localhost:3000'],
		['192.168.1.4', 80, 'http://192.168.1.4:80'],
		['0.0.0.0', 3000, 'http://localhost:3000'],
		['::', 3000, 'http://localhost:3000'],
		['::1', 3000, 'http://[::1]:3000']
	])('HOST %s and PORT %i give %s', (host, port, origin) => expect(defaultOrigin(host, port)).toBe(origin));
});
