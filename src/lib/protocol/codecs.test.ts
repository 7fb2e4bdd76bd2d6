/**
 * Whatever comes as bytes: read back, cut, mutated, offered as another type. In one file beyond 400 lines, since each question is put
 * to every parser of one table.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	deviceOf,
	entryId,
	newPerson,
	seededRandom,
	START,
	TestCircle,
	TestWriter,
	weightEntry
} from '../../../tests/support/people';
import { concat, toBase64url, u32, utf8 } from '$lib/crypto/bytes';
import { encodePull, joinFrames, parsePull, splitFrames } from './api/frames';
import { encodeHeads, parseHeads, type Heads } from './api/heads';
import { encodeBatch, inBatches, isEntry, parseBatch, rawEntries, type Entry } from './entries';
import { openEnvelope, sealEnvelope } from './envelope';
import { MAX_FRAME_BYTES, MAX_PLAINTEXT_BYTES, openFrame, parseFrame, verifyFrame } from './frame';
import {
	invitationKeys,
	invitationLink,
	parseAcceptance,
	readInvitationLink,
	sealName,
	signAcceptance
} from './invitation';
import { parseIdentityRecord, readIdentityLog } from './identity-log';
import type { BookId, CircleId } from './ids';
import { jsonDepth, MAX_DEPTH, parseJson } from './json';
import { parseManifest } from './manifest';
import { openRoster, rosterSchema, sealRoster } from './roster';
import { verifyRecord, type RecordType } from './signed-record';
import { signArchive } from './archive';
import { signErasure } from './erasure';
import { readUnitCard, signUnitCard, unitCardText, verifyUnitCard, type UnitCard } from './unit-card';

const random = seededRandom('codecs');
const owner = newPerson(random);
const unit = newPerson(random, { type: 'unit' });
const circle = new TestCircle(owner, ['weight', 'profile'], random);
const writer = new TestWriter(circle, circle.book(), deviceOf(owner));
const frame = writer.write([weightEntry(entryId(random))]);
const card: UnitCard = {
	v: 1,
	identity: unit.identity.id,
	by: deviceOf(unit).id,
	unit: 'Hjärtsviktsmottagningen',
	contact: 'Anna',
	phone: '010-000 00 00',
	hours: 'vardagar',
	origin: 'https://hemlinje.test',
	exp: START + 1000,
	code: null
};
const signedCard = signUnitCard(card, deviceOf(unit).sign.secret);
const at = { now: START, origin: card.origin };

const heads: Heads = {
	incarnation: toBase64url(random(16)),
	circles: [
		{
			circle: circle.id,
			manifest: 3,
			manifestHash: toBase64url(random(8)),
			books: circle.books.map((book, pos) => ({ book: book.id, pos, run: toBase64url(random(8)) }))
		},
		{ circle: toBase64url(random(16)) as CircleId, manifest: 0, manifestHash: toBase64url(random(8)), books: [] }
	]
};
const pullHeader = { more: false, ranges: [{ circle: circle.id, book: circle.book().id, after: 4, count: 1 }] };

const invitation = invitationKeys(random(32));
const acceptance = signAcceptance(
	{
		v: 1,
		circle: circle.id,
		pub: invitation.pub,
		person: owner.identity.id,
		identity: unit.identity.id,
		at: START,
		name: sealName('Sara', invitation, random)
	},
	invitation
);

/** Whatever takes bytes from outside; null or a typed error for what it refuses. */
const parsers: Record<string, { readonly good: Uint8Array; readonly parse: (bytes: Uint8Array) => unknown }> = {
	frame: { good: frame.bytes, parse: signedFrame },
	'identity record': { good: owner.log[0] ?? new Uint8Array(), parse: parseIdentityRecord },
	'identity log': { good: owner.log[0] ?? new Uint8Array(), parse: (bytes) => okOrNull(readIdentityLog([bytes])) },
	manifest: { good: circle.head.bytes, parse: parseManifest },
	card: { good: signedCard.bytes, parse: (bytes) => okOrNull(readUnitCard(toBase64url(bytes), at)) },
	batch: {
		good: encodeBatch({ lamport: 1, seen: { pos: 2, run: 'AAAAAAAAAAA' }, entries: [weightEntry(entryId(random))] }),
		parse: parseBatch
	},
	heads: { good: encodeHeads(heads), parse: parseHeads },
	pull: { good: encodePull(pullHeader, [frame.bytes]), parse: parsePull },
	push: { good: joinFrames([frame.bytes, frame.bytes]), parse: splitFrames },
	acceptance: { good: acceptance.bytes, parse: parseAcceptance },
	'invitation link': {
		good: utf8(invitationLink(card.origin, random(32))),
		parse: (bytes) => okOrNull(readInvitationLink(Buffer.from(bytes).toString('utf8'), card.origin))
	}
};
/** The outer form of a frame has no length of its own: what was cut is found by its signature. */
function signedFrame(bytes: Uint8Array) {
	const parsed = okOrNull(parseFrame(bytes));
	return parsed && verifyFrame(parsed, deviceOf(owner).sign.pub) ? parsed : null;
}
const okOrNull = <T>(result: { ok: true; value: T } | { ok: false; error: { type: string } }): T | null => {
	if (!result.ok) expect(typeof result.error.type).toBe('string');
	return result.ok ? result.value : null;
};

