import { describe, expect, test } from 'vitest';
import { flushSync } from 'svelte';
import { MemoryCircle } from '../../../../tests/doubles/memory-circle.svelte';
import { homeBpPresets } from '$lib/domain/home-bp-presets';
import { must } from '$lib/domain/assert';
import { ok } from '$lib/domain/result';
import { type LocalDate, parseLocalDate } from '$lib/domain/time';
import type { DraftKeeper } from '$lib/state/draft-keeper';
import { type SeriesDeps, SeriesFlow } from './series-flow.svelte';

const day = (text: string): LocalDate => must(parseLocalDate(text), 'a day');
const MINUTE = 60_000;

/** Drafts as the device keeps them, in memory. */
function memoryDrafts(): DraftKeeper {
	const kept = new Map<string, unknown>();
	return {
		load: (form) => Promise.resolve(kept.get(form)),
		save: (form, value) => Promise.resolve(void kept.set(form, structuredClone(value))),
		clear: (form) => Promise.resolve(void kept.delete(form))
	};
}

class SeriesCircle extends MemoryCircle {
	startSeries: SeriesDeps['circle']['startSeries'] = (protocol, start) => {
		const id = `series${this.series.length + 1}`;
		this.series = [...this.series, { id, protocol, start, endedAt: null }];
		return Promise.resolve(ok(id));
	};
	endSeries: SeriesDeps['circle']['endSeries'] = (id) => {
		this.series = this.series.map((one) => (one.id === id ? { ...one, endedAt: 1 } : one));
		return Promise.resolve(ok(undefined));
	};
}

function kitchen(start: string) {
	const clock = { now: Date.parse(start) };
	const deps: SeriesDeps = {
		circle: new SeriesCircle(),
		drafts: memoryDrafts(),
		now: () => clock.now,
		zone: 'Europe/Stockholm'
	};
	return { clock, deps, flow: new SeriesFlow(deps) };
}

async function measure(flow: SeriesFlow, text: string): Promise<void> {
	flow.nextForm();
	flow.form.type('systolic', text);
	await flow.form.save();
	expect(flow.form.phase.type).toBe('saved');
	flow.saved();
}

describe('a morning of the series', () => {
	test('goes from rest to the first reading, a pause, the second reading, and is done', async () => {
		const { clock, flow, deps } = kitchen('2026-11-16T07:00+01:00');
		expect(flow.step.type).toBe('intro');
		await flow.start(homeBpPresets['esh-7d'], day('2026-11-16'));
		expect(flow.step).toEqual({ type: 'prepare', part: 'morning' });

		flow.rest();
		expect(flow.step).toMatchObject({ type: 'rest', totalMs: 5 * MINUTE, isFirst: true });
		clock.now += 4 * MINUTE;
		expect(flow.leftMs).toBe(MINUTE);
		clock.now += MINUTE;
		expect(flow.step).toEqual({ type: 'measure', part: 'morning', number: 1, count: 2 });

		await measure(flow, '143/87 64');
		expect(flow.step).toMatchObject({ type: 'pause', totalMs: MINUTE });
		clock.now += MINUTE;
		expect(flow.step).toEqual({ type: 'measure', part: 'morning', number: 2, count: 2 });

		await measure(flow, '139/85 62');
		expect(flow.step).toEqual({ type: 'waiting', done: 'morning' });
		expect(deps.circle.observations('bloodPressure').map(({ context }) => context?.['series'])).toEqual([
			'series1',
			'series1'
		]);
		expect(flow.progress?.current).toMatchObject({ state: 'upcoming', part: 'evening' });
	});

	test('a reading taken back is asked for again, with its digits in the form', async () => {
		const { clock, flow } = kitchen('2026-11-16T07:00+01:00');
		await flow.start(homeBpPresets['esh-7d'], day('2026-11-16'));
		flow.goOn();
		await measure(flow, '143/87');
		clock.now += MINUTE;
		await measure(flow, '139/85');
		await flow.undo();
		expect(flow.step).toMatchObject({ type: 'measure', number: 2 });
		expect(flow.form.text('systolic')).toBe('139');
	});

	test('goes on after the app was closed in the middle of the rest', async () => {
		const { clock, flow, deps } = kitchen('2026-11-16T07:00+01:00');
		await flow.start(homeBpPresets['esh-7d'], day('2026-11-16'));
		flow.rest();
		await flow.kept();
		clock.now += 2 * MINUTE;
		const reopened = new SeriesFlow(deps);
		await reopened.restore();
		expect(reopened.step).toMatchObject({ type: 'rest' });
		expect(reopened.leftMs).toBe(3 * MINUTE);
	});

	test('a rest of an hour ago is no rest', async () => {
		const { clock, flow, deps } = kitchen('2026-11-16T07:00+01:00');
		await flow.start(homeBpPresets['esh-7d'], day('2026-11-16'));
		flow.rest();
		await flow.kept();
		clock.now += 60 * MINUTE;
		const reopened = new SeriesFlow(deps);
		await reopened.restore();
		expect(reopened.step).toEqual({ type: 'prepare', part: 'morning' });
	});
});

describe('a whole week', () => {
	test('ends in a valid mean of what the protocol keeps, and a new one can be begun', async () => {
		const { clock, flow } = kitchen('2026-11-16T07:00+01:00');
		await flow.start(homeBpPresets['esh-7d'], day('2026-11-16'));
		for (let at = 0; at < 14; at++) {
			clock.now = Date.parse('2026-11-16T07:00+01:00') + at * 12 * 60 * MINUTE;
			flow.goOn();
			await measure(flow, '140/88');
			clock.now += MINUTE;
			await measure(flow, '130/82');
			if (at < 5) expect(flow.result?.completeness).not.toBe('valid');
		}
		flushSync();
		expect(flow.result).toMatchObject({ completeness: 'valid', usedReadings: 24, usedDays: 6 });
		expect(flow.result?.shown?.systolic.value).toBe(135);
		flow.leave();
		clock.now += 24 * 60 * MINUTE;
		expect(flow.step.type).toBe('over');
		flow.renew();
		expect(flow.step.type).toBe('intro');
	});

	test('one that is ended early says so and takes no more', async () => {
		const { flow } = kitchen('2026-11-16T07:00+01:00');
		await flow.start(homeBpPresets['esh-7d'], day('2026-11-16'));
		await flow.end();
		expect(flow.step.type).toBe('over');
		expect(flow.series?.endedAt).toBe(1);
	});
});
