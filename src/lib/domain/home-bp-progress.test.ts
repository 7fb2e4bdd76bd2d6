import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { must } from './assert';
import { homeBpResult, readingsOfSeries } from './home-bp';
import { homeBpPresets } from './home-bp-presets';
import { seriesProgress, type SeriesProgress } from './home-bp-progress';
import type { HomeBpProtocol } from './home-bp-protocol';
import type { Effective } from './observation';
import type { PressureReading } from './pressure-reading';
import { addDays, clockText, effectiveAt, type LocalDate, parseLocalDate, placeWallTime, wallTime } from './time';

const esh = homeBpPresets['esh-7d'];
const STOCKHOLM = 'Europe/Stockholm';
const start = must(parseLocalDate('2026-11-16'), 'a date in a test');

/** `1 07:00` is that time of the wall clock on day 1. */
function moment(text: string, zone = STOCKHOLM, first = start): Effective {
	const [, day = '', hours, minutes] = must(/^(-?\d+) (\d\d):(\d\d)$/.exec(text), 'a time in a test');
	const wall = { date: addDays(first, Number(day) - 1), minutes: Number(hours) * 60 + Number(minutes) };
	const placed = placeWallTime(wall, zone);
	if (!placed.ok) throw new Error('a time that exists');
	return placed.value.effective;
}

const at = (effective: Effective): PressureReading => ({ effective, systolic: 130, diastolic: 80 });

const progressAt = (now: string, taken: readonly string[] = [], protocol: HomeBpProtocol = esh) =>
	seriesProgress({ protocol, start, readings: taken.map((text) => at(moment(text))) }, moment(now));

/** `2 evening 17:00` for a session of day 2 that begins so. */
function currentOf({ current }: SeriesProgress, first: LocalDate = start) {
	if (!current) return null;
	const from = wallTime(current.from);
	const day = (Date.parse(current.date) - Date.parse(first)) / 86_400_000 + 1;
	expect(from.date).toBe(current.date);
	return `${current.state}: ${day} ${current.part} ${clockText(from.minutes)}, ${current.done} of ${current.wanted}`;
}

const statesOf = ({ grid }: SeriesProgress) => grid.map(({ sessions }) => sessions.map(({ state }) => state).join(' '));

const DAY_1 = ['1 07:00', '1 07:02', '1 20:00', '1 20:02'];

describe('where in the series', () => {
	test.each([
		['-2 12:00', 'before', null, 'upcoming: 1 morning 05:00, 0 of 2'],
		['1 04:59', 'running', 1, 'upcoming: 1 morning 05:00, 0 of 2'],
		['1 05:00', 'running', 1, 'open: 1 morning 05:00, 0 of 2'],
		['1 10:59', 'running', 1, 'open: 1 morning 05:00, 0 of 2'],
		['1 11:00', 'running', 1, 'upcoming: 1 evening 17:00, 0 of 2'],
		['1 23:59', 'running', 1, 'open: 1 evening 17:00, 0 of 2'],
		['2 00:00', 'running', 2, 'upcoming: 2 morning 05:00, 0 of 2'],
		['7 23:59', 'running', 7, 'open: 7 evening 17:00, 0 of 2'],
		['8 00:00', 'over', null, null]
	])('at %s it is %s', (now, phase, dayNumber, current) => {
		const progress = progressAt(now);
		expect(progress).toMatchObject({ phase, dayNumber, days: 7 });
		expect(currentOf(progress)).toBe(current);
	});

	test('a session that has its readings gives way to the next, also within its hours', () => {
		expect(currentOf(progressAt('1 07:01', ['1 07:00']))).toBe('open: 1 morning 05:00, 1 of 2');
		expect(currentOf(progressAt('1 07:03', ['1 07:00', '1 07:02']))).toBe('upcoming: 1 evening 17:00, 0 of 2');
	});

	test('the series is over with its last reading, before its hours are', () => {
		const progress = progressAt('7 20:03', ['7 20:00', '7 20:02']);
		expect(progress).toMatchObject({ phase: 'over', dayNumber: 7, current: null });
	});

	test('an evening lasts until midnight', () => {
		expect(must(progressAt('1 20:00').current, 'a session').until).toEqual(moment('2 00:00'));
	});
});

