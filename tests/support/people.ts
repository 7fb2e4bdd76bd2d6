/**
 * Identities, circles and frames from a seed, made by the real protocol code, for tests of the rules. Everything comes out
 * the same in every run, so that it can also stand in fixtures.
 */
import { createBoxKey, type BoxKey } from '$lib/crypto/boxes';
import { concat, toBase64url, u32, utf8, type RandomBytes } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { createSigningKey, deviceIdOf, type SigningKey } from '$lib/crypto/signing';
import { must } from '$lib/domain/assert';
import type { BookKind } from '$lib/domain/books';
import type { Access, Role } from '$lib/domain/rights';
import { encodeBatch, type Entry } from '$lib/protocol/entries';
import { keyCommit } from '$lib/protocol/envelope';
import { SUITE, sealFrame, type Frame, type FrameHeader, type FrameType } from '$lib/protocol/frame';
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
	type EntryId,
	type Hash,
	type IdentityId
} from '$lib/protocol/ids';
import {
	extendManifestChain,
	readManifestChain,
	signManifest,
	type Manifest,
	type ManifestChain,
	type Member,
	type SignedManifest
} from '$lib/protocol/manifest';
import { sealRoster } from '$lib/protocol/roster';

export const START = 1_795_334_400_000;

/** Bytes that look random and are the same for the same seed. */
export function seededRandom(seed: string | number): RandomBytes {
	let counter = 0;
	return (length) => {
		const blocks: Uint8Array[] = [];
		for (let at = 0; at < length; at += 32) blocks.push(sha256(concat(utf8(`seed ${seed}`), u32((counter += 1)))));
		return concat(...blocks).slice(0, length);
	};
}

export interface TestDevice {
	readonly id: ReturnType<typeof deviceIdText>;
	readonly sign: SigningKey;
	readonly box: BoxKey;
}

export interface Person {
	readonly devices: TestDevice[];
	readonly root: SigningKey;
	readonly box: BoxKey;
	readonly log: Uint8Array[];
	identity: Identity;
}

export function newDevice(random: RandomBytes): TestDevice {
	const sign = createSigningKey(random);
	return { id: deviceIdText(deviceIdOf(sign.pub)), sign, box: createBoxKey(random) };
}

export const wireDevice = (device: TestDevice) => ({
	id: device.id,
	sign: toBase64url(device.sign.pub),
	box: toBase64url(device.box.pub)
});

export function newPerson(
	random: RandomBytes,
	options: { type?: 'person' | 'unit'; space?: 'real' | 'demo' } = {}
): Person {
	const device = newDevice(random);
	const root = createSigningKey(random);
	const box = createBoxKey(random);
	const genesis = signIdentityRecord(
		{
			v: 1,
			kind: 'genesis',
			n: 0,
			type: options.type ?? 'person',
			space: options.space ?? 'real',
			device: wireDevice(device),
			root: toBase64url(root.pub),
			box: { gen: 1, pub: toBase64url(box.pub) },
			at: START
		},
		device.sign.secret
	);
	const identity = readIdentityLog([genesis.bytes]);
	if (!identity.ok) throw new Error('a genesis of ours reads');
	return { devices: [device], root, box, log: [genesis.bytes], identity: identity.value };
}

export const deviceOf = (person: Person, index = 0): TestDevice =>
	must(person.devices[index], 'the person has that device');

type RecordBody = Exclude<IdentityRecord, { kind: 'genesis' }>;
type Unlinked = RecordBody extends infer R ? (R extends RecordBody ? Omit<R, 'v' | 'n' | 'prev'> : never) : never;

/** The next record of a log as bytes; not kept. */
export function recordBytes(person: Person, body: Unlinked, secret: Uint8Array): Uint8Array {
	const link = { v: 1 as const, n: person.identity.head.n + 1, prev: person.identity.head.hash };
	return signIdentityRecord({ ...link, ...body }, secret).bytes;
}

