/**
 * S3 in random worlds: people write, correct, fork, lose devices and are let in and put out; at some point a reader is given
 * the book from a day on, and the world goes on. In whatever order the frames come, what the reader sees of the window is
 * what the owner sees of it, and everybody who holds the originals finds the grant right.
 */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import {
	judge,
	letInFromHere,
	ownDevice,
	play,
	playOn,
	rulesOf,
	shuffled,
	step,
	writeSnapshot,
	type Played,
	type Step
} from '../../../tests/support/random-worlds';
import { entryId, seededRandom, START, weightEntry } from '../../../tests/support/people';
import { must } from '$lib/domain/assert';
import type { Observation } from '$lib/domain/observation';
import { DAY_MS, effectiveAt, localDate, type LocalDate } from '$lib/domain/time';
import { acceptFrames } from './accept';
import { keyCommit } from './envelope';
import { openFrame, type Frame } from './frame';
import { checkGrant, coverableEnds, entriesToGrant, knownKinds } from './granted';
import { ObservationIndex, statedBy, type Stated } from './project';
import { grantReader, grantsAmong, type GrantKeys } from './read-grants';
import { encodeGrant, inflateBounded, MAX_UNPACKED, openGrant } from './snapshot';
import { parseSnapshot } from './snapshot-part';
import { withinWindow } from './window';
import { deflateSync } from 'fflate';

vi.mock('$lib/crypto/signing', async (original) => {
	const { markedSigning } = await import('../../../tests/support/marked-signing');
	return { ...(await original<object>()), ...markedSigning() };
});

const random = seededRandom('grants');
const RUNS = process.env['NIGHTLY'] ? 20_000 : 800;
const dayBefore = (days: number): LocalDate => localDate(effectiveAt(START - days * DAY_MS, 'Europe/Stockholm'));

interface Granted {
	readonly fromEpoch: number;
	readonly key: Uint8Array;
	readonly from: LocalDate;
	readonly first: Frame;
}

/** What an owner's device does when it gives the book from a day on. */
function grant(world: Played, from: LocalDate): Granted {
	const fromEpoch = letInFromHere(world);
	const rules = rulesOf(world);
	const ends = coverableEnds(rules, world.frames);
	const manifest = world.circle.head.hash;
	const stated = entriesToGrant(rules, world.frames, { ends: ends.map(({ hash }) => hash), manifest, from });
	const key = random(32);
	const own = world.writers.get(ownDevice())?.prev ?? null;
	const covers = ends.filter(({ hash }) => hash !== own);
	const place = { circle: world.circle.id, book: world.circle.book().id };
	const content = { from, kinds: knownKinds, stated: must(stated, 'the owner holds everything') };
	const [first] = writeSnapshot(world, encodeGrant(content, covers, place, key, random));
	return { fromEpoch, key, from, first: must(first, 'a grant has a frame') };
}

const keysOf = ({ circle }: Played, key: Uint8Array, fromEpoch = 1): GrantKeys => ({
	place: { circle: circle.id, book: circle.book().id },
	openPart: ({ header, ...frame }) => {
		const epochKey = header.epoch < fromEpoch ? undefined : circle.book().keys[header.epoch - 1];
		const plaintext = epochKey && openFrame({ header, ...frame }, epochKey);
		return plaintext ? parseSnapshot(plaintext) : null;
	},
	keyOf: (commit) => (commit === keyCommit(key) ? key : null)
});

/** What the reader's device makes of frames: with the keys from their epoch on, and the grant's. */
function readAsReader(world: Played, frames: readonly Frame[], { fromEpoch, key }: Granted) {
	const rules = rulesOf(world);
	return acceptFrames({
		...rules,
		frames,
		open: (frame) => (frame.header.epoch < fromEpoch ? null : rules.open(frame)),
		readGrants: grantReader(keysOf(world, key, fromEpoch))
	});
}

const indexed = (stated: readonly Stated[]) => {
	const index = new ObservationIndex();
	index.add(stated);
	return index;
};

/** A fork is cut by whoever knows of it: what a branch held is then lost to the owner and not to the reader. */
const afterwards = (steps: readonly Step[], isForked: boolean): Step[] =>
	steps
		.filter(({ do: what }) => !isForked || what === 'write' || what === 'again' || what === 'newKeys')
		.map((each) => (each.do === 'write' ? { ...each, epochBack: 0 } : each));

