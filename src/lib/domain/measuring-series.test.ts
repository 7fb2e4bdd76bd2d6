import { describe, expect, test } from 'vitest';
import { homeBpPresets } from './home-bp-presets';
import {
	firstDayFor,
	inSeries,
	isUnderWay,
	type MeasuringSeries,
	readingsIn,
	seriesAskingAt,
	seriesUnderWay
} from './measuring-series';
import { must } from './assert';
import type { Observation, ObservationDraft } from './observation';
import { effectiveAt, type LocalDate, parseLocalDate } from './time';

const zone = 'Europe/Stockholm';
const day = (text: string): LocalDate => must(parseLocalDate(text), 'a day');
const at = (text: string) => effectiveAt(Date.parse(`${text}:00+01:00`), zone);
const series = (id: string, start: string, endedAt: number | null = null): MeasuringSeries => ({
	id,
	protocol: homeBpPresets['esh-7d'],
	start: day(start),
	endedAt
});
const week = series('week', '2026-11-16');

const pressure = (when: string, context?: Record<string, string>): ObservationDraft => ({
	measure: 'bloodPressure',
	values: { systolic: 134, diastolic: 78 },
	effective: at(when),
	source: { kind: 'manual' },
	...(context && { context })
});

describe('a series', () => {
	test('is under way through its last day, and not after it was ended', () => {
		expect(isUnderWay(week, day('2026-11-22'))).toBe(true);
		expect(isUnderWay(week, day('2026-11-23'))).toBe(false);
		expect(isUnderWay(series('a', '2026-11-16', 1), day('2026-11-17'))).toBe(false);
	});

	test('of two under way, the newest is meant', () => {
		expect(seriesUnderWay([week, series('later', '2026-11-18')], day('2026-11-19'))?.id).toBe('later');
		expect(seriesUnderWay([week], day('2026-12-01'))).toBeUndefined();
	});

	test('asks within the hours of its sessions, on its own days', () => {
		expect(seriesAskingAt([week], at('2026-11-16T05:00'))?.id).toBe('week');
		expect(seriesAskingAt([week], at('2026-11-16T04:59'))).toBeUndefined();
		expect(seriesAskingAt([week], at('2026-11-16T14:00'))).toBeUndefined();
		expect(seriesAskingAt([week], at('2026-11-22T23:59'))?.id).toBe('week');
		expect(seriesAskingAt([week], at('2026-11-15T07:00'))).toBeUndefined();
	});

	test('begins today while its first session can still be measured, else tomorrow', () => {
		expect(firstDayFor(week.protocol, at('2026-11-16T10:59'))).toBe('2026-11-16');
		expect(firstDayFor(week.protocol, at('2026-11-16T11:00'))).toBe('2026-11-17');
	});
});

describe('whether a reading belongs', () => {
	test('a blood pressure typed while a session is open does, whichever form it was typed in', () => {
		expect(inSeries(pressure('2026-11-17T07:10', { arm: 'left' }), [week]).context).toEqual({
			arm: 'left',
			series: 'week'
		});
	});

	test('one in the middle of the day, from a file, or of another measure does not', () => {
		const afternoon = pressure('2026-11-17T14:10');
		expect(inSeries(afternoon, [week])).toBe(afternoon);
		const imported: ObservationDraft = { ...pressure('2026-11-17T07:10'), source: { kind: 'import' } };
		expect(inSeries(imported, [week])).toBe(imported);
		const weight: ObservationDraft = { ...pressure('2026-11-17T07:10'), measure: 'weight' };
		expect(inSeries(weight, [week])).toBe(weight);
	});

	test('one that says what it belongs to is left alone, also outside the hours', () => {
		const told = pressure('2026-11-17T14:10', { series: 'other' });
		expect(inSeries(told, [week])).toBe(told);
	});

	test('only what says so is counted', () => {
		const observed = (draft: ObservationDraft, id: string): Observation => ({
			...draft,
			id,
			device: 'd',
			amended: false,
			conflicting: false
		});
		const all = [
			observed(pressure('2026-11-17T07:10', { series: 'week' }), 'a'),
			observed(pressure('2026-11-17T14:10'), 'b'),
			observed(pressure('2026-11-17T19:10', { series: 'other' }), 'c')
		];
		expect(readingsIn(week, all)).toHaveLength(1);
	});
});
