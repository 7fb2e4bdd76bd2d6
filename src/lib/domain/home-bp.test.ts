import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from './assert';
import { homeBpResult, type HomeBpResult, readingsOfSeries } from './home-bp';
import { homeBpPresets } from './home-bp-presets';
import type { PressureReading } from './pressure-reading';
import { addDays, effectiveAt, localDate, parseLocalDate, placeWallTime, startOfLocalDay } from './time';

const esh = homeBpPresets['esh-7d'];
const janusinfo = homeBpPresets['se-janusinfo-2020'];
const zone = 'Europe/Stockholm';
const start = must(parseLocalDate('2026-10-20'), 'a date in a test');

/** A reading `day` days into the series, at `minutes` of the wall clock. */
function reading(day: number, minutes: number, systolic = 130, diastolic = 80, pulse?: number): PressureReading {
	const placed = placeWallTime({ date: addDays(start, day), minutes }, zone);
	if (!placed.ok) throw new Error('a time that exists');
	return { effective: placed.value.effective, systolic, diastolic, pulse };
}

const [MORNING, EVENING] = [420, 1200];
/** Two in the morning and two in the evening of each of `days` days. */
const fullDays = (days: number) =>
	Array.from({ length: days }, (_, day) => day).flatMap((day) =>
		[MORNING, MORNING + 2, EVENING, EVENING + 2].map((minutes) => reading(day, minutes))
	);

describe('what counts', () => {
	test('nothing measured has no mean, and misses all that is needed', () => {
		expect(homeBpResult([], esh)).toEqual({
			measuredDays: 0,
			excludedDays: [],
			usedDays: 0,
			usedReadings: 0,
			overall: null,
			morning: null,
			evening: null,
			completeness: 'insufficient',
			missing: { readings: 12, days: 3 },
			shown: null
		} satisfies HomeBpResult);
	});

	test('the first day with readings is dropped, not the first of the calendar', () => {
		const result = homeBpResult([reading(2, MORNING, 150), reading(3, MORNING, 130)], esh);
		expect(result.excludedDays).toEqual([addDays(start, 2)]);
		expect(result.overall?.systolic.mean).toBe(130);
	});

	test('what is missing is told in readings and days that are kept', () => {
		expect(homeBpResult(fullDays(3), esh)).toMatchObject({
			completeness: 'preliminary',
			missing: { readings: 4, days: 1 }
		});
		expect(homeBpResult(fullDays(4), esh)).toMatchObject({
			completeness: 'valid',
			missing: { readings: 0, days: 0 }
		});
	});

	test('twelve readings on two days are still preliminary', () => {
		const many = [1, 2].flatMap((day) => [0, 1, 2, 3, 4, 5].map((at) => reading(day, MORNING + at)));
		expect(homeBpResult([reading(0, MORNING), ...many], esh)).toMatchObject({
			usedReadings: 12,
			completeness: 'preliminary',
			missing: { readings: 0, days: 1 }
		});
	});

	test('more readings than wanted in a session are counted too', () => {
		expect(homeBpResult([...fullDays(2), reading(1, MORNING + 4)], esh).usedReadings).toBe(5);
	});

	test('the first of a session is the first in time, whatever order they came in', () => {
		const result = homeBpResult([reading(0, MORNING + 2, 130), reading(0, MORNING, 150)], janusinfo);
		expect(result.overall?.systolic.mean).toBe(130);
	});

	test('a session of which all is dropped leaves no used day, and the day is not excluded', () => {
		const result = homeBpResult([reading(0, MORNING), reading(1, EVENING), reading(1, EVENING + 2)], janusinfo);
		expect(result).toMatchObject({ measuredDays: 2, excludedDays: [], usedDays: 1, usedReadings: 1 });
	});

	test('a pulse that some readings lack is a mean over those that have it', () => {
		const result = homeBpResult(
			[
				reading(0, MORNING),
				reading(1, MORNING, 130, 80, 60),
				reading(1, MORNING + 2),
				reading(1, EVENING, 130, 80, 63)
			],
			esh
		);
		expect(result.overall).toMatchObject({ n: 3, pulse: { mean: 61.5, count: 2 } });
		expect(homeBpResult(fullDays(2), esh).overall?.pulse).toBeNull();
	});

	test('a single reading has a mean and no spread', () => {
		const result = homeBpResult([reading(0, MORNING), reading(1, MORNING)], esh);
		expect(result.overall?.systolic).toEqual({ mean: 130, sd: null, count: 1 });
		expect(result.evening).toBeNull();
	});

	test('a mean that would be rounded up to a limit is shown with its decimal', () => {
		const result = homeBpResult([reading(0, MORNING), reading(1, MORNING, 134), reading(1, EVENING, 135)], esh);
		expect(result.shown?.systolic).toEqual({ rounded: 135, value: 134.5, decimals: 1 });
	});
});

