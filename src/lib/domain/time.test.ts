import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import { must } from './assert';
import {
	addDays,
	clockText,
	daysBetween,
	effectiveAt,
	isKnownZone,
	type LocalDate,
	localDate,
	parseClock,
	parseLocalDate,
	partOfDay,
	placeWallTime,
	startOfLocalDay,
	wallTime,
	zoneOffset
} from './time';

/** Zones with whole, half and quarter hours, both sides of the date line, odd summer times and days that never were. */
const zones = [
	'Europe/Stockholm',
	'Europe/London',
	'Europe/Dublin',
	'America/New_York',
	'America/St_Johns',
	'America/Goose_Bay',
	'America/Sao_Paulo',
	'America/Havana',
	'Asia/Kolkata',
	'Asia/Kathmandu',
	'Asia/Tehran',
	'Asia/Pyongyang',
	'Asia/Beirut',
	'Asia/Gaza',
	'Africa/Casablanca',
	'Africa/Cairo',
	'Australia/Lord_Howe',
	'Australia/Eucla',
	'Pacific/Chatham',
	'Pacific/Apia',
	'Pacific/Kiritimati',
	'Pacific/Kwajalein',
	'Pacific/Pago_Pago',
	'Antarctica/Troll',
	'UTC'
];
const anyZone = fc.constantFrom(...zones);
const firstUtc = Date.UTC(1976, 0, 1);
const lastUtc = Date.UTC(2037, 11, 31);
const anyUtc = fc.integer({ min: firstUtc, max: lastUtc });
const RUNS = { numRuns: 10_000 };

/** Instants near the changes of the clock, where mistakes live. */
const changes = zones.flatMap((zone) => {
	const found: { zone: string; utc: number }[] = [];
	let at = Temporal.Instant.fromEpochMilliseconds(firstUtc).toZonedDateTimeISO(zone);
	for (;;) {
		const next = at.getTimeZoneTransition('next');
		if (!next || next.epochMilliseconds > lastUtc) return found;
		found.push({ zone, utc: next.epochMilliseconds });
		at = next;
	}
});
const nearChange = fc
	.tuple(fc.constantFrom(...changes), fc.integer({ min: -1600, max: 1600 }))
	.map(([change, minutes]) => ({ zone: change.zone, utc: change.utc + minutes * 60_000 }));
const anyMoment = fc.oneof(fc.record({ zone: anyZone, utc: anyUtc }), nearChange);

const zoned = (utc: number, zone: string) => Temporal.Instant.fromEpochMilliseconds(utc).toZonedDateTimeISO(zone);
const date = (text: string): LocalDate => must(parseLocalDate(text), 'a date in a test');

