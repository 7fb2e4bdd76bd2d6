/**
 * An archive: everything of a circle as it was written, sealed and signed by whoever wrote it, with the keys to it; and the
 * same in plain text beside it, for whoever has no Hemlinje. Fields and how to open it by hand: docs/archive-format.md.
 *
 * Nothing is believed of a file that fails anywhere. What is said here about who made it is the owner's signature over the
 * contents; who wrote which entry is verified with the circle's own records by whoever reads it in.
 */
import * as z from 'zod/mini';
import { readU32, u32, utf8 } from '$lib/crypto/bytes';
import { sha256 } from '$lib/crypto/hash';
import { must } from '$lib/domain/assert';
import { err, ok, type Result } from '$lib/domain/result';
import {
	archiveVersion,
	ARCHIVE_VERSION,
	isArchiveOf,
	parseArchiveContents,
	signArchive,
	type ArchiveContents,
	type SignedArchive
} from '$lib/protocol/archive';
import { readIdentityLog } from '$lib/protocol/identity-log';
import {
	bookIdSchema,
	circleIdSchema,
	deviceIdSchema,
	hashText,
	identityIdSchema,
	secretKeySchema,
	type BookId,
	type CircleId,
	type DeviceId,
	type IdentityId
} from '$lib/protocol/ids';
import { parseJson } from '$lib/protocol/json';
import { MAX_RECORD_BYTES } from '$lib/protocol/signed-record';
import { packFiles, unpackFiles, type ContainerError, type Files } from './container';

/** One circle in an archive: its records and frames as they were signed, and the keys to them. */
export interface ArchivedCircle {
	readonly circle: CircleId;
	/** With whose eyes it is read: the owner who made the archive, on the device that made it. */
	readonly reader: { readonly identity: IdentityId; readonly device: DeviceId };
	/** When this part was first archived. */
	readonly madeAt: number;
	readonly manifests: readonly Uint8Array[];
	readonly logs: readonly { readonly identity: IdentityId; readonly log: readonly Uint8Array[] }[];
	readonly keys: readonly { readonly book: BookId; readonly epoch: number; readonly key: string }[];
	readonly books: readonly { readonly book: BookId; readonly frames: readonly Uint8Array[] }[];
}

export interface Archive {
	readonly contents: ArchiveContents;
	/** The living circle, then those it goes on from. */
	readonly circles: readonly ArchivedCircle[];
}

export type ArchiveError = ContainerError | { readonly type: 'newer-version' };

const CONTENTS = 'archive.hlr';

/** Reading more would hold up whoever was sent it. */
const MAX_FACTS_BYTES = 1024 * 1024;
const MAX_MANIFESTS = 5000;

export const archivedCircleSchema = z.strictObject({
	v: z.literal(1),
	circle: circleIdSchema,
	reader: z.strictObject({ identity: identityIdSchema, device: deviceIdSchema }),
	madeAt: z.int(),
	identities: z.array(identityIdSchema).check(z.minLength(1), z.maxLength(200)),
	books: z.array(bookIdSchema).check(z.minLength(1), z.maxLength(48)),
	keys: z
		.array(z.strictObject({ book: bookIdSchema, epoch: z.int().check(z.minimum(1)), key: secretKeySchema }))
		.check(z.maxLength(4000))
});

export interface ArchiveMaker {
	readonly at: number;
	readonly by: ArchiveContents['by'];
	readonly signSecret: Uint8Array;
}

/** The archive as one zip. `readable` are the plain files beside the log, by path. */
export function encodeArchive(circles: readonly ArchivedCircle[], readable: Files, maker: ArchiveMaker): Uint8Array {
	const files = new Map([...readable, ...circles.flatMap((circle) => [...filesOf(circle)])]);
	const contents = signArchive(
		{
			format: 'hemlinje-archive',
			v: ARCHIVE_VERSION,
			at: maker.at,
			by: maker.by,
			circles: circles.map(({ circle }) => circle),
			files: [...files].map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: hashText(sha256(bytes)) }))
		},
		maker.signSecret
	);
	return packFiles(new Map([...files, [CONTENTS, contents.bytes]]), maker.at);
}

const folderOf = (circle: CircleId): string => `log/${circle}`;