const isNightly = process.env['NIGHTLY'] === '1';
/** For each parser. */
const MUTATIONS = isNightly ? 100_000 : 3000;
const SLOW_MS = 20;

function durationOf(work: () => unknown): number {
	const start = performance.now();
	work();
	return performance.now() - start;
}

describe('H2: bytes from outside', () => {
	test.each(Object.entries(parsers))('%s: is read back, and refused when cut at any byte', (name, { good, parse }) => {
		expect(parse(good)).not.toBeNull();
		for (let length = 0; length < good.length; length += 1) {
			const parsed = parse(good.subarray(0, length));
			// Heads and bodies are lists: cut between two entries they are shorter lists.
			const isList = ['heads', 'push'].includes(name) && parsed !== null;
			if (parsed !== null && !isList) throw new Error(`accepted when cut at ${length}`);
		}
	});

	test.each(Object.entries(parsers))(
		'%s: thousands of mutated inputs are refused or read in a moment, never thrown at',
		{ timeout: 3_600_000 },
		(name, { good, parse }) => {
			const before = Object.getOwnPropertyNames(Object.prototype).length;
			fc.assert(
				fc.property(mutations(good), (bytes) => {
					if (durationOf(() => parse(bytes)) < SLOW_MS) return;
					// The machine may have been elsewhere: an input that is slow is slow again.
					const again = Math.min(...[1, 2, 3].map(() => durationOf(() => parse(bytes))));
					if (again >= SLOW_MS) throw new Error(`${bytes.length} bytes took ${again} ms`);
				}),
				{ numRuns: MUTATIONS, ...(isNightly ? {} : { seed: name.length }) }
			);
			expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before);
			expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
		}
	);

	test('a __proto__ key is refused or left out, and changes nothing', () => {
		const text = new TextDecoder().decode(parsers.batch?.good);
		for (const planted of ['{"__proto__":{"polluted":1},', '{"constructor":{"prototype":{"polluted":1}},']) {
			expect(parseBatch(utf8(text.replace('{', planted)))).toBeNull();
			const entry = text.replace('{"kind"', `${planted}"kind"`);
			expect(parseBatch(utf8(entry))?.entries ?? []).toEqual([]);
		}
		const values = parseBatch(utf8(text.replace('"values":{', '"values":{"__proto__":7,')));
		expect(values?.entries.map((entry) => (entry.kind === 'obs.add' ? Object.keys(entry.values) : null))).toEqual([
			['weight']
		]);
		expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
	});

	test('F3: depth and size are looked at before anything is parsed', () => {
		const deep = utf8(`{"v":1,"people":${'['.repeat(5000)}${']'.repeat(5000)},"books":[]}`);
		expect(parseJson(rosterSchema, deep)).toBeNull();
		expect(jsonDepth('{"a":["[[[[",{"b":1}]}')).toBe(3);
		expect(jsonDepth('"\\"[[["')).toBe(0);
		expect(MAX_DEPTH).toBe(8);
		expect(parseFrame(new Uint8Array(MAX_FRAME_BYTES + 1))).toEqual({ ok: false, error: { type: 'too-large' } });
		expect(splitFrames(concat(u32(MAX_FRAME_BYTES + 1), new Uint8Array(MAX_FRAME_BYTES + 1)))).toBeNull();
		expect(splitFrames(u32(0xffffffff))).toBeNull();
	});
});

