/**
 * People, circles and frames made by the real protocol code. What a device would keep stands here in plain fields, so that
 * a test can also do what no honest device does.
 */
import { createBoxKey, type BoxKey } from '$lib/crypto/boxes';
import { toBase64url } from '$lib/crypto/bytes';
import { systemRandom } from '$lib/crypto/random';
import { createSigningKey, deviceIdOf, type SigningKey } from '$lib/crypto/signing';
import { must } from '$lib/domain/assert';
import type { Access, Role } from '$lib/domain/rights';
import { encodeBatch } from '$lib/protocol/entries';
import { keyCommit, sealEnvelope, type Envelope } from '$lib/protocol/envelope';
import { SUITE, sealFrame, type Frame } from '$lib/protocol/frame';
import {
	extendIdentity,
	parseIdentityRecord,
	readIdentityLog,
	signIdentityRecord,
	type Identity,
	type IdentityRecord
} from '$lib/protocol/identity-log';
import {
	deviceIdText,
	newId,
	type BookId,
	type CircleId,
	type DeviceId,
	type EntryId,
	type Hash
} from '$lib/protocol/ids';
import { signManifest, type Manifest, type SignedManifest } from '$lib/protocol/manifest';
import { sealRoster } from '$lib/protocol/roster';

/** 2026-11-22T08:00Z. */
export const START = 1_795_334_400_000;

export interface Device {
	readonly id: DeviceId;
	readonly sign: SigningKey;
	readonly box: BoxKey;
}

/** One identity with its devices; `log` grows as the test adds records. */
export interface Someone {
	identity: Identity;
	readonly log: Uint8Array[];
	readonly devices: Device[];
	readonly root: SigningKey;
	readonly box: BoxKey;
}

export function createDevice(): Device {
	const sign = createSigningKey(systemRandom);
	return { id: deviceIdText(deviceIdOf(sign.pub)), sign, box: createBoxKey(systemRandom) };
}

const deviceBody = (device: Device) => ({
	id: device.id,
	sign: toBase64url(device.sign.pub),
	box: toBase64url(device.box.pub)
});

export function createSomeone(options: { type?: 'person' | 'unit'; space?: 'real' | 'demo' } = {}): Someone {
	const device = createDevice();
	const root = createSigningKey(systemRandom);
	const box = createBoxKey(systemRandom);
	const record = signIdentityRecord(
		{
			v: 1,
			kind: 'genesis',
			n: 0,
			type: options.type ?? 'person',
			space: options.space ?? 'real',
			device: deviceBody(device),
			root: toBase64url(root.pub),
			box: { gen: 1, pub: toBase64url(box.pub) },
			at: START
		},
		device.sign.secret
	);
	const identity = readIdentityLog([record.bytes]);
	if (!identity.ok) throw new Error('a genesis of ours reads');
	return { identity: identity.value, log: [record.bytes], devices: [device], root, box };
}

export const firstDevice = (someone: Someone): Device => must(someone.devices[0], 'everyone has a device');

/** The next record of a log, signed by `by`; kept in `someone` as if the relay had taken it. */
export function nextRecord(
	someone: Someone,
	body: { kind: 'addDevice'; device: Device; admin?: boolean } | { kind: 'removeDevice'; device: DeviceId },
	by: Device = firstDevice(someone)
): Uint8Array {
	const link = { v: 1 as const, n: someone.identity.head.n + 1, prev: someone.identity.head.hash, by: by.id };
	const record: IdentityRecord =
		body.kind === 'addDevice'
			? { ...link, kind: 'addDevice', device: deviceBody(body.device), admin: body.admin ?? true, boxes: '' }
			: { ...link, kind: 'removeDevice', device: body.device };
	const signed = signIdentityRecord(record, by.sign.secret);
	const next = extendIdentity(someone.identity, must(parseIdentityRecord(signed.bytes), 'a record of ours parses'));
	if (!next.ok) throw new Error('the record follows');
	someone.identity = next.value;
	someone.log.push(signed.bytes);
	if (body.kind === 'addDevice') someone.devices.push(body.device);
	return signed.bytes;
}

export interface Book {
	readonly id: BookId;
	epoch: number;
	/** Key of each epoch; index 0 is epoch 1. */
	readonly keys: Uint8Array[];
}

/** A circle as its owner's device keeps it. */
export interface Circle {
	readonly id: CircleId;
	readonly owner: Someone;
	readonly chain: SignedManifest[];
	readonly books: Book[];
}

export const headOf = (circle: Circle): SignedManifest => must(circle.chain.at(-1), 'a circle has a manifest');
export const bookAt = (circle: Circle, index = 0): Book => must(circle.books[index], 'the circle has that book');

const newBook = (): Book => ({ id: newId<BookId>(systemRandom), epoch: 1, keys: [systemRandom(32)] });
const bookBody = (book: Book) => ({
	id: book.id,
	epoch: book.epoch,
	keyCommit: keyCommit(must(book.keys[book.epoch - 1], 'an epoch has a key'))
});

const member = (
	someone: Someone,
	role: Role,
	rights: readonly (readonly [Book, Access])[]
): Manifest['members'][number] => ({
	identity: someone.identity.id,
	idHead: someone.identity.head,
	role,
	actsFor: false,
	rights: rights.map(([book, access]) => ({ book: book.id, access, fromEpoch: 1 }))
});

