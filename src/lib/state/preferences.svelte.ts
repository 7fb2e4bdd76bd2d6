/**
 * How this device shows the app: theme, text size, language. Never synced; kept in localStorage because it must be
 * known before the first paint and says nothing about the person.
 */
import * as z from 'zod/mini';
import { baseLocale, locales, overwriteGetLocale, type Locale } from '$lib/i18n/paraglide/runtime';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** Per cent of the browser's own text size. */
export const textSizes = [100, 125, 150, 200] as const;
export type TextSize = (typeof textSizes)[number];

/** One unreadable field falls back alone: a newer version may have written values this one does not know. */
const preferencesSchema = z.object({
	theme: z.catch(z.enum(themes), 'system'),
	textSize: z.catch(z.literal(textSizes), 100),
	locale: z.catch(z.enum(locales), baseLocale),
	/** Single letters act in Panel. Can be turned off: speech input types letters too (WCAG 2.1.4). */
	panelKeys: z.catch(z.boolean(), true)
});
type Stored = z.infer<typeof preferencesSchema>;

const storageKey = 'hemlinje:preferences';

/** The part of localStorage that is used; null where the browser forbids it (the choice then lasts as long as the page). */
export type PreferenceStorage = Pick<Storage, 'getItem' | 'setItem'> | null;

/** The part of the document that preferences change. */
export type PreferenceTarget = Pick<HTMLElement, 'dataset' | 'lang'>;

/** Reads what was stored; anything unreadable becomes the default. */
export function parsePreferences(text: string | null): Stored {
	try {
		const result = preferencesSchema.safeParse(JSON.parse(text ?? '{}'));
		if (result.success) return result.data;
	} catch (cause) {
		if (!(cause instanceof SyntaxError)) throw cause;
	}
	return preferencesSchema.parse({});
}

/** The choices as reactive state. `attach` binds them to a document and a store; before that they are the defaults. */
export class Preferences {
	#stored: Stored = $state.raw(parsePreferences(null));
	#storage: PreferenceStorage = null;
	#target: PreferenceTarget | null = null;

	get theme(): Theme {
		return this.#stored.theme;
	}

	get textSize(): TextSize {
		return this.#stored.textSize;
	}

	get locale(): Locale {
		return this.#stored.locale;
	}

	get panelKeys(): boolean {
		return this.#stored.panelKeys;
	}

	attach(storage: PreferenceStorage, target: PreferenceTarget): void {
		this.#storage = storage;
		this.#target = target;
		this.#show(parsePreferences(storage?.getItem(storageKey) ?? null));
	}

	set(change: Partial<Stored>): void {
		this.#show({ ...this.#stored, ...change });
		this.#storage?.setItem(storageKey, JSON.stringify(this.#stored));
	}

	#show(stored: Stored): void {
		this.#stored = stored;
		if (!this.#target) return;
		this.#target.lang = stored.locale;
		if (stored.theme === 'system') delete this.#target.dataset['theme'];
		else this.#target.dataset['theme'] = stored.theme;
		if (stored.textSize === 100) delete this.#target.dataset['text'];
		else this.#target.dataset['text'] = String(stored.textSize);
	}
}

/** The one set of choices of this page. */
export const preferences = new Preferences();

/**
 * Called once, before anything is drawn. Messages then read their language from reactive state, so a change of
 * language redraws the words and leaves what is being typed alone.
 */
export function startPreferences(): void {
	overwriteGetLocale(() => preferences.locale);
	if (typeof document !== 'undefined') preferences.attach(availableStorage(), document.documentElement);
}

/** localStorage, or null where reading the property itself is refused (blocked cookies). */
function availableStorage(): PreferenceStorage {
	try {
		return window.localStorage;
	} catch {
		return null;
	}
}
