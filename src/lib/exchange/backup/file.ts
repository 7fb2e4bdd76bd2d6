/** A backup as one file: made, and opened again, with what can go wrong by name. */
import { readAgeHeader, type AgeError, type AgeKey, type AgeLock } from '$lib/crypto/age-file';
import { err, type Result } from '$lib/domain/result';
import {
	encodeBackup,
	MAX_BACKUP_BYTES,
	parseBackup,
	type Backup,
	type BackupFormatError,
	type BackupHeader,
	type BackupLine
} from './format';

/** Sealing and opening, which take a while: in a browser by a worker. */
export interface AgeWork {
	readonly seal: (lock: AgeLock, plaintext: Uint8Array) => Promise<Uint8Array>;
	readonly open: (key: AgeKey, file: Uint8Array) => Promise<Result<Uint8Array, AgeError>>;
}

export type BackupFileError = AgeError | BackupFormatError | { readonly type: 'too-large' };

/** Makes the file. */
export const makeBackupFile = async (
	work: AgeWork,
	lock: AgeLock,
	header: BackupHeader,
	lines: readonly BackupLine[]
): Promise<Uint8Array> => work.seal(lock, await encodeBackup(header, lines));

/** What opens a file, before anything is asked or derived. */
export function lockOf(file: Uint8Array): Result<AgeLock['kind'], BackupFileError> {
	return file.length > MAX_BACKUP_BYTES ? err({ type: 'too-large' }) : readAgeHeader(file);
}

/** The whole file, opened and checked to its last line. */
export async function readBackupFile(
	work: AgeWork,
	key: AgeKey,
	file: Uint8Array
): Promise<Result<Backup, BackupFileError>> {
	const lock = lockOf(file);
	if (!lock.ok) return lock;
	const opened = await work.open(key, file);
	return opened.ok ? parseBackup(opened.value) : opened;
}
