import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from './assert';
import type { Observation } from './observation';
import { chanceOfAtLeast, hintAfterSave, qualityHints, sessionsOf } from './quality-hints';
import { DAY_MS, MINUTE_MS } from './time';

const start = Date.UTC(2026, 10, 1, 6, 0);
let next = 0;

function reading(at: number, systolic: number, diastolic: number, more: Partial<Observation> = {}): Observation {
	return {
		id: `r${next++}`,
		device: 'phone',
		measure: 'bloodPressure',
		values: { systolic, diastolic },
		effective: { utc: at, offset: 60, zone: 'Europe/Stockholm' },
		source: { kind: 'manual' },
		amended: false,
		conflicting: false,
		...more
	};
}

/** One session a day; each is the upper numbers of its readings, a minute apart. */
const days = (...sessions: readonly number[][]): Observation[] =>
	sessions.flatMap((uppers, day) =>
		uppers.map((upper, at) => reading(start + day * DAY_MS + at * MINUTE_MS, upper, 71 + (day % 3)))
	);

const types = (readings: readonly Observation[]) => qualityHints('bloodPressure', readings).map(({ type }) => type);

describe('sessions', () => {
	test('readings within a quarter of an hour of each other belong together', () => {
		const at = [0, 5, 20, 36, 500].map((minutes) => reading(start + minutes * MINUTE_MS, 121, 71));
		expect(sessionsOf(at).map(({ length }) => length)).toEqual([3, 1, 1]);
	});
});

describe('on Trender', () => {
	test('nothing is said of a habit that keeps', () => {
		expect(types(days([131, 129], [128, 131], [133, 132], [127, 128], [131, 129], [128, 127]))).toEqual([]);
		expect(types([])).toEqual([]);
	});

	test('a first reading clearly above those that follow, over enough sessions', () => {
		const high = [
			[139, 131],
			[141, 132],
			[137, 128],
			[144, 133],
			[138, 131]
		];
		expect(qualityHints('bloodPressure', days(...high))).toEqual([
			{ type: 'first-higher', difference: 9, sessions: 5 }
		]);
		expect(types(days(...high.slice(1)))).toEqual([]);
	});

	test('one wild first reading is no habit', () => {
		expect(types(days([191, 131], [129, 132], [127, 128], [131, 133], [129, 131]))).toEqual([]);
	});

	test('single readings, where the person otherwise takes two', () => {
		const mixed = days([131, 129], [128, 131], [133, 132], [127], [131, 129]);
		expect(qualityHints('bloodPressure', mixed)).toEqual([{ type: 'single', count: 1, sessions: 5 }]);
		expect(types(days([131], [128], [133], [127], [131], [129]))).toEqual([]);
	});

	test('numbers that end in 0 or 5 more often than chance gives; never a device’s', () => {
		const at = (index: number) => start + index * DAY_MS;
		const even = Array.from({ length: 25 }, (_, i) => reading(at(i), 130 + (i % 10), 70 + ((i * 3) % 10)));
		expect(types(even)).toEqual([]);
		const round = Array.from({ length: 25 }, (_, i) => reading(at(i), 130 + 5 * (i % 3), 70 + ((i * 3) % 10)));
		expect(qualityHints('bloodPressure', round)).toMatchObject([{ type: 'rounded', total: 50 }]);
		expect(types(round.slice(0, 15))).toEqual([]);
		expect(types(round.map((one) => ({ ...one, source: { kind: 'device' as const } })))).toEqual([]);
	});

	test('both arms, and more than one meter', () => {
		const both = days([131], [128], [129]).map((one, at) => ({
			...one,
			context: { arm: at === 1 ? 'right' : 'left' },
			source: { kind: 'device' as const, name: at === 2 ? 'Ny mätare' : 'Gammal mätare' }
		}));
		expect(qualityHints('bloodPressure', both)).toEqual([
			{ type: 'arm-changed', left: 2, right: 1 },
			{ type: 'meter-changed', meters: ['Gammal mätare', 'Ny mätare'] }
		]);
	});
});

describe('after a save', () => {
	const after = (readings: readonly Observation[]) => hintAfterSave(readings, must(readings.at(-1), 'a reading'));

	test('a first reading is followed by the offer of a second, for somebody who takes two', () => {
		expect(after(days([131, 129], [128, 131], [133, 132], [127]))).toEqual({
			type: 'measure-again',
			pairs: 3,
			sessions: 3
		});
	});

	test('not for somebody who takes one, nor after the second', () => {
		expect(after(days([131], [128], [133], [127]))).toBeNull();
		expect(after(days([131, 129], [128, 131], [133, 132], [127, 128]))).toBeNull();
		expect(after(days([131, 129], [127]))).toBeNull();
	});

	test('another arm than last time', () => {
		const [first, second] = days([131], [128]);
		const readings = [
			{ ...must(first, 'a reading'), context: { arm: 'left' } },
			{ ...must(second, 'a reading'), context: { arm: 'right' } }
		];
		expect(after(readings)).toEqual({ type: 'other-arm', usual: 'left' });
	});
});

describe('the binomial tail', () => {
	test('agrees with hand-worked values', () => {
		expect(chanceOfAtLeast(0, 10, 0.2)).toBeCloseTo(1);
		expect(chanceOfAtLeast(10, 10, 0.5)).toBeCloseTo(1 / 1024);
		expect(chanceOfAtLeast(2, 2, 0.2)).toBeCloseTo(0.04);
	});

	test('falls as more hits are asked for, and stays a chance', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 120 }), fc.nat(119), (total, some) => {
				const count = Math.min(some, total - 1);
				const [more, fewer] = [chanceOfAtLeast(count + 1, total, 0.2), chanceOfAtLeast(count, total, 0.2)];
				expect(more).toBeLessThanOrEqual(fewer + 1e-9);
				expect(more).toBeGreaterThanOrEqual(0);
				expect(fewer).toBeLessThanOrEqual(1);
			})
		);
	});

	test('somebody who never rounds is told so at most once in a thousand', () => {
		let least = 0;
		while (chanceOfAtLeast(least, 60, 0.2) >= 0.001) least += 1;
		expect(least).toBe(23);
	});
});
