/**
 * The signed contents of an archive: which files stand in it and what each one's bytes come to, under the signature of the
 * owner's device. Whoever adds, exchanges or leaves out a file is found out; who wrote what inside is for the circle's own
 * signatures to say (docs/archive-format.md).
 */
import * as z from 'zod/mini';
import { activeDevice, type Identity } from './identity-log';
import { circleIdSchema, deviceIdSchema, hashSchema, identityIdSchema } from './ids';
import { parseRecord, signRecord, verifyRecord, type SignedRecord } from './signed-record';

export const ARCHIVE_VERSION = 1;

const count = z.int().check(z.minimum(0));

export const archiveSchema = z.strictObject({
	format: z.literal('hemlinje-archive'),
	v: z.literal(ARCHIVE_VERSION),
	/** Milliseconds since 1970, by the clock of the device that made it. */
	at: z.int(),
	by: z.strictObject({ identity: identityIdSchema, device: deviceIdSchema }),
	/** The circle that was living when it was made, then those it goes on from, newest first. */
	circles: z.array(circleIdSchema).check(z.minLength(1), z.maxLength(16)),
	files: z
		.array(
			z.strictObject({
				path: z.string().check(z.regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*\.[a-z]{2,6}$/), z.maxLength(160)),
				bytes: count,
				sha256: hashSchema
			})
		)
		.check(z.minLength(1), z.maxLength(1000))
});
export type ArchiveContents = z.infer<typeof archiveSchema>;
export type SignedArchive = SignedRecord<ArchiveContents>;

/** Enough of any version's contents to say that it is one. */
const anyVersionSchema = z.object({ format: z.literal('hemlinje-archive'), v: z.int() });

export const signArchive = (contents: ArchiveContents, secret: Uint8Array): SignedArchive =>
	signRecord('archive', contents, secret);

export const parseArchiveContents = (bytes: Uint8Array): SignedArchive | null =>
	parseRecord<ArchiveContents>('archive', archiveSchema, bytes);

/** The version the contents say they are; null for anything else. */
export const archiveVersion = (bytes: Uint8Array): number | null =>
	parseRecord('archive', anyVersionSchema, bytes)?.body.v ?? null;

/** True when a device that stood in this identity's log at its end signed it. */
export function isArchiveOf(contents: SignedArchive, owner: Identity): boolean {
	const device = owner.id === contents.body.by.identity ? activeDevice(owner, contents.body.by.device) : null;
	return device !== null && device.confirmed && verifyRecord('archive', contents, device.sign);
}
