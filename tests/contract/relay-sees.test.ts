/**
 * L2: after people have done what they can do, every table and column of the relay's database, every field of the signed
 * records and frames in it and every field of its log is one of those listed here, and holds what the list says. It is
 * docs/threat-model.md, "What the relay sees", as the database has it: a column or a field more is one more thing that is seen.
 */
import 'fake-indexeddb/auto';
import { deflateRawSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSqlitePlace, type SqlitePlace } from '../support/relay-files';
import { challengeFor, ORIGIN, startTestRelay, type TestRelay } from '../support/relay-calls';
import { pairWith } from '../support/pairing';
import { Party, weight } from '../support/parties';
import { openSharedCircle } from '../support/shared-circle';
import { Someone } from '../support/sessions';
import { START } from '../support/relay-world';
import { concat, fromBase64url, readU16, readU32, utf8ToString } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { padmeLength } from '$lib/crypto/padding';
import { systemRandom } from '$lib/crypto/random';
import { NONCE_LENGTH, TAG_LENGTH } from '$lib/crypto/sealing';
import { SIGNATURE_LENGTH } from '$lib/crypto/signing';
import { must } from '$lib/domain/assert';
import { DAY_MS } from '$lib/domain/time';
import { hashText } from '$lib/protocol/ids';
import { createLog } from '$lib/server/log';
import { decide } from '$lib/state/circle-members';
import { decideToErase, eraseEverything } from '$lib/state/erasing';
import { checkCard, shareWithUnit } from '$lib/state/sharing';
import { createCardLink } from '$lib/state/unit';
import { localStorageMarkers } from '$lib/storage/markers';
import { findIdentity, recoveredDevice } from '$lib/sync/restore';

/** What one value may be. Each says null for a value that is it, else why it is not. */
type What = (value: unknown) => boolean;

const isText = (value: unknown): value is string => typeof value === 'string';
const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

/** Random or hashed bytes of one length, as text or raw: an id, a hash, a public key, a commitment. */
const bytes =
	(length: number): What =>
	(value) =>
		isBytes(value) ? value.length === length : isText(value) && fromBase64url(value)?.length === length;
const id = bytes(16);
const hash = bytes(32);
/** How many, which place, which generation. */
const count: What = (value) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 1e9;
/** When something reached the relay or was signed, or when it runs out; never when something was measured. */
const time: What = (value) => Number.isSafeInteger(value) && Math.abs((value as number) - START) < 500 * DAY_MS;
const oneOf =
	(...words: readonly unknown[]): What =>
	(value) =>
		words.includes(value);
const orNull =
	(what: What): What =>
	(value) =>
		value === null || what(value);

const AGE = 'age-encryption.org/v1\n';

/** Sealed: nothing but noise, after the age format's own first lines where it is an age file. */
const sealed: What = (value) => {
	const all = isBytes(value) ? value : isText(value) ? fromBase64url(value) : null;
	if (!all || all.length < 40) return false;
	const text = Buffer.from(all).toString('latin1');
	const noise = text.startsWith(AGE) ? all.subarray(text.indexOf('\n---') + 5) : all;
	return deflateRawSync(noise).length >= noise.length;
};

const space = oneOf('real', 'demo');
const role = oneOf('owner', 'coOwner', 'relative', 'viewer', 'careContact', 'helper');
const access = oneOf('r', 'w');
const one = oneOf(1);

/** Fields of JSON by their path; an array's elements are `[]`. */
type Fields = Readonly<Record<string, What>>;

const link = { v: one, n: count, prev: orNull(hash) };
const device = (at: string) => ({ [`${at}.id`]: id, [`${at}.sign`]: hash, [`${at}.box`]: hash });

