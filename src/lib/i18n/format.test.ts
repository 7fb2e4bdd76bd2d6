import { describe, expect, test } from 'vitest';
import {
	formatClock,
	formatClockDigits,
	formatDay,
	formatDayHeading,
	formatDayShort,
	formatNumber,
	formatPressure,
	formatRange,
	formatRelativeDay
} from './format';

const stockholm = (iso: string) => ({ utc: Date.parse(`${iso}+01:00`), offset: 60 });
const morning = stockholm('2026-11-16T07:15:00');

describe('numbers', () => {
	test('Swedish has a decimal comma, English a point', () => {
		expect(formatNumber(76.4, 1, 'sv')).toBe('76,4');
		expect(formatNumber(76.4, 1, 'en')).toBe('76.4');
	});

	test('a whole weight keeps its decimal, so that columns line up', () => {
		expect(formatNumber(76, 1, 'sv')).toBe('76,0');
	});

	test('below zero has a true minus sign', () => {
		expect(formatNumber(-1.5, 1, 'sv')).toBe('−1,5');
	});

	test('a pressure is written as on the meter, a range with an en dash', () => {
		expect(formatPressure(134, 78)).toBe('134/78');
		expect(formatRange(120, 135, 0, 'sv')).toBe('120–135');
	});
});

describe('times', () => {
	test('the clock is written kl. 07.15 and never parts', () => {
		expect(formatClock(morning, 'sv')).toBe('kl.\u00a007.15');
		expect(formatClock(morning, 'en')).toBe('07:15');
		expect(formatClockDigits(morning, 'sv')).toBe('07.15');
	});

	test('the clock is the one the person lived by, wherever it is read', () => {
		expect(formatClock({ utc: Date.parse('2026-11-16T22:30:00Z'), offset: 540 }, 'sv')).toBe('kl.\u00a007.30');
	});

	test('a day is written in words, with the year only when it is another', () => {
		expect(formatDayHeading(morning, 'sv')).toBe('Måndag 16 november');
		expect(formatDayHeading(morning, 'en')).toBe('Monday 16 November');
		expect(formatDay(morning, morning, 'sv')).toBe('16 november');
		expect(formatDay(stockholm('2024-05-12T12:00:00'), morning, 'sv')).toBe('12 maj 2024');
		expect(formatDayShort(morning, morning, 'sv')).toBe('16 nov.');
	});

	test('today and yesterday are said so, by the calendar and not by hours', () => {
		expect(formatRelativeDay(stockholm('2026-11-16T00:01:00'), morning, 'sv')).toBe('i\u00a0dag');
		expect(formatRelativeDay(stockholm('2026-11-15T00:01:00'), morning, 'sv')).toBe('i\u00a0går');
		expect(formatRelativeDay(stockholm('2026-11-15T23:59:00'), morning, 'en')).toBe('yesterday');
		expect(formatRelativeDay(stockholm('2026-11-12T07:15:00'), morning, 'sv')).toBe('12 november');
		expect(formatRelativeDay(stockholm('2026-11-17T07:15:00'), morning, 'sv')).toBe('17 november');
	});
});
