/**
 * Playwright's `test` with the app. Each test gets a fresh app and relay on a free port with data of its own; a file that
 * only looks sets `test.use({ ownApp: false })` and shares one per worker; one that is not about the service worker can do
 * without it (`withWorker: false`), which spares each page the fetching of the whole app. A console error or a breach of the content
 * security policy fails the test unless it is named with `problems.allow`; so does a request to anybody but the app.
 */

import { type BrowserContext, type Page, expect, test as base } from '@playwright/test';
import { ServedApp } from './served-app';

export { expect };

/** The app is on this machine, under its name where passkeys need one; nothing else may be asked for anything. */
const FROM_THE_APP = /^(http:\/\/(127\.0\.0\.1|localhost):\d+\/|blob:|data:)/;

/** What pages complained about. */
class Problems {
	#seen: string[] = [];
	#allowed: RegExp[] = [];

	/** Lets through what a test brings about itself, such as `/ERR_CONNECTION_REFUSED/` while the relay is stopped. */
	allow(...patterns: readonly RegExp[]): void {
		this.#allowed.push(...patterns);
	}

	/** Listens to every page of a context, those of today and those to come. */
	watch(context: BrowserContext): void {
		context.on('weberror', (problem) => this.#seen.push(`uncaught: ${problem.error().message}`));
		context.on('console', (message) => {
			if (message.type() === 'error') this.#seen.push(`console: ${message.text()} (${message.location().url})`);
		});
		context.on('request', (request) => {
			if (!FROM_THE_APP.test(request.url())) this.#seen.push(`asked somebody else: ${request.url()}`);
		});
		context.on('serviceworker', (worker) =>
			worker.on('console', (message) => {
				if (message.type() === 'error') this.#seen.push(`worker: ${message.text()}`);
			})
		);
	}

	/** What was seen and not allowed. */
	get unexpected(): readonly string[] {
		return this.#seen.filter((problem) => !this.#allowed.some((pattern) => pattern.test(problem)));
	}
}

interface TestFixtures {
	/** Whether the test has an app of its own. */
	ownApp: boolean;
	/** Whether the browser takes a service worker. */
	withWorker: boolean;
	app: ServedApp;
	problems: Problems;
	/** Opens a browser of another person: storage of its own, the same app. */
	openPerson: () => Promise<Page>;
}

interface WorkerFixtures {
	sharedApp: () => Promise<ServedApp>;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
	sharedApp: [
		async ({}, use) => {
			let app: Promise<ServedApp> | undefined;
			await use(() => (app ??= ServedApp.start()));
			await (await app)?.remove();
		},
		{ scope: 'worker' }
	],
	ownApp: [true, { option: true }],
	withWorker: [true, { option: true }],
	app: async ({ ownApp, sharedApp }, use) => {
		if (!ownApp) return use(await sharedApp());
		const app = await ServedApp.start();
		await use(app);
		await app.remove();
	},
	baseURL: async ({ app }, use) => use(app.origin),
	problems: [
		async ({}, use) => {
			const problems = new Problems();
			await use(problems);
			expect(problems.unexpected, 'errors in the console, and requests to others').toEqual([]);
		},
		{ auto: true }
	],
	context: async ({ context, problems, withWorker }, use) => {
		problems.watch(context);
		if (!withWorker) await context.addInitScript(refuseWorkers);
		await use(context);
	},
	openPerson: async ({ browser, contextOptions, baseURL, problems, withWorker }, use) => {
		const contexts: BrowserContext[] = [];
		await use(async () => {
			const context = await browser.newContext({ ...contextOptions, ...(baseURL && { baseURL }) });
			contexts.push(context);
			problems.watch(context);
			if (!withWorker) await context.addInitScript(refuseWorkers);
			return context.newPage();
		});
		await Promise.all(contexts.map((context) => context.close()));
	}
});

/** In the page: a browser that refuses service workers, as some private windows do. An empty page has none to refuse. */
function refuseWorkers(): void {
	if (!('serviceWorker' in navigator)) return;
	navigator.serviceWorker.register = () => Promise.reject(new DOMException('Refused', 'SecurityError'));
}
