/** H7: an archive whose maker is hostile: every inner file may be anything, under a signature that holds. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { smallArchive } from '../../../../tests/support/small-archive';
import { toBase64url } from '$lib/crypto/bytes';
import { must } from '$lib/domain/assert';
import { encodeArchive, parseArchive, type ArchivedCircle } from '$lib/exchange/archive/format';
import type { EarlierCircle } from '$lib/storage/keyring';
import { judgeFrames, openEarlier, verifiedFrames } from '$lib/sync/earlier';

const RUNS = process.env.NIGHTLY ? 10_000 : 400;

const { circle, readable, maker } = smallArchive('hostile');

const rowOf = (part: ArchivedCircle): EarlierCircle => ({
	v: 1,
	circle: part.circle,
	reader: { ...part.reader },
	madeAt: part.madeAt,
	readAt: 0,
	manifests: part.manifests.map(toBase64url),
	logs: part.logs.map(({ identity, log }) => ({ identity, log: log.map(toBase64url) })),
	keys: [...part.keys]
});

/** How far a part comes: `read` when every record and every signature in it holds. */
async function verdict(part: ArchivedCircle): Promise<string> {
	const zip = encodeArchive([part], readable, maker);
	const archive = parseArchive(zip);
	if (!archive.ok) return archive.error.type;
	const read = must(archive.value.circles[0], 'a circle');
	const access = openEarlier(rowOf(read));
	if (!access.ok) return 'unproven';
	for (const { book, frames } of read.books) {
		const verified = await verifiedFrames(access.value, book, frames, () => undefined);
		if (!verified.ok) return 'unproven';
		await judgeFrames(access.value, book, verified.value);
	}
	return 'read';
}

/** One byte of one part changed. */
const altered = (parts: readonly Uint8Array[], which: number, at: number, bit: number): Uint8Array[] =>
	parts.map((part, index) =>
		index === which % parts.length
			? part.map((byte, place) => (place === at % part.length ? byte ^ (1 << bit) : byte))
			: part
	);

test('as it is, it reads', async () => {
	expect(await verdict(circle)).toBe('read');
});

test(
	'H7: a record, a log or a frame with one bit changed proves nothing, whoever signed the archive',
	{ timeout: 300_000 },
	async () => {
		const [book, other] = circle.books;
		const [own] = circle.logs;
		if (!book || !other || !own) throw new Error('the small archive has them');
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom('manifests', 'log', 'frames', 'dropped', 'moved', 'twice', 'keys'),
				fc.nat(),
				fc.nat(),
				fc.nat(7),
				async (what, which, at, bit) => {
					const changed: Partial<ArchivedCircle> = {
						manifests: { manifests: altered(circle.manifests, which, at, bit) },
						log: { logs: [{ ...own, log: altered(own.log, which, at, bit) }] },
						frames: { books: [{ ...book, frames: altered(book.frames, which, at, bit) }, other] },
						dropped: { manifests: [] },
						moved: {
							books: [
								{ ...book, frames: [] },
								{ ...other, frames: book.frames }
							]
						},
						twice: { books: [{ ...book, frames: [...book.frames, ...book.frames] }, other] },
						keys: { keys: circle.keys.map((key, n) => ({ ...key, key: circle.keys[(n + 1) % 2]?.key ?? '' })) }
					}[what];
					expect(await verdict({ ...circle, ...changed })).not.toBe('read');
				}
			),
			{ numRuns: RUNS }
		);
	}
);
