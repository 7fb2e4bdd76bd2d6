/** H7: whatever somebody wrote, the archive's page shows it as text and runs nothing. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { element, list, page, table } from './html';

const tags = (html: string): string[] => [...html.matchAll(/<\/?([a-z0-9!]+)/gi)].map(([, name]) => name ?? '');

test('no text makes a tag, an attribute or an entity of its own', () => {
	const calm = page('sv', 'titel', [element('p', 'text'), list(['text']), table('text', ['text'], [['text']])]);
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (text) => {
			const made = page('sv', text, [element('p', text), list([text]), table(text, [text], [[text]])]);
			expect(tags(made)).toEqual(tags(calm));
		})
	);
	expect(element('p', '<img src=x onerror="1">', "'&").html).toBe(
		'<p>&lt;img src=x onerror=&quot;1&quot;&gt;&#39;&amp;</p>'
	);
});
