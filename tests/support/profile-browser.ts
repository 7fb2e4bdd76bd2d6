/** A Chromium with a profile folder, started as a process group of its own: it can be killed or frozen whole. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chromium, type BrowserContext } from '@playwright/test';
import { findChromium } from '../../scripts/browsers.js';

const FLAGS = [
	'--headless=new',
	'--no-sandbox',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--disable-gpu',
	'--remote-debugging-port=0'
];

export class ProfileBrowser {
	readonly #process: ChildProcess;
	/** The profile's own context: what it keeps lies in the folder. */
	readonly context: BrowserContext;

	private constructor(process: ChildProcess, context: BrowserContext) {
		[this.#process, this.context] = [process, context];
	}

	/** Starts on a folder that may hold a profile already. */
	static async start(profile: string): Promise<ProfileBrowser> {
		const executable = findChromium() ?? chromium.executablePath();
		const child = spawn(executable, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
			detached: true,
			stdio: ['ignore', 'ignore', 'pipe']
		});
		const browser = await chromium.connectOverCDP(await addressOf(child));
		const [context] = browser.contexts();
		if (!context) throw new Error('The browser has a context of its own');
		return new ProfileBrowser(child, context);
	}

	/** Every process of it dies at once. Resolves when none is left. */
	async kill(): Promise<void> {
		const ended = this.#process.exitCode === null && this.#process.signalCode === null && once(this.#process, 'exit');
		this.#signal('SIGKILL');
		await ended;
		while (this.#signal(0)) await new Promise((resolve) => setTimeout(resolve, 5));
	}

	/** Every process stands still until `thaw`: its files do not change meanwhile. */
	freeze(): void {
		this.#signal('SIGSTOP');
	}

	thaw(): void {
		this.#signal('SIGCONT');
	}

	/** False when there is nobody left to hear it. */
	#signal(signal: NodeJS.Signals | 0): boolean {
		try {
			return this.#process.pid !== undefined && process.kill(-this.#process.pid, signal);
		} catch {
			return false;
		}
	}
}

/** Where its DevTools listen, once it says so. */
function addressOf(child: ChildProcess): Promise<string> {
	return new Promise((resolve, reject) => {
		let said = '';
		child.stderr?.on('data', (chunk: Buffer) => {
			said += chunk.toString();
			const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
			if (address !== undefined) resolve(address);
		});
		child.once('error', reject);
		child.once('exit', (code) => reject(new Error(`The browser ended with code ${code}:\n${said}`)));
	});
}
