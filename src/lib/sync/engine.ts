/**
 * The sync engine: brings what this device owes to the relay and what others wrote to this device. It decides nothing about
 * what counts (that is `acceptFrames`) and loses nothing: what cannot be sent now stays in the outbox.
 *
 * One pass: identity → circles to publish → heads → manifests and keys → frames → outbox. Every step can fail and be taken
 * again; nothing half-done is left that the next pass does not finish.
 */
import { toBase64url, type RandomBytes } from '$lib/crypto/bytes';
import { err, ok, type Result } from '$lib/domain/result';
import { EMPTY_RUN, nextRun, shortHash, shortRun, type CircleHead } from '$lib/protocol/api/heads';
import { MAX_PUSH_BYTES } from '$lib/protocol/api/limits';
import type { PullRange } from '$lib/protocol/api/frames';
import { matchesCommit, openEnvelope } from '$lib/protocol/envelope';
import { MAX_FRAME_BYTES, parseFrame, verifyFrame, type Frame } from '$lib/protocol/frame';
import type { Identity } from '$lib/protocol/identity-log';
import { idBytes, type BookId, type CircleId, type IdentityId } from '$lib/protocol/ids';
import { accessOf, bookOf, commitOf, parseManifest } from '$lib/protocol/manifest';
import type { OutboxRow } from '$lib/storage/database';
import type { StorageError } from '$lib/storage/errors';
import type { CircleKeys, DeviceKeys } from '$lib/storage/keyring';
import type { LocalStore, WriteContext } from '$lib/storage/local-store';
import { BookReader } from './book-reader';
import { identityFrom, openCircle, writingEpoch, type CircleAccess, type Me } from './circle-access';
import { envelopeFor } from './membership';
import type { RelayClient, RelayError } from './relay-client';

export type SyncError =
	| RelayError
	| StorageError
	/** The relay shows less than it has shown before, or something else: it is not trusted with this circle until it agrees. */
	| { readonly type: 'relay-went-back'; readonly circle: CircleId }
	/** Another device signs with this device's key, e.g. a copied browser profile. */
	| { readonly type: 'cloned' };

/** What changed on this device, for whoever shows it. */
export interface SyncChange {
	readonly circle: CircleId;
	/** Keys, members or standing changed: open the circle anew. */
	readonly keys: boolean;
	readonly books: readonly BookId[];
}

export interface SyncDeps {
	readonly store: LocalStore;
	readonly relay: RelayClient;
	readonly random: RandomBytes;
	readonly now: () => number;
	readonly onChange: (change: SyncChange) => void;
}

export class SyncEngine {
	#deps: SyncDeps;
	#readers = new Map<CircleId, BookReader>();
	#running: Promise<Result<void, SyncError>> | null = null;
	#again = false;

	constructor(deps: SyncDeps) {
		this.#deps = deps;
	}

	/** One pass; a call during a pass asks for one more after it. Resolves when everything known now has been tried. */
	sync(): Promise<Result<void, SyncError>> {
		if (this.#running) {
			this.#again = true;
			return this.#running;
		}
		this.#running = this.#loop().finally(() => (this.#running = null));
		return this.#running;
	}

	async #loop(): Promise<Result<void, SyncError>> {
		let result: Result<void, SyncError>;
		do {
			this.#again = false;
			result = await this.#pass();
		} while (this.#again && result.ok);
		return result;
	}