function mutations(good: Uint8Array): fc.Arbitrary<Uint8Array> {
	const place = fc.nat(Math.max(0, good.length - 1));
	const edit = fc.oneof(
		fc.tuple(place, fc.nat(7)).map(
			([at_, bit]) =>
				(bytes: Uint8Array) =>
					bytes.map((byte, i) => (i === at_ ? byte ^ (1 << bit) : byte))
		),
		fc.tuple(place, fc.nat(255)).map(
			([at_, value]) =>
				(bytes: Uint8Array) =>
					bytes.map((byte, i) => (i === at_ ? value : byte))
		),
		fc.tuple(place, fc.uint8Array({ maxLength: 20 })).map(
			([at_, more]) =>
				(bytes: Uint8Array) =>
					concat(bytes.subarray(0, at_), more, bytes.subarray(at_))
		),
		fc.tuple(place, fc.nat(40)).map(
			([at_, count]) =>
				(bytes: Uint8Array) =>
					concat(bytes.subarray(0, at_), bytes.subarray(at_ + count))
		),
		place.map((at_) => (bytes: Uint8Array) => concat(bytes, bytes.subarray(at_))),
		fc.constant(() => utf8('{"__proto__":{"polluted":1}}'))
	);
	return fc.oneof(
		{
			weight: 9,
			arbitrary: fc
				.array(edit, { minLength: 1, maxLength: 4 })
				.map((edits) => edits.reduce((bytes, each) => each(bytes), good))
		},
		{ weight: 1, arbitrary: fc.uint8Array({ maxLength: 400 }) }
	);
}

describe('F1, F2: frames', () => {
	test('every flipped bit of a frame ends in a refusal', () => {
		for (let bit = 0; bit < frame.bytes.length * 8; bit += 5) {
			const bytes = frame.bytes.slice();
			bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			const parsed = parseFrame(bytes);
			if (!parsed.ok) continue;
			expect(verifyFrame(parsed.value, deviceOf(owner).sign.pub)).toBe(false);
			// The signature itself is no part of what is sealed.
			if (bit >> 3 < bytes.length - 64) expect(openFrame(parsed.value, circle.key())).toBeNull();
		}
	});

	test('opens only with its own epoch key, and as its own type', () => {
		expect(openFrame(frame, circle.key())).not.toBeNull();
		expect(openFrame(frame, circle.key(1))).toBeNull();
		expect(openFrame({ ...frame, type: 'snapshot' }, circle.key())).toBeNull();
	});

	test('S1: a suite this app does not know is kept and not opened', () => {
		const later = writer.write([weightEntry(entryId(random))], { keep: false, header: { suite: 2 } });
		const parsed = parseFrame(later.bytes);
		expect(parsed.ok && verifyFrame(parsed.value, deviceOf(owner).sign.pub)).toBe(true);
		expect(parsed.ok && openFrame(parsed.value, circle.key())).toBeNull();
	});

	test('F3: nothing is sealed that would be too large to read', () => {
		const note = 'ö'.repeat(4000);
		const entries = Array.from(
			{ length: 40 },
			(): Entry => ({ ...weightEntry(entryId(random)), kind: 'obs.add', note }) as Entry
		);
		expect(entries.every(isEntry)).toBe(true);
		expect(() => writer.write(entries, { keep: false })).toThrow('a frame is kept below the size everyone reads');
		const parts = inBatches(entries, MAX_PLAINTEXT_BYTES);
		expect(parts.flat()).toEqual(entries);
		for (const part of parts) expect(parseFrame(writer.write(part, { keep: false }).bytes).ok).toBe(true);
		expect(
			inBatches(
				Array.from({ length: 501 }, () => weightEntry(entryId(random))),
				1e9
			).map((part) => part.length)
		).toEqual([500, 1]);
	});
});

