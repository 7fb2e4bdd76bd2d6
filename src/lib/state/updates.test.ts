import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Until the waiting worker has been asked, and not so long that the page gives up on it. */
const untilAsked = () => vi.advanceTimersByTime(1_000);

const untilGivenUp = () => vi.advanceTimersByTime(10_000);

/** `sessionStorage`, in memory. */
function tabMemory() {
	const kept = new Map<string, string>();
	return {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
		removeItem: (key: string) => void kept.delete(key)
	};
}

async function openPage({
	visitedBefore = true,
	waiting = null as FakeWorker | null,
	memory = tabMemory(),
	container = new FakeContainer()
} = {}) {
	if (visitedBefore) container.controller = {};
	container.registration.waiting = waiting;
	const reload = vi.fn();
	const entry = { isOpen: false };
	const updates = new Updates({
		container: container as unknown as ServiceWorkerContainer,
		trustedTypes: undefined,
		memory,
		reload,
		isBusy: () => entry.isOpen,
		now: () => Date.now()
	});
	const started = await updates.start();
	return { container, registration: container.registration, entry, memory, reload, started, updates };
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
		untilAsked();
		expect(worker.postMessage.mock.calls).toEqual([[{ type: 'activate-update' }]]);
		expect(reload).not.toHaveBeenCalled();
		container.handOver();
		container.handOver();
		expect(reload).toHaveBeenCalledOnce();
	});

	test('whose worker is kept from taking over is loaded anyway, and the person sees that something happens', async () => {
		const { registration, reload, updates } = await openPage();
		registration.receive(new FakeWorker());
		expect(updates.isApplying).toBe(false);
		updates.apply();
		expect(updates.isApplying).toBe(true);
		untilGivenUp();
		expect(reload).toHaveBeenCalledOnce();
	});

	test('asked for is gone on with after a load that did not wait for it, without another press', async () => {
		const { registration, memory, updates } = await openPage();
		registration.receive(new FakeWorker());
		updates.apply();
		untilGivenUp();
		const waiting = new FakeWorker();
		const next = await openPage({ memory, waiting });
		expect(next.updates.isApplying).toBe(true);
		untilAsked();
		expect(waiting.postMessage).toHaveBeenCalledOnce();
		next.container.handOver();
		expect(next.reload).toHaveBeenCalledOnce();
		const last = await openPage({ memory });
		expect([last.updates.available, last.reload.mock.calls.length]).toEqual([false, 0]);
	});

	test('asked for is loaded once more where the old worker may have answered the load', async () => {
		const { registration, memory, updates } = await openPage();
		registration.receive(new FakeWorker());
		updates.apply();
		untilGivenUp();
		expect((await openPage({ memory })).reload).toHaveBeenCalledOnce();
		expect((await openPage({ memory })).reload).not.toHaveBeenCalled();
	});

	test('that never takes over is offered again, instead of loading for ever', async () => {
		const memory = tabMemory();
		const first = await openPage({ waiting: new FakeWorker(), memory });
		first.updates.apply();
		untilGivenUp();
		let loads = 1;
		for (let page = first; page.reload.mock.calls.length > 0; loads++) {
			page = await openPage({ waiting: new FakeWorker(), memory });
			untilGivenUp();
		}
		expect(loads).toBe(4);
	});

	test('takes over only when what the page still fetches has come', async () => {
		const { registration, updates } = await openPage();
		const worker = new FakeWorker();
		registration.receive(worker);
		updates.apply();
		vi.advanceTimersByTime(400);
		expect(worker.postMessage).not.toHaveBeenCalled();
		untilAsked();
		expect(worker.postMessage).toHaveBeenCalledOnce();
	});

	test('that takes over is loaded once, and not again when the time for it is up', async () => {
		const { container, registration, reload, updates } = await openPage();
		registration.receive(new FakeWorker());
		updates.apply();
		untilAsked();
		container.handOver();
		untilGivenUp();
		expect(reload).toHaveBeenCalledOnce();
	});

	test('that another tab has moved to is offered here, never forced', async () => {
		const { container, reload, updates } = await openPage();
		container.handOver();
		expect(updates.available).toBe(true);
		expect(reload).not.toHaveBeenCalled();
		updates.apply();
		untilAsked();
		expect(reload).toHaveBeenCalledOnce();
	});

	test('that was waiting since the last visit is offered at once', async () => {
		const { reload, updates } = await openPage({ waiting: new FakeWorker() });
		expect([updates.available, updates.isApplying]).toEqual([true, false]);
		expect(reload).not.toHaveBeenCalled();
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
});

describe('a page that stays open', () => {
	const hour = 60 * 60_000;

	test('looks for a new version every hour, until it is closed', async () => {
		const { registration, updates } = await openPage();
		vi.advanceTimersByTime(3 * hour);
		expect(registration.update).toHaveBeenCalledTimes(3);
		updates.stop();
		vi.advanceTimersByTime(3 * hour);
		expect(registration.update).toHaveBeenCalledTimes(3);
	});

	test('looks when it is woken, at most once a minute', async () => {
		const { registration, updates } = await openPage();
		await updates.look();
		expect(registration.update).not.toHaveBeenCalled();
		vi.advanceTimersByTime(60_000);
		await updates.look();
		await updates.look();
		expect(registration.update).toHaveBeenCalledOnce();
	});

	test('does not look in the middle of an entry, but the next time after it', async () => {
		const { registration, entry, updates } = await openPage();
		entry.isOpen = true;
		vi.advanceTimersByTime(2 * hour);
		expect(registration.update).not.toHaveBeenCalled();
		entry.isOpen = false;
		await updates.look();
		expect(registration.update).toHaveBeenCalledOnce();
	});

	test('looks without an error when there is no network', async () => {
		const { registration, updates } = await openPage();
		registration.update.mockRejectedValueOnce(new TypeError('offline'));
		vi.advanceTimersByTime(60_000);
		await expect(updates.look()).resolves.toBeUndefined();
	});
});

describe('a browser without a worker', () => {
	test('still runs the app', async () => {
		const updates = new Updates({
			container: undefined,
			trustedTypes: undefined,
			memory: null,
			reload: vi.fn(),
			isBusy: () => false,
			now: () => 0
		});
		await expect(updates.start()).resolves.toBe(false);
	});

	test('that refuses it still runs the app', async () => {
		const container = new FakeContainer();
		container.register.mockRejectedValueOnce(new DOMException('refused', 'SecurityError'));
		expect((await openPage({ container })).started).toBe(false);
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