/** Identity records of every kind. */
const IDENTITY_RECORD: Fields = {
	...link,
	kind: oneOf(
		...['genesis', 'addDevice', 'confirmDevice', 'removeDevice', 'rotateBox', 'setRecovery', 'nameDevice', 'recover']
	),
	type: oneOf('person', 'unit'),
	space,
	at: time,
	by: (value) => value === 'root' || id(value),
	admin: oneOf(true, false),
	root: hash,
	'box.gen': count,
	'box.pub': hash,
	recipient: hash,
	newRoot: hash,
	boxes: sealed,
	store: sealed,
	name: sealed,
	'sealed[].device': id,
	'sealed[].ct': sealed,
	device: id,
	...device('device')
};

const MANIFEST: Fields = {
	...link,
	circle: id,
	at: time,
	'by.identity': hash,
	'by.device': id,
	space,
	suiteMin: one,
	'members[].identity': hash,
	'members[].idHead.n': count,
	'members[].idHead.hash': hash,
	'members[].role': role,
	'members[].actsFor': oneOf(true, false),
	'members[].rights[].book': id,
	'members[].rights[].access': access,
	'members[].rights[].fromEpoch': count,
	'cuts[].member': hash,
	'cuts[].book': id,
	'cuts[].epoch': count,
	'cuts[].listedOnly': oneOf(true),
	'cuts[].heads[].device': id,
	'cuts[].heads[].seq': count,
	'cuts[].heads[].hash': orNull(hash),
	'books[].id': id,
	'books[].epoch': count,
	'books[].keyCommit': hash,
	'invites[].pub': hash,
	'invites[].role': role,
	'invites[].exp': time,
	'roster.epoch': count,
	'roster.ct': sealed
};

const ACCEPTANCE: Fields = { v: one, circle: id, pub: hash, person: hash, identity: hash, at: time, name: sealed };
const FRAME_HEADER: Fields = {
	circle: id,
	book: id,
	epoch: count,
	device: id,
	seq: count,
	prev: orNull(hash),
	manifest: hash,
	suite: one
};

/** The values of JSON that are no objects, by their path. */
function leaves(value: unknown, at = ''): (readonly [string, unknown])[] {
	if (Array.isArray(value)) return value.flatMap((each) => leaves(each, `${at}[]`));
	if (typeof value !== 'object' || value === null) return [[at, value]];
	return Object.entries(value).flatMap(([key, each]) => leaves(each, at === '' ? key : `${at}.${key}`));
}

const areOf = (fields: Fields, value: unknown): boolean =>
	leaves(value).every(([path, each]) => Object.hasOwn(fields, path) && fields[path]?.(each) === true);

/** A signed record whose fields are all listed. */
const record =
	(type: number, fields: Fields): What =>
	(value) => {
		if (!isBytes(value) || Buffer.from(value.subarray(0, 3)).toString() !== 'HLR' || value[3] !== type) return false;
		const end = 8 + readU32(value, 4);
		const json = utf8ToString(value.subarray(8, end));
		return value.length === end + SIGNATURE_LENGTH && json !== null && areOf(fields, JSON.parse(json));
	};

const inText =
	(what: What): What =>
	(value) =>
		isText(value) && what(fromBase64url(value));

const ERASURE: Fields = {
	v: one,
	circle: id,
	'by.identity': hash,
	'by.device': id,
	at: time,
	'log[]': inText(record(1, IDENTITY_RECORD))
};

/** A frame: type, header with its listed fields, and a padded length of noise. */
const frame: What = (value) => {
	if (!isBytes(value) || Buffer.from(value.subarray(0, 3)).toString() !== 'HL1') return false;
	const end = 6 + readU16(value, 4);
	const json = utf8ToString(value.subarray(6, end));
	const noise = value.subarray(end, value.length - SIGNATURE_LENGTH);
	const padded = noise.length - NONCE_LENGTH - TAG_LENGTH;
	const isKnown = (value[3] === 1 || value[3] === 2) && json !== null && areOf(FRAME_HEADER, JSON.parse(json));
	return isKnown && padmeLength(padded) === padded && sealed(noise);
};

