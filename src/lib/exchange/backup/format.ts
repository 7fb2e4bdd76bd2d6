/**
 * What stands inside a backup file once age has opened it: text, one JSON value a line, so that it can be read without the
 * app. The first line says what it is, each further line is one entry with its book, the last line says how many there were.
 * Fields and how to open it by hand: docs/backup-format.md.
 */
import * as z from 'zod/mini';
import { concatAll, utf8, utf8ToString } from '$lib/crypto/bytes';
import { err, ok, type Result } from '$lib/domain/result';
import { entrySchema, type Entry } from '$lib/protocol/entries';
import { circleIdSchema, identityIdSchema } from '$lib/protocol/ids';
import { jsonDepth, MAX_DEPTH } from '$lib/protocol/json';
import { inSlices } from '$lib/storage/slices';
import { measureKinds } from '$lib/domain/measures';
import { otherBookKinds, type BookKind } from '$lib/domain/books';

export const BACKUP_VERSION = 1;

/** More than ten years of a busy life; a file larger than this is not read. */
export const MAX_BACKUP_BYTES = 128 * 1024 * 1024;

export const backupHeaderSchema = z.strictObject({
	format: z.literal('hemlinje-backup'),
	v: z.literal(BACKUP_VERSION),
	/** Milliseconds since 1970, by the clock of the device that made it. */
	madeAt: z.int(),
	circle: circleIdSchema,
	/** Whose device made it; `own` entries are this identity's. */
	identity: identityIdSchema,
	/** Entries that were left out because the app that made the file could not read them. */
	unknown: z.int().check(z.minimum(0))
});
export type BackupHeader = z.infer<typeof backupHeaderSchema>;

/** Enough of any version's first line to say that it is one. */
const anyVersionSchema = z.object({ format: z.literal('hemlinje-backup'), v: z.int() });

const lineSchema = z.strictObject({
	book: z.enum([...measureKinds, ...otherBookKinds]),
	/** Stated by the identity that made the file. Others' facts are kept for reading. */
	own: z.boolean(),
	entry: z.unknown()
});
const endSchema = z.strictObject({ end: z.int().check(z.minimum(0)) });
const kindSchema = z.object({ kind: z.string(), v: z.int() });

export interface BackupLine {
	readonly book: BookKind;
	readonly own: boolean;
	readonly entry: Entry;
}

export interface Backup {
	readonly header: BackupHeader;
	/** In the order they were stated, book by book. */
	readonly lines: readonly BackupLine[];
	/** Entries of a kind or version only a newer app can read. */
	readonly newer: number;
}

export type BackupFormatError =
	{ readonly type: 'not-backup' } | { readonly type: 'newer-version' } | { readonly type: 'damaged' };

export async function encodeBackup(header: BackupHeader, lines: readonly BackupLine[]): Promise<Uint8Array> {
	const parts: Uint8Array[] = [line(header)];
	await inSlices(lines, (some) => parts.push(...some.map(line)));
	parts.push(line({ end: lines.length }));
	return concatAll(parts);
}

const line = (value: unknown): Uint8Array => utf8(`${JSON.stringify(value)}\n`);

/** The whole file checked, or why it is not used. Nothing of a file that fails anywhere is used. */
export async function parseBackup(bytes: Uint8Array): Promise<Result<Backup, BackupFormatError>> {
	const rows = utf8ToString(bytes)?.split('\n') ?? [];
	const first = parseLine(rows[0]);
	if (!anyVersionSchema.safeParse(first).success) return err({ type: 'not-backup' });
	const header = backupHeaderSchema.safeParse(first);
	if (!header.success) return err({ type: isNewer(first) ? 'newer-version' : 'damaged' });
	const end = endSchema.safeParse(parseLine(rows.at(-2)));
	// Every line ends with a line break, so that the last piece is empty.
	if (!end.success || rows.at(-1) !== '' || end.data.end !== rows.length - 3) return err({ type: 'damaged' });
	const lines: BackupLine[] = [];
	let newer = 0;
	let isSound = true;
	await inSlices(rows.slice(1, -2), (some) => {
		for (const row of some) {
			const read = readLine(row);
			if (read === 'newer') newer += 1;
			else if (read) lines.push(read);
			else isSound = false;
		}
	});
	return isSound ? ok({ header: header.data, lines, newer }) : err({ type: 'damaged' });
}

const isNewer = (first: unknown): boolean => (anyVersionSchema.safeParse(first).data?.v ?? 0) > BACKUP_VERSION;

function readLine(row: string): BackupLine | 'newer' | null {
	const outer = lineSchema.safeParse(parseLine(row));
	if (!outer.success) return null;
	const { book, own } = outer.data;
	const entry = entrySchema.safeParse(outer.data.entry);
	if (entry.success) return { book, own, entry: entry.data };
	const { data: stated } = kindSchema.safeParse(outer.data.entry);
	if (!stated) return null;
	return knownKinds.has(stated.kind) && stated.v === 1 ? null : 'newer';
}

const knownKinds: ReadonlySet<string> = new Set<string>(
	entrySchema.def.options.flatMap((option) => option.shape.kind.def.values)
);

function parseLine(row: string | undefined): unknown {
	if (row === undefined || jsonDepth(row) > MAX_DEPTH) return undefined;
	try {
		return JSON.parse(row);
	} catch {
		// A line that is no JSON is no line; its reader says so.
		return undefined;
	}
}
