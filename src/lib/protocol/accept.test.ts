import { describe, expect, test } from 'vitest';
import {
	addDevice,
	deviceOf,
	entryId,
	extendPerson,
	newPerson,
	recordBytes,
	seededRandom,
	TestCircle,
	TestWriter,
	weightEntry,
	wireDevice,
	withMember,
	type Person,
	type TestDevice
} from '../../../tests/support/people';
import { must } from '$lib/domain/assert';
import { acceptFrames, type Acceptance } from './accept';
import { parseBatch, type Batch, type Entry } from './entries';
import { openFrame, parseFrame, verifyFrame, type Frame } from './frame';
import { extendIdentity, parseIdentityRecord } from './identity-log';
import type { Hash } from './ids';
import { commitOf, type Manifest } from './manifest';
import { keyCommit } from './envelope';

const random = seededRandom('accept');

/** Everything opened with every key of the circle, as a member who was there from the start. */
function accept(
	circle: TestCircle,
	frames: readonly Frame[],
	options: { book?: number; anchors?: ReadonlySet<Hash> } = {}
): Acceptance {
	const book = circle.book(options.book);
	const chain = circle.chain();
	return acceptFrames({
		book: book.id,
		kind: book.kind,
		chain,
		identities: circle.identities,
		frames,
		isSigned: verifyFrame,
		open: (frame) => openWith(circle, frame),
		anchors: options.anchors
	});
}

function openWith(circle: TestCircle, frame: Frame): Batch | null {
	const key = circle.books.find((book) => book.id === frame.header.book)?.keys[frame.header.epoch - 1];
	const commit = commitOf(circle.chain(), frame.header.book, frame.header.epoch);
	const plaintext = key && commit === keyCommit(key) ? openFrame(frame, key) : null;
	return plaintext && parseBatch(plaintext);
}

const reasonOf = (acceptance: Acceptance, frame: Frame): string =>
	acceptance.parked.find((parked) => parked.frame.bytes === frame.bytes)?.reason ??
	(acceptance.accepted.some((accepted) => accepted.frame.hash === frame.hash) ? 'accepted' : 'missing');

function world() {
	const [owner, relative] = [newPerson(random), newPerson(random)];
	const circle = new TestCircle(owner, ['weight', 'log', 'profile'], random);
	circle.add(relative, 'relative', [
		[circle.book(0), 'w'],
		[circle.book(1), 'w']
	]);
	const writer = (person: Person, index = 0, device = deviceOf(person)) =>
		new TestWriter(circle, circle.book(index), device);
	return { circle, owner, relative, mine: writer(owner), theirs: writer(relative), writer };
}

const obs = () => [weightEntry(entryId(random))];