/** Every table and every column. */
const DATABASE: Readonly<Record<string, Fields>> = {
	meta: { key: oneOf('incarnation'), value: id },
	migrations: { id: count },
	identities: { identity: hash, space, n: count, head: hash, created: time },
	identity_records: { identity: hash, n: count, record: record(1, IDENTITY_RECORD) },
	devices: { identity: hash, device: id, sign: hash, removed: oneOf(0, 1) },
	memberships: { identity: hash, circle: id },
	circles: { circle: id, space, n: count, head: hash, frames: count, bytes: count, version: count, created: time },
	manifests: { circle: id, n: count, record: record(2, MANIFEST) },
	members: { circle: id, identity: hash, role, has_left: oneOf(0, 1) },
	rights: { circle: id, identity: hash, book: id, access },
	books: { circle: id, book: id, epoch: count, pos: count, run: hash },
	frames: { circle: id, book: id, pos: count, device: id, seq: count, hash, bytes: frame },
	envelopes: {
		circle: id,
		member: hash,
		ct_hash: hash,
		row: count,
		gen: count,
		books: (value) => isText(value) && value.split(' ').every(id),
		ct: sealed
	},
	tombstones: { circle: id, at: time },
	identity_tombstones: { identity: hash, at: time },
	erasures: { circle: id, record: record(5, ERASURE), at: time },
	challenges: { nonce: hash, identity: hash, device: id, exp: time },
	tokens: { hash, identity: hash, device: id, exp: time },
	enrolments: { hash, exp: time, used_by: orNull(hash) },
	invite_uses: { id: hash, circle: id, at: time },
	invitations: {
		id: hash,
		circle: id,
		pub: hash,
		exp: time,
		ct: sealed,
		answered_by: orNull(hash),
		acceptance: orNull(record(4, ACCEPTANCE))
	},
	pairings: { id: hash, step: count, ct: sealed, exp: time },
	recovery_files: { id, kind: oneOf('root', 'box'), gen: count, owner: hash, ct: sealed }
};

/** Every field of a line in the log. */
const LOG: Fields = {
	level: count,
	time: (value) => isText(value) && !Number.isNaN(Date.parse(value)),
	msg: oneOf('request'),
	method: oneOf('GET', 'POST', 'PUT', 'DELETE'),
	route: (value) => isText(value) && /^[a-z/-]+(\/:id(\/[a-z-]+)?)?$/.test(value),
	status: count,
	ms: count,
	/** The caller, under a name that is another every day. */
	who: bytes(9)
};

let place: SqlitePlace;
let relay: TestRelay;
const lines: string[] = [];
const rows = new Map<string, { columns: readonly string[]; rows: readonly Record<string, unknown>[] }>();

beforeAll(async () => {
	place = createSqlitePlace();
	const log = createLog('trace', { write: (line: string) => void lines.push(line) });
	relay = startTestRelay(await place.open(), { log });
	await live();
	const database = new Database(place.file, { readonly: true });
	const names = database.prepare("select name from sqlite_schema where type = 'table'").pluck().all() as string[];
	for (const name of names)
		rows.set(name, {
			columns: database.prepare('select name from pragma_table_info(?)').pluck().all(name) as string[],
			rows: database.prepare(`select * from "${name}"`).all() as Record<string, unknown>[]
		});
	database.close();
}, 60_000);

afterAll(async () => {
	await relay.close();
	await place.remove();
});

const answering = (request: Request) => relay.handle(request, '192.0.2.1');

