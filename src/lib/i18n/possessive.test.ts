import { describe, expect, test } from 'vitest';
import { possessive } from './possessive';

describe('whose something is', () => {
	test.each([
		['Märta', 'Märtas'],
		['Märta Lindgren', 'Märta Lindgrens'],
		['Mats', 'Mats'],
		['Alex', 'Alex'],
		['Moritz', 'Moritz'],
		['MATS', 'MATS'],
		['Josh', 'Joshs'],
		[' Mats ', 'Mats'],
		['någon', 'någons']
	])('in Swedish %s becomes %s: s, x and z take nothing more', (name, whose) => {
		expect(possessive(name, 'sv')).toBe(whose);
	});

	test.each([
		['Märta', 'Märta’s'],
		['Mats', 'Mats’s'],
		['someone', 'someone’s']
	])('in English %s becomes %s: every name takes it', (name, whose) => {
		expect(possessive(name, 'en')).toBe(whose);
	});
});
