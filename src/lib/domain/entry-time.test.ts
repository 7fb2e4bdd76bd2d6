import { describe, expect, test } from 'vitest';
import { checkTime } from './entry-time';
import { parseLocalDate } from './time';

const zone = 'Europe/Stockholm';
const now = Date.UTC(2026, 10, 16, 6, 32);

describe('the time of a measurement', () => {
	const at = (day: string, minutes: number) => checkTime({ date: parseLocalDate(day), minutes }, now, zone);
	const type = (result: ReturnType<typeof at>) => (result.ok ? 'ok' : result.error.type);

	test('now is taken as it is, also from a clock that is wrong', () => {
		expect(checkTime('now', 0, zone)).toEqual({
			ok: true,
			value: { effective: { utc: 0, offset: 60, zone }, ambiguous: false }
		});
	});

	test('up to five minutes ahead is a clock that differs; more is the future', () => {
		expect(type(at('2026-11-16', 7 * 60 + 37))).toBe('ok');
		expect(type(at('2026-11-16', 7 * 60 + 38))).toBe('time-in-future');
	});

	test('a time that does not exist is refused with the one after the gap', () => {
		expect(at('2026-03-29', 150)).toEqual({
			ok: false,
			error: { type: 'nonexistent-time', suggestion: { date: '2026-03-29', minutes: 210 } }
		});
	});

	test('a time that came twice is the first, and flagged', () => {
		expect(at('2026-10-25', 150)).toMatchObject({ ok: true, value: { ambiguous: true, effective: { offset: 120 } } });
	});

	test('the second of the two can be asked for', () => {
		const date = parseLocalDate('2026-10-25');
		const second = checkTime({ date, minutes: 150, occurrence: 'later' }, now, zone);
		expect(second).toMatchObject({ ok: true, value: { ambiguous: true, effective: { offset: 60 } } });
	});

	test('fifty years back is a slip', () => {
		expect(type(at('1976-11-17', 0))).toBe('ok');
		expect(type(at('1976-11-10', 0))).toBe('time-too-old');
	});

	test('half a time is asked for', () => {
		expect(type(checkTime({ minutes: 3 }, now, zone))).toBe('time-missing');
		expect(type(at('2026-02-30', 3))).toBe('time-missing');
	});
});
