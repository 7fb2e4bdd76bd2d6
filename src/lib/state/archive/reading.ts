/**
 * Reading an archive in: opened, checked to its last byte, every record and signature in it verified, and only then attached
 * to the person's own circle as what it goes on from (docs/archive-format.md). Nothing is restated: who wrote what stays as
 * they signed it.
 */
import type { AgeKey } from '$lib/crypto/age-file';
import { toBase64url } from '$lib/crypto/bytes';
import { isMeasureKind } from '$lib/domain/measures';
import { err, ok, type Result } from '$lib/domain/result';
import { readArchiveFile, type ArchiveFileError } from '$lib/exchange/archive/file';
import type { ArchivedCircle } from '$lib/exchange/archive/format';
import type { AgeWork } from '$lib/exchange/backup/file';
import type { Acceptance } from '$lib/protocol/accept';
import type { Frame } from '$lib/protocol/frame';
import type { BookId, CircleId } from '$lib/protocol/ids';
import { projectObservations } from '$lib/protocol/project';
import type { StorageError } from '$lib/storage/errors';
import type { EarlierCircle } from '$lib/storage/keyring';
import { isHeld, kindOf, nameOf, personNameOf, personOf, type CircleAccess } from '$lib/sync/circle-access';
import { wireSpace } from '$lib/sync/create';
import { judgeFrames, openEarlier, verifiedFrames } from '$lib/sync/earlier';
import type { Session } from '../session';

/** A circle of an archive whose records and signatures were all verified. */
interface VerifiedCircle {
	readonly row: EarlierCircle;
	readonly access: CircleAccess;
	readonly books: readonly { readonly book: BookId; readonly frames: readonly Frame[] }[];
}

export interface VerifiedArchive {
	readonly madeAt: number;
	readonly circles: readonly VerifiedCircle[];
	readonly found: ArchiveFindings;
}

/** What is in it, for the person to recognise. */
export interface ArchiveFindings {
	/** Whose circle it is, as its roster has it; null where nobody had named them. */
	readonly name: string | null;
	/** Readings that show. */
	readonly readings: number;
	/** Versions of the plan that were proposed, and marks of those who have looked. */
	readonly versions: number;
	readonly receipts: number;
	/** Others who have written in it. */
	readonly writers: readonly string[];
	/** Entries only a newer app can read; they are kept. */
	readonly newer: number;
}

export type ReadArchiveError =
	| ArchiveFileError
	/** Invented data and real are never mixed. */
	| { readonly type: 'other-space' }
	| { readonly type: 'stopped' };

/** Opens and verifies all of a file. Nothing on this device is changed. */
export async function readArchive(
	session: Session,
	work: AgeWork,
	key: AgeKey,
	file: Uint8Array,
	watch: { readonly signal: AbortSignal; readonly onProgress: (done: number, total: number) => void }
): Promise<Result<VerifiedArchive, ReadArchiveError>> {
	const read = await readArchiveFile(work, key, file);
	if (!read.ok) return read;
	const total = read.value.circles.reduce(
		(sum, { books }) => sum + books.reduce((n, { frames }) => n + frames.length, 0),
		0
	);
	let done = 0;
	const onSlice = (count: number) => watch.onProgress((done += count), total);
	const circles: VerifiedCircle[] = [];
	const tally = new Tally();
	for (const part of read.value.circles) {
		const verified = await verifyCircle(part, session.now(), tally, onSlice, watch.signal);
		if (!verified.ok) return verified;
		if (verified.value.access.chain.head.body.space !== wireSpace(session.space)) return err({ type: 'other-space' });
		circles.push(verified.value);
	}
	const [living] = circles;
	const name = living ? personNameOf(living.access) : null;
	return ok({ madeAt: read.value.contents.at, circles, found: { name, ...tally.findings } });
}

async function verifyCircle(
	part: ArchivedCircle,
	now: number,
	tally: Tally,
	onSlice: (count: number) => void,
	signal: AbortSignal
): Promise<Result<VerifiedCircle, ReadArchiveError>> {
	const row: EarlierCircle = {
		v: 1,
		circle: part.circle,
		reader: { ...part.reader },
		madeAt: part.madeAt,
		readAt: now,
		manifests: part.manifests.map(toBase64url),
		logs: part.logs.map(({ identity, log }) => ({ identity, log: log.map(toBase64url) })),
		keys: [...part.keys]
	};
	const access = openEarlier(row);
	if (!access.ok) return access;
	const books: VerifiedCircle['books'][number][] = [];
	for (const { book, frames } of part.books) {
		if (signal.aborted) return err({ type: 'stopped' });
		const verified = await verifiedFrames(access.value, book, frames, onSlice);
		if (!verified.ok) return verified;
		books.push({ book, frames: verified.value });
		const judged = await judgeFrames(access.value, book, verified.value);
		if (judged) tally.add(access.value, book, judged);
	}
	return ok({ row, access: access.value, books });
}

/** What the books come to, counted as they are judged. */
class Tally {
	#readings = 0;
	#versions = 0;
	#receipts = 0;
	#newer = 0;
	readonly #writers = new Set<string>();

