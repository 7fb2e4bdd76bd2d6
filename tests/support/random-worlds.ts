/**
 * Random worlds for the accept rule: people who write, fork, amend, take back, lose devices, are let in and put out. Whoever
 * uses them puts `markedSigning` in place of signatures, because thousands of worlds are made.
 */
import fc from 'fast-check';
import {
	addDevice,
	deviceOf,
	entryId,
	newPerson,
	recordBytes,
	seededRandom,
	START,
	TestCircle,
	TestWriter,
	weightEntry,
	withMember,
	type Person,
	type TestDevice
} from './people';
import { must } from '$lib/domain/assert';
import { acceptFrames, type Acceptance } from '$lib/protocol/accept';
import { isEntry, parseBatch, type Batch } from '$lib/protocol/entries';
import type { OriginalRules } from '$lib/protocol/granted';
import { openFrame, type Frame } from '$lib/protocol/frame';
import { extendIdentity, parseIdentityRecord } from '$lib/protocol/identity-log';
import type { DeviceId, EntryId, Hash } from '$lib/protocol/ids';
import { memberOf, type Manifest } from '$lib/protocol/manifest';

/** One step of a random world; numbers are taken modulo what there is. */
export type Step =
	| {
			readonly do: 'write';
			readonly who: number;
			readonly device: number;
			readonly kind: number;
			readonly epochBack: number;
	  }
	| { readonly do: 'fork' | 'again'; readonly who: number; readonly device: number }
	| { readonly do: 'revoke' | 'grant' | 'role' | 'newKeys' | 'loseDevice'; readonly who: number };

const index = fc.nat(7);
export const step: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 12,
		arbitrary: fc.record({
			do: fc.constant('write' as const),
			who: index,
			device: index,
			kind: index,
			epochBack: fc.nat(2)
		})
	},
	{
		weight: 2,
		arbitrary: fc.record({ do: fc.constantFrom('fork' as const, 'again' as const), who: index, device: index })
	},
	{
		weight: 3,
		arbitrary: fc.record({
			do: fc.constantFrom(
				'revoke' as const,
				'grant' as const,
				'role' as const,
				'newKeys' as const,
				'loseDevice' as const
			),
			who: index
		})
	}
);

/** People and keys are made once: the runs differ in what they do. */
const cast = seededRandom('cast');
const owner = newPerson(cast);
const members = [newPerson(cast), newPerson(cast), newPerson(cast, { type: 'unit' })];
const second = [owner, ...members].map((person) => addDevice(person, cast));
export const stranger = newPerson(cast);
const beforeLoss = [owner, ...members].map((person) => person.identity);
const roles = ['relative', 'coOwner', 'careContact'] as const;

export interface Played {
	readonly circle: TestCircle;
	readonly frames: Frame[];
	/** Frames that stood at a cut or below it: none of them may ever be lost. */
	readonly mustCount: Set<Hash>;
	/** Each device's chain. */
	readonly writers: Map<DeviceId, TestWriter>;
	/** Readings written so far, for amendments and voids to name. */
	readonly readings: EntryId[];
	/** Frames written without a right at the time, or after a cut in an old epoch. */
	readonly mustNotCount: Set<Hash>;
}

/** Signatures cost the most, and are proved above: here a frame is signed when nobody has touched it. */
const signedHere = new WeakSet<Frame>();

export function play(steps: readonly Step[]): Played {
	[owner, ...members].forEach((person, i) => (person.identity = must(beforeLoss[i], 'a log')));
	const circle = new TestCircle(owner, ['weight', 'profile'], cast);
	for (const [i, member] of members.entries()) {
		circle.people.set(member.identity.id, member);
		grant(circle, member, roles[i] ?? 'relative');
	}
	const played: Played = {
		circle,
		frames: [],
		writers: new Map(),
		mustCount: new Set(),
		mustNotCount: new Set(),
		readings: []
	};
	playOn(played, steps);
	return played;
}

export function playOn(played: Played, steps: readonly Step[]): void {
	for (const each of steps) perform(played, played.writers, each);
}

/** Somebody who is let in as a viewer, and told of what is written from the book's next epoch on. */
const reader = newPerson(cast);