describe('7: a frame counts when every condition holds, and is parked with the reason otherwise', () => {
	test('signed, known, linked, in a known epoch, by right, of a right kind', () => {
		const { circle, mine, theirs } = world();
		const frames = [mine.write(obs()), theirs.write(obs()), mine.write(obs())];
		const { accepted, parked, forked } = accept(circle, frames);
		expect([accepted.length, parked, forked]).toEqual([3, [], []]);
		expect(accepted.map(({ role }) => role).sort()).toEqual(['owner', 'owner', 'relative']);
	});

	test('MM2: signed by another, by a stranger, or for another circle', () => {
		const { circle, owner, mine, theirs } = world();
		const stranger = newPerson(random);
		const forged = { ...theirs.write(obs(), { header: { device: deviceOf(owner).id }, keep: false }) };
		const unknown = new TestWriter(circle, circle.book(), deviceOf(stranger)).write(obs());
		const elsewhere = mine.write(obs(), {
			keep: false,
			header: { circle: new TestCircle(owner, ['weight'], random).id }
		});
		const acceptance = accept(circle, [forged, unknown, elsewhere]);
		expect([forged, unknown, elsewhere].map((frame) => reasonOf(acceptance, frame))).toEqual([
			'bad-signature',
			'unknown-device',
			'bad-signature'
		]);
	});

	test('MR1: after a gap everything waits, and counts when the gap is filled', () => {
		const { circle, mine } = world();
		const [first, second, third] = [mine.write(obs()), mine.write(obs()), mine.write(obs())];
		expect(accept(circle, [first, third]).parked).toEqual([{ frame: third, reason: 'gap' }]);
		expect(accept(circle, [third, second, first]).accepted).toHaveLength(3);
	});

	test('a chain that begins elsewhere, or goes through another device’s frame, is a gap', () => {
		const { circle, mine, theirs } = world();
		const other = theirs.write(obs());
		const crossed = mine.write(obs(), { header: { seq: 2, prev: other.hash }, keep: false });
		const late = mine.write(obs(), { header: { seq: 1, prev: other.hash }, keep: false });
		const acceptance = accept(circle, [other, crossed, late]);
		expect([crossed, late].map((frame) => reasonOf(acceptance, frame))).toEqual(['gap', 'gap']);
		expect(accept(circle, [crossed], { anchors: new Set([other.hash]) }).accepted).toHaveLength(1);
	});

	test('an epoch nobody announced, and a key that does not open', () => {
		const { circle, mine } = world();
		circle.book().keys.push(random(32));
		const early = mine.write(obs(), { keep: false });
		expect(reasonOf(accept(circle, [early]), early)).toBe('unknown-epoch');
		circle.book().keys.pop();
		const key = must(circle.book().keys[0], 'a key');
		circle.book().keys[0] = random(32);
		const garbage = mine.write(obs(), { keep: false });
		circle.book().keys[0] = key;
		expect(reasonOf(accept(circle, [garbage]), garbage)).toBe('unreadable');
	});

	test('MM1: a reader’s frame, a kind outside the role, a measure in another measure’s book', () => {
		const { circle, owner, relative, mine, theirs, writer } = world();
		const reader = newPerson(random);
		circle.add(reader, 'viewer', [[circle.book(), 'r']], owner);
		const read = writer(reader).write(obs());
		const field: Entry = { kind: 'field.set', v: 1, id: entryId(random), of: 'person', field: 'name', value: 'x' };
		const inLog = writer(relative, 1).write(obs());
		const wrong = theirs.write([field], { keep: false });
		const pulse = mine.write([weightEntry(entryId(random), 60, 'pulse')], { keep: false });
		const acceptance = accept(circle, [read, wrong, pulse]);
		expect([read, wrong, pulse].map((frame) => reasonOf(acceptance, frame))).toEqual([
			'no-right',
			'wrong-kind',
			'wrong-kind'
		]);
		expect(reasonOf(accept(circle, [inLog], { book: 1 }), inLog)).toBe('wrong-kind');
	});

	test('a right the table never gives counts for nothing, also when a manifest gives it', () => {
		const { circle, owner, writer } = world();
		const unit = newPerson(random, { type: 'unit' });
		circle.add(unit, 'careContact', [[circle.book(2), 'w']], owner);
		const frame = writer(unit, 2).write(obs());
		expect(reasonOf(accept(circle, [frame], { book: 2 }), frame)).toBe('wrong-kind');
	});

	test('S1: a frame of a suite below the manifest’s least does not count', () => {
		const { circle, owner, mine } = world();
		circle.extend(owner, { suiteMin: 2, books: circle.raise([circle.book()]) });
		const weak = mine.write(obs());
		expect(reasonOf(accept(circle, [weak]), weak)).toBe('no-right');
	});

	test('a snapshot is a link of the chain and never read as a batch', () => {
		const { circle, mine } = world();
		const [snapshot, after] = [mine.write(obs(), { type: 'snapshot' }), mine.write(obs())];
		const acceptance = accept(circle, [snapshot, after]);
		expect([snapshot, after].map((frame) => reasonOf(acceptance, frame))).toEqual(['unreadable', 'accepted']);
	});

	test('entries of a newer app are counted beside those that are read', () => {
		const { circle, mine } = world();
		const newer = { kind: 'tick', v: 9, id: entryId(random) };
		const acceptance = accept(circle, [mine.write([...obs(), newer])]);
		expect([acceptance.accepted[0]?.batch.entries.length, acceptance.unknownEntries]).toEqual([1, 1]);
	});
});

