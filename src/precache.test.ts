import { describe, expect, test } from 'vitest';
import { isActivateUpdate, precacheEntries, RELAY_PATH } from './precache';

describe('kept for use without network', () => {
	const entries = precacheEntries({
		build: ['/_app/immutable/entry/start.abc.js'],
		files: ['/icons/192.png', '/screenshots/today.png', '/robots.txt'],
		version: '7'
	});
	const urls = entries.map(({ url }) => url);

	test('every chunk and the shell', () => {
		expect(urls).toEqual(expect.arrayContaining(['/_app/immutable/entry/start.abc.js', '/shell']));
	});

	test('a file whose name does not change is fetched again with each build', () => {
		expect(entries).toContainEqual({ url: '/icons/192.png', revision: '7' });
		expect(entries).toContainEqual({ url: '/shell', revision: '7' });
	});

	test('a file named by its content is fetched once', () => {
		expect(entries).toContainEqual({ url: '/_app/immutable/entry/start.abc.js', revision: null });
	});

	test('what the app never shows is not fetched', () => {
		expect(urls).not.toContain('/screenshots/today.png');
		expect(urls).not.toContain('/robots.txt');
	});
});

test.each(['/api', '/api/', '/api/v1/push'])('the worker leaves %s to the network', (path) => {
	expect(path).toMatch(RELAY_PATH);
});

test.each(['/', '/record', '/circle/join', '/apiary'])('the worker answers %s with the shell', (path) => {
	expect(path).not.toMatch(RELAY_PATH);
});

test('only the one message makes a waiting worker take over', () => {
	expect(isActivateUpdate({ type: 'activate-update' })).toBe(true);
	for (const other of [null, undefined, 'activate-update', {}, { type: 'SKIP_WAITING' }])
		expect(isActivateUpdate(other)).toBe(false);
});