describe('the days of the series', () => {
	test('each session says what became of it', () => {
		const progress = progressAt('4 18:00', [...DAY_1, '2 07:00', '3 07:00', '3 07:02', '3 20:00', '4 17:30']);
		expect(statesOf(progress)).toEqual([
			'dropped dropped',
			'partial missed',
			'complete partial',
			'missed open',
			'upcoming upcoming',
			'upcoming upcoming',
			'upcoming upcoming'
		]);
		expect(progress.grid[2]).toMatchObject({
			number: 3,
			date: '2026-11-18',
			isDropped: false,
			sessions: [
				{ part: 'morning', done: 2, wanted: 2, outsideHours: 0 },
				{ part: 'evening', done: 1, wanted: 2, outsideHours: 0 }
			]
		});
	});

	const droppedDays = ({ grid }: SeriesProgress) => grid.filter((day) => day.isDropped).map((day) => day.number);

	test('the day that will be dropped is known before it is measured', () => {
		expect(droppedDays(progressAt('0 12:00'))).toEqual([1]);
		expect(droppedDays(progressAt('0 12:00', [], homeBpPresets.jabfm))).toEqual([1, 2]);
		expect(droppedDays(progressAt('0 12:00', [], homeBpPresets['no-discard']))).toEqual([]);
	});

	test('a first day that was missed is not the one that is dropped', () => {
		const progress = progressAt('3 08:00', ['2 07:00']);
		expect(droppedDays(progress)).toEqual([2]);
		expect(statesOf(progress).slice(0, 3)).toEqual(['missed missed', 'dropped dropped', 'open upcoming']);
	});

	test('more readings than wanted are told', () => {
		const [day] = progressAt('2 12:00', [...DAY_1, '1 07:04']).grid;
		expect(day?.sessions[0]).toMatchObject({ done: 3, wanted: 2 });
	});

	test('a reading before or after the hours counts, and is told as such', () => {
		const { grid } = progressAt('2 23:00', ['2 04:59', '2 11:00', '2 13:00', '2 17:00']);
		expect(grid[1]?.sessions).toMatchObject([
			{ done: 2, outsideHours: 2 },
			{ done: 2, outsideHours: 1 }
		]);
	});

	test('a late reading mends a session that was partly missed', () => {
		const protocol: HomeBpProtocol = {
			...homeBpPresets['no-discard'],
			sessions: [{ part: 'evening', fromMinutes: 1020, untilMinutes: 1200 }]
		};
		expect(statesOf(progressAt('1 20:30', ['1 19:58'], protocol))[0]).toBe('partial');
		expect(statesOf(progressAt('1 20:30', ['1 19:58', '1 20:10'], protocol))[0]).toBe('complete');
	});

	test('a reading at night fills no session, so that the morning is asked for all the same', () => {
		const progress = progressAt('2 07:00', [...DAY_1, '2 00:20', '2 00:22']);
		expect(currentOf(progress)).toBe('open: 2 morning 05:00, 0 of 2');
		expect(progress.grid[1]).toMatchObject({ otherReadings: 2, sessions: [{ done: 0 }, { done: 0 }] });
	});

	test('with mornings only, an evening reading fills no session', () => {
		const protocol: HomeBpProtocol = { ...esh, sessions: esh.sessions.filter(({ part }) => part === 'morning') };
		const progress = progressAt('1 21:00', ['1 07:00', '1 20:00'], protocol);
		expect(currentOf(progress)).toBe('upcoming: 2 morning 05:00, 0 of 2');
		expect(progress.grid[0]).toMatchObject({ otherReadings: 1, sessions: [{ done: 1 }] });
	});

	test('a reading imported twice, or of another week, is not counted', () => {
		const [day] = progressAt('2 12:00', ['1 07:00', '1 07:00', '0 23:59', '8 07:00']).grid;
		expect(day?.sessions[0]?.done).toBe(1);
	});
});

