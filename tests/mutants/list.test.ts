/** K5: a planted fault whose line has been rewritten since would be planted nowhere. That it is noticed is the long tier's to say. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mutants } from './list.js';

test.each(mutants)('the line for "$name" stands once', ({ file, from, to }) => {
	expect(readFileSync(file, 'utf8').split(from)).toHaveLength(2);
	expect(to).not.toBe(from);
});