describe('A1: what a relay may do to a frame', () => {
	test('a copy with another signature stands in for nothing, in either order', () => {
		const { circle, mine } = world();
		const good = mine.write(obs());
		const bytes = good.bytes.slice();
		bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
		const parsed = parseFrame(bytes);
		const bad = must(parsed.ok ? parsed.value : null, 'the outer form is whole');
		expect(bad.hash).toBe(good.hash);
		for (const frames of [
			[good, bad],
			[bad, good]
		]) {
			expect(accept(circle, frames).accepted.map(({ frame }) => frame)).toEqual([good]);
		}
	});

	test('MR3: a frame given twice counts once', () => {
		const { circle, mine } = world();
		const frame = mine.write(obs());
		expect(accept(circle, [frame, frame, { ...frame }]).accepted).toHaveLength(1);
	});
});

describe('devices', () => {
	test('a claimed device’s frames stay its owner’s', () => {
		const { circle, owner, relative, mine } = world();
		const frame = mine.write(obs());
		const first = deviceOf(relative);
		extendPerson(
			relative,
			{ kind: 'addDevice', by: first.id, device: wireDevice(deviceOf(owner)), admin: false, boxes: '' },
			first.sign.secret
		);
		expect(accept(circle, [frame]).accepted[0]?.author).toBe(owner.identity.id);
	});

	test('a device that has not confirmed itself waits', () => {
		const { circle, owner, writer } = world();
		const second = addDevice(owner, random);
		const frame = writer(owner, 0, second).write(obs());
		expect(reasonOf(accept(circle, [frame]), frame)).toBe('accepted');
		const third = addDeviceUnconfirmed(owner);
		const early = writer(owner, 0, third).write(obs());
		expect(reasonOf(accept(circle, [early]), early)).toBe('unknown-device');
	});

	test('MM10: a removed device writes nothing in an epoch that knows of its removal', () => {
		const { circle, owner, writer } = world();
		const lost = addDevice(owner, random);
		const before = writer(owner, 0, lost);
		const [kept, late] = [before.write(obs()), before.write(obs())];
		extendPerson(owner, { kind: 'removeDevice', by: deviceOf(owner).id, device: lost.id }, deviceOf(owner).sign.secret);
		const cut = {
			member: owner.identity.id,
			book: circle.book().id,
			epoch: 1,
			listedOnly: true as const,
			heads: [{ device: lost.id, seq: 1, hash: kept.hash }]
		};
		circle.extend(owner, (head) => ({
			...withMember(owner, (member) => ({ ...member, idHead: owner.identity.head }))(head),
			cuts: [cut],
			books: circle.raise([circle.book()])
		}));
		const stolen = before.write(obs());
		const other = writer(owner).write(obs(), { epoch: 1 });
		const acceptance = accept(circle, [kept, late, stolen, other]);
		expect([kept, late, stolen, other].map((frame) => reasonOf(acceptance, frame))).toEqual([
			'accepted',
			'beyond-cut',
			'no-right',
			'accepted'
		]);
	});

	test('MM4: a true fork keeps both branches and names the device; a frame sealed again is no fork', () => {
		const { circle, mine } = world();
		mine.write(obs());
		const entries = obs();
		const first = mine.write(entries, { keep: false });
		const again = mine.write(entries, { keep: false });
		const start = new TestWriter(circle, circle.book(), mine.device);
		const root = start.write(obs());
		const sealed = [start.write(entries, { keep: false }), start.write(entries, { keep: false })];
		expect(accept(circle, [root, ...sealed]).forked).toEqual([]);
		expect(accept(circle, [root, ...sealed]).accepted).toHaveLength(3);
		const other = start.write(obs(), { keep: false });
		const forked = accept(circle, [root, ...sealed, other]);
		expect(forked.forked).toEqual([mine.device.id]);
		expect(forked.accepted).toHaveLength(4);
		expect(first.hash).not.toBe(again.hash);
	});
});

function addDeviceUnconfirmed(person: Person): TestDevice {
	const donor = newPerson(random);
	const device = deviceOf(donor);
	const first = deviceOf(person);
	const bytes = recordBytes(
		person,
		{ kind: 'addDevice', by: first.id, device: wireDevice(device), admin: false, boxes: '' },
		first.sign.secret
	);
	const next = extendIdentity(person.identity, must(parseIdentityRecord(bytes), 'it parses'));
	if (next.ok) person.identity = next.value;
	return device;
}