describe('days and parts of days', () => {
	test('a reading at night counts with the morning of its own date', () => {
		const result = homeBpResult([reading(0, EVENING), reading(1, 20), reading(1, EVENING)], esh);
		expect(result).toMatchObject({ measuredDays: 2, usedReadings: 2, morning: { n: 1 }, evening: { n: 1 } });
	});

	test('a journey moves no reading: each belongs to the day it was lived', () => {
		const inAuckland = { ...reading(0, 0), effective: effectiveAt(Date.UTC(2026, 9, 20, 19, 30), 'Pacific/Auckland') };
		const result = homeBpResult([reading(0, EVENING), inAuckland], esh);
		expect(result).toMatchObject({ measuredDays: 2, excludedDays: ['2026-10-20'], usedDays: 1, morning: { n: 1 } });
	});

	test('the end of summer time (25 October 2026) makes no day longer', () => {
		const result = homeBpResult([reading(4, MORNING), reading(5, MORNING), reading(5, 1439), reading(6, 0)], esh);
		expect(result).toMatchObject({ measuredDays: 3, excludedDays: ['2026-10-24'], usedDays: 2 });
	});

	test('a series takes the distinct readings of its own days', () => {
		const before = reading(-1, 1439);
		const last = reading(6, 1439);
		const kept = readingsOfSeries([reading(7, 0), last, before, ...fullDays(1), ...fullDays(1)], start, esh);
		expect(kept).toEqual([...fullDays(1), last]);
	});
});

describe('whatever is measured', () => {
	const firstUtc = startOfLocalDay(start, zone);
	const anyReading = fc.record({
		effective: fc
			.record({ day: fc.nat(7), minute: fc.oneof(fc.nat(1439), fc.constantFrom(420, 421, 719, 720, 1200, 1201)) })
			.map(({ day, minute }) => effectiveAt(firstUtc + (day * 1440 + minute) * 60_000, zone)),
		systolic: fc.integer({ min: 120, max: 140 }),
		diastolic: fc.integer({ min: 70, max: 90 }),
		pulse: fc.option(fc.integer({ min: 60, max: 65 }), { nil: undefined })
	});
	const anyReadings = fc.array(anyReading, { maxLength: 40 });
	const anyProtocol = fc.constantFrom(...Object.values(homeBpPresets));

	test('the order of the readings never matters, and one that came twice counts once', () => {
		fc.assert(
			fc.property(
				anyProtocol,
				anyReadings.chain((readings) =>
					fc.tuple(
						fc.constant(readings),
						fc.shuffledSubarray(readings, { minLength: readings.length }),
						fc.subarray(readings)
					)
				),
				(protocol, [readings, shuffled, twice]) => {
					expect(homeBpResult([...twice, ...shuffled], protocol)).toEqual(homeBpResult(readings, protocol));
				}
			)
		);
	});

	test('one reading more never takes anything away from completeness', () => {
		const rank = ['insufficient', 'preliminary', 'valid'];
		fc.assert(
			fc.property(anyProtocol, anyReadings, anyReading, (protocol, readings, more) => {
				const before = homeBpResult(readings, protocol);
				const after = homeBpResult([...readings, more], protocol);
				expect(rank.indexOf(after.completeness)).toBeGreaterThanOrEqual(rank.indexOf(before.completeness));
				expect(after.missing.readings).toBeLessThanOrEqual(before.missing.readings);
				expect(after.missing.days).toBeLessThanOrEqual(before.missing.days);
			})
		);
	});

	test('a mean lies between the lowest and the highest, and mornings and evenings make up the whole', () => {
		fc.assert(
			fc.property(anyProtocol, anyReadings, (protocol, readings) => {
				const { overall, morning, evening, usedReadings, completeness } = homeBpResult(readings, protocol);
				expect(completeness === 'insufficient').toBe(overall === null);
				expect((morning?.n ?? 0) + (evening?.n ?? 0)).toBe(usedReadings);
				if (!overall) return;
				const systolics = readings.map(({ systolic }) => systolic);
				expect(overall.systolic.mean).toBeGreaterThanOrEqual(Math.min(...systolics));
				expect(overall.systolic.mean).toBeLessThanOrEqual(Math.max(...systolics));
				const sum = (mean: typeof overall | null) => (mean ? mean.diastolic.mean * mean.n : 0);
				expect(sum(morning) + sum(evening)).toBeCloseTo(sum(overall), 6);
			})
		);
	});

	test('what is dropped is at most what the protocol says', () => {
		fc.assert(
			fc.property(anyProtocol, anyReadings, (protocol, readings) => {
				const { measuredDays, excludedDays } = homeBpResult(readings, protocol);
				const dates = [...new Set(readings.map(({ effective }) => localDate(effective)))].sort();
				expect(measuredDays).toBe(dates.length);
				expect(excludedDays).toEqual(dates.slice(0, protocol.dropFirstDays));
			})
		);
	});
});