const by = { identity: owner.identity.id, device: deviceOf(owner).id };
const log = owner.log.map(toBase64url);
const erasure = signErasure({ v: 1, circle: circle.id, by, at: START, log }, deviceOf(owner).sign.secret);
const contents = signArchive(
	{
		format: 'hemlinje-archive',
		v: 1,
		at: START,
		by,
		circles: [circle.id],
		files: [{ path: 'a.bin', bytes: 0, sha256: frame.hash }]
	},
	deviceOf(owner).sign.secret
);

describe('K3: every signed type offered as every other', () => {
	const records: Record<RecordType, { bytes: Uint8Array; pub: Uint8Array }> = {
		identityRecord: { bytes: owner.log[0] ?? new Uint8Array(), pub: deviceOf(owner).sign.pub },
		manifest: { bytes: circle.head.bytes, pub: deviceOf(owner).sign.pub },
		unitCard: { bytes: signedCard.bytes, pub: deviceOf(unit).sign.pub },
		acceptance: { bytes: acceptance.bytes, pub: invitation.sign.pub },
		erasure: { bytes: erasure.bytes, pub: deviceOf(owner).sign.pub },
		archive: { bytes: contents.bytes, pub: deviceOf(owner).sign.pub }
	};
	const types = Object.keys(records) as RecordType[];

	test('none is read or verified as another', () => {
		for (const type of types) {
			const { bytes, pub } = records[type];
			const record = { body: null, hash: frame.hash, bytes };
			expect(types.filter((other) => verifyRecord(other, record, pub))).toEqual([type]);
			expect(parseFrame(bytes).ok).toBe(false);
			for (const other of types.filter((each) => each !== type)) {
				const relabelled = bytes.slice();
				relabelled[3] = records[other].bytes[3] ?? 0;
				expect(verifyRecord(other, { ...record, bytes: relabelled }, pub)).toBe(false);
			}
		}
		expect([
			parseManifest(records.unitCard.bytes),
			parseManifest(frame.bytes),
			parseIdentityRecord(circle.head.bytes),
			parseIdentityRecord(signedCard.bytes)
		]).toEqual([null, null, null, null]);
	});
});

describe('lists on the wire', () => {
	test('R3: heads come back, 28 bytes a book', () => {
		expect(parseHeads(encodeHeads(heads))).toEqual(heads);
		const one = encodeHeads({ ...heads, circles: [] }).length;
		expect(one).toBe(16);
		expect(encodeHeads(heads).length).toBe(16 + 30 + 2 * 28 + 30);
	});

	test('a pull whose counts do not match its frames is refused', () => {
		expect(parsePull(encodePull(pullHeader, [frame.bytes]))?.frames).toEqual([frame.bytes]);
		expect(parsePull(encodePull(pullHeader, []))).toBeNull();
		expect(parsePull(encodePull(pullHeader, [frame.bytes, frame.bytes]))).toBeNull();
	});
});

describe('batches', () => {
	test('entries of a newer app are counted, kept as they stand, and hide nothing beside them', () => {
		const known = weightEntry(entryId(random));
		const newer = { kind: 'dream.add', v: 4, id: entryId(random), deep: { down: [1, 2, { three: 3 }] } };
		const changed = { ...known, v: 2 };
		const bytes = encodeBatch({ lamport: 7, seen: null, entries: [newer, known, changed] });
		expect(parseBatch(bytes)).toEqual({ lamport: 7, seen: null, skewMs: null, entries: [known], unknown: 2 });
		expect(rawEntries(bytes)).toEqual([newer, known, changed]);
	});

	test.each([
		['no entries', { entries: [] }],
		['a Lamport time nobody could count on from', { lamport: Number.MAX_SAFE_INTEGER }],
		['a Lamport time of zero', { lamport: 0 }],
		['a key nobody knows', { more: 1 }]
	])('%s: no batch', (_, change) => {
		expect(parseBatch(utf8(JSON.stringify({ lamport: 1, seen: null, entries: [1], ...change })))).toBeNull();
	});

	test('numbers that are none, ids of other lengths and odd keys are no entries', () => {
		const good = weightEntry(entryId(random));
		const odd = [
			{ ...good, id: toBase64url(random(15)) },
			{ ...good, id: `${good.id}A` },
			{ ...good, values: { weight: '71' } },
			{ ...good, values: { weight: 1e10 } },
			{ ...good, values: { Weight: 71 } },
			{ ...good, effective: { utc: 0.5, offset: 0, zone: 'UTC' } },
			{ ...good, note: 'x'.repeat(4001) },
			{ ...good, extra: true }
		];
		expect(odd.map(isEntry)).toEqual(odd.map(() => false));
	});
});

