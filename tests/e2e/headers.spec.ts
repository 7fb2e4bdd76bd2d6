/** Every answer of the server carries every header: there is no door that was forgotten. */

import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { policyFromShell } from '../../scripts/lib/security-headers.js';
import { expect, test } from '../support/app';
import { staticRoutes } from '../support/routes';
import { ServedApp } from '../support/served-app';

test.use({ ownApp: false });

const BUILD = fileURLToPath(new URL('../../build', import.meta.url));
const PERMISSIONS = 'bluetooth=(self), camera=(self), screen-wake-lock=(self)';

function filesUnder(folder: string): string[] {
	return readdirSync(`${BUILD}/${folder}`, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name))
		.map((entry) => `${entry.parentPath}/${entry.name}`.slice(`${BUILD}/${folder}`.length));
}

function expectedHeaders(): Record<string, string> {
	return {
		'content-security-policy': policyFromShell(readFileSync(`${BUILD}/prerendered/shell.html`, 'utf8')),
		'x-content-type-options': 'nosniff',
		'referrer-policy': 'no-referrer',
		'cross-origin-opener-policy': 'same-origin',
		'cross-origin-resource-policy': 'same-origin',
		'permissions-policy': PERMISSIONS
	};
}

test('the policy forbids what the protocol says it forbids', () => {
	const policy = expectedHeaders()['content-security-policy'] ?? '';
	for (const directive of [
		"default-src 'none'",
		"connect-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
		"require-trusted-types-for 'script'"
	])
		expect(policy).toContain(directive);
	expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|https?:|\*/);
});

test('every file of the build carries every header', async ({ request }) => {
	const files = filesUnder('client');
	expect(files.length).toBeGreaterThan(5);
	for (const file of files) {
		const response = await request.get(file);
		expect.soft(response.status(), file).toBe(200);
		expect.soft(response.headers(), file).toMatchObject(expectedHeaders());
	}
});

test('every page and every other kind of answer carries every header', async ({ request }) => {
	const paths = [
		...staticRoutes(),
		'/',
		'/record',
		'/shell',
		'/shell/',
		'/circle/invite/two-levels-down',
		'/no-such-page',
		'/_app/immutable/no-such-chunk.js',
		'/service-worker.js',
		'/api/v1/health',
		'/api/v1/no-such-endpoint',
		'/%E0%A4%A'
	];
	for (const path of paths) {
		const response = await request.get(path, { maxRedirects: 0 });
		expect.soft(response.headers(), path).toMatchObject(expectedHeaders());
	}
	for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
		const response = await request.fetch('/no-such-page', { method, failOnStatusCode: false });
		expect.soft(response.headers(), method).toMatchObject(expectedHeaders());
	}
});

test('the health of the relay answers', async ({ request }) => {
	expect((await request.get('/api/v1/health')).status()).toBe(200);
});

test('what is not HTTP gets the headers too', async ({ app }) => {
	const socket = connect(Number(app.url.port), app.url.hostname);
	socket.end('NOT HTTP\r\n\r\n');
	const answer = await text(socket);
	expect(answer).toMatch(/^HTTP\/1\.1 400 /);
	for (const [name, value] of Object.entries(expectedHeaders())) expect(answer).toContain(`${name}: ${value}\r\n`);
});

test('a chunk is kept for ever, everything else is asked for again', async ({ request }) => {
	const [chunk = ''] = filesUnder('client').filter((file) => file.startsWith('/_app/immutable/'));
	expect((await request.get(chunk)).headers()['cache-control']).toContain('immutable');
	for (const path of ['/service-worker.js', '/shell', '/', '/_app/version.json'])
		expect.soft((await request.get(path)).headers()['cache-control'], path).toMatch(/^(private, )?no-cache$/);
	expect((await request.get('/api/v1/no-such-endpoint')).headers()['cache-control']).toContain('no-store');
});

test('answers are compressed', async ({ request }) => {
	const response = await request.get('/service-worker.js', { headers: { 'accept-encoding': 'br, gzip' } });
	expect(response.headers()['content-encoding']).toBe('br');
});

test('behind TLS the browser is told to stay there', async ({ request }) => {
	const app = await ServedApp.start({ ORIGIN: 'https://hemlinje.example' });
	const response = await request.get(`${app.origin}/service-worker.js`);
	expect(response.headers()['strict-transport-security']).toContain('max-age=');
	await app.remove();
});

test('the server stops when asked, and answers again on the same address', async ({ request }) => {
	const app = await ServedApp.start();
	expect(await app.stop()).toBe(0);
	await expect(request.get(`${app.origin}/shell`)).rejects.toThrow('ECONNREFUSED');
	await app.start();
	expect((await request.get(`${app.origin}/shell`)).status()).toBe(200);
	await app.remove();
});
