import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeviceId, EntryId, IdentityId } from './ids';
import type { Entry } from './entries';
import type { Stated } from './project';
import { projectAdjustments } from './project-adjustments';

const effective = { utc: 1_795_500_000_000, offset: 60, zone: 'Europe/Stockholm' };
const use = (id: string, minutes = 0): Entry => ({
	kind: 'adjust.use',
	v: 1,
	id: id as EntryId,
	medicine: 'furix',
	name: 'Furix',
	step: 'ta 40 mg extra',
	effective: { ...effective, utc: effective.utc + minutes * 60_000 }
});
const voided = (target: string): Entry => ({
	kind: 'adjust.void',
	v: 1,
	id: `void-${target}` as EntryId,
	target: target as EntryId,
	reason: 'mistake'
});
const said = (entry: Entry, author = 'owner'): Stated => ({
	entry,
	author: author as IdentityId,
	device: author as unknown as DeviceId,
	lamport: 1,
	seq: 1,
	owning: author === 'owner'
});
const ids = (stated: readonly Stated[]) => projectAdjustments(stated).map(({ id }) => id);

test('uses stand in the order they were made, whatever order they came in', () => {
	const stated = [said(use('b', 5)), said(use('a')), said(use('c', 9), 'sara'), said(voided('b'))];
	fc.assert(
		fc.property(fc.shuffledSubarray(stated, { minLength: stated.length }), (order) => {
			expect(ids(order)).toEqual(['a', 'c']);
		})
	);
});

test('who noted a use, the person or a co-owner takes it back; nobody else does', () => {
	expect(ids([said(use('a'), 'sara'), said(voided('a'), 'sara')])).toEqual([]);
	expect(ids([said(use('a'), 'sara'), said(voided('a'))])).toEqual([]);
	expect(ids([said(use('a')), said(voided('a'), 'sara')])).toEqual(['a']);
});

test('of two authors under one id the person’s stands', () => {
	const [first] = projectAdjustments([said(use('a', 3), 'sara'), said(use('a'))]);
	expect(first).toMatchObject({ by: 'owner', effective });
});

test('MM5: of two relatives under one id neither pushes the other aside', () => {
	const both = [said(use('a', 3), 'sara'), { ...said(use('a'), 'erik'), lamport: 0 }];
	expect(projectAdjustments(both).map(({ by }) => by)).toEqual(['erik', 'sara']);
	expect(projectAdjustments([...both, said(voided('a'), 'erik')]).map(({ by }) => by)).toEqual(['sara']);
	expect(projectAdjustments([...both, said(voided('a'))])).toEqual([]);
});
