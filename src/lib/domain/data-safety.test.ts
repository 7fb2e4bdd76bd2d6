import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entriesAtRisk, isDrillDue, nextSafetyStep, safetyCard, type CardFacts, type SafetyFacts } from './data-safety';

const DAY = 86_400_000;
const NOW = 1_795_334_400_000;
const safe: SafetyFacts = {
	now: NOW,
	entries: 100,
	waiting: 0,
	isBackedUp: true,
	codeAt: NOW - DAY,
	drilledAt: null,
	file: { at: NOW, entries: 100 },
	isPersisted: true,
	isForgetful: false
};

describe('what would be lost today', () => {
	test.each<[string, Partial<SafetyFacts>, number]>([
		['nothing while all is at the relay', { file: null }, 0],
		['what waits for network', { waiting: 3, file: null }, 3],
		['everything without backup and file', { isBackedUp: false, codeAt: null, file: null }, 100],
		['what came after the file', { isBackedUp: false, codeAt: null, file: { at: NOW, entries: 90 } }, 10],
		['the better of the two ways', { waiting: 50, file: { at: NOW, entries: 98 } }, 2]
	])('%s', (_, facts, lost) => expect(entriesAtRisk({ ...safe, ...facts })).toBe(lost));

	test('never less than none, never more than there is', () => {
		fc.assert(
			fc.property(fc.nat(), fc.nat(), fc.nat(), fc.boolean(), (entries, waiting, inFile, isBackedUp) => {
				const lost = entriesAtRisk({ ...safe, entries, waiting, isBackedUp, file: { at: 0, entries: inFile } });
				expect(lost >= 0 && lost <= entries).toBe(true);
			})
		);
	});
});

describe('the one thing that makes it better', () => {
	test.each<[Partial<SafetyFacts>, ReturnType<typeof nextSafetyStep>]>([
		[{ codeAt: null }, 'make-code'],
		[{ waiting: 1 }, 'send'],
		[{ isForgetful: true }, 'install'],
		[{ isPersisted: false }, 'persist'],
		[{ codeAt: NOW - 30 * DAY }, 'try-code'],
		[{ file: null }, 'make-file'],
		[{ file: { at: NOW - 91 * DAY, entries: 100 } }, 'make-file'],
		[{ isPersisted: null }, null],
		[{}, null]
	])('%o: %s', (facts, step) => expect(nextSafetyStep({ ...safe, ...facts })).toBe(step));
});

describe('L1: the drill', () => {
	test('a month after the code was made, then a year after each try', () => {
		const at = (days: number, drilled: number | null) =>
			isDrillDue({ now: NOW + days * DAY, codeAt: NOW, drilledAt: drilled === null ? null : NOW + drilled * DAY });
		expect([at(29, null), at(30, null), at(31, 30), at(394, 30), at(395, 30)]).toEqual([
			false,
			true,
			false,
			false,
			true
		]);
		expect(isDrillDue({ now: NOW, codeAt: null, drilledAt: null })).toBe(false);
	});
});

describe('L2: the card on Idag', () => {
	const card: CardFacts = {
		now: NOW,
		codeAt: null,
		drilledAt: null,
		file: null,
		isPersisted: true,
		isForgetful: false,
		values: 1,
		firstAt: NOW - DAY,
		askAfter: null
	};

	test.each<[string, Partial<CardFacts>, ReturnType<typeof safetyCard>]>([
		['not the first days', {}, null],
		['after ten values', { values: 10 }, 'backup'],
		['after a week', { firstAt: NOW - 7 * DAY }, 'backup'],
		['not while put off', { values: 10, askAfter: NOW + 1 }, null],
		['again after that', { values: 10, askAfter: NOW }, 'backup'],
		['not with a fresh file', { values: 10, file: { at: NOW - DAY, entries: 10 } }, null],
		['again when the file is old', { values: 10, file: { at: NOW - 91 * DAY, entries: 10 } }, 'backup'],
		['the drill when there is a code', { values: 10, codeAt: NOW - 31 * DAY }, 'drill'],
		['nothing between drills', { values: 10, codeAt: NOW - 31 * DAY, drilledAt: NOW - DAY }, null],
		['nothing without values', { values: 0, firstAt: null }, null],
		['Q3: at once where the browser promises nothing', { isPersisted: false }, 'browser'],
		['Q3: and where it empties pages by itself', { isForgetful: true }, 'browser'],
		['Q3: not where it cannot say', { isPersisted: null }, null],
		['Q3: once: what was put off has been read', { isPersisted: false, askAfter: NOW - 1 }, null],
		['Q3: the backup is asked for all the same', { isPersisted: false, askAfter: NOW - 1, values: 10 }, 'backup'],
		['Q3: one of the two', { isPersisted: false, values: 10 }, 'backup'],
		['Q3: not before there is something', { isPersisted: false, values: 0, firstAt: null }, null],
		['Q3: not with a file', { isPersisted: false, file: { at: NOW - DAY, entries: 1 } }, null],
		['Q3: not with a code', { isPersisted: false, codeAt: NOW - DAY }, null]
	])('%s', (_, facts, shown) => expect(safetyCard({ ...card, ...facts })).toBe(shown));
});
