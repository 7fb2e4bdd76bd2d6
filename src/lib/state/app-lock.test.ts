/** The app in two tabs of one browser, with its own store, channel and drafts: what a lock does to all of it. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TestLockTools } from '../../../tests/support/lock-tools';
import { weightDraft } from '../../../tests/support/sessions';
import { systemRandom } from '$lib/crypto/random';
import { must } from '$lib/domain/assert';
import type { Space } from '$lib/storage/database';
import { localStorageMarkers } from '$lib/storage/markers';
import { App } from './app.svelte';
import type { Tab } from './browser-deps';
import {
	addPasskey,
	chooseLock,
	keyOfPasskey,
	keyOfPassphrase,
	readLockFacts,
	readWays,
	removeWay,
	setPassphrase,
	takeLockOff,
	type LockFacts
} from './locking';
import type { SessionDeps } from './session';
import { browserLocks } from './tab-locks';

const WORDS = 'gröna båtar sjunger högt';
const FORM = 'record:mine:weight';

let space: Space;
let tools: TestLockTools;
let asked: number;
let tabs: OneTab[];
let spaces = 0;

beforeEach(() => {
	space = `demo-app-${(spaces += 1)}`;
	tools = new TestLockTools();
	asked = 0;
	tabs = [];
	const page = new EventTarget();
	vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
	vi.stubGlobal(
		'document',
		Object.assign(new EventTarget(), { visibilityState: 'visible', documentElement: { dataset: {} } })
	);
});

afterEach(() => {
	for (const tab of tabs) tab.app.close();
	vi.unstubAllGlobals();
});

const deps = (): SessionDeps => ({
	random: systemRandom,
	now: () => Date.now(),
	fetch: () => {
		asked += 1;
		return Promise.reject(new TypeError('no network'));
	},
	origin: 'https://hemlinje.test',
	markers: localStorageMarkers(null),
	persist: () => Promise.resolve(false)
});

/** A tab and the app in it, as the layout holds it: put in place anew by a lock. */
interface OneTab {
	app: App;
	/** When an app was let go of. */
	readonly letGoAt: number[];
}

async function openTab(): Promise<OneTab> {
	const tab: Tab = { memory: null, locks: browserLocks(undefined), draftPlaces: new Map() };
	const letGoAt: number[] = [];
	const next = (): App =>
		new App(
			space,
			tab,
			() => {
				letGoAt.push(performance.now());
				one.app = next();
				void one.app.open();
			},
			deps()
		);
	const one: OneTab = { app: next(), letGoAt };
	tabs.push(one);
	await one.app.open();
	return one;
}

const weigh = async (app: App, kilos: number) => {
	const saved = await app.circle.record(weightDraft(kilos));
	if (!saved.ok) throw new Error(saved.error.type);
};
const facts = async (): Promise<LockFacts> => must(await readLockFacts(space), 'a lock');
const keyOf = async (passphrase: string) => {
	const key = await keyOfPassphrase(await facts(), tools, passphrase);
	return must(key.ok ? key.value : null, 'a key');
};
const isPhase = (tab: OneTab, phase: App['phase']['type']) => vi.waitFor(() => expect(tab.app.phase.type).toBe(phase));

/** Somebody with a weight, a lock, and one tab. */
async function lockedUp(): Promise<OneTab> {
	const tab = await openTab();
	await weigh(tab.app, 71);
	expect((await setPassphrase(tab.app.session, tools, WORDS, [])).ok).toBe(true);
	await vi.waitFor(() => expect(tab.app.lock).not.toBeNull());
	return tab;
}

