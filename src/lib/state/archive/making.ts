/** Making an archive of a circle: everything in it as it was written, and the keys to it. */
import type { AgeLock } from '$lib/crypto/age-file';
import { utf8 } from '$lib/crypto/bytes';
import { err, ok, type Result } from '$lib/domain/result';
import type { Files } from '$lib/exchange/archive/container';
import { makeArchiveFile, readArchiveFile } from '$lib/exchange/archive/file';
import type { ArchivedCircle } from '$lib/exchange/archive/format';
import type { AgeWork } from '$lib/exchange/backup/file';
import { idBytes, type BookId, type CircleId, type DeviceId, type IdentityId } from '$lib/protocol/ids';
import type { ParkReason } from '$lib/protocol/accept';
import type { DeviceKeys, EarlierCircle } from '$lib/storage/keyring';
import { isOwning, kindOf, nameOf, type CircleAccess } from '$lib/sync/circle-access';
import { openEarlier } from '$lib/sync/earlier';
import { OpenBook } from '$lib/sync/open-book';
import type { MadeFile, MakeError } from '../backup';
import type { Session } from '../session';

/** What is put in plain text beside the log, from its entries as lines. */
export type Readable = (entries: Uint8Array) => Files;

/**
 * The archive as a file: of the person's own circle, or of one they run with somebody (`of`), to give to them. One to a
 * passphrase is opened again and read to its last byte before it is handed over; what is sealed to the recovery code can be
 * opened by the code alone.
 */
export async function makeArchive(
	session: Session,
	work: AgeWork,
	lock: AgeLock,
	readable: Readable,
	of?: CircleId
): Promise<Result<MadeFile, MakeError>> {
	const device = await session.device();
	const own = (await session.store.readCircles()).find(({ standing }) => standing === 'mine');
	const circle = of ?? own?.circle;
	const access = circle && (await session.openCircle(circle));
	if (!device || !access || !isOwning(access.member)) return err({ type: 'no-circle' });
	const by = { identity: device.identity, device: device.device };
	const at = session.now();
	const parts = [await archivePart(session, livingRow(access, by, at, await logsOf(session, device, access)), access)];
	// What was read in here goes before the own circle, and before nobody else's.
	for (const row of of === undefined ? await session.store.earlier.readAll() : []) {
		const earlier = openEarlier(row);
		if (earlier.ok) parts.push(await archivePart(session, row, earlier.value));
	}
	const lines = parts.flatMap((part) => part.lines);
	const circles = parts.map(({ circle }) => circle);
	const maker = { at, by, signSecret: idBytes(device.sign) };
	const file = await makeArchiveFile(work, lock, circles, readable(utf8(lines.join(''))), maker);
	if (lock.kind === 'passphrase') {
		const read = await readArchiveFile(work, lock, file);
		if (!read.ok || read.value.circles.length !== circles.length) return err({ type: 'not-readable' });
	}
	// Not noted on a full device, which is when the file is needed most: then it is asked for again.
	if (of === undefined)
		await session.store.updateCare((care) => ({ ...care, file: { at, entries: parts[0]?.lines.length ?? 0 } }));
	return ok({ file, readings: parts.reduce((sum, { readings }) => sum + readings, 0) });
}

const livingRow = (
	access: CircleAccess,
	reader: EarlierCircle['reader'],
	at: number,
	logs: EarlierCircle['logs']
): EarlierCircle => ({
	v: 1,
	circle: access.chain.circle,
	reader,
	madeAt: at,
	readAt: at,
	manifests: access.keys.manifests,
	logs,
	keys: access.keys.keys
});

/** The log of everyone who is or was in the circle, as far as this device has seen it. */
async function logsOf(session: Session, device: DeviceKeys, access: CircleAccess): Promise<EarlierCircle['logs']> {
	const logs: EarlierCircle['logs'] = [];
	for (const identity of access.identities.keys()) {
		const log = identity === device.identity ? device.log : (await session.store.readIdentity(identity))?.log;
		if (log) logs.push({ identity, log: [...log] });
	}
	return logs;
}

interface Part {
	readonly circle: ArchivedCircle;
	/** Every entry that counts as a line of JSON. */
	readonly lines: readonly string[];
	readonly readings: number;
}

async function archivePart(session: Session, row: EarlierCircle, access: CircleAccess): Promise<Part> {
	const books: ArchivedCircle['books'][number][] = [];
	const lines: string[] = [];
	let readings = 0;
	for (const { id } of access.chain.head.body.books) {
		const { frames, opened } = await bookOf(session, access, id);
		books.push({ book: id, frames });
		readings += opened?.observations.length ?? 0;
		for (const { entry, author, device } of opened?.stated ?? [])
			lines.push(lineOf(access, opened?.kind ?? '', author, device, entry));
	}
	return {
		circle: {
			circle: row.circle,
			reader: row.reader,
			madeAt: row.madeAt,
			manifests: row.manifests.map(idBytes),
			logs: row.logs.map(({ identity, log }) => ({ identity, log: log.map(idBytes) })),
			keys: row.keys,
			books
		},
		lines,
		readings
	};
}

/** Copies that nobody of the circle has signed are somebody else's noise, and prove nothing to anybody. */
const unsigned: readonly ParkReason[] = ['bad-signature', 'unknown-device'];

async function bookOf(
	session: Session,
	access: CircleAccess,
	book: BookId
): Promise<{ frames: Uint8Array[]; opened: OpenBook | null }> {
	const kind = kindOf(access, book);
	const opened = kind && (await OpenBook.open(session.store, access, book, kind));
	const left = new Set(
		(opened?.parked ?? []).filter(({ reason }) => unsigned.includes(reason)).map(({ hash }) => hash)
	);
	const stored = await session.store.frames(access.chain.circle, book);
	const frames = stored
		.map(({ frame }) => frame)
		.filter(({ hash }) => !left.has(hash))
		.sort(
			(a, b) =>
				(a.header.device < b.header.device ? -1 : a.header.device > b.header.device ? 1 : 0) ||
				a.header.seq - b.header.seq
		);
	return { frames: frames.map(({ bytes }) => bytes), opened };
}

function lineOf(access: CircleAccess, book: string, author: IdentityId, device: DeviceId, entry: unknown): string {
	const name = nameOf(access, author);
	const line = { circle: access.chain.circle, book, by: author, ...(name ? { name } : {}), device, entry };
	return `${JSON.stringify(line)}\n`;
}
