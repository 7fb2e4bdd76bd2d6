import { describe, expect, test, vi } from 'vitest';
import { Updates, workerUrl } from './updates.svelte';

/** A worker that can be installed and told to take over. */
class FakeWorker extends EventTarget {
	state = 'installing';
	postMessage = vi.fn();

	install() {
		this.state = 'installed';
		this.dispatchEvent(new Event('statechange'));
	}
}

class FakeRegistration extends EventTarget {
	installing: FakeWorker | null = null;
	waiting: FakeWorker | null = null;
	update = vi.fn(() => Promise.resolve());

	/** The browser has found, fetched and installed a new version. */
	receive(worker: FakeWorker) {
		this.installing = worker;
		this.dispatchEvent(new Event('updatefound'));
		this.installing = null;
		this.waiting = worker;
		worker.install();
	}
}

class FakeContainer extends EventTarget {
	controller: object | null = null;
	registration = new FakeRegistration();
	register = vi.fn(() => Promise.resolve(this.registration));

	handOver() {
		this.controller = {};
		this.dispatchEvent(new Event('controllerchange'));
	}
}

async function openPage({ visitedBefore = true } = {}) {
	const container = new FakeContainer();
	if (visitedBefore) container.controller = {};
	const reload = vi.fn();
	const updates = new Updates({
		container: container as unknown as ServiceWorkerContainer,
		trustedTypes: undefined,
		reload
	});
	await updates.start();
	return { container, registration: container.registration, reload, updates };
}

describe('a new version of the app', () => {
	test('is offered when it is ready, and the page is left alone', async () => {
		const { registration, reload, updates } = await openPage();
		expect(updates.available).toBe(false);
		registration.receive(new FakeWorker());
		expect(updates.available).toBe(true);
		expect(reload).not.toHaveBeenCalled();
	});

	test('takes over when the person says so, and the page is loaded anew once', async () => {
		const { container, registration, reload, updates } = await openPage();
		const worker = new FakeWorker();
		registration.receive(worker);
		updates.apply();
		updates.apply();
		expect(worker.postMessage.mock.calls).toEqual([[{ type: 'activate-update' }]]);
		expect(reload).not.toHaveBeenCalled();
		container.handOver();
		container.handOver();
		expect(reload).toHaveBeenCalledOnce();
	});

	test('that another tab has moved to is offered here, never forced', async () => {
		const { container, reload, updates } = await openPage();
		container.handOver();
		expect(updates.available).toBe(true);
		expect(reload).not.toHaveBeenCalled();
		updates.apply();
		expect(reload).toHaveBeenCalledOnce();
	});

	test('that was waiting since the last visit is offered at once', async () => {
		const container = new FakeContainer();
		container.controller = {};
		container.registration.waiting = new FakeWorker();
		const updates = new Updates({
			container: container as unknown as ServiceWorkerContainer,
			trustedTypes: undefined,
			reload: vi.fn()
		});
		await updates.start();
		expect(updates.available).toBe(true);
	});

	test('is not what the first visit gets: there is nothing to update from', async () => {
		const { container, registration, updates } = await openPage({ visitedBefore: false });
		registration.receive(new FakeWorker());
		container.handOver();
		expect(updates.available).toBe(false);
	});

	test('cannot be applied before there is one', async () => {
		const { reload, updates } = await openPage();
		updates.apply();
		expect(reload).not.toHaveBeenCalled();
	});

	test('is asked for without an error when there is no network', async () => {
		const { registration, updates } = await openPage();
		registration.update.mockRejectedValueOnce(new TypeError('offline'));
		await expect(updates.check()).resolves.toBeUndefined();
	});
});

describe('a browser without a worker', () => {
	test('still runs the app', async () => {
		const updates = new Updates({ container: undefined, trustedTypes: undefined, reload: vi.fn() });
		await expect(updates.start()).resolves.toBe(false);
	});

	test('that refuses it still runs the app', async () => {
		const container = new FakeContainer();
		container.register.mockRejectedValueOnce(new DOMException('refused', 'SecurityError'));
		const updates = new Updates({
			container: container as unknown as ServiceWorkerContainer,
			trustedTypes: undefined,
			reload: vi.fn()
		});
		await expect(updates.start()).resolves.toBe(false);
	});
});

test('the policy for the worker makes one URL and refuses every other', () => {
	const createPolicy = vi.fn((_name: string, rules: { createScriptURL(url: string): string }) => rules);
	expect(workerUrl({ createPolicy })).toBe('/service-worker.js');
	const [name, rules] = createPolicy.mock.calls[0] ?? [];
	expect(name).toBe('hemlinje-worker-url');
	expect(() => rules?.createScriptURL('https://example.org/worker.js')).toThrow(TypeError);
	expect(() => rules?.createScriptURL('/service-worker.js?x')).toThrow(TypeError);
});
