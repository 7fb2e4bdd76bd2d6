/**
 * MM1–MM10: a member who breaks every rule at random, with real signatures and keys. Whatever they write, and in whatever
 * order it arrives: what others recorded stands as it stood, nothing is laid to anybody else, and all replicas agree.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	deviceOf,
	entryId,
	newPerson,
	seededRandom,
	TestCircle,
	TestWriter,
	weightEntry,
	type Person
} from '../../../tests/support/people';
import { shuffled } from '../../../tests/support/random-worlds';
import { must } from '$lib/domain/assert';
import { acceptFrames, type Acceptance } from './accept';
import { parseBatch, type Entry } from './entries';
import { openFrame, sealFrame, verifyFrame, type Frame } from './frame';
import type { EntryId } from './ids';
import { entryOf, projectObservations, statedIn } from './project';

const isNightly = process.env['NIGHTLY'] === '1';
const WORLDS = isNightly ? 5000 : 200;

const attacks = [
	'MM1 writes without a right',
	'MM2 signs as another device',
	'MM3 writes past a cut',
	'MM4 two frames in one place',
	'MM5 takes back everybody’s entries',
	'MM5 changes everybody’s entries',
	'MM6 poisoned values',
	'MM6 a taken id',
	'MM6 the highest time',
	'MM7 another key',
	'MM7 an epoch that is not',
	'MM9 a snapshot'
] as const;
type Attack = (typeof attacks)[number];
const TAKEN: [Attack, Record<string, unknown>] = ['MM6 a taken id', {}];
const standings = ['relative', 'viewer', 'removed'] as const;

const poison: fc.Arbitrary<Record<string, unknown>> = fc.constantFrom<Record<string, unknown>>(
	{ values: { weight: 1e308 } },
	{ values: { weight: -71 } },
	{ values: { weight: '71' } },
	{ values: { weight: null } },
	{ values: { ['__proto__']: 7, weight: 71 } },
	{ units: { weight: '[lb_av]' } },
	{ measure: 'bloodPressure' },
	{ measure: 'toString' },
	{ note: '<img src=x onerror=alert(1)>' },
	{ note: '\u202e17 gk' },
	{ effective: { utc: 8.64e15, offset: 60, zone: 'Europe/Stockholm' } },
	{ effective: { utc: 0, offset: 100_000, zone: '../../etc' } }
);

const cast = seededRandom('malicious');
const owner = newPerson(cast);
const relative = newPerson(cast);
const attacker = newPerson(cast);

/** Everything honest that was written, and a chance for the attacker to have been in the circle. */
function honestWorld(standing: (typeof standings)[number], count: number) {
	const circle = new TestCircle(owner, ['weight', 'profile'], cast);
	const book = circle.book();
	circle.add(relative, 'relative', [[book, 'w']]);
	circle.add(attacker, standing === 'viewer' ? 'viewer' : 'relative', [[book, standing === 'viewer' ? 'r' : 'w']]);
	const [ours, theirs, its] = [owner, relative, attacker].map((who) => new TestWriter(circle, book, deviceOf(who)));
	const writers = {
		owner: must(ours, 'a writer'),
		relative: must(theirs, 'a writer'),
		attacker: must(its, 'a writer')
	};
	const frames: Frame[] = [];
	for (let n = 0; n < count; n += 1)
		frames.push((n % 2 === 0 ? writers.owner : writers.relative).write([weightEntry(entryId(cast), 60 + n)]));
	if (standing !== 'viewer') frames.push(writers.attacker.write([weightEntry(entryId(cast), 50)]));
	if (standing === 'removed') {
		const { seq, prev } = writers.attacker;
		const heads = [{ device: deviceOf(attacker).id, seq, hash: prev }];
		circle.extend(owner, (head) => ({
			members: head.members.filter(({ identity }) => identity !== attacker.identity.id),
			...circle.loss(attacker, [book], () => heads)
		}));
	}
	return { circle, book, writers, frames };
}
type World = ReturnType<typeof honestWorld>;