describe('journeys and the change of the clock', () => {
	test('a series begun in Stockholm and ended in New York keeps each reading where it was lived', () => {
		const readings = [...DAY_1, '2 07:00', '2 07:02'].map((text) => at(moment(text)));
		const there = ['2 20:00', '2 20:02'].map((text) => at(moment(text, 'America/New_York')));
		const now = moment('3 05:30', 'America/New_York');
		const progress = seriesProgress({ protocol: esh, start, readings: [...there, ...readings] }, now);
		expect(statesOf(progress).slice(0, 3)).toEqual(['dropped dropped', 'complete complete', 'open upcoming']);
		expect(progress).toMatchObject({ dayNumber: 3, current: { from: { zone: 'America/New_York', offset: -300 } } });
	});

	test('a day that was flown over is missed', () => {
		const readings = [...DAY_1, '2 07:00', '2 07:02'].map((text) => at(moment(text)));
		const progress = seriesProgress({ protocol: esh, start, readings }, moment('4 06:00', 'Pacific/Auckland'));
		expect(statesOf(progress).slice(1, 4)).toEqual(['complete missed', 'missed missed', 'open upcoming']);
	});

	test.each([
		['2026-10-24', '2 05:00', 60],
		['2026-03-28', '2 05:00', 120]
	])('over the change of the clock after %s the morning begins at five on the wall', (date, from, offset) => {
		const first = must(parseLocalDate(date), 'a date in a test');
		const now = moment('2 01:30', STOCKHOLM, first);
		const { current } = seriesProgress({ protocol: esh, start: first, readings: [] }, now);
		expect(current?.from).toEqual(moment(from, STOCKHOLM, first));
		expect(current?.from.offset).toBe(offset);
	});

	test('a midnight that the clock skips ends the evening an hour later (Cairo, 24 April 2026)', () => {
		const first = must(parseLocalDate('2026-04-23'), 'a date in a test');
		const now = moment('1 20:00', 'Africa/Cairo', first);
		const { current } = seriesProgress({ protocol: esh, start: first, readings: [] }, now);
		expect(current?.until).toEqual(moment('2 01:00', 'Africa/Cairo', first));
	});
});

test.each(Object.values(homeBpPresets))('$id: a series measured to the full is valid', (protocol) => {
	const readings = Array.from({ length: protocol.days }, (_, day) => day + 1).flatMap((day) =>
		['07:00', '07:02', '07:04', '20:00', '20:02', '20:04'].map((time) => at(moment(`${day} ${time}`)))
	);
	expect(seriesProgress({ protocol, start, readings }, moment('7 21:00')).phase).toBe('over');
	expect(homeBpResult(readings, protocol).completeness).toBe('valid');
});

describe('whatever is measured, whenever it is asked', () => {
	const firstUtc = moment('0 00:00').utc;
	const anyMoment = fc
		.record({ minute: fc.nat(9 * 1440), zone: fc.constantFrom(STOCKHOLM, 'America/New_York', 'Asia/Tokyo') })
		.map(({ minute, zone }) => effectiveAt(firstUtc + minute * 60_000, zone));
	const anySeries = fc.record({
		protocol: fc.constantFrom(...Object.values(homeBpPresets)),
		start: fc.constant(start),
		readings: fc.array(
			fc.record({ effective: anyMoment, systolic: fc.integer({ min: 120, max: 125 }), diastolic: fc.constant(80) }),
			{ maxLength: 60 }
		)
	});

	test('every reading of the series stands in the grid once', () => {
		fc.assert(
			fc.property(anySeries, anyMoment, (series, now) => {
				const { grid } = seriesProgress(series, now);
				const counted = grid.flatMap(({ sessions, otherReadings }) => [
					...sessions.map(({ done }) => done),
					otherReadings
				]);
				const all = readingsOfSeries(series.readings, series.start, series.protocol).length;
				expect(counted.reduce((sum, count) => sum + count, 0)).toBe(all);
			})
		);
	});

	test('the order of the readings never matters', () => {
		const shuffled = anySeries.chain((series) =>
			fc.tuple(fc.constant(series), fc.shuffledSubarray(series.readings, { minLength: series.readings.length }))
		);
		fc.assert(
			fc.property(shuffled, anyMoment, ([series, readings], now) => {
				expect(seriesProgress({ ...series, readings }, now)).toEqual(seriesProgress(series, now));
			})
		);
	});

	test('when the series is over, the dropped days are those that the mean leaves out', () => {
		fc.assert(
			fc.property(anySeries, (series) => {
				const progress = seriesProgress(series, moment('9 00:00'));
				const ofSeries = readingsOfSeries(series.readings, series.start, series.protocol);
				expect(progress.phase).toBe('over');
				expect(progress.grid.filter((day) => day.isDropped).map((day) => day.date)).toEqual(
					homeBpResult(ofSeries, series.protocol).excludedDays
				);
			})
		);
	});

	test('the clock only moves the series forward', () => {
		const rank = ['before', 'running', 'over'];
		fc.assert(
			fc.property(anySeries, fc.tuple(fc.nat(9 * 1440), fc.nat(9 * 1440)), (series, minutes) => {
				const [sooner, later] = [...minutes]
					.sort((a, b) => a - b)
					.map((minute) => {
						const now = effectiveAt(firstUtc + minute * 60_000, STOCKHOLM);
						return rank.indexOf(seriesProgress(series, now).phase);
					});
				expect(later).toBeGreaterThanOrEqual(must(sooner, 'a phase'));
			})
		);
	});
});