/** All that leaves something at the relay, by the app's own ways. */
async function live(): Promise<void> {
	const { marta, sara, anna, circle } = await openSharedCircle(relay);
	const sarasIdentity = must((await sara.session.device())?.identity, 'a device');
	await decide(marta.session, circle, { do: 'remove', member: sarasIdentity });
	for (const each of [marta, anna]) await each.sync();

	// Somebody who came by a card that works once, and erases everything.
	const karin = await Someone.open('demo-karin', relay);
	await karin.begin();
	const card = await checkCard(
		karin.session,
		must(await createCardLink(anna.session, { oneTime: true, days: 7 }), 'a card')
	);
	if (!card.ok) throw new Error(card.error.type);
	const shared = await shareWithUnit(karin.session, card.value, { books: ['weight'], ownName: 'Karin' });
	if (!shared.ok) throw new Error(shared.error.type);
	await decideToErase(karin.session, [], null);
	karin.session.close();
	const markers = localStorageMarkers(null);
	const erased = await eraseEverything({
		space: 'demo-karin',
		locks: { hold: () => Promise.resolve(() => undefined) },
		random: systemRandom,
		now: () => START,
		fetch: (url, init) => answering(new Request(url, init)),
		origin: ORIGIN,
		markers,
		persist: () => Promise.resolve(false)
	});
	expect(erased.ok).toBe(true);

	// A second device, and a third by the code after both were lost.
	const old = await Party.open(answering, 'person');
	const code = await old.writeCode();
	await old.record('weight', [weight()]);
	expect(await old.sync()).toBe('ok');
	const second = await pairWith(old, answering);
	expect(await second.sync()).toBe('ok');
	const found = await Party.empty(answering);
	const identity = await findIdentity(found.client, code, found.space);
	if (!identity.ok) throw new Error(identity.error.type);
	const deps = { random: systemRandom, now: () => START, space: found.space };
	await found.store.createDevice(await recoveredDevice(identity.value, deps), null);
	expect(await found.sync()).toBe('ok');

	// A login that was begun, and a link for a unit that was made.
	const device = await found.device();
	await challengeFor(relay, device.identity, device.device);
	await relay.store.saveEnrolment({ hash: hashText(sha256(systemRandom(32))), exp: START + DAY_MS });
	for (const each of [marta, sara, anna]) await each.session.erase();
}

describe('L2: what the relay sees', () => {
	test('its tables and columns are those that are listed', () => {
		const there = Object.fromEntries([...rows].map(([name, { columns }]) => [name, [...columns].sort()]));
		expect(there).toEqual(
			Object.fromEntries(Object.entries(DATABASE).map(([name, fields]) => [name, Object.keys(fields).sort()]))
		);
	});

	test.each(Object.keys(DATABASE))('every value in %s is what the list says', (name) => {
		const table = must(rows.get(name), 'the table is there');
		expect(table.rows.length).toBeGreaterThan(0);
		const others = table.rows.flatMap((row) =>
			Object.entries(row).flatMap(([column, value]) => (DATABASE[name]?.[column]?.(value) ? [] : [column]))
		);
		expect([...new Set(others)]).toEqual([]);
	});

	test('every field of its log is what the list says, and no id is one of them', () => {
		expect(lines.length).toBeGreaterThan(100);
		const others = lines.flatMap((line) =>
			leaves(JSON.parse(line)).flatMap(([path, value]) => (LOG[path]?.(value) ? [] : [`${path}`]))
		);
		expect([...new Set(others)]).toEqual([]);
		const known = ['identities', 'devices', 'circles', 'books'].flatMap((name) =>
			must(rows.get(name), 'the table is there').rows.flatMap((row) =>
				Object.values(row).filter((value): value is string => isText(value) && id(value))
			)
		);
		expect(known.length).toBeGreaterThan(20);
		const logged = lines.join('');
		expect(known.filter((each) => logged.includes(each))).toEqual([]);
	});

	test('the lists would notice a name, a value, a field more, a length that was not padded', () => {
		const plain = Buffer.from('Märta Kvist väger 71,4 kilo, och det gör hon varje dag i veckan, också på söndagar.');
		expect([sealed(plain), sealed(concat(plain, plain)), id('Märta'), hash('71.4'), time(71.4)]).toEqual(
			Array.from({ length: 5 }, () => false)
		);
		expect(areOf(MANIFEST, { v: 1, name: 'Märta' })).toBe(false);
		const [{ bytes: stored } = { bytes: null }] = rows.get('frames')?.rows ?? [];
		if (!isBytes(stored)) throw new Error('a frame is there');
		expect([frame(stored), frame(stored.slice(0, -1))]).toEqual([true, false]);
	});
});
