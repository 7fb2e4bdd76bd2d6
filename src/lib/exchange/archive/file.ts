/** An archive as one file in the age format: made, and opened again, with what can go wrong by name. */
import { readAgeHeader, type AgeError, type AgeKey, type AgeLock } from '$lib/crypto/age-file';
import { err, type Result } from '$lib/domain/result';
import type { AgeWork } from '../backup/file';
import { MAX_ARCHIVE_BYTES, type Files } from './container';
import {
	encodeArchive,
	parseArchive,
	type Archive,
	type ArchivedCircle,
	type ArchiveError,
	type ArchiveMaker
} from './format';

export type ArchiveFileError = AgeError | ArchiveError;

export const makeArchiveFile = async (
	work: AgeWork,
	lock: AgeLock,
	circles: readonly ArchivedCircle[],
	readable: Files,
	maker: ArchiveMaker
): Promise<Uint8Array> => work.seal(lock, encodeArchive(circles, readable, maker));

/** What opens a file, before anything is asked or derived. */
export const archiveLock = (file: Uint8Array): Result<AgeLock['kind'], ArchiveFileError> =>
	file.length > MAX_ARCHIVE_BYTES ? err({ type: 'too-large' }) : readAgeHeader(file);

/** The whole file, opened and checked; who wrote what in it is not verified yet. */
export async function readArchiveFile(
	work: AgeWork,
	key: AgeKey,
	file: Uint8Array
): Promise<Result<Archive, ArchiveFileError>> {
	const lock = archiveLock(file);
	if (!lock.ok) return lock;
	const opened = await work.open(key, file);
	return opened.ok ? parseArchive(opened.value) : opened;
}
