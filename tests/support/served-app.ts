/** The built app and its relay as a process of their own, with data of their own. For Playwright and vitest alike. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SERVE = fileURLToPath(new URL('../../scripts/serve.js', import.meta.url));

export class ServedApp {
	/** Where SQLite and earlier builds lie; removed by `remove`. */
	readonly dataDir = mkdtempSync(path.join(tmpdir(), 'hemlinje-app-'));
	/** Everything the server wrote, for tests that search it for what must not be there. */
	log = '';
	#env: NodeJS.ProcessEnv;
	#process: ChildProcess | undefined;
	#origin: string | undefined;

	private constructor(env: NodeJS.ProcessEnv) {
		this.#env = env;
	}

	/** Starts a fresh app on a free port. `env` adds settings, such as DATABASE_URL. */
	static async start(env: NodeJS.ProcessEnv = {}): Promise<ServedApp> {
		const app = new ServedApp(env);
		await app.start();
		return app;
	}

	/** Its address on this machine, whatever ORIGIN says; the same before and after a stop. */
	get origin(): string {
		if (this.#origin === undefined) throw new Error('The app has not been started');
		return this.#origin;
	}

	get url(): URL {
		return new URL(this.origin);
	}

	/** Starts the app again after `stop`, on the same address with the same data; `serve` may be another build's script. */
	async start(serve = SERVE): Promise<void> {
		if (this.#process) throw new Error('The app is already running');
		const port = this.#origin === undefined ? '0' : this.url.port;
		const env = { ...process.env, ORIGIN: '', DATABASE_URL: '', ...this.#env };
		const child = fork(serve, {
			env: { ...env, HOST: '127.0.0.1', PORT: port, DATA_DIR: this.dataDir },
			stdio: ['ignore', 'pipe', 'pipe', 'ipc']
		});
		for (const stream of [child.stdout, child.stderr])
			stream?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
		this.#origin = await originOf(child, () => this.log);
		this.#process = child;
	}

	/** Stops the app as an operator would, and returns its exit code. With SIGKILL it dies as in a power failure. */
	async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
		const child = this.#process;
		if (!child) return null;
		this.#process = undefined;
		const ended = once(child, 'exit');
		child.kill(signal);
		const [exitCode] = (await ended) as [number | null];
		return exitCode;
	}

	/** Stops the app and removes its data. */
	async remove(): Promise<void> {
		await this.stop();
		rmSync(this.dataDir, { recursive: true, force: true });
	}
}

/** The local address, once the server answers; rejects with what it wrote when it ends before that. */
function originOf(child: ChildProcess, log: () => string): Promise<string> {
	return new Promise((resolve, reject) => {
		child.once('message', (message) => resolve(`http://127.0.0.1:${(message as { port: number }).port}`));
		child.once('error', reject);
		child.once('exit', (code) => reject(new Error(`The app ended with code ${code} before it answered:\n${log()}`)));
	});
}