test(
	'the reader’s window is the owner’s, in any order; the grant is right for all who hold the originals',
	{ timeout: 900_000 },
	() => {
		const seen = { given: 0, amended: 0, voided: 0, moved: 0, later: 0, withheld: 0 };
		fc.assert(
			fc.property(
				fc.array(step, { minLength: 4, maxLength: 14 }),
				fc.array(step, { maxLength: 8 }),
				fc.nat(40),
				fc.nat(1_000_000),
				(before, after, back, seed) => {
					const world = play(before);
					const from = dayBefore(back);
					const given = grant(world, from);
					const isForked = before.some((each) => each.do === 'fork');
					playOn(world, afterwards(after, isForked));
					const owners = indexed(statedBy(judge(world, world.frames)));
					const handed = withinWindow('weight', statedBy(readAsReader(world, world.frames, given)), from);
					const held = new Set(handed.flatMap(({ entry }) => (entry.kind === 'obs.add' ? [entry.id as string] : [])));
					const isSeen = ({ id, effective }: Pick<Observation, 'id' | 'effective'>) =>
						localDate(effective) >= from && held.has(id);
					const expected = JSON.stringify([owners.observations.filter(isSeen), owners.removed.filter(isSeen)]);
					for (let replica = 0; replica < 5; replica += 1) {
						const order = shuffled(world.frames, seed + replica * 7919);
						// The last replica's relay keeps everything back that its reader could not open.
						const isSparse = replica === 4;
						const mine = isSparse ? order.filter(({ header }) => header.epoch >= given.fromEpoch) : order;
						readAsReader(world, order.slice(0, order.length >> 1), given);
						const acceptance = readAsReader(world, mine, given);
						if (acceptance.grants[0]?.state !== 'read') throw new Error('the grant was not read');
						const own = indexed(statedBy(acceptance));
						const shown = JSON.stringify([own.observations.filter(isSeen), own.removed.filter(isSeen)]);
						if (shown !== expected) throw new Error(`replica ${replica} diverged: ${shown} ${expected}`);
						const [parts] = grantsAmong(order, keysOf(world, given.key));
						const verdict = checkGrant(rulesOf(world), order, must(parts, 'one'), keysOf(world, given.key));
						if (verdict !== 'agrees') throw new Error(`replica ${replica} says the grant ${verdict}`);
						if (isSparse) seen.withheld += order.length - mine.length;
					}
					const before_ = owners.observations.filter(({ effective }) => localDate(effective) < from);
					const early = new Set(before_.map(({ id }) => id));
					const granted = readAsReader(world, world.frames, given).granted;
					seen.given += granted.length;
					seen.amended += granted.filter(({ entry }) => entry.kind === 'obs.amend').length;
					seen.voided += granted.filter(({ entry }) => entry.kind === 'obs.void').length;
					seen.moved += early.size;
					seen.later += held.size;
				}
			),
			{ numRuns: RUNS, seed: 20_261_125 }
		);
		expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
	}
);

test(
	'nothing of another day is handed over: every entry of a grant belongs to a reading of the window',
	{ timeout: 300_000 },
	() => {
		fc.assert(
			fc.property(fc.array(step, { minLength: 4, maxLength: 14 }), fc.nat(40), (before, back) => {
				const world = play(before);
				const from = dayBefore(back);
				const owners = indexed(statedBy(judge(world, world.frames)));
				const given = grant(world, from);
				const shown = new Map([...owners.observations, ...owners.removed].map((each) => [each.id, each]));
				for (const { entry } of readAsReader(world, world.frames, given).granted)
					if (entry.kind === 'obs.add')
						expect(localDate(shown.get(entry.id)?.effective ?? entry.effective) >= from).toBe(true);
			}),
			{ numRuns: RUNS / 2, seed: 20_261_126 }
		);
	}
);

/** A grant of a few readings, and what opens it. */
function small(count = 40) {
	const world = play([]);
	const author = must([...world.circle.people.values()][0], 'an owner').identity.id;
	const stated = Array.from({ length: count }, (_, i): Stated => ({
		entry: { ...weightEntry(entryId(random), 60 + (i % 20)), ...(i % 7 === 0 && { note: 'efter frukost' }) },
		author,
		device: ownDevice(),
		lamport: i + 1,
		seq: i + 1,
		owning: true
	}));
	const place = { circle: world.circle.id, book: world.circle.book().id };
	const key = random(32);
	const content = { from: dayBefore(10), kinds: knownKinds, stated };
	const slices = encodeGrant(content, [], place, key, random);
	return { content, place, key, parts: slices.map((slice) => must(parseSnapshot(slice), 'a slice of ours parses')) };
}

test('a grant opens to what was put in, with its own key, in its own place, whole', () => {
	const { content, place, key, parts } = small(3000);
	expect(openGrant(parts, place, key)).toEqual(content);
	expect(openGrant(parts, place, random(32))).toBeNull();
	expect(openGrant(parts.slice(1), place, key)).toBeNull();
	expect(openGrant([...parts].reverse(), place, key)).toEqual(parts.length === 1 ? content : null);
	const other = small().place;
	expect(openGrant(parts, other, key)).toBeNull();
	expect(
		openGrant(
			parts.map((part) => ({ ...part, count: part.count + 1 })),
			place,
			key
		)
	).toBeNull();
});

test('H2: a grant that is cut or altered at any byte opens to nothing', () => {
	const { place, key, parts } = small();
	const [part] = parts;
	fc.assert(
		fc.property(fc.nat(10_000), fc.constantFrom('cut', 'A', 'z', '_'), (at, how) => {
			const { columns } = must(part, 'one');
			const place_ = at % columns.length;
			const altered =
				how === 'cut' ? columns.slice(0, place_) : columns.slice(0, place_) + how + columns.slice(place_ + 1);
			if (altered !== columns) expect(openGrant([{ ...must(part, 'one'), columns: altered }], place, key)).toBeNull();
		}),
		{ numRuns: 300, seed: 20_261_125 }
	);
});

test('H5: a bomb is given up as soon as it has grown past its size', () => {
	const bomb = deflateSync(new Uint8Array(60 * 1024 * 1024), { level: 9 });
	const started = performance.now();
	expect(inflateBounded(bomb, 1024)).toBeNull();
	expect(inflateBounded(bomb, MAX_UNPACKED + 1)).toBeNull();
	// The whole of it takes many times that; a busy machine is no reason to fail.
	expect(performance.now() - started).toBeLessThan(2_000);
	const honest = deflateSync(new Uint8Array(1024).fill(7));
	expect(inflateBounded(honest, 1024)).toEqual(new Uint8Array(1024).fill(7));
	expect(inflateBounded(honest, 1023)).toBeNull();
	expect(inflateBounded(honest, 1025)).toBeNull();
});
