/**
 * One process that serves the built app and the relay (docs/protocol.md, part 17). adapter-node's own server gives assets,
 * the service worker and prerendered pages without any hook, so this one sets the security headers on every answer and
 * leaves the rest to the adapter's handler. It never logs an address with its query, nor a body.
 */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { answerEarlierAsset, keepBuild } from './earlier-builds.js';
import { Explained, inProject } from './project.js';
import { securityHeaders } from './security-headers.js';
import { defaultOrigin, readSettings } from './settings.js';

/** How long answers under way may take when the server stops, and how long the relay may take to close after them. */
const DRAIN_MS = 10_000;
const CLOSE_MS = 10_000;

/** @typedef {{ headers: Readonly<Record<string, string>>, earlierAssets: import('./earlier-builds.js').EarlierAssets, handler: Handler }} Site */
/** @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse) => unknown} Handler */

/**
 * Serves until SIGTERM or SIGINT: then ends streams, lets answers finish, closes the relay, and ends with exit code 0.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ origin: string, port: number }>} once it answers
 * @throws {Explained} when a setting is wrong, the port is taken or there is no build
 */
export async function serveUntilStopped(env) {
	const settings = readSettings(env);
	const shellFile = inProject('build', 'prerendered', 'shell.html');
	if (!existsSync(shellFile))
		throw new Explained('Det finns inget bygge: kör npm start.\nThere is no build: run npm start.');
	mkdirSync(settings.DATA_DIR, { recursive: true });

	const server = createServer();
	/** @type {(site: Site) => void} */
	let isReady = () => undefined;
	/** @type {Promise<Site>} */
	const ready = new Promise((resolve) => (isReady = resolve));
	// Whoever calls between listening and the handler being loaded waits; without a listener the call would hang for good.
	server.on('request', (request, response) => void ready.then((site) => answer(site, request, response)));
	server.on('clientError', (_error, socket) => void ready.then((site) => refuse(site.headers, socket)));

	const port = await listen(server, settings.HOST, settings.PORT);
	const origin = settings.ORIGIN ?? defaultOrigin(settings.HOST, port);
	isReady({
		headers: securityHeaders(readFileSync(shellFile, 'utf8'), origin),
		earlierAssets: keepBuild(inProject('build', 'client'), settings.DATA_DIR),
		handler: await loadHandler(settings, port, origin)
	});
	stopOnSignal(server);
	return { origin, port };
}

/**
 * @param {import('node:http').Server} server
 * @param {string} host
 * @param {number} port
 * @returns {Promise<number>} the port it listens on
 */
function listen(server, host, port) {
	return new Promise((resolve, reject) => {
		server.once('error', (/** @type {NodeJS.ErrnoException} */ cause) => reject(listenFailure(cause, host, port)));
		server.listen({ host, port }, () => {
			server.removeAllListeners('error');
			const address = server.address();
			resolve(typeof address === 'object' && address !== null ? address.port : port);
		});
	});
}

/**
 * @param {NodeJS.ErrnoException} cause
 * @param {string} host
 * @param {number} port
 */
function listenFailure(cause, host, port) {
	switch (cause.code) {
		case 'EADDRINUSE':
			return new Explained(
				`Port ${port} används redan. Välj en annan: PORT=${port + 1} npm start\n` +
					`Port ${port} is taken. Choose another: PORT=${port + 1} npm start`
			);
		case 'EACCES':
			return new Explained(
				`Port ${port} får inte användas av den här användaren.\nThis user may not use port ${port}.`
			);
		case 'ENOTFOUND':
		case 'EADDRNOTAVAIL':
			return new Explained(
				`HOST ${host} finns inte på den här datorn.\nHOST ${host} is not an address of this machine.`
			);
		default:
			return cause;
	}
}

/**
 * Loads the built handler. It and the relay read their settings from the environment when they are loaded.
 * @param {import('./settings.js').Settings} settings
 * @param {number} port
 * @param {string} origin
 * @returns {Promise<Handler>}
 */
