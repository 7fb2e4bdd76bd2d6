import { describe, expect, test } from 'vitest';
import { entryId, seededRandom } from '../../../tests/support/people';
import type { Role } from '$lib/domain/rights';
import { must } from '$lib/domain/assert';
import { parseLocalDate } from '$lib/domain/time';
import { entrySchema, parseBatch, encodeBatch, type Entry } from './entries';
import type { DeviceId, EntryId, IdentityId } from './ids';
import type { Stated } from './project';
import { projectChanges } from './project-changes';

const random = seededRandom('changes');

/** Accepted entries of one frame. */
const said = (entries: readonly Entry[], by: string, role: Role = by === 'owner' ? 'owner' : 'relative') =>
	entries.map((entry): Stated => ({
		entry,
		author: by as IdentityId,
		device: 'd' as DeviceId,
		lamport: 1,
		seq: 1,
		owning: role === 'owner' || role === 'coOwner'
	}));

const add = (id: EntryId, name: string, day = '2026-11-02'): Entry => ({
	kind: 'change.add',
	v: 1,
	id,
	type: 'medicine.change',
	day,
	name,
	from: '5 mg',
	to: '10 mg'
});
const take = (target: EntryId): Entry => ({
	kind: 'change.void',
	v: 1,
	id: entryId(random),
	target,
	reason: 'mistake'
});
const names = (frames: readonly (readonly Stated[])[]) => projectChanges(frames.flat()).map(({ name }) => name);

describe('8: changes', () => {
	test('stand by day, whatever order they came in', () => {
		const [one, two] = [entryId(random), entryId(random)];
		const frames = [said([add(one, 'Furix', '2026-11-09')], 'owner'), said([add(two, 'Enalapril')], 'owner')];
		expect(projectChanges(frames.flat())).toMatchObject([
			{ id: two, name: 'Enalapril', day: must(parseLocalDate('2026-11-02'), 'a day'), from: '5 mg', to: '10 mg' },
			{ id: one, name: 'Furix' }
		]);
	});

	test('an edit is a void and a new change in one frame, in either order', () => {
		const [one, two] = [entryId(random), entryId(random)];
		const edit = [take(one), add(two, 'Enalapril')];
		expect(names([said([add(one, 'Enalpril')], 'owner'), said(edit, 'owner')])).toEqual(['Enalapril']);
		expect(names([said(edit.reverse(), 'owner'), said([add(one, 'Enalpril')], 'owner')])).toEqual(['Enalapril']);
	});

	test('MM5: a relative takes back only their own; the person anything', () => {
		const [mine, theirs] = [entryId(random), entryId(random)];
		const base = [said([add(mine, 'Enalapril')], 'owner'), said([add(theirs, 'Furix')], 'sara')];
		expect(names([...base, said([take(mine), take(theirs)], 'sara')])).toEqual(['Enalapril']);
		expect(names([...base, said([take(mine), take(theirs)], 'owner')])).toEqual([]);
	});

	test('under an id that is taken the person’s stands', () => {
		const one = entryId(random);
		expect(names([said([add(one, 'Annat')], 'sara'), said([add(one, 'Enalapril')], 'owner')])).toEqual(['Enalapril']);
	});

	test('MM5: under one id nobody pushes another relative aside, whatever time they claim, and each takes back their own', () => {
		const one = entryId(random);
		const [sara, erik] = [said([add(one, 'Furix')], 'sara'), said([add(one, 'Enalapril')], 'erik')];
		const early = erik.map((each) => ({ ...each, lamport: 0 }));
		for (const frames of [
			[sara, early],
			[early, sara]
		]) {
			expect(names(frames).sort()).toEqual(['Enalapril', 'Furix']);
			expect(new Set(projectChanges(frames.flat()).map(({ id }) => id)).size).toBe(2);
			expect(names([...frames, said([take(one)], 'erik')])).toEqual(['Furix']);
			expect(names([...frames, said([take(one)], 'owner')])).toEqual([]);
		}
	});

	test('a day that never was is left out, and a change without a name is none', () => {
		const one = entryId(random);
		expect(names([said([add(one, 'Enalapril', '2026-02-30')], 'owner')])).toEqual([]);
		expect(entrySchema.safeParse(add(one, '')).success).toBe(false);
	});

	test('of a type that only a newer app knows it is kept and counted', () => {
		const newer = { ...add(entryId(random), 'Pump'), type: 'device.start' };
		const batch = parseBatch(encodeBatch({ lamport: 1, seen: null, entries: [newer, add(entryId(random), 'Furix')] }));
		expect([batch?.entries.length, batch?.unknown]).toEqual([1, 1]);
	});
});
