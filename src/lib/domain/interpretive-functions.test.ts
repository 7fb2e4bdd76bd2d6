import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { interpretiveFunctions, isOn } from './interpretive-functions';

const purpose = readFileSync(new URL('../../../docs/intended-purpose.md', import.meta.url), 'utf8');

test.each(interpretiveFunctions)('$id has its line in the intended purpose', ({ id, isOn: switched }) => {
	expect(purpose).toContain(`\`${id}\``);
	expect(isOn(id)).toBe(switched);
});
