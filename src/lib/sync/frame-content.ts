/** What stands inside a frame that is to be sealed again, as it stands: also what only a newer app can read. */
import { rawEntries } from '$lib/protocol/entries';
import { openFrame, type Frame } from '$lib/protocol/frame';
import type { FrameContent } from '$lib/storage/record';
import { epochKey, type CircleAccess } from './circle-access';

/** Null while the key is missing, or for bytes that are no frame of ours. */
export function frameContent(access: CircleAccess, frame: Frame): FrameContent | null {
	const key = epochKey(access, frame.header.book, frame.header.epoch);
	const plaintext = key && openFrame(frame, key);
	if (frame.type === 'snapshot') return plaintext && { type: 'snapshot', plaintext };
	const entries = plaintext && rawEntries(plaintext);
	return entries && { type: 'batch', entries };
}