/** Adds a record to the log; it must follow. */
export function extendPerson(person: Person, body: Unlinked, secret: Uint8Array): void {
	const bytes = recordBytes(person, body, secret);
	const next = extendIdentity(person.identity, must(parseIdentityRecord(bytes), 'a record of ours parses'));
	if (!next.ok) throw new Error(`the record follows: ${next.error.type}`);
	person.identity = next.value;
	person.log.push(bytes);
}

/** A further device, added by the first and confirmed by itself. */
export function addDevice(person: Person, random: RandomBytes): TestDevice {
	const device = newDevice(random);
	const first = deviceOf(person);
	extendPerson(
		person,
		{ kind: 'addDevice', by: first.id, device: wireDevice(device), admin: false, boxes: '' },
		first.sign.secret
	);
	extendPerson(person, { kind: 'confirmDevice', by: device.id }, device.sign.secret);
	person.devices.push(device);
	return device;
}

export interface TestBook {
	readonly id: BookId;
	readonly kind: BookKind;
	/** Key of each epoch; index 0 is epoch 1. */
	readonly keys: Uint8Array[];
}

/** A circle with its growing manifest chain. */
export class TestCircle {
	readonly id: CircleId;
	readonly books: TestBook[];
	readonly records: SignedManifest[] = [];
	readonly people = new Map<IdentityId, Person>();
	readonly random: RandomBytes;

	constructor(owner: Person, kinds: readonly BookKind[], random: RandomBytes, role: Role = 'owner') {
		this.random = random;
		this.id = newId<CircleId>(random);
		this.books = kinds.map((kind) => ({ id: newId<BookId>(random), kind, keys: [random(32)] }));
		this.people.set(owner.identity.id, owner);
		const device = deviceOf(owner);
		const body: Manifest = {
			v: 1,
			circle: this.id,
			n: 0,
			prev: null,
			at: START,
			by: { identity: owner.identity.id, device: device.id },
			space: owner.identity.space,
			suiteMin: 1,
			members: [
				memberBody(
					owner,
					role,
					this.books.map((book) => [book, 'w'])
				)
			],
			cuts: [],
			books: this.#bookBodies(),
			invites: [],
			roster: {
				epoch: 1,
				ct: sealRoster(
					{ v: 1, people: [], books: this.books.map(({ id, kind }) => ({ id, kind })) },
					this.id,
					this.key(0),
					random
				)
			}
		};
		this.records.push(signManifest(body, device.sign.secret));
	}

	get head(): SignedManifest {
		return must(this.records.at(-1), 'a circle has a manifest');
	}

	get identities(): Identity[] {
		return [...this.people.values()].map((person) => person.identity);
	}

	book(index = 0): TestBook {
		return must(this.books[index], 'the circle has that book');
	}

	key(index = 0, epoch?: number): Uint8Array {
		const { keys } = this.book(index);
		return must(keys[(epoch ?? keys.length) - 1], 'the epoch has a key');
	}