/** A new epoch, given to the reader from its first frame on. */
export function letInFromHere(played: Played): number {
	const { circle } = played;
	circle.people.set(reader.identity.id, reader);
	const books = circle.raise([circle.book()]);
	const fromEpoch = circle.book().keys.length;
	const rights = [{ book: circle.book().id, access: 'r' as const, fromEpoch }];
	circle.extend(owner, (head) => ({
		books,
		members: [
			...head.members,
			{ identity: reader.identity.id, idHead: reader.identity.head, role: 'viewer', actsFor: false, rights }
		]
	}));
	return fromEpoch;
}

/** The owner's first device writes the frames of a snapshot. */
export function writeSnapshot(played: Played, slices: readonly Uint8Array[]): Frame[] {
	const device = deviceOf(owner);
	const writer = played.writers.get(device.id) ?? new TestWriter(played.circle, played.circle.book(), device);
	played.writers.set(device.id, writer);
	return slices.map((plaintext) => {
		const frame = writer.write([], { type: 'snapshot', plaintext });
		signedHere.add(frame);
		played.frames.push(frame);
		return frame;
	});
}

export const ownDevice = (): DeviceId => deviceOf(owner).id;

/** Readings of many days: as many as there are frames, over and over. */
const DAYS = 40;

/** A reading of a day of its own. */
function dated<E extends object>(entry: E, { frames }: Played): E {
	const utc = START - ((frames.length * 7) % DAYS) * 86_400_000;
	return { ...entry, effective: { utc, offset: 60, zone: 'Europe/Stockholm' } };
}

function grant(circle: TestCircle, person: Person, role: (typeof roles)[number]): void {
	if (memberOf(circle.head.body, person.identity.id)) return;
	circle.extend(owner, (head) => ({
		members: [
			...head.members,
			{
				identity: person.identity.id,
				idHead: person.identity.head,
				role,
				actsFor: false,
				rights: [{ book: circle.book().id, access: 'w', fromEpoch: circle.book().keys.length }]
			}
		]
	}));
}

function perform(played: Played, writers: Map<DeviceId, TestWriter>, each: Step): void {
	const { circle, frames } = played;
	const people = [owner, ...members];
	const who = each.who % (people.length + 1);
	const person = people[who] ?? stranger;
	const member = memberOf(circle.head.body, person.identity.id);
	if (each.do === 'write' || each.do === 'fork' || each.do === 'again') {
		const device = each.device % 2 === 1 ? (second[who] ?? deviceOf(stranger)) : deviceOf(person);
		const writer = writers.get(device.id) ?? new TestWriter(circle, circle.book(), device);
		writers.set(device.id, writer);
		const entries: readonly unknown[] =
			each.do === 'write' && each.kind === 0
				? [{ kind: 'field.set', v: 1, id: entryId(cast), of: 'person', field: 'name', value: null }]
				: each.do === 'write' && each.kind === 1
					? [weightEntry(entryId(cast), 60, 'pulse')]
					: each.do === 'write' && each.kind < 4
						? [changeOf(played, each)]
						: [dated(weightEntry(entryId(cast), 60 + (frames.length % 20)), played)];
		played.readings.push(
			...entries.flatMap((entry) => (isEntry(entry) && entry.kind !== 'obs.void' ? [entry.id] : []))
		);
		const back = each.do === 'write' ? each.epochBack : 0;
		const epoch = Math.max(1, circle.book().keys.length - back);
		const made =
			each.do === 'again'
				? [writer.write(entries, { keep: false, epoch }), writer.write(entries, { epoch })]
				: each.do === 'fork'
					? [writer.write(entries, { keep: false, epoch }), writer.write([weightEntry(entryId(cast))], { epoch })]
					: [writer.write(entries, { epoch })];
		for (const frame of made) {
			signedHere.add(frame);
			frames.push(frame);
			if (
				person === stranger ||
				(entries.every(isEntry) && entries.some((entry) => entry.kind === 'obs.add' && entry.measure === 'pulse'))
			) {
				played.mustNotCount.add(frame.hash);
			}
		}
		return;
	}
	if (person === stranger) return;
	if (each.do === 'newKeys') return circle.extend(owner, { books: circle.raise([circle.book()]) });
	if (person === owner) return;
	if (each.do === 'grant') return grant(circle, person, roles[(who - 1) % 3] ?? 'relative');
	if (!member) return;
	if (each.do === 'loseDevice') return loseDevice(played, writers, person, must(second[who], 'a second device'));
	const role = each.do === 'role' ? 'viewer' : null;
	if (member.role === 'viewer') return;
	const heads = headsOf(played, writers, person);
	const loss = circle.loss(person, [circle.book()], () => heads);
	circle.extend(owner, (head) => ({
		members: role
			? head.members.map((one) =>
					one.identity === person.identity.id
						? { ...one, role, rights: one.rights.map((right) => ({ ...right, access: 'r' as const })) }
						: one
				)
			: head.members.filter((one) => one.identity !== person.identity.id),
		...loss
	}));
}