function filesOf(part: ArchivedCircle): Map<string, Uint8Array> {
	const folder = folderOf(part.circle);
	const facts: z.infer<typeof archivedCircleSchema> = {
		v: 1,
		circle: part.circle,
		reader: part.reader,
		madeAt: part.madeAt,
		identities: part.logs.map(({ identity }) => identity),
		books: part.books.map(({ book }) => book),
		keys: [...part.keys]
	};
	return new Map([
		[`${folder}/circle.json`, utf8(JSON.stringify(facts))],
		[`${folder}/manifests.bin`, joinParts(part.manifests)],
		...part.logs.map(({ identity, log }) => [`${folder}/identities/${identity}.bin`, joinParts(log)] as const),
		...part.books.map(({ book, frames }) => [`${folder}/books/${book}.bin`, joinParts(frames)] as const)
	]);
}

/** A whole archive, checked to its last byte and its signature; or why nothing of it is used. Never throws. */
export function parseArchive(zip: Uint8Array): Result<Archive, ArchiveError> {
	const unpacked = unpackFiles(zip);
	if (!unpacked.ok) return unpacked;
	const files = unpacked.value;
	const record = files.get(CONTENTS);
	const version = record ? archiveVersion(record) : null;
	if (!record || version === null) return err({ type: 'not-archive' });
	if (version > ARCHIVE_VERSION) return err({ type: 'newer-version' });
	const contents = parseArchiveContents(record);
	if (!contents || !isWhole(contents.body, files)) return err({ type: 'damaged' });
	const circles = contents.body.circles.map((circle) => readCircle(circle, files));
	const parts = circles.flatMap((part) => part ?? []);
	if (parts.length !== circles.length || !isSignedBy(contents, must(parts[0], 'an archive has a circle')))
		return err({ type: 'damaged' });
	return ok({ contents: contents.body, circles: parts });
}

/** Exactly the files that were signed for, each as it was. */
const isWhole = (contents: ArchiveContents, files: Files): boolean =>
	new Set(contents.circles).size === contents.circles.length &&
	new Set(contents.files.map(({ path }) => path)).size === contents.files.length &&
	files.size === contents.files.length + 1 &&
	contents.files.every(({ path, bytes, sha256: hash }) => {
		const file = path === CONTENTS ? undefined : files.get(path);
		return file?.length === bytes && hashText(sha256(file)) === hash;
	});

function readCircle(circle: CircleId, files: Files): ArchivedCircle | null {
	const folder = folderOf(circle);
	const json = files.get(`${folder}/circle.json`);
	const facts = json && json.length <= MAX_FACTS_BYTES ? parseJson(archivedCircleSchema, json) : null;
	const manifests = splitParts(files.get(`${folder}/manifests.bin`));
	if (!facts || facts.circle !== circle || !manifests || manifests.length > MAX_MANIFESTS) return null;
	const logs = facts.identities.map((identity) => ({
		identity,
		log: splitParts(files.get(`${folder}/identities/${identity}.bin`))
	}));
	const books = facts.books.map((book) => ({ book, frames: splitParts(files.get(`${folder}/books/${book}.bin`)) }));
	const whole = {
		logs: logs.flatMap(({ identity, log }) => (log ? [{ identity, log }] : [])),
		books: books.flatMap(({ book, frames }) => (frames ? [{ book, frames }] : []))
	};
	if (whole.logs.length !== logs.length || whole.books.length !== books.length) return null;
	const { reader, madeAt, keys } = facts;
	return { circle, reader, madeAt, keys, manifests, ...whole };
}

function isSignedBy(contents: SignedArchive, { reader, logs }: ArchivedCircle): boolean {
	const { by } = contents.body;
	if (reader.identity !== by.identity || reader.device !== by.device) return false;
	const owner = readIdentityLog(logs.find(({ identity }) => identity === by.identity)?.log ?? []);
	return owner.ok && isArchiveOf(contents, owner.value);
}

/** Parts after each other: `(u32 length | part)*`. */
function joinParts(parts: readonly Uint8Array[]): Uint8Array {
	const joined = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
	let at = 0;
	for (const part of parts) {
		joined.set(u32(part.length), at);
		joined.set(part, at + 4);
		at += 4 + part.length;
	}
	return joined;
}

/** The parts, or null where the lengths do not add up. No part is longer than the longest record. */
function splitParts(bytes: Uint8Array | undefined): Uint8Array[] | null {
	if (!bytes) return null;
	const parts: Uint8Array[] = [];
	for (let at = 0; at < bytes.length;) {
		if (at + 4 > bytes.length) return null;
		const end = at + 4 + readU32(bytes, at);
		if (end - at - 4 > MAX_RECORD_BYTES || end > bytes.length) return null;
		parts.push(bytes.slice(at + 4, end));
		at = end;
	}
	return parts;
}
