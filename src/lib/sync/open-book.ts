/**
 * One book of a circle, opened: every entry that counts, and what they come to. It reads on from where it stands, so that a
 * save and a start cost what is new and not what has been (docs/protocol.md 7, 10 S2).
 *
 * A cache stands for the frames up to a place. It is used when everything else that judging depends on is the same (`basis`)
 * and no frame was taken away or exchanged since (`rewrites`); then judging only what came after gives what judging all
 * would give. In every other case the frames are read again.
 */
import { toBase64url, utf8 } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import type { BookKind } from '$lib/domain/books';
import type { Observation, RemovedObservation } from '$lib/domain/observation';
import {
	acceptFrames,
	nextJudge,
	type AcceptRules,
	type ChainTip,
	type ParkReason,
	type ReadGrants,
	type SeenGrant
} from '$lib/protocol/accept';
import { parseBatch, type Batch } from '$lib/protocol/entries';
import { openFrame, verifyFrame, type Frame } from '$lib/protocol/frame';
import type { BookId, DeviceId, Hash } from '$lib/protocol/ids';
import { inStatedOrder, ObservationIndex, statedBy, statedIn, type Stated } from '$lib/protocol/project';
import { packBook, unpackBook, type JudgedBook } from '$lib/storage/book-cache';
import type { HeadRow } from '$lib/storage/database';
import { bookRow, type DerivedRow } from '$lib/storage/derived-rows';
import type { LocalStore } from '$lib/storage/local-store';
import type { StoredFrame } from '$lib/storage/record';
import { inSlices } from '$lib/storage/slices';
import { epochKey, fromEpochOf, type CircleAccess } from './circle-access';

/** From this many entries on that a start would read from frames, a book is kept in columns. */
const WORTH_KEEPING = 48;

export class OpenBook {
	readonly book: BookId;
	readonly kind: BookKind;
	readonly #store: LocalStore;
	#access: CircleAccess;
	#read: Judged | null = null;
	/** How many entries a start would find in the cache. */
	#kept = 0;
	#turn: Promise<void> = Promise.resolve();
	#isBusy = false;
	/** What was read is no longer to be built on. */
	#isSpoilt = false;
	/** How this reader opens what they were given from a day on; null for whoever was given the whole book. */
	#readGrants: ReadGrants | null = null;

	private constructor(store: LocalStore, access: CircleAccess, book: BookId, kind: BookKind) {
		this.#store = store;
		this.#access = access;
		this.book = book;
		this.kind = kind;
	}

	/** `head`: where the book stands, for who has just read it. */
	static async open(
		store: LocalStore,
		access: CircleAccess,
		book: BookId,
		kind: BookKind,
		head: HeadRow | null = null
	): Promise<OpenBook> {
		const opened = new OpenBook(store, access, book, kind);
		await opened.readOn(access, head);
		return opened;
	}

	/** A book in which nothing has ever come to this device: known without reading it. */
	static empty(store: LocalStore, access: CircleAccess, book: BookId, kind: BookKind): OpenBook {
		const opened = new OpenBook(store, access, book, kind);
		opened.#read = new Judged({ ...nothing, basis: basisOf(access, book, kind), arrivals: 0, rewrites: 0 });
		return opened;
	}

	/** Every entry that counts; in order, but for what has come since the book was read. */
	get stated(): readonly Stated[] {
		return this.#read?.stated ?? [];
	}

