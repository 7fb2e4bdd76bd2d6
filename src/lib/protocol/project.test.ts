import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryId, seededRandom, START } from '../../../tests/support/people';
import { slowProjection } from '../../../tests/support/slow-projection';
import type { Role } from '$lib/domain/rights';
import type { AcceptedFrame } from './accept';
import type { Entry } from './entries';
import type { EntryId, IdentityId } from './ids';
import { entryOf, ObservationIndex, projectObservations, statedIn } from './project';

const random = seededRandom('project');
let place = 0;

/** One accepted entry; only what the projection looks at. */
function said(
	entry: Entry,
	by: string,
	options: { role?: Role; lamport?: number; device?: string } = {}
): AcceptedFrame {
	place += 1;
	return {
		frame: { header: { device: options.device ?? `${by}-phone`, seq: place } },
		author: by as IdentityId,
		role: options.role ?? (by === 'owner' ? 'owner' : 'relative'),
		batch: { lamport: options.lamport ?? place, seen: null, skewMs: null, entries: [entry], unknown: 0 }
	} as unknown as AcceptedFrame;
}

const fields = (kilos: number, at = START) => ({
	measure: 'weight',
	values: { weight: kilos },
	units: { weight: 'kg' },
	effective: { utc: at, offset: 60, zone: 'Europe/Stockholm' },
	source: { kind: 'manual' as const }
});
const add = (id: EntryId, kilos = 70, at = START): Entry => ({ kind: 'obs.add', v: 1, id, ...fields(kilos, at) });
const amend = (target: EntryId, kilos: number, id = entryId(random), settles?: EntryId[]): Entry => ({
	kind: 'obs.amend',
	v: 1,
	id,
	target,
	...(settles && { settles }),
	...fields(kilos)
});
const voids = (target: EntryId, reason = 'mistake'): Entry => ({
	kind: 'obs.void',
	v: 1,
	id: entryId(random),
	target,
	reason
});
const shown = (frames: readonly AcceptedFrame[]) =>
	projectObservations(frames).map(({ values, amended, conflicting }) => [values.weight, amended, conflicting]);