describe('M5: cuts', () => {
	test('MM3: what stood before the cut stays, what came after does not, and a re-grant goes on from there', () => {
		const { circle, owner, relative, theirs } = world();
		const before = [theirs.write(obs()), theirs.write(obs())];
		const heads = [{ device: theirs.device.id, seq: theirs.seq, hash: theirs.prev }];
		const loss = circle.loss(relative, [circle.book(0), circle.book(1)], (book) =>
			book === circle.book() ? heads : []
		);
		circle.extend(owner, (head) => ({
			members: head.members.filter((member) => member.identity !== relative.identity.id),
			...loss
		}));
		const backDated = theirs.write(obs(), { epoch: 1 });
		const ahead = theirs.write(obs(), { epoch: 2 });
		circle.add(relative, 'relative', [[circle.book(), 'w']], owner);
		const again = theirs.write(obs());
		const acceptance = accept(circle, [...before, backDated, ahead, again]);
		expect([...before, backDated, again].map((frame) => reasonOf(acceptance, frame))).toEqual([
			'accepted',
			'accepted',
			'beyond-cut',
			'accepted'
		]);
	});

	test('a second cut on another branch loses nothing the first one kept', () => {
		const { circle, owner, relative, theirs } = world();
		const root = theirs.write(obs());
		const kept = theirs.write(obs(), { keep: false });
		const lost = theirs.write(obs());
		const at = (seq: number, hash: Hash | null) => () => [{ device: theirs.device.id, seq, hash }];
		const without = (head: Manifest) => head.members.filter((member) => member.identity !== relative.identity.id);
		const first = circle.loss(relative, [circle.book(0), circle.book(1)], at(2, kept.hash));
		circle.extend(owner, (head) => ({ members: without(head), ...first }));
		circle.add(relative, 'relative', [[circle.book(), 'w']], owner);
		const again = theirs.write(obs());
		const second = circle.loss(relative, [circle.book(0)], at(3, again.hash));
		circle.extend(owner, (head) => ({ members: without(head), ...second }));
		const acceptance = accept(circle, [root, kept, lost, again]);
		expect([root, kept, lost, again].map((frame) => reasonOf(acceptance, frame))).toEqual([
			'accepted',
			'accepted',
			'beyond-cut',
			'accepted'
		]);
	});

	test('another branch below the cut’s head does not count, whatever comes first', () => {
		const { circle, owner, relative, theirs } = world();
		const root = theirs.write(obs());
		const branch = theirs.write(obs(), { keep: false });
		const head = theirs.write(obs());
		const loss = circle.loss(relative, [circle.book(0), circle.book(1)], () => [
			{ device: theirs.device.id, seq: 2, hash: head.hash }
		]);
		circle.extend(owner, (now) => ({
			members: now.members.filter((member) => member.identity !== relative.identity.id),
			...loss
		}));
		expect(accept(circle, [branch, root]).accepted).toHaveLength(2);
		for (const frames of [
			[root, branch, head],
			[head, branch, root]
		]) {
			expect(reasonOf(accept(circle, frames), branch)).toBe('beyond-cut');
			expect(accept(circle, frames).accepted).toHaveLength(2);
		}
	});

	test('while the cut’s head is withheld, its place decides: another branch goes no further than it', () => {
		const { circle, owner, relative, theirs } = world();
		const root = theirs.write(obs());
		const head = theirs.write(obs(), { keep: false });
		const branch = [theirs.write(obs()), theirs.write(obs())];
		const loss = circle.loss(relative, [circle.book(0), circle.book(1)], () => [
			{ device: theirs.device.id, seq: 2, hash: head.hash }
		]);
		circle.extend(owner, (now) => ({
			members: now.members.filter((member) => member.identity !== relative.identity.id),
			...loss
		}));
		const acceptance = accept(circle, [root, ...branch]);
		expect([root, ...branch].map((frame) => reasonOf(acceptance, frame))).toEqual([
			'accepted',
			'accepted',
			'beyond-cut'
		]);
	});
});
