import { expect, test } from 'vitest';
import { safeHref } from './safe-href';

test.each(['/record?measure=weight', '#main', 'tel:112', 'mailto:a@example.org', 'https://example.org/'])(
	'%s may be followed',
	(href) => {
		expect(safeHref(href)).toBe(href);
	}
);

test.each(['javascript:alert(1)', ' JavaScript:alert(1)', 'java\nscript:alert(1)', 'data:text/html,x', 'https://'])(
	'%j is no link',
	(href) => {
		expect(safeHref(href)).toBeUndefined();
	}
);