describe('8: entries and conflicts', () => {
	test('an amendment shows in place of the first, which keeps its id', () => {
		const [one, two] = [entryId(random), entryId(random)];
		const frames = [said(add(one), 'owner'), said(amend(one, 71, two), 'owner'), said(amend(two, 72), 'owner')];
		expect(shown(frames)).toEqual([[72, true, false]]);
		expect(projectObservations(frames)[0]?.id).toBe(one);
	});

	test('what an amendment replaced stands beside it, the first recorded one first, with who wrote it', () => {
		const [one, two, three] = [entryId(random), entryId(random), entryId(random)];
		const [reading] = projectObservations([
			said(add(one, 70), 'sara'),
			said(amend(one, 71, two), 'sara'),
			said(amend(two, 72, three), 'owner')
		]);
		expect(reading).toMatchObject({ id: one, version: three, by: 'sara', values: { weight: 72 } });
		expect(reading?.earlier).toMatchObject([
			{ id: one, by: 'sara', values: { weight: 70 } },
			{ id: two, by: 'sara', values: { weight: 71 } }
		]);
		expect(projectObservations([said(add(one, 70), 'owner')])[0]).not.toHaveProperty('version');
	});

	test('a conflict stands until an amendment names what it was chosen against', () => {
		const [one, low, high, choice] = [entryId(random), entryId(random), entryId(random), entryId(random)];
		const fork = [
			said(add(one, 70), 'owner', { lamport: 1 }),
			said(amend(one, 71, low), 'owner', { lamport: 2, device: 'a' }),
			said(amend(one, 72, high), 'owner', { lamport: 3, device: 'b' })
		];
		expect(projectObservations(fork)[0]?.rivals).toMatchObject([{ id: low, values: { weight: 71 } }]);
		// Later in time, but made by somebody who may never have seen the other: the clock settles nothing.
		const unaware = said(amend(high, 73, choice), 'owner', { lamport: 9, device: 'b' });
		expect(shown([...fork, unaware])).toEqual([[73, true, true]]);
		const chosen = said(amend(high, 71, choice, [low]), 'owner', { lamport: 9, device: 'b' });
		expect(shown([...fork, chosen])).toEqual([[71, true, false]]);
		expect(shown([chosen, ...fork].reverse())).toEqual([[71, true, false]]);
		// The version that was chosen against is amended by somebody who had not heard: shown again.
		const late = said(amend(low, 74), 'owner', { lamport: 4, device: 'a' });
		expect(shown([...fork, chosen, late])).toEqual([[71, true, true]]);
		expect(projectObservations([...fork, chosen, late])[0]?.rivals).toMatchObject([{ values: { weight: 74 } }]);
	});

	test('two amendments of one target are flagged, and the highest (Lamport, device, id) shows', () => {
		const one = entryId(random);
		const first = said(add(one), 'owner', { lamport: 1 });
		const low = said(amend(one, 71), 'owner', { lamport: 2, device: 'z' });
		const high = said(amend(one, 72), 'owner', { lamport: 3, device: 'a' });
		expect(shown([first, low, high])).toEqual([[72, true, true]]);
		expect(shown([high, low, first])).toEqual([[72, true, true]]);
		const tie = [
			said(amend(one, 73), 'owner', { lamport: 3, device: 'b' }),
			said(amend(one, 74), 'owner', { lamport: 3, device: 'c' })
		];
		expect(shown([first, high, ...tie])).toEqual([[74, true, true]]);
	});

	test('a void is sticky and beats an amendment, whichever comes first', () => {
		const one = entryId(random);
		const frames = [said(add(one), 'owner'), said(voids(one), 'owner'), said(amend(one, 71), 'owner')];
		expect(shown(frames)).toEqual([]);
		expect(shown([...frames].reverse())).toEqual([]);
	});

	test('what was taken away can be found, with its reason; one this app has no name for still takes it away', () => {
		const [one, two] = [entryId(random), entryId(random)];
		const base = [said(add(one, 70), 'owner'), said(add(two, 80, START + 1), 'owner')];
		const removedFrom = (frames: readonly AcceptedFrame[]) => {
			const index = new ObservationIndex();
			index.add(frames.flatMap(statedIn));
			return index.removed;
		};
		const taken = [...base, said(voids(one, 'wrongPerson'), 'owner'), said(voids(two, 'reasonOfTomorrow'), 'owner')];
		expect(shown(taken)).toEqual([]);
		expect(removedFrom(taken).map(({ values, reason }) => [values.weight, reason])).toEqual([
			[70, 'wrongPerson'],
			[80, 'mistake']
		]);
		expect(removedFrom([...base, said(voids(one), 'sara')])).toEqual([]);
		const order = removedFrom([...base, said(voids(two), 'owner'), said(voids(one), 'owner')]);
		expect(order.map(({ id }) => id)).toEqual([two, one]);
	});

	test('MM5: others change only what they wrote; the person and a co-owner may change anything', () => {
		const [mine, theirs] = [entryId(random), entryId(random)];
		const base = [said(add(mine, 70), 'owner'), said(add(theirs, 80, START + 1), 'sara')];
		expect(shown([...base, said(voids(mine), 'sara'), said(amend(mine, 1), 'sara')])).toEqual([
			[70, false, false],
			[80, false, false]
		]);
		expect(shown([...base, said(voids(theirs), 'sara'), said(amend(mine, 71), 'owner')])).toEqual([[71, true, false]]);
		expect(shown([...base, said(voids(theirs), 'owner')])).toEqual([[70, false, false]]);
		expect(shown([...base, said(voids(mine), 'lena', { role: 'coOwner' })])).toEqual([[80, false, false]]);
	});

	test('an entry under a taken id pushes nothing aside, and is marked', () => {
		const one = entryId(random);
		const honest = said(add(one, 70), 'owner', { lamport: 9 });
		const posing = said(add(one, 300), 'sara', { lamport: 1 });
		expect(shown([posing, honest])).toEqual([[70, false, true]]);
		expect(shown([posing, honest, said(voids(one), 'sara')])).toEqual([[70, false, true]]);
	});

	test('nor does it push another relative’s aside: each has a reading, until the person has said what is right', () => {
		const one = entryId(random);
		const honest = said(add(one, 70), 'sara', { lamport: 9 });
		const posing = said(add(one, 300), 'nils', { lamport: 1 });
		const both = [posing, honest];
		expect(shown(both)).toEqual([
			[300, false, true],
			[70, false, true]
		]);
		const [first, second] = projectObservations(both).map(({ id }) => id);
		expect([first, second?.startsWith(`${one}.`)]).toEqual([one, true]);
		expect(entryOf(second ?? '')).toBe(one);
		expect(shown([...both, said(voids(one), 'nils')])).toEqual([[70, false, true]]);
		expect(shown([...both, said(amend(one, 71), 'sara')])).toEqual([
			[300, false, true],
			[71, true, true]
		]);
		expect(shown([...both, said(amend(one, 72), 'owner')])).toEqual([[72, true, true]]);
		expect(shown([...both, said(voids(one), 'owner')])).toEqual([]);
	});

	test('F6: a frame sealed again says everything twice and changes nothing', () => {
		const one = entryId(random);
		const change = amend(one, 71);
		const frames = [said(add(one), 'owner'), said(add(one), 'owner'), said(change, 'owner'), said(change, 'owner')];
		expect(shown(frames)).toEqual([[71, true, false]]);
	});

	test('amendments in a circle, of themselves, or of another measure lead nowhere and hide nothing', () => {
		const [one, two, three] = [entryId(random), entryId(random), entryId(random)];
		expect(
			shown([said(add(one), 'owner'), said(amend(two, 71, three), 'owner'), said(amend(three, 72, two), 'owner')])
		).toEqual([[70, false, false]]);
		expect(shown([said(add(one), 'owner'), said(amend(one, 71, one), 'owner')])).toHaveLength(1);
		const pulse = { ...amend(one, 60), measure: 'pulse', values: { pulse: 60 }, units: { pulse: '/min' } } as Entry;
		expect(shown([said(add(one), 'owner'), said(pulse, 'owner')])).toEqual([[70, false, false]]);
	});

	test('MM6: other units, missing values and measures of a newer app are left out', () => {
		const odd = (change: object): Entry => ({ ...add(entryId(random)), ...change });
		const frames = [
			odd({ units: { weight: '[lb_av]' } }),
			odd({ units: {} }),
			odd({ values: {}, units: {} }),
			odd({ measure: 'dream' })
		].map((entry) => said(entry, 'owner'));
		expect(shown(frames)).toEqual([]);
	});

	test('oldest measurement first, in whatever order the frames are given', () => {
		const ids = Array.from({ length: 6 }, () => entryId(random));
		const frames = ids.flatMap((id, i) => [
			said(add(id, 60 + i, START - (i % 3)), 'owner'),
			said(amend(id, 80 + i), 'owner'),
			...(i % 2 ? [said(voids(id), 'owner')] : [])
		]);
		const expected = JSON.stringify(projectObservations(frames));
		fc.assert(
			fc.property(fc.shuffledSubarray(frames, { minLength: frames.length }), (order) => {
				expect(JSON.stringify(projectObservations([...order].sort((a, b) => a.batch.lamport - b.batch.lamport)))).toBe(
					expected
				);
			}),
			{ numRuns: 100 }
		);
	});
});