/** The attack's frames; the honest ones stand in `world` and are not touched. */
function attackFrames(world: World, attack: Attack, bad: Record<string, unknown>): Frame[] {
	const { book, writers } = world;
	const own = writers.attacker;
	const targets = world.frames.flatMap((frame) => idsIn(world, frame));
	const changed = (target: EntryId, kind: 'obs.void' | 'obs.amend'): unknown =>
		kind === 'obs.void'
			? { kind, v: 1, id: entryId(cast), target, reason: 'mistake' }
			: { ...weightEntry(entryId(cast), 999), kind, target };
	const plain = (): Entry => weightEntry(entryId(cast), 44);
	switch (attack) {
		case 'MM1 writes without a right':
			return [own.write([plain(), { kind: 'receipt', v: 1, id: entryId(cast), outcome: 'seen', at: 1 }])];
		case 'MM2 signs as another device': {
			const { seq, prev } = writers.owner;
			return [own.write([plain()], { keep: false, header: { device: deviceOf(owner).id, seq: seq + 1, prev } })];
		}
		case 'MM3 writes past a cut':
			return [own.write([plain()], { epoch: 1 }), own.write([plain()], { epoch: 1 })];
		case 'MM4 two frames in one place':
			return [own.write([plain()], { keep: false, epoch: 1 }), own.write([plain()], { epoch: 1 })];
		case 'MM5 takes back everybody’s entries':
			return [
				own.write(
					targets.map((target) => changed(target, 'obs.void')),
					{ epoch: 1 }
				)
			];
		case 'MM5 changes everybody’s entries':
			return [
				own.write(
					targets.map((target) => changed(target, 'obs.amend')),
					{ epoch: 1 }
				)
			];
		case 'MM6 poisoned values':
			return [own.write([{ ...plain(), ...bad }], { epoch: 1 })];
		case 'MM6 a taken id':
			return [
				own.write(
					targets.map((target) => weightEntry(target, 1)),
					{ epoch: 1 }
				)
			];
		case 'MM6 the highest time':
			return [own.write([plain()], { epoch: 1, lamport: 2 ** 48 })];
		case 'MM7 another key':
		case 'MM7 an epoch that is not': {
			const honest = own.write([plain()], { epoch: 1 });
			const epoch = attack === 'MM7 another key' ? book.keys.length : book.keys.length + 3;
			const sealed = { type: 'batch' as const, header: { ...honest.header, epoch, seq: own.seq + 1, prev: own.prev } };
			return [
				sealFrame({
					...sealed,
					plaintext: cast(300),
					epochKey: cast(32),
					signSecret: deviceOf(attacker).sign.secret,
					nonce: cast(24)
				})
			];
		}
		case 'MM9 a snapshot':
			return [own.write([plain()], { epoch: 1, type: 'snapshot' })];
	}
}

const batchOf = ({ book }: World, frame: Frame) => {
	const key = book.keys[frame.header.epoch - 1];
	const plaintext = key && openFrame(frame, key);
	return plaintext ? parseBatch(plaintext) : null;
};

const idsIn = (world: World, frame: Frame): EntryId[] => batchOf(world, frame)?.entries.map(({ id }) => id) ?? [];

const judge = (world: World, frames: readonly Frame[]): Acceptance =>
	acceptFrames({
		book: world.book.id,
		kind: 'weight',
		chain: world.circle.chain(),
		identities: world.circle.identities,
		isSigned: verifyFrame,
		open: (frame) => batchOf(world, frame),
		frames
	});

/** What a screen shows of what honest people wrote: not whether somebody has tried to take its id. */
const shownOf = (state: Acceptance, who: readonly Person[]) =>
	projectObservations(state.accepted)
		.filter(({ by }) => who.some((person) => person.identity.id === by))
		.map(({ id, by, values, effective, amended, note }) => ({ id: entryOf(id), by, values, effective, amended, note }));

test(
	`${WORLDS} worlds with a member who breaks the rules: what others wrote stands, and replicas agree`,
	{ timeout: isNightly ? 3_600_000 : 120_000 },
	() => {
		const seen = new Map<Attack, number>();
		fc.assert(
			fc.property(
				fc.constantFrom(...standings),
				fc.array(fc.tuple(fc.constantFrom(...attacks), poison), { minLength: 1, maxLength: 4 }),
				fc.integer({ min: 2, max: 6 }),
				fc.nat(1_000_000),
				(standing, plan, count, seed) => {
					const world = honestWorld(standing, count);
					const honest = shownOf(judge(world, world.frames), [owner, relative]);
					expect(honest).toHaveLength(count);
					const hostile = plan.flatMap(([attack, bad]) => {
						seen.set(attack, (seen.get(attack) ?? 0) + 1);
						return attackFrames(world, attack, bad);
					});
					const all = [...world.frames, ...hostile];
					const state = judge(world, all);
					expect(shownOf(state, [owner, relative])).toEqual(honest);
					const isHostile = new Set(hostile.map(({ hash }) => hash));
					for (const { frame, author } of state.accepted.filter((each) => isHostile.has(each.frame.hash))) {
						expect(author).toBe(attacker.identity.id);
						if (standing !== 'relative') throw new Error(`accepted from a ${standing}: ${frame.header.seq}`);
					}
					const stated = (one: Acceptance) =>
						JSON.stringify([one.accepted.flatMap(statedIn), one.forked, shownOf(one, [owner, relative, attacker])]);
					for (const replica of [1, 2]) expect(stated(judge(world, shuffled(all, seed + replica)))).toBe(stated(state));
				}
			),
			{
				numRuns: WORLDS,
				endOnFailure: isNightly,
				...(isNightly ? {} : { seed: 20_261_126 }),
				// Found by a long run: of two relatives the one with the lower time pushed the other's reading aside.
				examples: [['relative', [TAKEN, TAKEN], 6, 996_896]]
			}
		);
		expect([...seen.keys()].sort()).toEqual([...attacks].sort());
	}
);
