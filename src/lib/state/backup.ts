/** Backup to a file and back (docs/protocol.md L4). Everything happens on this device; the network is not asked. */
import type { AgeKey, AgeLock } from '$lib/crypto/age-file';
import { err, ok, type Result } from '$lib/domain/result';
import { isMeasureKind } from '$lib/domain/measures';
import { makeBackupFile, readBackupFile, type AgeWork, type BackupFileError } from '$lib/exchange/backup/file';
import { BACKUP_VERSION, type Backup, type BackupHeader, type BackupLine } from '$lib/exchange/backup/format';
import { mergeBackup, type Merge, type Present } from '$lib/exchange/backup/merge';
import type { Entry } from '$lib/protocol/entries';
import { readIdentityLog } from '$lib/protocol/identity-log';
import { idBytes } from '$lib/protocol/ids';
import type { StorageError } from '$lib/storage/errors';
import { readableBooks, type CircleAccess } from '$lib/sync/circle-access';
import { OpenBook } from '$lib/sync/open-book';
import type { CircleState } from './circle-state.svelte';
import type { SaveError } from './circle-view';
import type { Session } from './session';
import { slowly } from './slow-work';

export type { Backup, BackupFileError, Merge };

export interface MadeFile {
	readonly file: Uint8Array;
	/** Measured values in it. */
	readonly readings: number;
}

export type MakeError =
	| StorageError
	| { readonly type: 'no-circle' }
	/** Opened again, it was not what had been put in: it is not handed over. */
	| { readonly type: 'not-readable' };

/** Sealing and opening beside the screen; `signal` ends the thread. */
export const ageWork = (signal: AbortSignal): AgeWork => ({
	seal: async (lock, plaintext) => (await slowly({ type: 'seal', lock, plaintext }, signal)).file,
	open: async (key, file) => (await slowly({ type: 'open', key, file }, signal)).result
});

/** The key the recovery code opens files with; null while there is no code. */
export async function recoveryRecipient(session: Session): Promise<Uint8Array | null> {
	const device = await session.device();
	const identity = device && readIdentityLog(device.log.map(idBytes));
	return identity?.ok ? identity.value.recovery : null;
}

/**
 * The person's own circle as a file. One to a passphrase is opened again and read to its last line before it is handed over;
 * what is sealed to the recovery code can be opened by the code alone.
 */
export async function makeBackup(
	session: Session,
	lock: AgeLock,
	signal: AbortSignal
): Promise<Result<MadeFile, MakeError>> {
	const access = await ownAccess(session);
	if (!access?.member) return err({ type: 'no-circle' });
	const identity = access.member.identity;
	const lines: BackupLine[] = [];
	let unknown = 0;
	for (const { book, kind } of readableBooks(access)) {
		const opened = await OpenBook.open(session.store, access, book, kind);
		unknown += opened.unknownEntries;
		for (const { entry, author } of opened.stated) lines.push({ book: kind, own: author === identity, entry });
	}
	const { circle } = access.chain;
	const header: BackupHeader = {
		format: 'hemlinje-backup',
		v: BACKUP_VERSION,
		madeAt: session.now(),
		circle,
		identity,
		unknown
	};
	const file = await makeBackupFile(ageWork(signal), lock, header, lines);
	if (lock.kind === 'passphrase') {
		const read = await readBackupFile(ageWork(signal), lock, file);
		if (!read.ok || read.value.lines.length !== lines.length) return err({ type: 'not-readable' });
	}
	// Not noted on a full device, which is when the file is needed most: then it is asked for again.
	await session.store.updateCare((care) => ({ ...care, file: { at: session.now(), entries: lines.length } }));
	return ok({ file, readings: lines.filter(({ entry }) => entry.kind === 'obs.add').length });
}

/** Opens and checks a whole file; nothing of it is used yet. */
export const readBackup = (
	key: AgeKey,
	file: Uint8Array,
	signal: AbortSignal
): Promise<Result<Backup, BackupFileError>> => readBackupFile(ageWork(signal), key, file);

/** What restoring would add to what is on this device now. */
export async function planRestore(session: Session, backup: Backup): Promise<Merge> {
	return mergeBackup(backup, await presentIn(session));
}

/** Entries saved at a time: one transaction, one step of progress. */
const AT_A_TIME = 400;

/** Writes what is to be added. Stopped or failed midway, what came before stays, and doing it again goes on. */
export async function restoreBackup(
	circle: CircleState,
	merge: Merge,
	signal: AbortSignal,
	onProgress: (done: number) => void
): Promise<Result<void, SaveError>> {
	let done = 0;
	for (const { book, entries } of merge.add) {
		for (let at = 0; at < entries.length && !signal.aborted; at += AT_A_TIME) {
			const part: readonly Entry[] = entries.slice(at, at + AT_A_TIME);
			const saved = await circle.restore(book, part);
			if (!saved.ok) return saved;
			onProgress((done += part.length));
		}
	}
	return ok(undefined);
}

async function presentIn(session: Session): Promise<Present> {
	const [access, device] = [await ownAccess(session), await session.device()];
	const entries = new Set<string>();
	let hasValues = false;
	for (const { book, kind } of access ? readableBooks(access) : []) {
		const { stated } = await OpenBook.open(session.store, access as CircleAccess, book, kind);
		for (const { entry } of stated) entries.add(entry.id);
		hasValues ||= isMeasureKind(kind) && stated.length > 0;
	}
	return { circle: access?.chain.circle ?? null, identity: device?.identity ?? null, entries, hasValues };
}

async function ownAccess(session: Session): Promise<CircleAccess | null> {
	const own = (await session.store.readCircles()).find((each) => each.standing === 'mine');
	return own ? session.openCircle(own.circle) : null;
}
