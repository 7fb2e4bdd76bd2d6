import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inProject } from './project.js';
import { staticIcon } from './static-icons.js';

const ICONS = inProject('node_modules', '@lucide', 'svelte', 'dist', 'icons');

test('an icon is one piece of markup, hidden from readers, with what the library draws', () => {
	const info = staticIcon(readFileSync(`${ICONS}/info.svelte`, 'utf8'));
	expect(info).toMatch(/^<svg [^>]*viewBox="0 0 24 24"[^>]*class="lucide-icon" aria-hidden="true">/);
	expect(info).toContain('<circle cx="12" cy="12" r="10" /><path d="M12 16v-4" /><path d="M12 8h.01" /></svg>');
});

test('every icon of the library can be written so', () => {
	const names = readdirSync(ICONS).filter((name) => name.endsWith('.svelte'));
	expect(names.length).toBeGreaterThan(1000);
	for (const name of names) expect(staticIcon(readFileSync(`${ICONS}/${name}`, 'utf8')), name).toContain('/></svg>');
});

test('a library that writes its icons in another way stops the build', () => {
	expect(() => staticIcon('<svg />')).toThrow('another way');
});