describe('against Temporal, in 25 zones from 1976 to 2037', () => {
	test('a moment has the offset, local day, wall clock and part of day Temporal gives it', () => {
		fc.assert(
			fc.property(anyMoment, ({ utc, zone }) => {
				const oracle = zoned(utc, zone);
				const effective = effectiveAt(utc, zone);
				expect(effective.offset).toBe(oracle.offsetNanoseconds / 60e9);
				expect(localDate(effective)).toBe(oracle.toPlainDate().toString());
				expect(wallTime(effective).minutes).toBe(oracle.hour * 60 + oracle.minute);
				expect(partOfDay(effective)).toBe(oracle.hour < 12 ? 'morning' : 'evening');
			}),
			RUNS
		);
	});

	test('a wall clock is placed where Temporal places it; a gap is refused with the shifted time, a repeat is flagged', () => {
		fc.assert(
			fc.property(anyMoment, ({ utc, zone }) => {
				// The clock as UTC shows it, read as if it hung in the zone: lands in gaps and repeats about the changes.
				const plain = zoned(utc, zone).toPlainDateTime().with({ second: 0, millisecond: 0 });
				const shifted = plain.add({ minutes: Math.floor(utc / 60_000) % 180 });
				const wall = { date: date(shifted.toPlainDate().toString()), minutes: shifted.hour * 60 + shifted.minute };
				const earlier = shifted.toZonedDateTime(zone, { disambiguation: 'earlier' });
				const later = shifted.toZonedDateTime(zone, { disambiguation: 'later' });
				const placed = placeWallTime(wall, zone);
				if (!earlier.toPlainDateTime().equals(shifted)) {
					expect(placed).toEqual({
						ok: false,
						error: {
							type: 'nonexistent-time',
							suggestion: {
								date: later.toPlainDate().toString(),
								minutes: later.hour * 60 + later.minute
							}
						}
					});
					return;
				}
				expect(placed).toEqual({
					ok: true,
					value: {
						effective: effectiveAt(earlier.epochMilliseconds, zone),
						ambiguous: earlier.epochMilliseconds !== later.epochMilliseconds
					}
				});
				const second = placeWallTime(wall, zone, 'later');
				expect(second.ok && second.value.effective.utc).toBe(later.epochMilliseconds);
			}),
			RUNS
		);
	});

	test('a local day starts when Temporal says it does', () => {
		fc.assert(
			fc.property(anyMoment, ({ utc, zone }) => {
				const oracle = zoned(utc, zone);
				const day = date(oracle.toPlainDate().toString());
				expect(startOfLocalDay(day, zone)).toBe(oracle.startOfDay().epochMilliseconds);
			}),
			RUNS
		);
	});

	test('days are counted and added as in the calendar', () => {
		fc.assert(
			fc.property(anyUtc, fc.integer({ min: -20_000, max: 20_000 }), (utc, days) => {
				const plain = zoned(utc, 'UTC').toPlainDate();
				const from = date(plain.toString());
				const to = addDays(from, days);
				expect(to).toBe(plain.add({ days }).toString());
				expect(daysBetween(from, to)).toBe(days);
			}),
			RUNS
		);
	});
});

describe('in Sweden', () => {
	test('the hour that is skipped in March is refused and the hour after is suggested', () => {
		expect(placeWallTime({ date: date('2026-03-29'), minutes: 150 }, 'Europe/Stockholm')).toEqual({
			ok: false,
			error: { type: 'nonexistent-time', suggestion: { date: '2026-03-29', minutes: 210 } }
		});
	});

	test('the hour that comes twice in October is the first one, and says so', () => {
		const placed = placeWallTime({ date: date('2026-10-25'), minutes: 150 }, 'Europe/Stockholm');
		expect(placed.ok && placed.value.ambiguous).toBe(true);
		expect(placed.ok && placed.value.effective.offset).toBe(120);
	});

	test('a reading keeps its morning when it is read from another zone', () => {
		const morning = effectiveAt(Date.UTC(2026, 0, 12, 6, 30), 'Europe/Stockholm');
		expect(partOfDay(morning)).toBe('morning');
		expect(zoneOffset(morning.utc, 'Asia/Tokyo')).toBe(540);
		expect(localDate(morning)).toBe('2026-01-12');
	});
});

test('a day that never was (Samoa, 30 December 2011) starts with the day after', () => {
	expect(startOfLocalDay(date('2011-12-30'), 'Pacific/Apia')).toBe(
		Temporal.PlainDate.from('2011-12-31').toZonedDateTime('Pacific/Apia').epochMilliseconds
	);
});

test('only real days and clocks are read from fields', () => {
	for (const text of ['', '2026-02-30', '2026-13-01', '26-01-01', '2026-1-1', '0026-01-01', 'i dag'])
		expect(parseLocalDate(text)).toBeUndefined();
	expect(parseLocalDate('2024-02-29')).toBe('2024-02-29');
	for (const text of ['', '24:00', '7:32', '12:60', 'nu']) expect(parseClock(text)).toBeUndefined();
	expect(parseClock('07:32')).toBe(452);
	expect(parseClock('07:32:59')).toBe(452);
	expect(clockText(452)).toBe('07:32');
});

test('an unknown zone is known as unknown', () => {
	expect(isKnownZone('Europe/Stockholm')).toBe(true);
	expect(isKnownZone('Mars/Olympus')).toBe(false);
});