	async #pass(): Promise<Result<void, SyncError>> {
		const device = await this.#deps.store.readDevice();
		if (!device?.relayOn) return ok(undefined);
		this.#deps.relay.useLogin({ identity: device.identity, device: device.device, signSecret: idBytes(device.sign) });
		const known = await this.#sendIdentity(device);
		if (!known.ok) return known;
		const published = await this.#publishCircles(device);
		if (!published.ok) return published;
		const pulled = await this.#pullAll(device);
		const pushed = await this.#flushAll(device);
		return pulled.ok ? pushed : pulled;
	}

	// Identity

	async #sendIdentity(device: DeviceKeys): Promise<Result<void, SyncError>> {
		const { store, relay } = this.#deps;
		const [genesis, ...records] = device.log;
		if (!device.relay.registered && genesis) {
			const sent = await relay.registerIdentity(genesis, device.unit?.enrolment ?? null);
			if (!sent.ok) return sent;
			await store.updateDevice((now) => ({
				...now,
				relay: { ...now.relay, registered: true },
				unit: now.unit && { ...now.unit, enrolment: null }
			}));
		}
		for (const [index, record] of records.entries()) {
			if (index < device.relay.logSent) continue;
			const sent = await relay.appendIdentityRecord(device.identity, record);
			// A record whose answer was lost is there already: the relay's head is then this very record.
			if (!sent.ok && !(sent.error.type === 'refused' && sent.error.code === 'conflict' && (await this.#relayHas(device, index + 1)))) return sent;
			await store.updateDevice((now) => ({ ...now, relay: { ...now.relay, logSent: index + 1 } }));
		}
		return this.#sendRecovery(device);
	}

	async #relayHas(device: DeviceKeys, n: number): Promise<boolean> {
		const log = await this.#deps.relay.identityLog(device.identity);
		return log.ok && log.value[n] === device.log[n];
	}

	async #sendRecovery(device: DeviceKeys): Promise<Result<void, SyncError>> {
		const { store, relay } = this.#deps;
		const files = device.recovery?.files ?? [];
		for (const [index, file] of files.entries()) {
			if (index < device.relay.recoverySent || !device.recovery) continue;
			const sent = await relay.addRecoveryFile(device.recovery.lookup, file);
			if (!sent.ok && !(sent.error.type === 'refused' && sent.error.code === 'conflict')) return sent;
			await store.updateDevice((now) => ({ ...now, relay: { ...now.relay, recoverySent: index + 1 } }));
		}
		return ok(undefined);
	}

	// Circles

	async #publishCircles(device: DeviceKeys): Promise<Result<void, SyncError>> {
		const { store, relay } = this.#deps;
		for (const keys of await store.readCircles()) {
			if (keys.published || keys.standing !== 'mine') continue;
			const access = await this.open(keys, device);
			const self = access?.identities.get(device.identity);
			if (!access?.member || !self) continue;
			const own = await envelopeFor(access, self, access.member.rights.map((right) => right.book));
			const sent = await relay.createCircle(keys.manifests, [own]);
			if (!sent.ok && !(sent.error.type === 'refused' && sent.error.code === 'conflict')) return sent;
			await store.updateCircle(keys.circle, (now) => ({ ...(now ?? keys), published: true }));
		}
		return ok(undefined);
	}

	/** Opens a circle from its stored row with every log it needs; null when the row cannot be verified. */
	async open(keys: CircleKeys, me: Me & Pick<DeviceKeys, 'log'>): Promise<CircleAccess | null> {
		const identities = await this.#identitiesOf(keys.manifests, me, false);
		if (!identities.ok) return null;
		const access = openCircle(keys, identities.value, me);
		return access.ok ? access.value : null;
	}

	/** The logs of everyone the records name: own, stored, or (when `fetch`) asked for and then stored. */
	async #identitiesOf(
		manifests: readonly string[],
		me: Me & Pick<DeviceKeys, 'log'>,
		refresh: boolean
	): Promise<Result<Map<IdentityId, Identity>, SyncError>> {
		const { store, relay } = this.#deps;
		const bodies = manifests.flatMap((manifest) => parseManifest(idBytes(manifest))?.body ?? []);
		const wanted = new Map(bodies.flatMap((body) => body.members.map((member) => [member.identity, member.idHead.n] as const)));
		const found = new Map<IdentityId, Identity>();
		for (const [id, headN] of wanted) {
			const stored = id === me.identity ? me.log : (await store.readIdentity(id))?.log;
			let identity = stored ? identityFrom(stored, id) : null;
			if (refresh && (!identity || identity.head.n < headN)) {
				const fetched = await relay.identityLog(id);
				if (!fetched.ok) return fetched;
				identity = identityFrom(fetched.value, id);
				if (identity) await store.saveIdentity({ v: 1, identity: id, log: fetched.value });
			}
			if (identity) found.set(id, identity);
		}
		return ok(found);
	}

	async #pullAll(device: DeviceKeys): Promise<Result<void, SyncError>> {
		const heads = await this.#deps.relay.heads();
		if (!heads.ok || !heads.value) return heads.ok ? ok(undefined) : heads;
		let problem: Result<void, SyncError> = ok(undefined);
		for (const head of heads.value.circles) {
			const pulled = await this.#pullCircle(head, device);
			if (!pulled.ok) problem = pulled;
		}
		// An unfinished pull must not be taken for "nothing has moved" next time.
		if (!problem.ok) this.#deps.relay.forgetHeads();
		return problem;
	}

	async #pullCircle(head: CircleHead, device: DeviceKeys): Promise<Result<void, SyncError>> {
		const before = await this.#deps.store.readCircle(head.circle);
		const keys = await this.#pullManifest(head, before, device);
		if (!keys.ok) return keys;
		const access = keys.value && (await this.open(keys.value, device));
		if (!access) return ok(undefined);
		const changed = keys.value !== before;
		const books = await this.#pullBooks(head, access);
		if (changed || (books.ok && books.value.length > 0)) {
			this.#deps.onChange({ circle: head.circle, keys: changed, books: books.ok ? books.value : [] });
		}
		return books.ok ? ok(undefined) : books;
	}

	/** The circle's row after fetching the records and keys it lacks; the same object when it lacks nothing. */
	async #pullManifest(head: CircleHead, before: CircleKeys | null, device: DeviceKeys): Promise<Result<CircleKeys | null, SyncError>> {
		const { store, relay } = this.#deps;
		const known = before?.manifests ?? [];
		const last = known.at(-1);
		const lastHash = last && parseManifest(idBytes(last))?.hash;
		if (head.manifest < known.length - 1 || (head.manifest === known.length - 1 && lastHash && shortHash(lastHash) !== head.manifestHash)) {
			return err({ type: 'relay-went-back', circle: head.circle });
		}
		if (before && head.manifest === known.length - 1) return ok(before);
		const fetched = await relay.manifests(head.circle, known.length);
		if (!fetched.ok) return fetched;
		const manifests = [...known, ...fetched.value];
		const identities = await this.#identitiesOf(manifests, device, true);
		if (!identities.ok) return identities;
		const row: CircleKeys = {
			v: 1,
			circle: head.circle,
			standing: before?.standing ?? 'invited',
			published: true,
			manifests,
			keys: before?.keys ?? []
		};
		const access = openCircle(row, identities.value, device);
		// A chain that does not verify is never stored: the old one stays in force.
		if (!access.ok || access.value.chain.circle !== head.circle) return ok(before);
		const added = await this.#pullKeys(access.value, device);
		if (!added.ok) return added;
		const saved: CircleKeys = { ...row, keys: added.value };
		const written = await store.updateCircle(head.circle, (now) => ({ ...saved, standing: now?.standing ?? saved.standing }));
		return written.ok ? ok(saved) : written;
	}

	/** The keys held after opening own envelopes. A key that does not match its commitment is left out (M3). */
	async #pullKeys(access: CircleAccess, device: DeviceKeys): Promise<Result<CircleKeys['keys'], SyncError>> {
		const rows = await this.#deps.relay.envelopes(access.chain.circle);
		if (!rows.ok) return rows;
		const keys = [...access.keys.keys];
		for (const row of rows.value) {
			const box = device.boxes.find((each) => each.gen === row.gen);
			const opened = row.circle === access.chain.circle && box ? await openEnvelope(row, idBytes(box.secret)) : null;
			for (const { book, epoch, key } of opened ?? []) {
				const commit = commitOf(access.chain, book, epoch);
				const isNew = !keys.some((each) => each.book === book && each.epoch === epoch);
				if (isNew && commit && matchesCommit(key, commit)) keys.push({ book, epoch, key: toBase64url(key) });
			}
		}
		return ok(keys);
	}

	// Frames

	/** Pulls every book of a circle that has moved; the books in which something arrived. */
	async #pullBooks(head: CircleHead, access: CircleAccess): Promise<Result<BookId[], SyncError>> {
		const { store } = this.#deps;
		const ranges: PullRange[] = [];
		for (const { book, pos, run } of head.books) {
			const local = await store.head(head.circle, book);
			const sameRun = shortRun(local.run) === run || pos !== local.pos;
			if (pos < local.pos || !sameRun) return err({ type: 'relay-went-back', circle: head.circle });
			if (pos > local.pos && accessOf(access.member, book) && bookOf(access.chain.head.body, book)) {
				ranges.push({ circle: head.circle, book, after: local.pos });
			}
		}
		const changed = new Set<BookId>();
		for (let wanted = ranges; wanted.length > 0; ) {
			const pulled = await this.#deps.relay.pull(wanted);
			if (!pulled.ok) return pulled;
			const progress = await this.#storePulled(pulled.value.header.ranges, pulled.value.frames, access, changed);
			if (!progress.ok) return progress;
			wanted = pulled.value.header.more ? wanted.flatMap((range) => advanced(range, pulled.value.header.ranges)) : [];
		}
		return ok([...changed]);
	}

	async #storePulled(
		ranges: readonly { circle: CircleId; book: BookId; after: number; count: number }[],
		frames: readonly Uint8Array[],
		access: CircleAccess,
		changed: Set<BookId>
	): Promise<Result<void, SyncError>> {
		const reader = this.#readerOf(access.chain.circle);
		let at = 0;
		for (const range of ranges) {
			const parsed = frames.slice(at, at + range.count).flatMap((bytes) => {
				const frame = parseFrame(bytes);
				return frame.ok ? [frame.value] : [];
			});
			at += range.count;
			const local = await this.#deps.store.head(range.circle, range.book);
			// Frames of another circle or book, unreadable ones, or a range that was not asked for: not this relay's to give.
			const fits = parsed.length === range.count && local.pos === range.after && range.circle === access.chain.circle;
			if (!fits || parsed.some((frame) => frame.header.book !== range.book || frame.header.circle !== range.circle)) {
				return err({ type: 'relay-went-back', circle: access.chain.circle });
			}
			const written = await this.#deps.store.putRemote({
				circle: range.circle,
				book: range.book,
				frames: parsed.map((frame, index) => ({ frame, pos: range.after + index + 1, verified: isOwnersSignature(frame, access) })),
				pos: range.after + range.count,
				run: parsed.reduce((run, frame) => nextRun(run, frame.hash), local.pos === 0 ? EMPTY_RUN : local.run),
				lamport: Math.max(0, ...parsed.map((frame) => reader.open(access, frame)?.lamport ?? 0))
			});
			if (!written.ok) return written;
			if (range.count > 0) changed.add(range.book);
		}
		return ok(undefined);
	}

	// Outbox

	async #flushAll(device: DeviceKeys): Promise<Result<void, SyncError>> {
		for (const keys of await this.#deps.store.readCircles()) {
			if (!keys.published) continue;
			const flushed = await this.#flushCircle(keys, device);
			if (!flushed.ok) return flushed;
		}
		return ok(undefined);
	}

	async #flushCircle(keys: CircleKeys, device: DeviceKeys): Promise<Result<void, SyncError>> {
		const { store, relay } = this.#deps;
		const rows = await store.outbox(keys.circle);
		if (rows.length === 0) return ok(undefined);
		const access = await this.open(keys, device);
		if (!access) return ok(undefined);
		for (const part of inParts(rows)) {
			const resealed = await this.#resealStale(part, access, device);
			if (!resealed.ok) return resealed;
			const current = (await store.outbox(keys.circle)).filter((row) => part.some((each) => each.book === row.book && each.seq === row.seq));
			const bytes = await store.frameBytesToSend(current);
			if (!bytes.ok) return bytes;
			const pushed = await relay.push(bytes.value);
			const settled = pushed.ok
				? await store.acknowledge(current.map((row) => ({ row, pos: pushed.value.find((each) => each.book === row.book && each.seq === row.seq)?.pos ?? 0 })))
				: await this.#settleConflict(current, pushed.error);
			if (!settled.ok) return settled;
			this.#deps.onChange({ circle: keys.circle, keys: false, books: [...new Set(current.map((row) => row.book))] });
		}
		return ok(undefined);
	}

	/** A hash this device once sent, found at the relay, is an acknowledgement whose answer was lost (F6). */
	async #settleConflict(rows: readonly OutboxRow[], error: RelayError): Promise<Result<void, SyncError>> {
		if (error.type !== 'refused' || error.code !== 'conflict' || !error.hash) return err(error);
		const arrived = rows.find((row) => error.hash !== undefined && row.sent.includes(error.hash) && row.hash !== error.hash);
		if (!arrived) return err({ type: 'cloned' });
		return this.#deps.store.acknowledge([{ row: arrived, pos: 0 }]);
	}

	/** Frames sealed under an epoch that has passed are sealed again before they are sent. */
	async #resealStale(rows: readonly OutboxRow[], access: CircleAccess, device: DeviceKeys): Promise<Result<void, SyncError>> {
		const context = writeContext(access, device, this.#deps.relay.skewMs);
		const reader = this.#readerOf(access.chain.circle);
		for (const book of new Set(rows.map((row) => row.book))) {
			const present = bookOf(access.chain.head.body, book)?.epoch;
			const stored = await this.#deps.store.frames(access.chain.circle, book);
			const isStale = rows.some((row) => stored.some(({ frame }) => frame.hash === row.hash && frame.header.epoch !== present));
			if (!isStale || !context.epochOf(book)) continue;
			const resealed = await this.#deps.store.reseal(context, book, (frame) => reader.open(access, frame)?.entries ?? null);
			if (!resealed.ok) return resealed;
		}
		return ok(undefined);
	}

	#readerOf(circle: CircleId): BookReader {
		const reader = this.#readers.get(circle) ?? new BookReader();
		this.#readers.set(circle, reader);
		return reader;
	}
}