describe('T3: a lock in one tab', () => {
	test('locks every tab within 500 ms, and each opens by itself', async () => {
		const first = await lockedUp();
		const second = await openTab();
		await isPhase(second, 'locked');
		expect(await second.app.unlock(await keyOf('inte de orden'))).toBe(false);
		expect(second.app.phase.type).toBe('locked');
		expect(await second.app.unlock(await keyOf(WORDS))).toBe(true);
		expect(second.app.circle.observations('weight')).toHaveLength(1);

		const before = [first.app, second.app];
		const at = performance.now();
		first.app.lockNow();
		await vi.waitFor(() => expect(second.letGoAt).toHaveLength(1));
		expect(must(second.letGoAt[0], 'a time') - at).toBeLessThan(500);
		for (const [index, tab] of [first, second].entries()) {
			expect(tab.app).not.toBe(before[index]);
			await isPhase(tab, 'locked');
		}
		// The key is gone from the one that was there, too.
		await vi.waitFor(() => expect(() => before[0]?.session.store.readDevice()).rejects.toThrow());
		await first.app.unlock(await keyOf(WORDS));
		expect([first.app.phase.type, second.app.phase.type]).toEqual(['ready', 'locked']);
	});

	test('setting or changing it locks the others; taking it off opens them', async () => {
		const first = await openTab();
		await weigh(first.app, 71);
		const second = await openTab();
		expect(second.app.phase.type).toBe('ready');
		await setPassphrase(first.app.session, tools, WORDS, []);
		await isPhase(second, 'locked');
		await second.app.unlock(await keyOf(WORDS));
		await setPassphrase(first.app.session, tools, 'helt andra ord i dag', []);
		await isPhase(second, 'locked');
		expect(await second.app.unlock(await keyOf(WORDS))).toBe(false);
		await second.app.unlock(await keyOf('helt andra ord i dag'));
		await takeLockOff(first.app.session);
		await vi.waitFor(() => expect(second.letGoAt).toHaveLength(3));
		await isPhase(second, 'ready');
		expect(second.app.lock).toBeNull();
	});

	test('what is being typed is sealed first, and stands there again; each tab finds its own', async () => {
		const first = await lockedUp();
		void first.app.drafts.save(FORM, '71,4');
		first.app.lockNow();
		await isPhase(first, 'locked');
		await first.app.unlock(await keyOf(WORDS));
		expect(await first.app.drafts.load(FORM)).toBe('71,4');
	});

	test('what was typed before the lock was known waits for whoever opens it', async () => {
		const first = await lockedUp();
		const reloaded = await openTab();
		void reloaded.app.drafts.save(FORM, '72');
		await isPhase(reloaded, 'locked');
		await reloaded.app.unlock(await keyOf(WORDS));
		expect(await reloaded.app.drafts.load(FORM)).toBe('72');
		expect(first.app.phase.type).toBe('ready');
	});

	test('nothing is sent while it is locked', async () => {
		const tab = await lockedUp();
		await tab.app.session.updateDevice((device) => ({ ...device, relayOn: true }));
		await vi.waitFor(() => expect(asked).toBeGreaterThan(0));
		tab.app.lockNow();
		await isPhase(tab, 'locked');
		await vi.waitFor(() => expect(tab.app.phase.type).toBe('locked'));
		const before = asked;
		tab.app.wake();
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(asked).toBe(before);
	});
});

describe('A10: ways in', () => {
	test('a passkey opens; deleted, or without a key to give, it says so and the passphrase opens', async () => {
		const tab = await lockedUp();
		tools.refuses = { type: 'passkey-without-key' };
		expect(await addPasskey(tab.app.session, tools, 'Hemlinje')).toEqual({
			ok: false,
			error: { type: 'passkey-without-key' }
		});
		tools.refuses = null;
		await addPasskey(tab.app.session, tools, 'Hemlinje');
		tab.app.lockNow();
		await isPhase(tab, 'locked');
		const key = await keyOfPasskey(await facts(), tools);
		expect(await tab.app.unlock(must(key.ok ? key.value : null, 'a key'))).toBe(true);

		tab.app.lockNow();
		await isPhase(tab, 'locked');
		tools.drawer.clear();
		expect(await keyOfPasskey(await facts(), tools)).toEqual({ ok: false, error: { type: 'passkey-unused' } });
		expect(await tab.app.unlock(await keyOf(WORDS))).toBe(true);
	});

	test('a new passphrase asks for the passkey and keeps it; one that is not used opens nothing more', async () => {
		const tab = await lockedUp();
		const { session } = tab.app;
		await addPasskey(session, tools, 'Hemlinje');
		const kept = await setPassphrase(session, tools, 'helt andra ord i dag', await readWays(session));
		expect(kept).toEqual({ ok: true, value: { keepsPasskey: true } });
		expect((await readWays(session)).map(({ kind }) => kind)).toEqual(['passphrase', 'passkey']);
		const key = await keyOfPasskey(await facts(), tools);
		expect(key.ok).toBe(true);
		tools.refuses = { type: 'passkey-unused' };
		const lost = await setPassphrase(session, tools, WORDS, await readWays(session));
		expect(lost).toEqual({ ok: true, value: { keepsPasskey: false } });
		expect((await readWays(session)).map(({ kind }) => kind)).toEqual(['passphrase']);
	});

	test('a device that cannot work the key out changes nothing', async () => {
		const tab = await lockedUp();
		tools.isWorn = true;
		expect(await setPassphrase(tab.app.session, tools, 'helt andra ord i dag', [])).toEqual({
			ok: false,
			error: { type: 'too-slow' }
		});
		expect(await keyOfPassphrase(await facts(), tools, WORDS)).toEqual({ ok: false, error: { type: 'too-slow' } });
		tools.isWorn = false;
		tab.app.lockNow();
		await isPhase(tab, 'locked');
		expect(await tab.app.unlock(await keyOf(WORDS))).toBe(true);
	});

	test('the passphrase is never the way that is taken out last', async () => {
		const tab = await lockedUp();
		const [way] = await readWays(tab.app.session);
		expect(await removeWay(tab.app.session, must(way, 'a way'))).toEqual({ ok: true, value: false });
	});
});

test('what is chosen for the lock reaches every tab', async () => {
	const first = await lockedUp();
	const second = await openTab();
	await second.app.unlock(await keyOf(WORDS));
	await chooseLock(first.app.session, { v: 1, after: 'never', blanks: false });
	await vi.waitFor(() => expect(second.app.lock).toEqual({ v: 1, after: 'never', blanks: false }));
});