	#bookBodies(): Manifest['books'] {
		return this.books.map((book) => ({
			id: book.id,
			epoch: book.keys.length,
			keyCommit: keyCommit(must(book.keys.at(-1), 'a key'))
		}));
	}

	/** The next record, with `change` laid over the head; not kept. */
	propose(
		by: Person,
		change: Partial<Manifest> | ((head: Manifest) => Partial<Manifest>),
		device = deviceOf(by)
	): SignedManifest {
		const head = this.head;
		const changed = typeof change === 'function' ? change(head.body) : change;
		return signManifest(
			{
				...head.body,
				n: head.body.n + 1,
				prev: head.hash,
				by: { identity: by.identity.id, device: device.id },
				...changed
			},
			device.sign.secret
		);
	}

	/** Keeps a record that must follow. */
	extend(by: Person, change: Partial<Manifest> | ((head: Manifest) => Partial<Manifest>), device = deviceOf(by)): void {
		const record = this.propose(by, change, device);
		const before: ManifestChain = { circle: this.id, records: this.records, head: this.head };
		const next = extendManifestChain(before, record, (id) => this.people.get(id)?.identity);
		if (!next.ok) throw new Error(`the record follows: ${next.error.type}`);
		this.records.push(record);
	}

	/** The verified chain; throws when it is none. */
	chain(): ManifestChain {
		const chain = this.verify();
		if (!chain.ok) throw new Error(`the chain verifies: ${chain.error.type}`);
		return chain.value;
	}

	verify(records: readonly SignedManifest[] = this.records) {
		return readManifestChain(
			records.map((record) => record.bytes),
			(id) => this.people.get(id)?.identity
		);
	}

	add(person: Person, role: Role, rights: readonly (readonly [TestBook, Access])[], by?: Person): void {
		this.people.set(person.identity.id, person);
		const signer = by ?? must([...this.people.values()][0], 'somebody began the circle');
		this.extend(signer, (head) => ({ members: [...head.members, memberBody(person, role, rights)] }));
	}

	/** Raises epochs; the bodies of all books after it. */
	raise(books: readonly TestBook[]): Manifest['books'] {
		for (const book of books) book.keys.push(this.random(32));
		return this.#bookBodies();
	}

	/** What a record must hold when a member loses these books at these heads. */
	loss(
		person: Person,
		books: readonly TestBook[],
		heads: (book: TestBook) => Manifest['cuts'][number]['heads'] = () => []
	): Pick<Manifest, 'cuts' | 'books'> {
		const cuts = books.map((book) => ({
			member: person.identity.id,
			book: book.id,
			epoch: book.keys.length,
			heads: heads(book)
		}));
		return { cuts: [...this.head.body.cuts, ...cuts], books: this.raise(books) };
	}
}

export const memberBody = (person: Person, role: Role, rights: readonly (readonly [TestBook, Access])[]): Member => ({
	identity: person.identity.id,
	idHead: { n: person.identity.head.n, hash: person.identity.head.hash },
	role,
	actsFor: false,
	rights: rights.map(([book, access]) => ({ book: book.id, access, fromEpoch: 1 }))
});

export const withMember =
	(person: Person, change: (member: Member) => Member) =>
	(head: Manifest): Partial<Manifest> => ({
		members: head.members.map((member) => (member.identity === person.identity.id ? change(member) : member))
	});

export const entryId = (random: RandomBytes): EntryId => newId<EntryId>(random);

export const weightEntry = (id: EntryId, kilos = 71.4, measure = 'weight'): Entry => ({
	kind: 'obs.add',
	v: 1,
	id,
	measure,
	values: { [measure]: kilos },
	units: { [measure]: measure === 'weight' ? 'kg' : '/min' },
	effective: { utc: START, offset: 60, zone: 'Europe/Stockholm' },
	source: { kind: 'manual' }
});

/** One device's chain in one book. */
export class TestWriter {
	seq = 0;
	prev: Hash | null = null;
	constructor(
		readonly circle: TestCircle,
		readonly book: TestBook,
		readonly device: TestDevice
	) {}

	/** Seals the next frame; `keep` false leaves the chain where it is. */
	write(
		entries: readonly unknown[],
		options: {
			lamport?: number;
			epoch?: number;
			keep?: boolean;
			type?: FrameType;
			header?: Partial<FrameHeader>;
			/** In place of a batch of the entries, e.g. a slice of a snapshot. */
			plaintext?: Uint8Array;
		} = {}
	): Frame {
		const epoch = options.epoch ?? this.book.keys.length;
		const frame = sealFrame({
			type: options.type ?? 'batch',
			header: {
				circle: this.circle.id,
				book: this.book.id,
				epoch,
				device: this.device.id,
				seq: this.seq + 1,
				prev: this.prev,
				manifest: this.circle.head.hash,
				suite: SUITE,
				...options.header
			},
			plaintext: options.plaintext ?? encodeBatch({ lamport: options.lamport ?? this.seq + 1, seen: null, entries }),
			epochKey: must(this.book.keys[epoch - 1], 'the epoch has a key'),
			signSecret: this.device.sign.secret,
			nonce: this.circle.random(24)
		});
		if (options.keep !== false) {
			this.seq = frame.header.seq;
			this.prev = frame.hash;
		}
		return frame;
	}
}