describe('envelopes and rosters', () => {
	test('M3: an envelope opens for its member, and not under another circle’s name', async () => {
		const to = { member: unit.identity.id, gen: 1, box: unit.box.pub };
		const keys = [{ book: circle.book().id, epoch: 1, key: circle.key() }];
		const envelope = await sealEnvelope(to, circle.id, keys);
		expect(await openEnvelope(envelope, unit.box.secret)).toEqual({ keys, grants: [] });
		expect(await openEnvelope(envelope, owner.box.secret)).toBeNull();
		expect(
			await openEnvelope({ ...envelope, circle: heads.circles[1]?.circle as CircleId }, unit.box.secret)
		).toBeNull();
	});

	test('M4: a roster opens with the profile key of its circle only', () => {
		const roster = {
			v: 1 as const,
			people: [{ identity: owner.identity.id, name: 'Märta' }],
			books: [{ id: circle.book().id, kind: 'weight' }]
		};
		const ct = sealRoster(roster, circle.id, circle.key(1), random);
		expect(openRoster(ct, circle.id, circle.key(1))).toEqual(roster);
		expect(openRoster(ct, circle.id, circle.key(0))).toBeNull();
		expect(openRoster(ct, heads.circles[1]?.circle as CircleId, circle.key(1))).toBeNull();
		expect(openRoster('', circle.id, circle.key(1))).toBeNull();
	});
});

describe('unit cards', () => {
	const verdict = (text: string, when = at) => {
		const read = readUnitCard(text, when);
		return read.ok ? (verifyUnitCard(read.value, unit.identity).ok ? 'ok' : 'altered') : read.error.type;
	};

	test('an active device of that very unit signed it', () => {
		expect(verdict(unitCardText(signedCard))).toBe('ok');
		expect(verdict(unitCardText(signUnitCard(card, deviceOf(owner).sign.secret)))).toBe('altered');
		expect(verifyUnitCard(signedCard, owner.identity).ok).toBe(false);
	});

	test('every altered byte of a card is found', () => {
		for (let i = 0; i < signedCard.bytes.length; i += 1) {
			const bytes = signedCard.bytes.slice();
			bytes[i] = (bytes[i] ?? 0) ^ 1;
			expect(verdict(toBase64url(bytes))).not.toBe('ok');
		}
	});

	test('an expired card and one of another relay say so', () => {
		expect(verdict(unitCardText(signedCard), { ...at, now: card.exp })).toBe('expired');
		expect(verdict(unitCardText(signedCard), { ...at, origin: 'https://annan.test' })).toBe('other-origin');
		expect(verdict('inget kort')).toBe('malformed');
	});

	test('a person is no unit, also when they sign a card', () => {
		const posing = signUnitCard(
			{ ...card, identity: owner.identity.id, by: deviceOf(owner).id },
			deviceOf(owner).sign.secret
		);
		expect(verifyUnitCard(posing, owner.identity)).toEqual({ ok: false, error: { type: 'altered' } });
	});
});

test('two texts never name the same id: loose trailing bits are refused', () => {
	const id = toBase64url(random(16));
	const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
	const twins = [...alphabet].map((last) => (id.slice(0, -1) + last) as BookId).filter((text) => text !== id);
	const header = { ...frame.header };
	const accepted = twins.filter(
		(book) => parseFrame(writer.write([1], { keep: false, header: { ...header, book } }).bytes).ok
	);
	expect(accepted.map((text) => text.at(-1)).sort()).toEqual(
		['A', 'Q', 'g', 'w'].filter((last) => last !== id.at(-1)).sort()
	);
});