	add(access: CircleAccess, book: BookId, { accepted, unknownEntries }: Acceptance): void {
		const kind = kindOf(access, book);
		if (kind && isMeasureKind(kind)) this.#readings += projectObservations(accepted).length;
		this.#newer += unknownEntries;
		for (const { batch, author } of accepted) {
			for (const entry of batch.entries) {
				if (entry.kind === 'plan.propose') this.#versions += 1;
				if (entry.kind === 'receipt') this.#receipts += 1;
			}
			const isPerson = !isHeld(access) && author === personOf(access).identity;
			const name = isPerson ? null : nameOf(access, author);
			if (name) this.#writers.add(name);
		}
	}

	get findings(): Omit<ArchiveFindings, 'name'> {
		return {
			readings: this.#readings,
			versions: this.#versions,
			receipts: this.#receipts,
			newer: this.#newer,
			writers: [...this.#writers]
		};
	}
}

export type AttachPlan =
	/** `added`: saves that are not here yet. `hasOwn`: the app has values already: it must be the same person. */
	| { readonly type: 'new'; readonly added: number; readonly hasOwn: boolean }
	/** All of it is here: the living circle itself, or read in before. */
	| { readonly type: 'already' }
	/** It goes another way than what was read in of the same circle. */
	| { readonly type: 'other-way' };

/** What attaching would come to on this device now. */
export async function planAttaching(session: Session, archive: VerifiedArchive, hasOwn: boolean): Promise<AttachPlan> {
	const known = await session.store.earlier.readAll();
	let added = 0;
	for (const { row, books } of await notLiving(session, archive)) {
		const before = known.find(({ circle }) => circle === row.circle);
		if (before && !goOn(before, row)) return { type: 'other-way' };
		added += before ? await countMissing(session, row.circle, books) : 1;
	}
	return added === 0 ? { type: 'already' } : { type: 'new', added, hasOwn };
}

/** The circles of an archive that do not live on this device themselves. */
async function notLiving(session: Session, { circles }: VerifiedArchive): Promise<readonly VerifiedCircle[]> {
	const living = (await session.store.readCircles()).filter(({ keys }) => keys.length > 0).map(({ circle }) => circle);
	return circles.filter(({ row }) => !living.includes(row.circle));
}

/** Of two states of one circle, one goes on from the other. */
const goOn = (a: EarlierCircle, b: EarlierCircle): boolean =>
	isSameWay(a.manifests, b.manifests) &&
	a.logs.every(({ identity, log }) => isSameWay(log, b.logs.find((each) => each.identity === identity)?.log ?? []));

const isSameWay = (a: readonly string[], b: readonly string[]): boolean => {
	const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
	return shorter.every((record, n) => longer[n] === record);
};

async function countMissing(session: Session, circle: CircleId, books: VerifiedCircle['books']): Promise<number> {
	let missing = 0;
	for (const { book, frames } of books) {
		const here = new Set((await session.store.frames(circle, book)).map(({ frame }) => frame.hash));
		missing += frames.filter(({ hash }) => !here.has(hash)).length;
	}
	return missing;
}

export type AttachError = StorageError | { readonly type: 'stopped' };

/** Attaches what is not here yet. Stopped or failed midway it shows nowhere, and can be taken again. */
export async function attachArchive(
	session: Session,
	archive: VerifiedArchive,
	watch: { readonly signal: AbortSignal; readonly onProgress: (done: number, total: number) => void }
): Promise<Result<void, AttachError>> {
	const own = await session.ensureOwnCircle();
	if (!own.ok) return own;
	const known = await session.store.earlier.readAll();
	const parts = await notLiving(session, archive);
	const total = parts.reduce((sum, { books }) => sum + books.reduce((n, { frames }) => n + frames.length, 0), 0);
	let done = 0;
	const onPut = (count: number) => watch.onProgress((done += count), total);
	// Those that came before first: what goes on from them is shown last.
	for (const { row, books } of [...parts].sort((a, b) => a.row.madeAt - b.row.madeAt)) {
		const before = known.find(({ circle }) => circle === row.circle);
		const put = await session.store.earlier.put(before ? united(before, row) : row, books, onPut, watch.signal);
		if (put.ok && put.value === 'put') continue;
		await session.store.earlier.clear(row.circle);
		return put.ok ? err({ type: 'stopped' }) : put;
	}
	session.announce({ type: 'changed', circle: own.value, keys: true, books: [] });
	return ok(undefined);
}

/** The longer of two states, with the keys of both. */
function united(before: EarlierCircle, now: EarlierCircle): EarlierCircle {
	const longer = now.manifests.length >= before.manifests.length ? now : before;
	const logs = [...before.logs, ...now.logs].reduce((all, each) => {
		const known = all.get(each.identity);
		return all.set(each.identity, known && known.log.length >= each.log.length ? known : each);
	}, new Map<string, EarlierCircle['logs'][number]>());
	const keys = [...before.keys, ...now.keys].filter(
		(key, index, all) => all.findIndex((each) => each.book === key.book && each.epoch === key.epoch) === index
	);
	return { ...longer, readAt: now.readAt, logs: [...logs.values()], keys };
}
