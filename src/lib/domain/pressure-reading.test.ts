import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distinctReadings, type PressureReading, pressureReadings } from './pressure-reading';
import { effectiveAt } from './time';

const morning = Date.UTC(2026, 0, 12, 6, 0);
const at = (ms: number, pulse?: number, zone = 'Europe/Stockholm'): PressureReading => ({
	effective: effectiveAt(morning + ms, zone),
	systolic: 132,
	diastolic: 84,
	pulse
});

describe('one reading, however many sources told of it', () => {
	test('the same minute and the same values are one reading', () => {
		expect(distinctReadings([at(20_000, 70), at(0, 70)])).toEqual([at(0, 70)]);
	});

	test('the same values a minute later are another', () => {
		expect(distinctReadings([at(0, 70), at(60_000, 70)])).toHaveLength(2);
	});

	test('a source that left the pulse out told of the same reading', () => {
		expect(distinctReadings([at(0), at(10_000, 70)])).toEqual([at(10_000, 70)]);
		expect(distinctReadings([at(0), at(10_000)])).toEqual([at(0)]);
	});

	test('two pulses are two readings', () => {
		expect(distinctReadings([at(0, 70), at(0, 71), at(0)])).toEqual([at(0, 70), at(0, 71)]);
	});

	test('the same instant told in two zones is one reading', () => {
		expect(distinctReadings([at(0, 70), at(0, 70, 'UTC')])).toEqual([at(0, 70, 'UTC')]);
	});

	test('the hour the clock shows twice is two hours (25 October 2026)', () => {
		const first = Date.UTC(2026, 9, 25, 0, 30) - morning;
		expect(distinctReadings([at(first), at(first + 3_600_000)])).toHaveLength(2);
	});

	test('order never matters, and doing it again changes nothing', () => {
		const anyReading = fc.record({
			effective: fc
				.record({
					utc: fc.integer({ min: morning, max: morning + 180_000 }),
					zone: fc.constantFrom('Europe/Stockholm', 'UTC')
				})
				.map(({ utc, zone }) => effectiveAt(utc, zone)),
			systolic: fc.integer({ min: 130, max: 132 }),
			diastolic: fc.integer({ min: 80, max: 81 }),
			pulse: fc.option(fc.integer({ min: 60, max: 62 }), { nil: undefined })
		});
		fc.assert(
			fc.property(
				fc
					.array(anyReading)
					.chain((readings) =>
						fc.tuple(
							fc.constant(readings),
							fc.shuffledSubarray(readings, { minLength: readings.length }),
							fc.shuffledSubarray(readings)
						)
					),
				([readings, shuffled, again]) => {
					const distinct = distinctReadings(readings);
					expect(distinctReadings(shuffled)).toEqual(distinct);
					expect(distinctReadings([...again, ...distinct])).toHaveLength(distinct.length);
					expect(distinctReadings(distinct)).toEqual(distinct);
				}
			)
		);
	});
});

test('an observation without both pressures is no reading', () => {
	const { effective } = at(0);
	expect(
		pressureReadings([
			{ effective, values: { systolic: 132, diastolic: 84, pulse: 70 } },
			{ effective, values: { systolic: 132 } },
			{ effective, values: { pulse: 70 } }
		])
	).toEqual([at(0, 70)]);
});