test('however entries are added, it is what all of them come to at once: amended, taken back, under taken ids', () => {
	const ids = Array.from({ length: 5 }, () => entryId(random));
	const at = (n: number) => ids[n] as EntryId;
	const who = fc.constantFrom('owner', 'sara', 'lena');
	const index = fc.nat(4);
	const statement = fc.oneof(
		fc.record({
			by: who,
			entry: fc.tuple(index, fc.nat(9)).map(([id, kilos]) => add(at(id), 60 + kilos, START + kilos))
		}),
		fc.record({
			by: who,
			entry: fc
				.tuple(index, index, fc.nat(9), fc.option(index, { freq: 2 }))
				.map(([target, id, kilos, settled]) =>
					amend(at(target), 80 + kilos, at(id), settled === null ? undefined : [at(settled)])
				)
		}),
		fc.record({
			by: who,
			entry: fc.tuple(index, fc.constantFrom('undo', 'wrongValue')).map(([target, reason]) => voids(at(target), reason))
		})
	);
	fc.assert(
		fc.property(fc.array(statement, { maxLength: 24 }), fc.array(fc.nat(24)), (statements, cuts) => {
			const frames = statements.map(({ by, entry }, i) =>
				said(entry, by, { lamport: 1 + (i % 7), device: `${by}-${i % 2}` })
			);
			const ordered = [...frames].sort(
				(a, b) =>
					a.batch.lamport - b.batch.lamport ||
					(a.frame.header.device < b.frame.header.device
						? -1
						: a.frame.header.device > b.frame.header.device
							? 1
							: 0) ||
					a.frame.header.seq - b.frame.header.seq
			);
			const growing = new ObservationIndex();
			let from = 0;
			for (const to of [...cuts.sort((a, b) => a - b), frames.length]) {
				growing.add(frames.slice(from, to).flatMap(statedIn));
				// Read midway, so that single additions find an ordered list.
				expect(growing.observations.length).toBeLessThanOrEqual(ids.length * 3);
				from = Math.max(from, to);
			}
			expect({ shown: growing.observations, removed: growing.removed }).toEqual(slowProjection(ordered));
		}),
		{ numRuns: 1500, seed: 20_261_124 }
	);
});