/** A circle of one: the owner, with all rights in `books` books. */
export function createCircle(owner: Someone, options: { books?: number; names?: string } = {}): Circle {
	const books = Array.from({ length: options.books ?? 2 }, newBook);
	const id = newId<CircleId>(systemRandom);
	const device = firstDevice(owner);
	const roster = {
		v: 1 as const,
		people: [{ identity: owner.identity.id, name: options.names ?? 'Någon' }],
		books: []
	};
	const body: Manifest = {
		v: 1,
		circle: id,
		n: 0,
		prev: null,
		at: START,
		by: { identity: owner.identity.id, device: device.id },
		space: owner.identity.space,
		suiteMin: 1,
		members: [
			member(
				owner,
				'owner',
				books.map((book) => [book, 'w'] as const)
			)
		],
		cuts: [],
		books: books.map(bookBody),
		invites: [],
		roster: { epoch: 1, ct: sealRoster(roster, id, must(books[0]?.keys[0], 'a first key'), systemRandom) }
	};
	return { id, owner, chain: [signManifest(body, device.sign.secret)], books };
}

/** Signs the next manifest with `change` applied to the head; kept in `circle` as if the relay had taken it. */
export function nextManifest(
	circle: Circle,
	change: (head: Manifest) => Partial<Manifest>,
	by: Someone = circle.owner
): SignedManifest {
	const signed = proposeManifest(circle, change, by);
	circle.chain.push(signed);
	return signed;
}

/** The same, not kept: a record that may lose the race. */
export function proposeManifest(
	circle: Circle,
	change: (head: Manifest) => Partial<Manifest>,
	by: Someone = circle.owner
): SignedManifest {
	const head = headOf(circle);
	const device = firstDevice(by);
	const body = {
		...head.body,
		n: head.body.n + 1,
		prev: head.hash,
		by: { identity: by.identity.id, device: device.id },
		...change(head.body)
	};
	return signManifest(body, device.sign.secret);
}

export const withMember =
	(someone: Someone, role: Role, rights: readonly (readonly [Book, Access])[]) =>
	(head: Manifest): Partial<Manifest> => ({
		members: [...head.members, member(someone, role, rights)]
	});

/** Takes a member out: new epoch and a cut for every book they had. Changes the circle's book keys. */
export const withoutMember =
	(circle: Circle, someone: Someone) =>
	(head: Manifest): Partial<Manifest> => {
		const lost = new Set(
			head.members.find((each) => each.identity === someone.identity.id)?.rights.map((right) => right.book)
		);
		const cuts = circle.books
			.filter((book) => lost.has(book.id))
			.map((book) => ({ member: someone.identity.id, book: book.id, epoch: book.epoch, heads: [] }));
		for (const book of circle.books.filter((each) => lost.has(each.id))) raiseEpoch(book);
		return {
			members: head.members.filter((each) => each.identity !== someone.identity.id),
			cuts: [...head.cuts, ...cuts],
			books: circle.books.map(bookBody)
		};
	};

/** A new key for one book, nothing else changed. */
export const withNewEpoch = (circle: Circle, book: Book) => (): Partial<Manifest> => {
	raiseEpoch(book);
	return { books: circle.books.map(bookBody) };
};

function raiseEpoch(book: Book): void {
	book.keys.push(systemRandom(32));
	book.epoch += 1;
}

export const envelopeTo = (
	circle: Circle,
	someone: Someone,
	books: readonly Book[] = circle.books
): Promise<Envelope> =>
	sealEnvelope(
		{ member: someone.identity.id, gen: someone.identity.box.gen, box: someone.identity.box.pub },
		circle.id,
		books.map((book) => ({ book: book.id, epoch: book.epoch, key: must(book.keys.at(-1), 'a book has a key') }))
	);

/** What a device must remember to write the next frame of a book. */
export interface Writer {
	readonly circle: Circle;
	readonly book: Book;
	readonly device: Device;
	seq: number;
	prev: Hash | null;
}

export const createWriter = (circle: Circle, book: Book, device: Device): Writer => ({
	circle,
	book,
	device,
	seq: 0,
	prev: null
});

/** Seals and signs the next frame and moves the writer on. */
export function nextFrame(writer: Writer, note = 'en rad', change: Partial<Frame['header']> = {}): Frame {
	const frame = frameAfter(writer, note, change);
	writer.seq += 1;
	writer.prev = frame.hash;
	return frame;
}

/** The same without moving on. */
export function frameAfter(
	{ circle, book, device, seq, prev }: Writer,
	note = 'en rad',
	change: Partial<Frame['header']> = {}
): Frame {
	const entry = {
		kind: 'obs.add' as const,
		v: 1 as const,
		id: newId<EntryId>(systemRandom),
		measure: 'bloodPressure',
		values: { systolic: 128, diastolic: 82 },
		units: { systolic: 'mm[Hg]', diastolic: 'mm[Hg]' },
		effective: { utc: START, offset: 60, zone: 'Europe/Stockholm' },
		source: { kind: 'manual' as const },
		note
	};
	const header = {
		circle: circle.id,
		book: book.id,
		epoch: book.epoch,
		device: device.id,
		seq: seq + 1,
		prev,
		manifest: headOf(circle).hash,
		suite: SUITE,
		...change
	};
	return sealFrame({
		type: 'batch',
		header,
		plaintext: encodeBatch({ lamport: seq + 1, seen: null, entries: [entry] }),
		epochKey: must(book.keys[header.epoch - 1] ?? book.keys[0], 'the epoch has a key'),
		signSecret: device.sign.secret,
		nonce: systemRandom(24)
	});
}