	/** Those of them that are no observations nor about one, in order: few, however long the history. */
	get beside(): readonly Stated[] {
		return [...(this.#read?.beside ?? [])].sort(inStatedOrder);
	}

	/** Oldest measurement first, amendments applied, voids left out. */
	get observations(): readonly Observation[] {
		return this.#read?.index.observations ?? [];
	}

	/** Taken out of view, oldest measurement first. */
	get removed(): readonly RemovedObservation[] {
		return this.#read?.index.removed ?? [];
	}

	/** Devices that signed two different frames in one place. */
	get forked(): readonly DeviceId[] {
		return this.#read?.forked ?? [];
	}

	/** What does not count now, and why. */
	get parked(): readonly { readonly hash: Hash; readonly reason: ParkReason }[] {
		return this.#read?.parked ?? [];
	}

	/** Grant snapshots in the book, and what each is worth to this reader (S3). */
	get grants(): readonly SeenGrant[] {
		return this.#read?.grants ?? [];
	}

	get unknownEntries(): number {
		return this.#read?.unknownEntries ?? 0;
	}

	/**
	 * Takes in what has come since, under the circle's present keys and manifest. One reading at a time. `head`: where the book
	 * stands, for who has just read it; what has come after that is told again.
	 */
	readOn(access: CircleAccess, head: HeadRow | null = null): Promise<void> {
		this.#access = access;
		this.#isBusy = true;
		const turn = this.#turn.then(() => this.#catchUp(head));
		this.#turn = turn.then(
			() => undefined,
			() => undefined
		);
		const mine = this.#turn;
		return turn.finally(() => {
			if (this.#turn === mine) this.#isBusy = false;
		});
	}

	/** Takes in frames just written here, at once. False when the book has to be read on for them. */
	take(written: readonly StoredFrame[]): boolean {
		const read = this.#read;
		const isNext = written.every(({ arrival }, index) => arrival === (read?.arrivals ?? 0) + index + 1);
		if (!read || this.#isBusy || this.#isSpoilt || !isNext) return false;
		this.#isSpoilt = !read.extend(written, this.#rules(new Map()));
		return !this.#isSpoilt;
	}

	/** Keeps books of a store for the next start, where that would have much to read otherwise. Never fails. */
	static async keep(store: LocalStore, books: Iterable<OpenBook>, worth = WORTH_KEEPING): Promise<void> {
		const packed: { readonly row: DerivedRow; readonly noteKept: () => void }[] = [];
		for (const book of books) packed.push(...(await book.#pack(worth)));
		if (packed.length === 0) return;
		await store.derived.keep(packed.map(({ row }) => row));
		for (const { noteKept } of packed) noteKept();
	}

	async #pack(worth: number) {
		const read = this.#read;
		if (!read || read.stated.length - this.#kept < worth) return [];
		const judged = read.snapshot();
		const row = { id: bookRow(this.#access.chain.circle, this.book), plain: await packBook(judged) };
		const noteKept = () => {
			if (this.#read === read) this.#kept = judged.stated.length;
		};
		return [{ row, noteKept }];
	}

	async #catchUp(known: HeadRow | null): Promise<void> {
		this.#readGrants = await this.#grantReader();
		const basis = basisOf(this.#access, this.book, this.kind);
		let read = this.#read?.basis === basis && !this.#isSpoilt ? this.#read : null;
		this.#isSpoilt = true;
		read ??= this.#justBegun(basis, known) ?? (await this.#fromCache(basis));
		let isAll = read !== null && known?.arrivals === read.arrivals && known.rewrites === read.rewrites;
		while (!isAll) {
			if (!read) {
				read = await this.#fromFrames(basis);
				this.#kept = 0;
			}
			const { circle } = this.#access.chain;
			const { head, frames, upTo } = await this.#store.framesAfter(circle, this.book, read.arrivals);
			const stands = head.rewrites === read.rewrites && head.arrivals >= read.arrivals;
			if (!stands || !read.extend(frames, this.#rules(new Map()))) read = null;
			else {
				read.arrivals = upTo;
				isAll = upTo === head.arrivals;
			}
		}
		if (read?.hasNewSnapshots && !this.#readGrants) await this.#checkGrants(read);
		this.#read = read;
		this.#isSpoilt = false;
	}

	/** A book all of which has just come: judged as it came, without reading it. Null when that is not the whole truth. */
	#justBegun(basis: string, head: HeadRow | null): Judged | null {
		const frames = head && this.#store.recent?.wholeBook(head);
		if (!frames) return null;
		const batches = new Map(frames.flatMap(({ frame, batch }) => (batch ? [[frame.hash, batch] as const] : [])));
		const read = new Judged({ ...nothing, basis, arrivals: 0, rewrites: head.rewrites });
		return read.extend(frames, this.#rules(batches)) ? read.inOrder() : null;
	}

	/** Fetched by whoever was given a book from a day on: most books are given whole. */
	async #grantReader(): Promise<ReadGrants | null> {
		if (fromEpochOf(this.#access, this.book) === 1) return null;
		const [{ grantReader }, { grantKeysOf }] = await Promise.all([
			import('$lib/protocol/read-grants'),
			import('./grant-keys')
		]);
		return grantReader(grantKeysOf(this.#access, this.book));
	}

	/** Whoever holds the originals sets what was handed over beside them (MR13). */
	async #checkGrants(read: Judged): Promise<void> {
		const { checkedGrants } = await import('./check-grants');
		const verdicts = await checkedGrants(this.#store, this.#access, this.book, this.kind);
		read.grants = verdicts;
		read.hasNewSnapshots = false;
	}

	async #fromCache(basis: string): Promise<Judged | null> {
		const { circle } = this.#access.chain;
		const packed = await this.#store.derived.read(bookRow(circle, this.book));
		const judged = packed && (await unpackBook(packed, (head) => head.basis === basis));
		if (!judged) return null;
		this.#kept = judged.stated.length;
		const read = new Judged(judged);
		await inSlices(judged.stated, (some) => read.state(some));
		return read;
	}

	/** Judges every frame of the book: one by one as long as that gives the whole truth, and all together otherwise. */
	async #fromFrames(basis: string): Promise<Judged> {
		const { circle } = this.#access.chain;
		const before = await this.#store.head(circle, this.book);
		const frames: StoredFrame[] = [];
		for await (const page of this.#store.framePages(circle, this.book))
			frames.push(...page.filter(({ arrival }) => arrival <= before.arrivals));
		const { arrivals, rewrites } = before;
		if ((await this.#store.head(circle, this.book)).rewrites !== rewrites) return this.#fromFrames(basis);
		const batches = new Map<Hash, Batch | null>();
		const rules = this.#rules(batches);
		const read = new Judged({ ...nothing, basis, arrivals, rewrites });
		frames.sort((a, b) => a.frame.header.seq - b.frame.header.seq);
		let isWhole = true;
		await inSlices(frames, (some) => {
			isWhole &&= read.extend(some, rules);
			if (!isWhole) for (const { frame } of some) rules.open(frame);
		});
		if (isWhole) return read.inOrder();
		const verified = new Set(frames.filter((each) => each.verified).map(({ frame }) => frame.hash));
		const acceptance = acceptFrames({
			...rules,
			isSigned: (frame, pub) => verified.has(frame.hash) || rules.isSigned(frame, pub),
			frames: frames.map(({ frame }) => frame)
		});
		const { parked, forked, unknownEntries, chains, grants } = acceptance;
		const whole = new Judged({
			...{ basis, arrivals, rewrites, forked, unknownEntries, grants },
			...chains,
			parked: parked.map(({ frame, reason }) => ({ hash: frame.hash, reason })),
			stated: statedBy(acceptance)
		});
		whole.hasNewSnapshots = parked.some(({ reason }) => reason === 'snapshot');
		await inSlices(whole.stated, (some) => whole.state(some));
		return whole;
	}

	/** `batches` remembers what has been opened, for a reading that may have to begin again. */
	#rules(batches: Map<Hash, Batch | null>): AcceptRules {
		return {
			book: this.book,
			kind: this.kind,
			chain: this.#access.chain,
			identities: [...this.#access.identities.values()],
			isSigned: verifyFrame,
			...(this.#readGrants && { readGrants: this.#readGrants }),
			open: (frame) => {
				let batch = batches.get(frame.hash);
				if (batch === undefined) {
					batch = openBatch(this.#access, frame);
					batches.set(frame.hash, batch);
				}
				return batch;
			}
		};
	}
}

/** What a book's frames came to so far; grows in place. */
class Judged {
	readonly basis: string;
	readonly rewrites: number;
	arrivals: number;
	readonly tips: Map<DeviceId, ChainTip | null>;
	readonly missing: ReadonlySet<Hash>;
	readonly parked: { readonly hash: Hash; readonly reason: ParkReason }[];
	readonly forked: readonly DeviceId[];
	grants: readonly SeenGrant[];
	/** A snapshot has come that nobody has looked into yet. */
	hasNewSnapshots = false;
	unknownEntries: number;
	stated: Stated[];
	readonly beside: Stated[] = [];
	readonly index = new ObservationIndex();

	constructor(from: JudgedBook) {
		this.basis = from.basis;
		this.rewrites = from.rewrites;
		this.arrivals = from.arrivals;
		this.tips = new Map(from.tips);
		this.missing = from.missing;
		this.parked = [...from.parked];
		this.forked = from.forked;
		this.grants = from.grants;
		this.unknownEntries = from.unknownEntries;
		this.stated = [...from.stated];
	}

	/** Works entries that are already among `stated` into what they come to. */
	state(entries: readonly Stated[]): void {
		this.index.add(entries);
		for (const each of entries) if (!each.entry.kind.startsWith('obs.')) this.beside.push(each);
	}

	/** Judges frames by themselves. False when all must be judged anew; what was taken in until then is not to be used. */
	extend(frames: readonly StoredFrame[], rules: AcceptRules): boolean {
		const verified = new Set(frames.filter((each) => each.verified).map(({ frame }) => frame.hash));
		const judge = nextJudge({
			...rules,
			isSigned: (frame, pub) => verified.has(frame.hash) || rules.isSigned(frame, pub)
		});
		const added: Stated[] = [];
		for (const { frame, arrival } of frames) {
			const next = judge(frame, this);
			if (!next) return false;
			if (next.tip) this.tips.set(frame.header.device, next.tip);
			if (typeof next.judged === 'string') {
				this.parked.push({ hash: frame.hash, reason: next.judged });
				this.hasNewSnapshots ||= next.judged === 'snapshot';
			} else {
				added.push(...statedIn(next.judged));
				this.unknownEntries += next.judged.batch.unknown;
			}
			this.arrivals = Math.max(this.arrivals, arrival);
		}
		for (const each of added) this.stated.push(each);
		this.state(added);
		return true;
	}

	inOrder(): this {
		this.stated.sort(inStatedOrder);
		return this;
	}

	/** As it is now, safe from what comes while it is being packed. */
	snapshot(): JudgedBook {
		return {
			...this,
			tips: new Map(this.tips),
			parked: [...this.parked],
			stated: [...this.stated].sort(inStatedOrder)
		};
	}
}

const nothing: Omit<JudgedBook, 'basis' | 'arrivals' | 'rewrites'> = {
	tips: new Map(),
	missing: new Set(),
	parked: [],
	forked: [],
	grants: [],
	unknownEntries: 0,
	stated: []
};

/** The batch inside a frame; null while its key is missing, and for what was before this member was given the book. */
export function openBatch(access: CircleAccess, frame: Frame): Batch | null {
	const { book, epoch } = frame.header;
	const key = epoch < fromEpochOf(access, book) ? null : epochKey(access, book, epoch);
	if (!key) return null;
	const plaintext = openFrame(frame, key);
	return plaintext && parseBatch(plaintext);
}

/**
 * Everything that decides what counts in a book, besides its frames: the manifest chain and every member's log (each named
 * by the hash of its head, to which all before it is linked), what the book is about, which of its keys are held, and from
 * where on it was given.
 */
function basisOf(access: CircleAccess, book: BookId, kind: BookKind): string {
	const identities = [...access.identities.values()].map(({ id, head }) => `${id} ${head.n} ${head.hash}`).sort();
	const epochs = access.keys.keys.filter((held) => held.book === book).map(({ epoch, key }) => `${epoch} ${key}`);
	const grants = (access.keys.grants ?? []).flatMap((held) => (held.book === book ? [held.key] : [])).sort();
	const { circle, head } = access.chain;
	const given = [fromEpochOf(access, book), grants];
	return toBase64url(sha256(utf8(JSON.stringify([circle, book, kind, head.hash, identities, epochs, given]))));
}