/** What this device seals with in a circle. */
export const writeContext = (access: CircleAccess, device: DeviceKeys, skewMs: number | null): WriteContext => ({
	circle: access.chain.circle,
	device: device.device,
	signSecret: idBytes(device.sign),
	manifest: access.chain.head.hash,
	...(skewMs === null || Math.abs(skewMs) < 120_000 ? {} : { skewMs: Math.round(skewMs) }),
	epochOf: (book) => writingEpoch(access, book)
});

/** Parts of the outbox that fit in one push, in order. */
function inParts(rows: readonly OutboxRow[]): OutboxRow[][] {
	const most = Math.floor(MAX_PUSH_BYTES / (MAX_FRAME_BYTES + 4));
	return Array.from({ length: Math.ceil(rows.length / most) }, (_, part) => rows.slice(part * most, (part + 1) * most));
}

const advanced = (range: PullRange, got: readonly { book: BookId; after: number; count: number }[]): PullRange[] => {
	const answer = got.find((each) => each.book === range.book);
	return answer ? [{ ...range, after: answer.after + answer.count }] : [range];
};

function isOwnersSignature(frame: Frame, access: CircleAccess): boolean {
	for (const identity of access.identities.values()) {
		const device = identity.devices.get(frame.header.device);
		if (device) return verifyFrame(frame, device.sign);
	}
	return false;
}
