/**
 * The files of an archive as one zip, which every computer opens. What comes from outside is held to sizes before anything is
 * unpacked: a zip can say that it becomes a thousand times larger.
 */
import { unzipSync, zipSync, type Zippable } from 'fflate';
import { err, ok, type Result } from '$lib/domain/result';

export type Files = ReadonlyMap<string, Uint8Array>;

/** More than ten years of a busy life, sealed and in plain text. */
export const MAX_ARCHIVE_BYTES = 256 * 1024 * 1024;
const MAX_FILES = 1001;

export type ContainerError =
	{ readonly type: 'not-archive' } | { readonly type: 'too-large' } | { readonly type: 'damaged' };

/** What is sealed does not get smaller. */
const isSealed = (path: string): boolean => path.endsWith('.bin') || path.endsWith('.hlr');

/** `at`: the time every file in it bears, UTC milliseconds. */
export function packFiles(files: Files, at: number): Uint8Array {
	const zippable: Zippable = {};
	for (const [path, bytes] of files) zippable[path] = [bytes, { level: isSealed(path) ? 0 : 6, mtime: at }];
	return zipSync(zippable);
}

export function unpackFiles(zip: Uint8Array): Result<Files, ContainerError> {
	// A zip begins so; one without any file is none of ours.
	if (zip[0] !== 0x50 || zip[1] !== 0x4b || zip[2] !== 3 || zip[3] !== 4) return err({ type: 'not-archive' });
	let [bytes, count, isTooLarge] = [0, 0, false];
	const names = new Set<string>();
	try {
		const unpacked = unzipSync(zip, {
			filter({ name, originalSize, size }) {
				names.add(name);
				count += 1;
				bytes += Math.max(originalSize, size);
				isTooLarge ||= bytes > MAX_ARCHIVE_BYTES || count > MAX_FILES;
				return !isTooLarge;
			}
		});
		if (isTooLarge) return err({ type: 'too-large' });
		const files = new Map(Object.entries(unpacked));
		// Two files of one name, or of a name no list can hold: which one is meant is anybody's guess.
		return names.size === count && files.size === count ? ok(files) : err({ type: 'damaged' });
	} catch {
		// The library throws for whatever is not a whole zip.
		return err({ type: 'damaged' });
	}
}
