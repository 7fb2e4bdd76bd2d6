import { expect, test } from 'vitest';
import { csvText } from './download-csv';

test('cells keep their text: separators quoted, formulas made harmless, Swedish letters marked', () => {
	const text = csvText([
		['Mätning', 'Värde'],
		['=1+1', 'a;b "c"\nd'],
		['@x', '-3']
	]);
	expect(text).toBe('\uFEFFMätning;Värde\r\n\'=1+1;"a;b ""c""\nd"\r\n\'@x;\'-3\r\n');
});
