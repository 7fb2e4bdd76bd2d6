import { describe, expect, test } from 'vitest';
import { MemoryDrafts } from '../../../tests/doubles/memory-drafts';
import type { DraftKeeper } from './draft-keeper';
import { TabDrafts, type DraftPlaces } from './tab-drafts';
import type { TabLocks } from './tab-locks';

const form = 'record:mine:bloodPressure';

/** One browser: sealed drafts and locks that its tabs share. */
function browser(drafts: MemoryDrafts = new MemoryDrafts()) {
	const held = new Map<string, object>();
	/** A tab; `close` lets go of its locks, as the browser does. */
	function tab(opened: Promise<DraftKeeper | null> = Promise.resolve(drafts), places: DraftPlaces = new Map()) {
		const me = {};
		const locks: TabLocks = {
			hold(name) {
				if (held.has(name)) return Promise.resolve(null);
				held.set(name, me);
				return Promise.resolve(() => void held.delete(name));
			}
		};
		const close = () => [...held].forEach(([name, who]) => who === me && held.delete(name));
		return Object.assign(new TabDrafts({ opened, locks, space: 'real', places }), { close });
	}
	return { drafts, tab };
}

/** A store that opens when it is told to. */
function opening() {
	let open: (drafts: DraftKeeper | null) => void = () => undefined;
	return {
		opened: new Promise<DraftKeeper | null>((resolve) => (open = resolve)),
		open: (to: DraftKeeper | null) => open(to)
	};
}

describe('before the store is open', () => {
	test('it is known whether something is typed and not kept', async () => {
		const { tab } = browser();
		const store = opening();
		const drafts = tab(store.opened);
		expect(drafts.holdsTyping).toBe(false);
		void drafts.save(form, '128');
		void drafts.save('meter-units', 'mg/dL');
		expect(drafts.holdsTyping).toBe(true);
		void drafts.clear(form);
		expect(drafts.holdsTyping).toBe(false);
		const kept = drafts.save(form, '128');
		store.open(new MemoryDrafts());
		await kept;
		expect(drafts.holdsTyping).toBe(false);
	});

	test('a form left and opened again finds what was typed, to the last digit', async () => {
		const { tab } = browser();
		const drafts = tab(opening().opened);
		void drafts.save(form, '1');
		void drafts.save(form, '12');
		expect(await drafts.load(form)).toBe('12');
	});

	test('what was typed is kept when it opens, although the form is gone', async () => {
		const { drafts, tab } = browser();
		const { opened, open } = opening();
		const saved = tab(opened).save(form, '128');
		expect(drafts.kept.size).toBe(0);
		open(drafts);
		await saved;
		expect(await browser(drafts).tab().load(form)).toBe('128');
	});

	test('what was typed and taken away again leaves nothing', async () => {
		const { drafts, tab } = browser();
		const { opened, open } = opening();
		const typed = tab(opened);
		void typed.save(form, '128');
		const cleared = typed.clear(form);
		expect(await typed.load(form)).toBeUndefined();
		open(drafts);
		await cleared;
		expect(drafts.kept.size).toBe(0);
	});

	test('a store that cannot be opened keeps nothing, and nobody waits for it', async () => {
		const { tab } = browser();
		const typed = tab(Promise.resolve(null));
		await typed.save(form, '128');
		expect(await typed.load(form)).toBe('128');
		expect(await typed.load('record:mine:weight')).toBeUndefined();
	});
});

test('of many digits typed at once the last one stays', async () => {
	const { drafts, tab } = browser();
	const typed = tab();
	await Promise.all(['1', '12', '128'].map((text) => typed.save(form, text)));
	await typed.save(form, '129');
	expect(await browser(drafts).tab().load(form)).toBe('129');
});

describe('two tabs', () => {
	test('do not take up what is being typed in the other, and each finds its own again', async () => {
		const { tab } = browser();
		const [first, second] = [tab(), tab()];
		await first.save(form, '128');
		expect(await second.load(form)).toBeUndefined();
		await second.save(form, '131');
		expect([await first.load(form), await second.load(form)]).toEqual(['128', '131']);
		second.close();
		expect(await tab().load(form)).toBe('131');
	});

	test('a draft whose tab is gone is taken up by the next one', async () => {
		const { tab } = browser();
		const first = tab();
		await first.save(form, '128');
		first.close();
		expect(await tab().load(form)).toBe('128');
	});

	test('a tab that takes up a draft takes no more than one', async () => {
		const { tab } = browser();
		const [first, second] = [tab(), tab()];
		await first.save(form, '128');
		await second.save(form, '131');
		first.close();
		second.close();
		const [third, fourth] = [tab(), tab()];
		expect([await third.load(form), await fourth.load(form)]).toEqual(['128', '131']);
	});

	test('beyond the places there are, what is typed is held in its tab', async () => {
		const { drafts, tab } = browser();
		for (const text of ['1', '2', '3', '4']) await tab().save(form, text);
		const fifth = tab();
		await fifth.save(form, '5');
		expect([await fifth.load(form), drafts.kept.size]).toEqual(['5', 4]);
	});

	test('share what is a choice and not typed', async () => {
		const { tab } = browser();
		await tab().save('meter-units', 'mg/dl');
		expect(await tab().load('meter-units')).toBe('mg/dl');
	});
});
