/** A device of the fault tests: a profile folder on the disk, and a browser on it that can be ended in any way. */

import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync
} from 'node:fs';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test as appTest } from '../../support/app';
import { bundle, PAGE } from '../../support/page-module';
import { ProfileBrowser } from '../../support/profile-browser';
import type { Found, Saved } from './page';

/** What a browser keeps for pages: their databases, and what lies in localStorage. */
const KEPT = ['IndexedDB', 'Local Storage'] as const;

/** Where a log of the database ended when something was told as saved: what comes after it may not have reached the disk. */
interface Synced {
	readonly log: string;
	readonly bytes: number;
}

export class Device {
	readonly #origin: string;
	readonly #script: string;
	readonly profile: string;
	/** Ids of entries that were told as saved. */
	readonly saved = new Set<string>();
	/** With which durability they were written. */
	readonly durability = new Set<string>();
	#browser: ProfileBrowser | null = null;
	#synced: Synced | null = null;
	#onSaved: () => void = () => undefined;

	constructor(origin: string, script: string, profile = mkdtempSync(path.join(tmpdir(), 'hemlinje-profile-'))) {
		[this.#origin, this.#script, this.profile] = [origin, script, profile];
	}

	/** Starts the browser on the folder, and opens the page of the fault tests in it. */
	async start(): Promise<Page> {
		const browser = await ProfileBrowser.start(this.profile);
		this.#browser = browser;
		await browser.context.route(`${this.#origin}/fault`, (route) =>
			route.fulfill({ contentType: 'text/html', body: PAGE })
		);
		await browser.context.route(`${this.#origin}/page.js`, (route) =>
			route.fulfill({ contentType: 'text/javascript', body: this.#script })
		);
		await browser.context.exposeFunction('saved', (saved: Saved) => this.#note(saved));
		return this.open('/fault');
	}

	async open(address: string): Promise<Page> {
		const page = await this.#running.context.newPage();
		await page.goto(`${this.#origin}${address}`);
		return page;
	}

	get #running(): ProfileBrowser {
		if (!this.#browser) throw new Error('The browser has been started');
		return this.#browser;
	}

	#note({ ids, durability }: Saved): void {
		for (const id of ids) this.saved.add(id);
		for (const each of durability) this.durability.add(each);
		const log = newestLog(this.profile);
		this.#synced = log === null ? null : { log: path.basename(log), bytes: statSync(log).size };
		this.#onSaved();
	}

	/** Until so many more saves have been told. */
	saves(count: number): Promise<void> {
		let left = count;
		return new Promise((resolve) => {
			this.#onSaved = () => (left -= 1) === 0 && resolve();
		});
	}

	async kill(): Promise<void> {
		await this.#running.kill();
		this.#browser = null;
	}

	/**
	 * The disk as it is at this moment, as another device's. `cut` and `zeroed`: without some of what had not been promised to be
	 * on it, as a power cut leaves a file shorter or with zeros at its end. `running`: copied while it is being written.
	 */
	image(how: 'whole' | 'cut' | 'zeroed' | 'running'): Device {
		const image = new Device(this.#origin, this.#script);
		if (how !== 'running') this.#running.freeze();
		for (const kept of KEPT)
			copyFolder(path.join(this.profile, 'Default', kept), path.join(image.profile, 'Default', kept));
		const synced = this.#synced;
		for (const id of this.saved) image.saved.add(id);
		if (how !== 'running') this.#running.thaw();
		if (how === 'cut' || how === 'zeroed') loseUnsynced(image.profile, synced, how);
		return image;
	}

	/** The same device after the browser has emptied its databases. */
	emptied(): Device {
		const emptied = new Device(this.#origin, this.#script);
		copyFolder(path.join(this.profile, 'Default', KEPT[1]), path.join(emptied.profile, 'Default', KEPT[1]));
		return emptied;
	}

	/** Whether the words stand in what is kept on the disk of localStorage. */
	keeps(words: string): boolean {
		return files(path.join(this.profile, 'Default', KEPT[1])).some((file) => readFileSync(file).includes(words));
	}

	async remove(): Promise<void> {
		await this.#browser?.kill();
		rmSync(this.profile, { recursive: true, force: true });
	}
}

/** Leaves out what comes after the last save that was told, up to a place chosen at random: gone, or zeros in its place. */
function loseUnsynced(profile: string, synced: Synced | null, how: 'cut' | 'zeroed'): void {
	const log = newestLog(profile);
	if (!log) return;
	const end = statSync(log).size;
	// A log begun since the last save has promised nothing; what came before it lies in tables that were waited for.
	const promised = synced?.log === path.basename(log) ? Math.min(synced.bytes, end) : 0;
	const at = randomInt(promised, end + 1);
	truncateSync(log, at);
	if (how === 'zeroed') truncateSync(log, end);
}

/** The log the browser's database is being written to; null before there is one. */
function newestLog(profile: string): string | null {
	const logs = files(path.join(profile, 'Default', 'IndexedDB')).filter((file) => file.endsWith('.log'));
	return logs.sort().at(-1) ?? null;
}

function files(folder: string): string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => path.join(entry.parentPath, entry.name));
}

/** File by file; one that goes away meanwhile is left out. */
function copyFolder(from: string, to: string): void {
	for (const file of files(from)) {
		const copy = path.join(to, path.relative(from, file));
		mkdirSync(path.dirname(copy), { recursive: true });
		try {
			copyFileSync(file, copy);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
		}
	}
}

interface WorkerFixtures {
	/** The script of the fault tests' page, bundled once a worker. */
	faultScript: string;
}

interface Fixtures {
	/** Makes a device; removed with its profile when the test has ended. */
	newDevice: () => Device;
	own: (device: Device) => Device;
}

/** The app's `test` with devices of their own. */
export const test = appTest.extend<Fixtures, WorkerFixtures>({
	faultScript: [async ({}, use) => use(await bundle('tests/fault/support/page.ts')), { scope: 'worker' }],
	own: async ({}, use) => {
		const devices: Device[] = [];
		await use((device) => {
			devices.push(device);
			return device;
		});
		for (const device of devices) await device.remove();
	},
	newDevice: async ({ app, faultScript, own }, use) => use(() => own(new Device(app.origin, faultScript)))
});

/** Ends a page's process alone, whatever it is in the middle of. */
export async function crash(page: Page): Promise<void> {
	const cdp = await page.context().newCDPSession(page);
	const crashed = page.waitForEvent('crash');
	void cdp.send('Page.crash').catch(() => undefined);
	await crashed;
	await page.close();
}

export const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What is there now; behind a lock, with the key that opens it. */
export const look = (page: Page, space: 'real' | `demo-${string}`, key?: string): Promise<Found> =>
	page.evaluate(([space, key]) => window.fault.look(space, key), [space, key] as const);

/** All that was told as saved is there, once, and nothing is there only in part. */
export function expectWhole(found: Found, { saved }: Device): void {
	expect({ state: found.state, torn: found.torn }).toEqual({ state: 'open', torn: [] });
	const there = new Set(found.ids);
	expect(there.size, 'each entry once').toBe(found.ids.length);
	expect([...saved].filter((id) => !there.has(id)).length, 'saves that were lost').toBe(0);
}