async function loadHandler(settings, port, origin) {
	Object.assign(process.env, {
		PORT: String(port),
		HOST: settings.HOST,
		ORIGIN: origin,
		DATA_DIR: settings.DATA_DIR,
		BODY_SIZE_LIMIT: settings.BODY_SIZE_LIMIT
	});
	if (settings.DATABASE_URL === undefined) delete process.env['DATABASE_URL'];
	/** @type {{ handler: Handler }} */
	const built = await import(new URL('../../build/handler.js', import.meta.url).href);
	return built.handler;
}

/**
 * @param {Site} site
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
function answer(site, request, response) {
	const pathname = /^\/[^?#]*/.exec(request.url ?? '')?.[0];
	protect(response, site.headers);
	response.setHeader('cache-control', pathname?.startsWith('/api/') ? 'no-store' : 'no-cache');
	if (pathname === undefined) return void response.writeHead(400).end();
	if (answerEarlierAsset(site.earlierAssets, pathname, request, response)) return;
	// A rejection is a bug of the relay, which logs it itself; the person gets an answer and no details.
	Promise.resolve()
		.then(() => site.handler(request, response))
		.catch(() => {
			if (response.headersSent) response.destroy();
			else response.writeHead(500).end();
		});
}

/**
 * Sets the headers, and sets them again when the head is written: nothing behind this server can loosen or remove them.
 * @param {import('node:http').ServerResponse} response
 * @param {Readonly<Record<string, string>>} headers
 */
function protect(response, headers) {
	/** @type {(...args: any[]) => typeof response} */
	const writeHead = response.writeHead.bind(response);
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
	response.writeHead = function (/** @type {any[]} */ ...args) {
		const given = args.at(-1);
		if (given !== null && typeof given === 'object')
			for (const name of Object.keys(given)) if (name.toLowerCase() in headers) delete given[name];
		for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
		return writeHead(...args);
	};
}

/**
 * The answer to what is not HTTP.
 * @param {Readonly<Record<string, string>>} headers
 * @param {import('node:stream').Duplex} socket
 */
function refuse(headers, socket) {
	if (!socket.writable) return void socket.destroy();
	const lines = Object.entries({ ...headers, connection: 'close', 'content-length': '0' });
	socket.end(`HTTP/1.1 400 Bad Request\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
}

/**
 * Ends on the first SIGTERM or SIGINT, at once on the second. What is under way finishes, event streams end, and then the
 * relay hears `sveltekit:shutdown`, the adapter's own signal, and closes its store. The process ends when nothing is open.
 * @param {import('node:http').Server} server
 */
function stopOnSignal(server) {
	/** @type {Set<import('node:http').ServerResponse>} */
	const open = new Set();
	let isStopping = false;

	server.prependListener('request', (_request, /** @type {import('node:http').ServerResponse} */ response) => {
		open.add(response);
		if (isStopping) response.setHeader('connection', 'close');
		response.once('close', () => {
			open.delete(response);
			if (isStopping) server.closeIdleConnections();
		});
	});

	/** @param {NodeJS.Signals} signal */
	function stop(signal) {
		if (isStopping) process.exit(1);
		isStopping = true;
		const drainTimer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
		server.close(() => {
			clearTimeout(drainTimer);
			// @ts-expect-error The adapter's own signal, which Node's types do not know.
			process.emit('sveltekit:shutdown', signal);
			setTimeout(() => process.exit(1), CLOSE_MS).unref();
		});
		for (const response of open) if (isEventStream(response)) response.end();
		server.closeIdleConnections();
	}
	process.on('SIGTERM', stop);
	process.on('SIGINT', stop);
}

/** @param {import('node:http').ServerResponse} response */
function isEventStream(response) {
	return response.headersSent && String(response.getHeader('content-type')).startsWith('text/event-stream');
}
