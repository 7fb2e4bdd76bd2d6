import { expect, test } from 'vitest';
import { homeBpPresets } from '$lib/domain/home-bp-presets';
import { parseLocalDate } from '$lib/domain/time';
import type { Entry } from './entries';
import type { DeviceId, EntryId, IdentityId } from './ids';
import type { Stated } from './project';
import { projectSeries } from './project-series';

const start = (id: string, day: string): Entry => ({
	kind: 'series.start',
	v: 1,
	id: id as EntryId,
	protocol: homeBpPresets['esh-7d'],
	start: day,
	at: 1
});
const end = (target: string, at: number): Entry => ({
	kind: 'series.end',
	v: 1,
	id: `end-${at}` as EntryId,
	target: target as EntryId,
	at
});
const said = (entry: Entry, author: string, lamport: number): Stated => ({
	entry,
	author: author as IdentityId,
	device: author as unknown as DeviceId,
	lamport,
	seq: 1,
	owning: author === 'owner'
});

test('MM5: under one id the person’s start stands, whatever time a relative claims, in any order', () => {
	const both = [said(start('a', '2026-11-02'), 'owner', 5), said(start('a', '2026-01-01'), 'sara', 1)];
	for (const stated of [both, [...both].reverse()])
		expect(projectSeries(stated).map((series) => series.start)).toEqual([parseLocalDate('2026-11-02')]);
});

test('the first end counts, and a day that never was begins nothing', () => {
	const stated = [
		said(end('a', 9), 'sara', 2),
		said(start('a', '2026-11-02'), 'owner', 1),
		said(end('a', 7), 'owner', 3),
		said(start('b', '2026-02-30'), 'owner', 4)
	];
	expect(projectSeries(stated)).toMatchObject([{ id: 'a', endedAt: 7 }]);
});