/** An amendment or a void of something written before, or of nothing anybody has seen. */
function changeOf(played: Played, each: Step & { readonly do: 'write' }): unknown {
	const { readings } = played;
	const target = readings[(each.device * 5 + each.who) % (readings.length + 1)] ?? entryId(cast);
	return each.kind === 2
		? { ...dated(weightEntry(entryId(cast), 80 + each.who), played), kind: 'obs.amend', target }
		: { kind: 'obs.void', v: 1, id: entryId(cast), target, reason: 'mistake' };
}

/** The heads an honest signer puts in a cut: the newest frame of each device that counts now. */
function headsOf(
	played: Played,
	writers: Map<DeviceId, TestWriter>,
	person: Person
): Manifest['cuts'][number]['heads'] {
	const state = judge(played, played.frames);
	const counted = state.accepted.filter(({ author }) => author === person.identity.id);
	return [...person.identity.devices.keys()].flatMap((device) => {
		const own = counted
			.filter(({ frame }) => frame.header.device === device)
			.sort((a, b) => b.frame.header.seq - a.frame.header.seq)[0];
		if (!own || !writers.has(device)) return [];
		const byHash = new Map(played.frames.map((frame) => [frame.hash, frame]));
		const countedHashes = new Set(counted.map(({ frame }) => frame.hash));
		for (let at: Frame | undefined = own.frame; at; at = at.header.prev ? byHash.get(at.header.prev) : undefined) {
			if (countedHashes.has(at.hash)) played.mustCount.add(at.hash);
		}
		return [{ device, seq: own.frame.header.seq, hash: own.frame.hash }];
	});
}

function loseDevice(played: Played, writers: Map<DeviceId, TestWriter>, person: Person, device: TestDevice): void {
	const { circle } = played;
	if (person.identity.devices.get(device.id)?.removedAt !== null) return;
	const head = headsOf(played, writers, person).find((each) => each.device === device.id) ?? {
		device: device.id,
		seq: 0,
		hash: null
	};
	const first = deviceOf(person);
	const next = extendIdentity(
		person.identity,
		must(
			parseIdentityRecord(
				recordBytes(person, { kind: 'removeDevice', by: first.id, device: device.id }, first.sign.secret)
			),
			'it parses'
		)
	);
	if (!next.ok) return;
	person.identity = next.value;
	const epoch = circle.book().keys.length;
	circle.extend(person, (now) => ({
		...withMember(person, (one) => ({ ...one, idHead: person.identity.head }))(now),
		cuts: [...now.cuts, { member: person.identity.id, book: circle.book().id, epoch, listedOnly: true, heads: [head] }],
		books: circle.raise([circle.book()])
	}));
}

const opened = new WeakMap<Frame, Batch | null>();

export function judge(played: Played, frames: readonly Frame[]): Acceptance {
	return acceptFrames({ ...rulesOf(played), frames });
}

/** The rules as somebody has them who holds every key. */
export function rulesOf({ circle }: Played): OriginalRules {
	// The chain was verified record by record as it grew; verifying it again would cost more than the rule under test.
	const chain = { circle: circle.id, records: circle.records, head: circle.head };
	return {
		book: circle.book().id,
		kind: 'weight',
		chain,
		identities: [...circle.identities, stranger.identity],
		holdsKey: (epoch) => epoch <= circle.book().keys.length,
		isSigned: (frame) => signedHere.has(frame),
		open: (frame) => {
			if (!opened.has(frame)) {
				const plaintext = openFrame(frame, must(circle.book().keys[frame.header.epoch - 1], 'a key'));
				opened.set(frame, plaintext && parseBatch(plaintext));
			}
			return opened.get(frame) ?? null;
		}
	};
}

/** The frames in another order, some of them twice. */
export function shuffled(frames: readonly Frame[], seed: number): Frame[] {
	const order = [...frames, ...frames.filter((_, i) => (i + seed) % 5 === 0)];
	let state = seed + 1;
	for (let i = order.length - 1; i > 0; i -= 1) {
		state = (state * 48_271) % 2_147_483_647;
		const j = state % (i + 1);
		[order[i], order[j]] = [order[j] as Frame, order[i] as Frame];
	}
	return order;
}
