import { describe, expect, test } from 'vitest';
import { parsePreferences, Preferences, type PreferenceTarget } from './preferences.svelte';

function memoryStorage(text: string | null = null) {
	return {
		text,
		getItem: () => text,
		setItem(_key: string, value: string) {
			this.text = value;
		}
	};
}

const page = (): PreferenceTarget => ({ dataset: {}, lang: '' });

describe('what was stored', () => {
	test('nothing stored means the device decides the theme, in Swedish, at normal size', () => {
		expect(parsePreferences(null)).toEqual({ theme: 'system', textSize: 100, locale: 'sv', panelKeys: true });
	});

	test.each(['', 'null', '[]', '{', '"dark"'])('unreadable storage falls back to the defaults', (text) => {
		expect(parsePreferences(text)).toEqual(parsePreferences(null));
	});

	test('a value from a newer version falls back alone', () => {
		expect(parsePreferences('{"theme":"sepia","textSize":150,"locale":"en"}')).toEqual({
			theme: 'system',
			textSize: 150,
			locale: 'en',
			panelKeys: true
		});
	});
});

describe('choices', () => {
	test('stored choices are on the page as soon as it is attached', () => {
		const target = page();
		new Preferences().attach(memoryStorage('{"theme":"dark","textSize":200,"locale":"en"}'), target);
		expect(target).toEqual({ dataset: { theme: 'dark', text: '200' }, lang: 'en' });
	});

	test('going back to the device leaves no mark on the page', () => {
		const target = page();
		const preferences = new Preferences();
		preferences.attach(memoryStorage('{"theme":"dark","textSize":200}'), target);
		preferences.set({ theme: 'system', textSize: 100 });
		expect(target.dataset).toEqual({});
	});

	test('a choice is kept for the next visit', () => {
		const storage = memoryStorage();
		const preferences = new Preferences();
		preferences.attach(storage, page());
		preferences.set({ theme: 'light' });
		expect(parsePreferences(storage.text).theme).toBe('light');
	});

	test('a choice works where storage is forbidden', () => {
		const target = page();
		const preferences = new Preferences();
		preferences.attach(null, target);
		preferences.set({ locale: 'en' });
		expect(target.lang).toBe('en');
	});
});
